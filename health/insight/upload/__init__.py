"""What the upload screen says about a file: its effect on scores and its rejected rows."""
