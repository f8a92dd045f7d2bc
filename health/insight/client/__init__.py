"""What the screens say about one customer."""
