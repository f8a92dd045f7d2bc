"""Stage of one customer's relationship - not begun, current, in grace, ended - and the record after its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import polars as pl

from health import format as fmt
from health.score.components import COMPONENTS, DAYS_A_MONTH
from health.status import ACTIVE, CUSTOMER

Row = Mapping[str, Any]
Stage = Literal["ahead", "there", "grace", "ended"]
_STAGES: dict[str, Stage] = {
    "active": "there", "paused": "there", "leaving": "there", "in grace": "grace", "lost": "ended", "merged": "ended",
}  # fmt: skip
LAST_MONTHS = 6
_REASONS = {"we_ended": "We ended it", "unknown": "Not given", "merged": "Merged", "moved": "Moved away"}


def stage(customer: Row) -> Stage:
    """Stage of a customer's row of `portfolio.build`."""
    return _STAGES.get(customer["status"], "ahead")


def reason(customer: Row) -> str:
    """Reason of the end in a word or two; 'Not given' where none was given."""
    exit_reason = customer["exit_reason"]
    return _REASONS.get(exit_reason, exit_reason.replace("_", " ").capitalize()) if exit_reason else _REASONS["unknown"]


def last_day(customer: Row, as_of: date) -> date:
    """Last day of an ended relationship, else `as_of`; nothing is counted after it."""
    has_ended = stage(customer) in ("ended", "grace") and customer["lost_on"] is not None
    return min(customer["lost_on"], as_of) if has_ended else as_of


def seen_to(customer: Row, table: str, as_of: date) -> date:
    """The day up to which this customer was seen in a table; nothing in it is counted after it."""
    day: date = customer[f"{table}_seen_to"]
    return min(day, last_day(customer, as_of))


def seen_text(customer: Row, table: str, as_of: date) -> str:
    """'; as on 31 Oct 2026' where the customer was seen in a table up to an earlier day only, else nothing."""
    day = customer.get(f"{table}_seen_to")
    return f"; as on {fmt.day(day)}" if day and day < last_day(customer, as_of) else ""


def tenure_months(customer: Row, as_of: date) -> float | None:
    """Months from the first start to the last day; None where the start is unknown or ahead."""
    days = (last_day(customer, as_of) - customer["start_on"]).days if customer["start_on"] else -1
    return days / DAYS_A_MONTH if days >= 0 else None


@dataclass(frozen=True)
class LastScore:
    """Score at the last month end with an active customer and some of its score known; band may be 'unknown'."""

    as_of: date
    health: float
    band: str
    mrr: float | None


def last_score(history: pl.DataFrame, customer_id: str, as_of: date) -> LastScore | None:
    """Find the last score in `portfolio.history`; None where no month end has one."""
    is_scored = ACTIVE & pl.col("health").is_not_null() & (pl.col("as_of") <= as_of)
    customer_rows = history.filter((pl.col("customer_id") == customer_id) & is_scored).sort("as_of").tail(1)
    return LastScore(*customer_rows.select("as_of", "health", "band", "mrr").row(0)) if customer_rows.height else None


def last_months(history: pl.DataFrame, customer_id: str, as_of: date) -> pl.DataFrame:
    """The last six month ends at which the customer was active or leaving, newest first.

    as_of, band (list of one chip), health (rounded down; null where the band is unknown), points of each component (rounded down), mrr.
    """
    is_customer = CUSTOMER & (pl.col("as_of") <= as_of)
    customer_rows = history.filter((pl.col("customer_id") == customer_id) & is_customer).sort("as_of", descending=True).head(LAST_MONTHS)
    return customer_rows.select(
        "as_of",
        pl.concat_list(pl.col("band").replace_strict({b.key: b.label for b in fmt.BANDS}, return_dtype=pl.String)).alias("band"),
        pl.when(pl.col("band") != "unknown").then(pl.col("health").floor()).cast(pl.Int64).alias("health"),
        *(pl.col(c.column).floor().cast(pl.Int64) for c in COMPONENTS),
        "mrr",
    )


def end_text(customer: Row, as_of: date) -> str:
    """Describe a relationship that is not simply active, in sentences; empty for active customers."""
    lost_on, decided_on, known_on = (fmt.day(customer[name]) for name in ("lost_on", "decided_on", "known_on"))
    reason_text = f"Reason: {reason(customer).lower()}." if customer["exit_reason"] else "No reason was given."
    match customer["status"]:
        case "active":
            return ""
        case "leaving":
            score_text = f"The score is frozen as of {fmt.day(customer['facts_as_of'])}, before the notice."
            return f"Last day {lost_on}; notice recorded {known_on}. {reason_text} {score_text}"
        case "paused":
            since = fmt.day(customer["facts_as_of"])
            return f"Paused since {since}: nothing is billed, this is no loss, and the score is frozen as of that day."
        case "trial":
            return "On trial, or tried and did not buy: no other contract line has started, so there is no score and no loss."
        case "in grace" if last_day(customer, as_of) == customer["lost_on"]:
            return f"No contract in force since {lost_on}; counts as churned from {known_on} unless a new contract line starts before."
        case "in grace":
            return "No contract in force on this day; the next contract line has not started."
        case "merged":
            return f"Merged into another customer on {lost_on}. The page shows the record up to then."
        case "lost":
            return f"Churned: last day {lost_on}, decided {decided_on}. {reason_text} The page shows the record up to then."
    return "Not a customer yet on this day: no contract line has started and nothing was bought, so there is no score."
