"""The score lab."""
