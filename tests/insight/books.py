"""Small books made by hand: month-end histories and the frame of one day, as the portfolio gives them."""

from datetime import date
from typing import Any

import polars as pl

from health.insight.rates import months_back
from health.score.components import COMPONENTS

WEIGHTS = {c.key: c.weight for c in COMPONENTS}
POINTS = [c.column for c in COMPONENTS]
NEWEST = date(2026, 10, 31)
LONG_AGO = date(2020, 1, 1)
SCHEMA: dict[str, Any] = {
    "customer_id": pl.Utf8,
    "as_of": pl.Date,
    "status": pl.Utf8,
    "band": pl.Utf8,
    "firm": pl.Boolean,
    "health": pl.Float64,
    "mrr": pl.Float64,
    "lost_on": pl.Date,
    "decided_on": pl.Date,
    **dict.fromkeys(POINTS, pl.Float64),
    "name": pl.Utf8,
    "segment": pl.Utf8,
    "owner": pl.Utf8,
    "owner_name": pl.Utf8,
    "driver": pl.Utf8,
    "health_before": pl.Float64,
    "renewal_on": pl.Date,
    "days_to_notice": pl.Int64,
    "trend": pl.List(pl.Float64),
}


def ends(months: int) -> list[date]:
    """The newest month ends, oldest first."""
    return [months_back(NEWEST, back) for back in range(months - 1, -1, -1)]


def row(customer_id: str, as_of: date = NEWEST, status: str = "active", band: str | None = "healthy", **given: Any) -> dict[str, Any]:
    """One customer on one day; what is not given is unknown."""
    return {"customer_id": customer_id, "as_of": as_of, "status": status, "band": band, "name": customer_id, **given}


def book(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a frame with the portfolio's columns."""
    return pl.DataFrame(rows, schema=SCHEMA)


def life(customer_id: str, months: int, lost_on: date | None = None, band: str = "healthy", mrr: float = 100.0) -> list[dict[str, Any]]:
    """A customer at the newest month ends, lost from `lost_on` onwards (decided on that day)."""
    return [
        row(customer_id, end, band=band, mrr=mrr, health=70.0)
        if lost_on is None or end < lost_on
        else row(customer_id, end, "lost", None, lost_on=lost_on, decided_on=lost_on)
        for end in ends(months)
    ]
