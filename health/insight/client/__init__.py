"""Frames and texts of the page of one customer."""
