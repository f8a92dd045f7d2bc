"""The portfolio: wide frames behind every page. Money in the book's currency, health 0 to 100, null unknown."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from health.access import Book
from health.month_ends import latest_of, month_end
from health.score import history as score_history
from health.score import settings
from health.score.components import COMPONENTS, DAYS_A_MONTH
from health.score.compose import row_weight
from health.score.settings import Settings
from health.status import ACTIVE, CUSTOMER, ENDING
from health.tables import TABLES
from health.warehouse import facts
from health.warehouse.completeness import Completeness

POINTS = [c.column for c in COMPONENTS]
HUNDREDTHS = ["health", "low", "high", "coverage", *POINTS]
TREND_MONTHS = 24


@dataclass(frozen=True)
class State:
    """Content of the warehouse: version, days covered, rows by table, assumptions made by a mapping, and how complete the tables are."""

    version: int
    as_of: date | None
    observed_from: date | None
    month_ends: list[date]
    rows: dict[str, int]
    demo: bool
    assumption: str | None
    settings: Settings
    loaded_at: datetime | None
    known: Completeness

    @property
    def empty(self) -> bool:
        """Whether there is nothing to score yet."""
        return self.as_of is None or not self.rows["customers"]

    def models_on(self, as_of: date) -> date:
        """Day on which models used on `as_of` are fitted: the last month end by then, else the day itself."""
        return latest_of(self.month_ends, as_of)


def state(book: Book) -> State:
    """State of the book in one read transaction; `as_of` is the newest day with an event, in files or entered by hand."""
    with book.reading() as session:
        span = facts.span(session)
        loads = session.rows("loads").filter(pl.col("undone_at").is_null()).sort("load_id")
        assumptions = loads["assumption"].drop_nulls().unique(maintain_order=True).to_list()
        return State(
            version=session.version,
            as_of=span.newest_day,
            observed_from=span.observed_from,
            month_ends=span.month_ends(),
            rows={name: session.count(name) for name in TABLES},
            demo="demo" in loads["origin"],
            assumption=" ".join(assumptions) or None,
            settings=settings.in_force(session),
            loaded_at=max(loads["loaded_at"], default=None),
            known=span.known,
        )


def build(book: Book, as_of: date) -> pl.DataFrame:
    """One row per customer ever signed, as of the day, sorted by id.

    `health_before` and `band_before` are from the last month end at least three months earlier.
    """
    with book.reading() as session:
        scored = book.own(session, score_history.on_day(session, as_of))
        with_names = scored.join(session.frame("queries/customers_named"), on="customer_id", how="left", maintain_order="left")
        past_scores = book.own(session, session.frame("queries/history")).filter(pl.col("as_of") <= as_of)
        score_settings = settings.in_force(session)
    return (
        with_names.pipe(_in_display_units)
        .join(_earlier_score(past_scores, as_of), on="customer_id", how="left", maintain_order="left")
        .join(_trend(past_scores), on="customer_id", how="left", maintain_order="left")
        .pipe(_with_driver, score_settings)
        .sort("customer_id")
    )


def history(book: Book) -> pl.DataFrame:
    """One row per customer of the book and month end, sorted by both: status, band, health, points, MRR, dates of loss."""
    with book.reading() as session:
        return book.own(session, session.frame("queries/history")).pipe(_in_display_units).sort("as_of", "customer_id")


def client(book: Book, customer_id: str, as_of: date) -> dict[str, pl.DataFrame]:
    """One customer's rows by table, as `Session.of_customer`, and derived frames of the day.

    Derived: `prices` (contract lines in force with their benchmark), `lines` (contract lines known), `market_prices` (rows used as
    benchmark), `complaint_clocks` (as `facts.complaints`) and `planned_contacts` (as `diary.entries`).

    Raises NotFound for an id outside the viewer's book.
    """
    with book.reading() as session:
        own_id = book.own_id(session, customer_id)
        customer_tables = [t.name for t in TABLES.values() if "customer_id" in t.names]
        frames = {name: session.of_customer(name, own_id) for name in customer_tables}
        terms = settings.in_force(session).terms
        facts.prepare_benchmarks(session, as_of, [own_id])
        derived = {name: session.frame(f"queries/{query}", as_of=as_of) for name, query in _DAY_QUERIES.items()}
        market_prices = session.frame("queries/benchmark_rows")
        complaint_clocks = facts.complaints(session, as_of, terms, [own_id])
        return frames | derived | {"market_prices": market_prices, "complaint_clocks": complaint_clocks}


_DAY_QUERIES = {
    "prices": "line_prices", "lines": "lines_known", "planned_contacts": "diary_entries",
}  # fmt: skip
"""Queries over the contract lines and grid of a day, by name of the derived frame."""


def _in_display_units(frame: pl.DataFrame) -> pl.DataFrame:
    """Convert hundredths and cents to health, per cent and money; unknown stays null."""
    money_columns = {"mrr_cents": "mrr", "margin_cents": "margin"}
    return frame.with_columns(
        *((pl.col(name) / 100).round(2) for name in HUNDREDTHS),
        *((pl.col(cents) / 100).round(2).alias(name) for cents, name in money_columns.items()),
        *(pl.when(ENDING).then(pl.col(day)).alias(day) for day in ["lost_on", "decided_on"]),
        *_derived_columns(frame),
    )


def _derived_columns(frame: pl.DataFrame) -> list[pl.Expr]:
    if "tenure_days" not in frame.columns:
        return []
    return [
        (pl.col("tenure_days") / DAYS_A_MONTH).alias("tenure_months"),
        pl.when(ACTIVE).then(pl.col("agreed_until")).alias("renewal_on"),
    ]


def _earlier_score(past_scores: pl.DataFrame, as_of: date) -> pl.DataFrame:
    earlier_scores = past_scores.filter(pl.col("as_of") <= month_end(as_of, -3))
    latest_scores = earlier_scores.filter(pl.col("as_of") == earlier_scores["as_of"].max()) if earlier_scores.height else earlier_scores
    return latest_scores.select(
        "customer_id", (pl.col("health") / 100).round(2).alias("health_before"), pl.col("band").alias("band_before")
    )


def _trend(past_scores: pl.DataFrame) -> pl.DataFrame:
    """One row per customer: last month-end healths, oldest first."""
    scored = past_scores.filter(pl.col("health").is_not_null()).sort("customer_id", "as_of")
    return scored.group_by("customer_id", maintain_order=True).agg((pl.col("health") / 100).round(2).tail(TREND_MONTHS).alias("trend"))


def _with_driver(frame: pl.DataFrame, score_settings: Settings) -> pl.DataFrame:
    """Add `driver`: the component with the largest weight x (median of the book - points); ties in the declared order."""
    is_scored = CUSTOMER
    gaps = {c.key: pl.col(c.column).filter(is_scored).median() - pl.col(c.column) for c in COMPONENTS if score_settings.weighs(c.key)}
    shortfalls = {
        key: pl.when(row_weight(key, score_settings) > 0).then((row_weight(key, score_settings) * gap).round(4))
        for key, gap in gaps.items()
    }
    largest = pl.max_horizontal(*shortfalls.values())
    driver = pl.coalesce(pl.when(gap == largest).then(pl.lit(key)) for key, gap in shortfalls.items())
    return frame.with_columns(pl.when(is_scored).then(driver).alias("driver"))
