"""What the frames say."""
