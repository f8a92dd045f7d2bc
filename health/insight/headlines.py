"""The figures at the head of the overview, each with its change, its direction and, where the book is too short, what is missing."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl


@dataclass(frozen=True)
class Headline:
    """One figure ready to show: `value` is '–' and `missing` says why where it is unknown.

    `better` is the direction that is good ('off': neither); `series` holds the last known month ends, oldest first, for a sparkline.
    """

    key: str
    label: str
    value: str
    change: str | None
    better: Literal["up", "down", "off"]
    series: list[float]
    help: str
    missing: str | None = None


def headlines(now: pl.DataFrame, history: pl.DataFrame, as_of: date, against: date, observed_from: date | None) -> dict[str, Headline]:
    """Every headline by key, in the order of a strip.

    Keys: mrr, healthy_share, mrr_at_risk, churn, gross_retention, net_retention, lost_while_healthy, leaving, in_grace.
    `now`: `portfolio.build` at `as_of`; `history`: `portfolio.history`; changes are against the last month end at or before `against`.
    """
    return {}
