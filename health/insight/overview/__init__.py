"""Frames and texts of the overview of all customers."""
