"""Details from one customer's rows: parts of the score in words, prices, and events in time order."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from health import currency
from health import format as fmt
from health.columns import Table
from health.insight.client import lifecycle
from health.insight.client.complaint_sla import theme_text
from health.insight.client.invoices import own_amount
from health.score.components import COMPONENTS, Component, Part
from health.tables import TABLES

Row = Mapping[str, Any]
SOURCE = ["file", "line", "load_id"]
MARKET_SOURCE = ["market_file", "market_line", "market_load"]
TIMELINE: dict[str, Any] = {
    "at": pl.Datetime("us"),
    "kind": pl.String,
    "what": pl.String,
    "said": pl.String,
    "who": pl.String,
    **dict.fromkeys(SOURCE, pl.String),
    **dict.fromkeys(("table", "key"), pl.String),
}
"""Columns of an event: time, kind, what happened, comment, our employee, source, and table and key of its row."""


def parts(customer: Row, weights: Mapping[str, int]) -> pl.DataFrame:
    """One row per part with weight: component, part, share, points, fact, formula.

    `share`: of 100 points of health; `points`: 0 to 100, null if unknown; `fact`: in words. `customer`: the row of the day of its points;
    for leaving customers `portfolio.build` at `facts_as_of`, because their points are frozen.
    """
    facts = pl.DataFrame([dict(customer)], infer_schema_length=None)
    return pl.DataFrame(
        [
            {
                "component": component.label,
                "part": part.label,
                "share": weights.get(component.key, 0) * part.share / 100,
                "points": points,
                "fact": _fact_text(part, customer, points) + _seen_text(component, customer),
                "formula": part.formula,
            }
            for component in COMPONENTS
            if weights.get(component.key)
            for part in component.parts
            for points in [facts.select(part.points.cast(pl.Float64)).item()]
        ],
        schema_overrides={"points": pl.Float64, "share": pl.Float64},
    )


def _fact_text(part: Part, customer: Row, points: float | None) -> str:
    """The facts of a part in words, or why it is unknown."""
    if points is None:
        return f"Unknown: {part.unknown_when}"
    return part.fact(customer) if part.fact else part.formula


def _seen_text(component: Component, customer: Row) -> str:
    """How far the component's table reaches for the customer, if not to the day of the score: '; as on 31 Oct 2026, out of date'."""
    is_stale = component.needs in (customer.get("stale_tables") or "").split(", ")
    return lifecycle.seen_text(customer, component.needs, customer.get("as_of") or date.max) + "; out of date" * is_stale


def _answer_text() -> pl.Expr:
    """Format an answer: 'nps, 8'; without the trailing zeros of the column's type."""
    score = pl.col("score").cast(pl.String).str.replace(r"\.?0+$", "")
    return pl.concat_str(
        pl.col("kind"), pl.when(pl.col("score") == 0).then(pl.lit("0")).otherwise(score), separator=", ", ignore_nulls=True
    )


def _join_words(*columns: str) -> pl.Expr:
    return pl.concat_str(*(pl.col(c).cast(pl.String).str.replace_all("_", " ") for c in columns), separator=", ", ignore_nulls=True)


