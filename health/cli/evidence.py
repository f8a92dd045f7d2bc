"""The command `evidence`: a backtest of the score against later churn."""

import argparse
from typing import Any

import polars as pl

from health import format
from health.cli import output, session
from health.desk.worklist.detection_lag import detection_lag, with_detection
from health.foresight.backtest import evidence as backtest
from health.foresight.backtest.evidence import Evidence
from health.foresight.backtest.panel import KEY
from health.foresight.backtest.warning import WARNED_DAYS
from health.foresight.backtest.warning_report import WarningReport, warning_report
from health.insight.evidence.warning import comparison

BAND_WORDS = {"at_risk": "at risk", "watch": "watch", "healthy": "healthy"}


def evidence(options: argparse.Namespace) -> dict[str, Any]:
    """Run the backtest, print it and return it as an object. Raises as `session.existing_book`; Refused."""
    with session.existing_book(options) as book:
        result = backtest.evidence(book, options.horizon)
        newest_day = result.panel.span.newest_day
        warning = warning_report(book, newest_day) if result.panel.cutoffs and newest_day else None
        lag = detection_lag(with_detection(book, warning.losses, newest_day)) if warning and newest_day else None
    output.print_message(result.sentence)
    _print_result(result)
    if warning:
        _print_warning(warning)
    if options.out:
        point_columns = [name for name in result.panel.rows.columns if name.endswith("_points")]
        output.write_frame(
            result.panel.rows.select(*KEY, "lost", *(pl.col(c) / 100 for c in ["health", *point_columns]), "band"), options.out
        )
    warning_json = warning.as_json() | {"detection_lag": lag.as_json()} if warning and lag else None
    return result.as_json() | {"warning": warning_json}


def _print_result(result: Evidence) -> None:
    for model in result.models.values():
        interval = " to ".join("–" if bound is None else f"{bound:.3f}" for bound in (model.auc_low, model.auc_high))
        output.print_message(f"  AUC {'–' if model.auc is None else f'{model.auc:.3f}'} ({interval}): {model.label}")
    for row in result.bands.iter_rows(named=True):
        share = format.share_of(row["lost"], row["customers"])
        output.print_message(f"  {BAND_WORDS[row['band']]}: {share} churned within {result.panel.horizon_days} days")
    if result.downsell:
        output.print_message(f"Downsells: {result.downsell.sentence}")
    if result.learned_weights:
        output.print_message(result.learned_weights.why)


def _print_warning(warning: WarningReport) -> None:
    """Print how long before the decision the score had warned."""
    times = warning.times["warning_days"]
    for days in WARNED_DAYS:
        if share := times.at_least[days]:
            counted = format.share_of(share.k, int(share.n))
            output.print_message(f"  watch or at risk for {days} days or more before the decision: {counted} churned customers")
    if sentence := comparison(warning.curve, warning.why_not_predicted):
        output.print_message(f"  {sentence}")
