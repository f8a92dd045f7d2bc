"""Observed churn rate of each band."""

import polars as pl

from health.foresight.backtest.panel import Panel
from health.foresight.stats.proportions import wilson

BANDS = ("at_risk", "watch", "healthy")


def by_band(panel: Panel) -> pl.DataFrame:
    """One row per band with customers, worst first: band, customers (once per cut-off), lost, rate, low, high (Wilson)."""
    counts = {band: (n, k) for band, n, k in panel.rows.group_by("band").agg(pl.len(), pl.col("lost").sum()).iter_rows()}
    rows = [(band, n, k, k / n, *wilson(k, n)) for band in BANDS if band in counts for n, k in [counts[band]]]
    names = ["band", "customers", "lost", "rate", "low", "high"]
    types = [pl.String, pl.Int64, pl.Int64, pl.Float64, pl.Float64, pl.Float64]
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
