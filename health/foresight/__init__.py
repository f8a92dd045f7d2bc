"""Foresight: what the score foretold, held against what then happened; scikit-learn and SciPy are used here alone."""
