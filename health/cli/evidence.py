"""The command `evidence`: a backtest of the score against later churn."""

import argparse
from typing import Any

import polars as pl

from health import format
from health.cli import output, session
from health.foresight.backtest import evidence as backtest
from health.foresight.backtest.evidence import Evidence
from health.foresight.backtest.panel import KEY

BAND_WORDS = {"at_risk": "at risk", "watch": "watch", "healthy": "healthy"}


def evidence(options: argparse.Namespace) -> dict[str, Any]:
    """Tells whether the score tells who leaves, and returns it as an object. Errors: those of `opening.kept`, Refused."""
    with session.kept(options) as book:
        found = backtest.evidence(book, options.horizon)
    output.words(found.sentence)
    _tell(found)
    if options.out:
        points = [name for name in found.panel.rows.columns if name.endswith("_points")]
        output.write(found.panel.rows.select(*KEY, "lost", *(pl.col(c) / 100 for c in ["health", *points]), "band"), options.out)
    return found.as_json()


def _tell(found: Evidence) -> None:
    for model in found.models.values():
        told = " to ".join("–" if end is None else f"{end:.3f}" for end in (model.auc_low, model.auc_high))
        output.words(f"  AUC {'–' if model.auc is None else f'{model.auc:.3f}'} ({told}): {model.label}")
    for row in found.bands.iter_rows(named=True):
        share = format.share_of(row["lost"], row["customers"])
        output.words(f"  {BAND_WORDS[row['band']]}: {share} left in {found.panel.horizon_days} days")
    if found.learned_weights:
        output.words(found.learned_weights.why)
