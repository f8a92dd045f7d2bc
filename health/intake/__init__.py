"""Files in: bytes to text rows, rows to fields, fields accepted or refused, loaded in one transaction."""
