"""The commands `evidence` and `value`, which need statistical models.

Their code is imported on use: importing scikit-learn and SciPy takes longer than running most other commands.
"""

import argparse
from typing import Any

from health.cli.command import Command, day, table_file
from health.foresight.backtest.cutoffs import HORIZONS


def commands(command: Command) -> None:
    """Add the commands `evidence` and `value`."""
    evidence_parser = command("evidence", _evidence, "Test whether the score predicted churn: a back-test against what happened.")
    evidence_parser.add_argument(
        "--horizon", type=int, choices=HORIZONS, default=90, metavar="90|180", help="count churn within this many days (default: 90)"
    )
    evidence_parser.add_argument(
        "--out", type=table_file, metavar="FILE", help="write one row per customer and cut-off day, .csv or .parquet"
    )
    value_parser = command("value", _value, "Show what every customer is worth and how long it is expected to stay.")
    value_parser.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="the day (default: the newest day with data)")
    value_parser.add_argument(
        "--out", type=table_file, metavar="FILE", help="write one row per customer, including churned ones, .csv or .parquet"
    )


def _evidence(options: argparse.Namespace) -> dict[str, Any]:
    from health.cli import evidence

    return evidence.evidence(options)


def _value(options: argparse.Namespace) -> dict[str, Any]:
    from health.cli import value

    return value.value(options)
