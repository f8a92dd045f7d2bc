"""What must hold when things end badly."""
