"""Our survival analysis against somebody else's: python -m tests.crosscheck."""
