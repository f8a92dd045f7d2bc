"""What the data screen says: freshness, coverage, gaps, loads and contact details."""
