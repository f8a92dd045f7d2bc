"""Charts, without a browser."""
