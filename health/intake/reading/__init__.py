"""Bytes of a file to text rows with line numbers, in a child process with limits; unreadable records keep their reason."""
