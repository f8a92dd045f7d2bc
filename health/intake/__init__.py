"""Load files: read bytes as text rows, map columns to fields, check the values, and write all in one transaction."""
