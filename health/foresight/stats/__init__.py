"""Statistics that several models share: proportions with intervals, logistic regression, optimisation."""
