"""The commands `evidence` and `value`, which need statistical models.

Their code is imported on use: importing scikit-learn and SciPy takes longer than running most other commands.
"""

import argparse
from typing import Any

from health.cli.command import Command, day, table_file
from health.foresight.backtest.cutoffs import HORIZONS


def commands(command: Command) -> None:
    """Add the commands `evidence` and `value`."""
    evidence_parser = command("evidence", _evidence, "Whether the score tells who leaves: a back-test against what then happened.")
    evidence_parser.add_argument(
        "--horizon", type=int, choices=HORIZONS, default=90, metavar="90|180", help="days in which customers decide (90)"
    )
    evidence_parser.add_argument("--out", type=table_file, metavar="FILE", help="write one row a customer and cut-off, .csv or .parquet")
    value_parser = command("value", _value, "What every customer is worth, and how long it will stay.")
    value_parser.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="the day (default: the newest on which something happened)")
    value_parser.add_argument("--out", type=table_file, metavar="FILE", help="write one row a customer ever signed, .csv or .parquet")


def _evidence(options: argparse.Namespace) -> dict[str, Any]:
    from health.cli import evidence

    return evidence.evidence(options)


def _value(options: argparse.Namespace) -> dict[str, Any]:
    from health.cli import value

    return value.value(options)
