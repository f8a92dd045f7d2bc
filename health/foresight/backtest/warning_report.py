"""Warning times of all losses on file, and what lists of the held-out months warned of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from health.access import Book
from health.errors import InsufficientData
from health.foresight.backtest import churn_ledger
from health.foresight.backtest.predicted_churn import predictions
from health.foresight.backtest.warning import LEVELS, WARNED_DAYS, WarningTimes, warning_times
from health.foresight.backtest.warning_curve import HeldOutMonths, WarningCurve, held_out_months
from health.foresight.churn.hazard import Hazard
from health.foresight.churn.training import fit
from health.score import settings

NO_TEST_PERIOD = "There is too little history for a test period."


@dataclass(frozen=True)
class WarningReport:
    """`losses`: the churn ledger on the day. `times`: by level (`warning.LEVELS`), of these losses. `curve`: None with too little history.

    `why_not_predicted`: why the curve has no list by predicted churn; empty if it has one.
    """

    losses: pl.DataFrame
    times: Mapping[str, WarningTimes]
    curve: WarningCurve | None
    why_not_predicted: str

    def as_json(self) -> dict[str, Any]:
        """Figures of the level watch by name, those of at risk under `at_risk`, the curve, and why it lacks predictions (null: it has)."""
        watch, at_risk = (self.times[level].as_json() for level in LEVELS)
        curve = self.curve.as_json() if self.curve else {"held_out_since": None, "held_out_losses": 0, "curve": []}
        predicted = {"why_not_predicted": self.why_not_predicted or None}
        return {"horizon_days": list(WARNED_DAYS), **watch, "at_risk": at_risk, **curve, **predicted}


def warning_report(book: Book, as_of: date, fit_model: Callable[[Book, date], Hazard] = fit) -> WarningReport:
    """Report on the viewer's customers under the settings in force. Raises ValueError where nothing was scored.

    `fit_model`: fits the churn model of all customers as known on a day, or takes it from a cache.
    """
    ledger = churn_ledger.ledger(book, as_of)
    with book.reading() as session:
        in_force = settings.in_force(session)
    months = held_out_months(book, in_force)
    curve, why = _with_predicted_churn(book, months, fit_model) if months else (None, NO_TEST_PERIOD)
    return WarningReport(ledger, {level: warning_times(ledger, level) for level in LEVELS}, curve, why)


def _with_predicted_churn(book: Book, months: HeldOutMonths, fit_model: Callable[[Book, date], Hazard]) -> tuple[WarningCurve, str]:
    """The curve with predicted churn by a model that knows nothing after the first held-out month end, or why it has none."""
    try:
        model = fit_model(book, months.since)
    except InsufficientData as problem:
        return months.curve(), str(problem)
    return months.curve(predictions(book, model, months.since)), ""
