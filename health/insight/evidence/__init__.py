"""Texts and frames of the evidence screen: back-test report, churn by band, verdict."""
