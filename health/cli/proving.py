"""Commands that hold the score against what then happened."""

import argparse
from typing import Any

import polars as pl

from health import format
from health.cli import opening, say
from health.cli.command import Command
from health.foresight.cutoffs import HORIZONS
from health.foresight.evidence import Evidence, evidence
from health.foresight.panel import KEY

BAND_WORDS = {"at_risk": "at risk", "watch": "watch", "healthy": "healthy"}


def commands(command: Command) -> None:
    """evidence."""
    proof = command("evidence", _evidence, "Whether the score tells who leaves: a back-test against what then happened.")
    proof.add_argument("--horizon", type=int, choices=HORIZONS, default=90, metavar="90|180", help="days in which customers decide (90)")
    proof.add_argument("--out", metavar="FILE", help="write one row a customer and cut-off, .csv or .parquet")


def _evidence(options: argparse.Namespace) -> dict[str, Any]:
    with opening.kept(options) as book:
        found = evidence(book, options.horizon)
    say.words(found.sentence)
    _tell(found)
    if options.out:
        points = [name for name in found.panel.rows.columns if name.endswith("_points")]
        say.write(found.panel.rows.select(*KEY, "lost", *(pl.col(c) / 100 for c in ["health", *points]), "band"), options.out)
    return found.as_json()


def _tell(found: Evidence) -> None:
    for model in found.models.values():
        told = " to ".join("–" if end is None else f"{end:.3f}" for end in (model.auc_low, model.auc_high))
        say.words(f"  AUC {'–' if model.auc is None else f'{model.auc:.3f}'} ({told}): {model.label}")
    for row in found.bands.iter_rows(named=True):
        share = format.share_of(row["lost"], row["customers"])
        say.words(f"  {BAND_WORDS[row['band']]}: {share} left in {found.panel.horizon_days} days")
    if found.learned:
        say.words(found.learned.why)
