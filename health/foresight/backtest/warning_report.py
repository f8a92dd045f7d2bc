"""Warning times of all losses on file, and what lists of the held-out months warned of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from health.access import Book
from health.foresight.backtest import churn_ledger
from health.foresight.backtest.warning import LEVELS, WARNED_DAYS, WarningTimes, warning_times
from health.foresight.backtest.warning_curve import WarningCurve, held_out_months
from health.score import settings


@dataclass(frozen=True)
class WarningReport:
    """`times`: by level (`warning.LEVELS`), of the losses known on the day. `curve`: None with too little history."""

    times: Mapping[str, WarningTimes]
    curve: WarningCurve | None

    def as_json(self) -> dict[str, Any]:
        """Figures of the level watch by name, those of at risk under `at_risk`, and the curve."""
        watch, at_risk = (self.times[level].as_json() for level in LEVELS)
        curve = self.curve.as_json() if self.curve else {"held_out_since": None, "held_out_losses": 0, "curve": []}
        return {"horizon_days": list(WARNED_DAYS), **watch, "at_risk": at_risk, **curve}


def warning_report(book: Book, as_of: date) -> WarningReport:
    """Report on the viewer's customers under the settings in force. Raises ValueError where nothing was scored."""
    ledger = churn_ledger.ledger(book, as_of)
    with book.reading() as session:
        in_force = settings.in_force(session)
    months = held_out_months(book, in_force)
    return WarningReport({level: warning_times(ledger, level) for level in LEVELS}, months.curve() if months else None)
