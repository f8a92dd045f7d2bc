"""What is known of the portfolio so far, and what each missing table would add."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt
from health.score.components import COMPONENTS, Component
from health.score.compose import row_weight
from health.score.settings import Settings
from health.status import ACTIVE, CUSTOMER, LEAVING, LOST

RENEWAL_DAYS = (30, 60, 90)


@dataclass(frozen=True)
class Gap:
    """A component that is unknown for some of the customers for whom it has weight.

    `min_weight`, `max_weight`: its weight in the segments of customers who lack it; `missing_weight`: the sum over them; `table`: what to
    load.
    """

    key: str
    label: str
    min_weight: int
    max_weight: int
    missing_weight: int
    table: str
    unknown_customers: int
    weighed_customers: int

    @property
    def remedy(self) -> str:
        """What loading the table adds: 'Load interactions: +30', or '+20 to +40' if segments differ."""
        gained = f"+{self.min_weight}" if self.min_weight == self.max_weight else f"+{self.min_weight} to +{self.max_weight}"
        return f"Load {self.table.replace('_', ' ')}: {gained}"


def coverage_gaps(now: pl.DataFrame, settings: Settings) -> list[Gap]:
    """Components unknown for at least one customer for whom they have weight, most missing weight first."""
    customers = now.filter(CUSTOMER)
    gaps = (_component_gap(customers, c, settings) for c in COMPONENTS if settings.weighs(c.key))
    return sorted((gap for gap in gaps if gap), key=lambda gap: -gap.missing_weight)


def _component_gap(customers: pl.DataFrame, c: Component, settings: Settings) -> Gap | None:
    weights = customers.select(c.column, row_weight(c.key, settings).alias("weight")).filter(pl.col("weight") > 0)
    missing_weights = weights.filter(pl.col(c.column).is_null())["weight"].to_list()
    if not missing_weights:
        return None
    return Gap(
        c.key, c.label, min(missing_weights), max(missing_weights), sum(missing_weights), c.needs, len(missing_weights), weights.height
    )


def coverage_sentence(now: pl.DataFrame, settings: Settings) -> str | None:
    """Explain why most bands are unknown; None if most customers have a band or there are no customers."""
    customers = now.filter(CUSTOMER)
    unknown = customers.filter(pl.col("band") == "unknown").height
    if customers.is_empty() or 2 * unknown <= customers.height:
        return None
    known_components = [
        c for c in COMPONENTS if customers.filter(pl.col(c.column).is_not_null() & (row_weight(c.key, settings) > 0)).height
    ]
    customers_text = (
        f"all {customers.height:,} customers are" if unknown == customers.height else f"{unknown:,} of {customers.height:,} customers are"
    )
    if not known_components:
        head = "No part of the score can be calculated yet, so"
        return f"{head} {customers_text} in the band Unknown: a band needs a coverage of {settings.coverage_least} %."
    coverage = (
        customers.select(pl.sum_horizontal(row_weight(c.key, settings) for c in known_components).alias("most"))["most"]
        .unique()
        .sort()
        .to_list()
    )
    labels = _join_words([c.label.lower() for c in known_components])
    verb, qualifier = "is" if len(known_components) == 1 else "are", "" if len(known_components) == len(coverage) == 1 else "at most "
    head = f"Only {labels} {verb} known, so coverage is {qualifier}{coverage[-1]} %"
    return f"{head} and {customers_text} in the band Unknown: a band needs a coverage of {settings.coverage_least} %."


def _join_words(words: list[str]) -> str:
    """Join words: 'contact, price and tenure'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@dataclass(frozen=True)
class PortfolioSummary:
    """Counts that need no score.

    `customers`: active or leaving; `unknown`, `tentative`: of them by band; `mrr`: None if nothing has a price; `gone`: lost customers;
    `renewals`, `renewals_mrr`: by days ahead, cumulative.
    """

    customers: int
    leaving: int
    unknown: int
    tentative: int
    mrr: float | None
    gone: int
    renewals: dict[int, int]
    renewals_mrr: dict[int, float]


def summarize_portfolio(now: pl.DataFrame, as_of: date) -> PortfolioSummary:
    """Count customers, bands, MRR and renewals: last days for notice within 30, 60 and 90 days, cumulative."""
    customers = now.filter(CUSTOMER)
    due_within = {days: customers.filter(pl.col("days_to_notice").is_between(0, days) & ACTIVE) for days in RENEWAL_DAYS}
    mrr_values = customers["mrr"].drop_nulls()
    return PortfolioSummary(
        customers=customers.height,
        leaving=customers.filter(LEAVING).height,
        unknown=customers.filter(pl.col("band") == "unknown").height,
        tentative=customers.filter(~pl.col("firm")).height,
        mrr=float(mrr_values.sum()) if mrr_values.len() else None,
        gone=now.filter(LOST).height,
        renewals={days: frame.height for days, frame in due_within.items()},
        renewals_mrr={days: float(frame["mrr"].sum()) for days, frame in due_within.items()},
    )


def mrr_by(now: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row per value of a column (segment, tier, ...), most MRR first: column, customers, mrr.

    Blanks are 'Not given'; mrr is null where nothing has a price.
    """
    return (
        now.filter(CUSTOMER)
        .with_columns(pl.col(column).cast(pl.Utf8).fill_null(fmt.NOT_GIVEN))
        .group_by(column)
        .agg(
            pl.len().cast(pl.Int64).alias("customers"),
            pl.when(pl.col("mrr").is_not_null().any()).then(pl.col("mrr").sum()).alias("mrr"),
        )
        .sort(["mrr", column], descending=[True, False])
    )
