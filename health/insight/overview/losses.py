"""Say where a better figure comes from losses: the healthy share and the MRR at risk also improve when unhealthy customers leave."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt
from health.status import CUSTOMER, LEAVING


def notes(now: pl.DataFrame, before: pl.DataFrame) -> list[str]:
    """Sentences for the figures that improved between two days only because customers left or gave notice.

    `now`, `before`: rows of the portfolio or of its history on the two days; without rows before, there is nothing to say.
    """
    return [sentence for sentence in (_healthy_share(now, before), _mrr_at_risk(now, before)) if sentence]


def notes_since(now: pl.DataFrame, history: pl.DataFrame, day: date | None) -> list[str]:
    """The same against a month end of the history; nothing where there is none to compare with."""
    return notes(now, history.filter(pl.col("as_of") == day)) if day else []


@dataclass(frozen=True)
class _Share:
    """Healthy customers out of all."""

    healthy: int
    customers: int

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "_Share":
        return cls(rows.filter(pl.col("band") == "healthy").height, rows.height)

    def exceeds(self, other: "_Share") -> bool:
        """Whether this share is the larger one, compared without rounding."""
        return self.healthy * other.customers > other.healthy * self.customers

    def __str__(self) -> str:
        return fmt.share(self.healthy / self.customers)


def _healthy_share(now: pl.DataFrame, before: pl.DataFrame) -> str:
    """The share rose, that of the customers who stayed did not, and these were healthier at the start than those who left."""
    customers_now, customers_before = now.filter(CUSTOMER), before.filter(CUSTOMER)
    stayed_now = customers_now.join(customers_before, on="customer_id", how="semi")
    stayed_before = customers_before.join(customers_now, on="customer_id", how="semi")
    start, end, kept_start, kept_end = map(_Share.of, (customers_before, customers_now, stayed_before, stayed_now))
    if not kept_start.customers or kept_end.exceeds(kept_start) or not end.exceeds(start) or not kept_start.exceeds(start):
        return ""
    return (
        f"The healthy share rose because less healthy customers left: of those who stayed, {kept_start} were healthy before and "
        f"{kept_end} are now."
    )


def _mrr_at_risk(now: pl.DataFrame, before: pl.DataFrame) -> str:
    """The MRR at risk fell by no more than what belonged to customers at risk who have left or given notice."""
    at_risk_now, at_risk_before = (rows.filter(pl.col("band") == "at_risk") for rows in (now, before))
    gone = at_risk_before.join(now.filter(CUSTOMER & ~LEAVING), on="customer_id", how="anti")
    cents_now, cents_before, cents_gone = (
        int((rows["mrr"].fill_null(0) * 100).round().cast(pl.Int64).sum()) for rows in (at_risk_now, at_risk_before, gone)
    )
    if not cents_now < cents_before or cents_before - cents_now > cents_gone:
        return ""
    who = fmt.plural(gone.height, "customer")
    return f"MRR at risk fell because {who} at risk left or gave notice ({fmt.short_money(cents_gone / 100)} MRR)."
