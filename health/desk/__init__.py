"""The account manager's work: what is written down, what comes next, and what it did."""
