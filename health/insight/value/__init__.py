"""Frames and texts of the value screen: groups, cohorts, renewals, upsell, retention, models."""