def _labelled(words: str, of: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{words}: "), pl.col(of).fill_null("not stated").str.replace_all("_", " "))


def _complaint(words: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{words}: "), theme_text())


def _amount_text(words: str) -> Callable[[], pl.Expr]:
    """An amount in the currency of its row, else in the book's, which is read before the expression runs in another thread."""

    def text() -> pl.Expr:
        own = currency.code()
        price = pl.struct("amount", "currency").map_elements(
            lambda row: fmt.price(row["amount"], row["currency"] or own), return_dtype=pl.String
        )
        return pl.concat_str(pl.lit(f"{words}: "), price)

    return text


Event = tuple[str, str, str, pl.Expr | Callable[[], pl.Expr], str]
"""Table, date column, kind, description, and comment column."""
_DESCRIBED_EVENTS: tuple[Event, ...] = (
    ("interactions", "occurred_at", "Contact", _join_words("channel", "direction", "outcome"), "comment"),
    ("complaints", "opened_at", "Complaint", _complaint("raised"), "comment"),
    ("complaints", "first_response_at", "Complaint", _complaint("answered"), ""),
    ("complaints", "resolved_at", "Complaint", _complaint("solved"), ""),
    ("complaints", "reopened_at", "Complaint", _complaint("reopened"), ""),
    ("surveys", "asked_on", "Survey", _labelled("asked", "kind"), ""),
    ("surveys", "answered_on", "Survey", _answer_text(), "comment"),
    ("promises", "promised_on", "Promise", _labelled("made", "kind"), "comment"),
    ("promises", "delivered_at", "Promise", _labelled("delivered", "kind"), ""),
    ("contracts", "signed_on", "Contract", _labelled("signed", "product"), ""),
    ("contracts", "notice_on", "Contract", _labelled("notice given", "product"), ""),
    ("contracts", "terminated_on", "Contract", _labelled("ended early", "product"), ""),
    ("contracts", "paused_from", "Contract", _labelled("pause begins", "product"), ""),
    ("contracts", "paused_until", "Contract", _labelled("pause ends", "product"), ""),
    ("invoices", "issued_on", "Invoice", _amount_text("issued"), ""),
    ("invoices", "paid_on", "Invoice", _amount_text("paid"), ""),
    ("referrals", "made_on", "Referral", pl.lit("referral made"), ""),
    ("referrals", "won_on", "Referral", pl.lit("referral won"), ""),
    ("opportunities", "opened_on", "Opportunity", _join_words("kind", "outcome"), ""),
    ("opportunities", "closed_on", "Opportunity", _labelled("closed", "outcome"), ""),
    ("exits", "announced_on", "Exit", _labelled("notice", "reason"), "comment"),
    ("exits", "left_on", "Exit", pl.lit("last day"), ""),
    ("exits", "interviewed_on", "Exit", pl.lit("exit interview"), ""),
)
_OTHER_TABLES = ("customers", "contacts", "diary", "usage")
"""Tables with events that the timeline leaves out or reads elsewhere."""


def default_events(table: Table) -> list[Event]:
    """Events of a table without declared texts: one per date column, named after table and column."""
    if "customer_id" not in table.names:
        return []
    kind, comment_column = table.name.removesuffix("s").replace("_", " ").capitalize(), "comment" if "comment" in table.names else ""
    event_columns = [(c.name, re.sub(r"_(on|at)$", "", c.name).replace("_", " ")) for c in table.columns if c.event]
    return [(table.name, name, kind, pl.lit(text), comment_column) for name, text in event_columns]


def _undescribed_events() -> Iterator[Event]:
    described_tables = {event[0] for event in _DESCRIBED_EVENTS}
    for name, table in TABLES.items():
        if name not in described_tables and name not in _OTHER_TABLES:
            yield from default_events(table)


_EVENTS = (*_DESCRIBED_EVENTS, *_undescribed_events())
TIMELINE_TABLES = tuple(dict.fromkeys(event[0] for event in _EVENTS))
"""Tables whose rows appear in the timeline."""


def events(rows: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """Events of all tables, one frame per kind with the columns of TIMELINE; unsorted, of any day."""
    return [event_frame(rows[event[0]], event) for event in _EVENTS if event[0] in rows]


def sort_timeline(event_frames: Iterable[pl.DataFrame], as_of: date, employees: Mapping[str, str]) -> pl.DataFrame:
    """Concatenate events up to `as_of`, newest first, with the names of employees."""
    all_events = pl.concat([pl.DataFrame(schema=TIMELINE), *event_frames])
    return (
        all_events.filter(pl.col("at") <= datetime.combine(as_of, datetime.max.time()))
        .with_columns(pl.col("who").replace(dict(employees)))
        .sort("at", "kind", "what", "key", descending=[True, False, False, False], nulls_last=True)
    )


def event_frame(frame: pl.DataFrame, event: Event) -> pl.DataFrame:
    """One row per row of the table with that event, in the columns of TIMELINE."""
    table, date_column, kind, description, comment_column = event

    def text_column(name: str) -> pl.Expr:
        return (pl.col(name) if name in frame.columns else pl.lit(None)).cast(pl.String).alias(name)

    return frame.filter(pl.col(date_column).is_not_null()).select(
        pl.col(date_column).cast(pl.Datetime("us")).alias("at"),
        pl.lit(kind).alias("kind"),
        (description() if callable(description) else description).cast(pl.String).alias("what"),
        text_column(comment_column or "said").alias("said"),
        text_column("employee_id").alias("who"),
        *map(text_column, SOURCE),
        pl.lit(table).alias("table"),
        pl.concat_str([pl.col(name).cast(pl.String) for name in TABLES[table].key], separator=", ").alias("key"),
    )


def prices(rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per line in force, with its source (file, line, load_id) and that of its market price.

    Columns of the market source: market_file, market_line, market_load; `own`: a price in another currency than the book's, as text.
    `rows`: `portfolio.client`.
    """
    contract_sources = rows["contracts"].select("contract_id", *SOURCE)
    market_sources = rows["market_prices"].select("product", *(pl.col(c).alias(m) for c, m in zip(SOURCE, MARKET_SOURCE, strict=True)))
    with_contract = (
        rows["prices"].with_columns(own_amount("own_price")).join(contract_sources, on="contract_id", how="left", maintain_order="left")
    )
    return with_contract.join(market_sources, on="product", how="left", maintain_order="left")
