"""An account manager's forecast of a renewal: its outcome and the monthly revenue after it. A ledger; rows are never changed.

Beside each forecast stands what the churn model said on that day, so that both can be judged later (health.insight.value).
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

import polars as pl

from health import format as fmt
from health.access import Book
from health.errors import InvalidInput

Outcome = Literal["renews", "shrinks", "leaves"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
LONGEST = 500
"""Most characters of a reason."""
COLUMNS: dict[str, Any] = {
    "forecast_id": pl.Int64, "customer_id": pl.String, "ends_on": pl.Date, "notice_by": pl.Date, "outcome": pl.String,
    "monthly_value": pl.Decimal(14, 2), "mrr": pl.Decimal(14, 2), "churn_probability": pl.Float64, "reason": pl.String, "made_on": pl.Date,
    "author": pl.String, "made_at": pl.Datetime("us"),
}  # fmt: skip
"""Columns of the ledger.

`monthly_value`: revenue expected after the end; `mrr` and `churn_probability`: as calculated on the day `made_on`, null where unknown.
"""


@dataclass(frozen=True)
class Renewal:
    """What a forecast is about: the agreed end, the last day of notice, and what is calculated today (None: unknown)."""

    ends_on: date
    notice_by: date
    mrr: Decimal | None
    churn_probability: float | None


def add(
    book: Book, customer_id: str, renewal: Renewal, outcome: str, monthly_value: Decimal | None, reason: str, as_of: date, now: datetime
) -> int:  # fmt: skip
    """Add a forecast made on `as_of` and return its number; a later one for the same end replaces it from its own day on.

    `monthly_value`: None for a renewal at today's revenue; a customer who leaves has 0. Raises Forbidden, NotFound, InvalidInput.
    """
    value = _expected_value(renewal, outcome, monthly_value)
    if renewal.ends_on < as_of:
        raise InvalidInput(f"This contract ended on {renewal.ends_on}; record its outcome instead of a forecast.")
    if len(reason.strip()) > LONGEST:
        raise InvalidInput(f"A reason has at most {LONGEST} characters; this one has {len(reason.strip())}.")
    with book.writing("write") as session:
        customer = book.own_id(session, customer_id)
        forecast_id = int(session.rows("renewal_forecasts").select(pl.col("forecast_id").max().fill_null(0) + 1).item())
        row = {
            "forecast_id": forecast_id, "customer_id": customer, "ends_on": renewal.ends_on, "notice_by": renewal.notice_by,
            "outcome": outcome, "monthly_value": value, "mrr": renewal.mrr, "churn_probability": renewal.churn_probability,
            "reason": reason.strip() or None, "made_on": as_of, "author": book.viewer.author, "made_at": now,
        }  # fmt: skip
        session.insert("renewal_forecasts", pl.DataFrame([row], schema=COLUMNS))
    return forecast_id


def _expected_value(renewal: Renewal, outcome: str, monthly_value: Decimal | None) -> Decimal | None:
    """Revenue expected after the end. Raises InvalidInput where it contradicts the outcome."""
    if outcome not in OUTCOMES:
        raise InvalidInput(f"A renewal cannot be forecast as '{outcome[:40]}'; choose {', '.join(OUTCOMES[:-1])} or {OUTCOMES[-1]}.")
    if outcome == "leaves":
        return Decimal(0)
    if monthly_value is None and outcome == "renews":
        return renewal.mrr
    if monthly_value is None or monthly_value <= 0:
        raise InvalidInput("Enter the monthly revenue that you expect after the renewal, above 0.")
    if outcome == "shrinks" and renewal.mrr is not None and monthly_value >= renewal.mrr:
        today = fmt.price(float(renewal.mrr))
        raise InvalidInput(f"A contract that shrinks is worth less than today's {today} a month; lower the value or choose Renews.")
    return monthly_value


def forecasts(book: Book, as_of: date) -> pl.DataFrame:
    """One row per forecast of the viewer's book made by the end of `as_of`, sorted by customer, end and number; `COLUMNS`."""
    with book.reading() as session:
        rows = book.own(session, session.rows("renewal_forecasts").filter(pl.col("made_on") <= as_of))
    return rows.select(list(COLUMNS)).sort("customer_id", "ends_on", "forecast_id")
