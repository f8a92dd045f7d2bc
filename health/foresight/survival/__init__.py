"""Survival analysis: product-limit curves and the shifted-beta-geometric model of cohorts."""
