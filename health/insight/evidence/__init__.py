"""What the evidence screen says: the back-test report, churn by band and the verdict."""
