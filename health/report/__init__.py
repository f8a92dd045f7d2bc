"""What leaves the house on paper or in a file: rows and words in, bytes out."""
