"""The score: points from facts; health, coverage and a band from points."""
