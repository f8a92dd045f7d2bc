"""An extract's way in: bytes to text rows, rows to fields, fields to accepted or refused, and all of it loaded or none."""
