"""Predictions and their validation. The only package that imports scikit-learn and SciPy."""
