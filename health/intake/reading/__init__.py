"""A file's bytes as text rows with their line numbers, made by a child process with limits: every record read, or told why not."""
