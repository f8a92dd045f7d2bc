"""What the overview says about all customers."""
