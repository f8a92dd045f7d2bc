"""Overrides of one customer's score in words, and the track record of their authors."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health import format as fmt
from health.access import Book
from health.score import overrides

Row = Mapping[str, Any]


def read_overrides(book: Book, customer_id: str, as_of: date) -> dict[str, pl.DataFrame]:
    """Read the overrides of a customer.

    `held`: the one in force on that day (none or one row); `ledger`: all of them, newest first; `record`: `overrides.track_record` of the
    authors. Raises NotFound outside the viewer's book.
    """
    with book.reading() as session:
        customer = book.own_id(session, customer_id)
        return {
            "held": overrides.overrides_on(session, as_of).filter(pl.col("customer_id") == customer),
            "ledger": overrides.customer_overrides(session, customer),
            "record": overrides.track_record(session, as_of),
        }


def override_text(override: Row) -> str:
    """Format an override: 'healthy at 70', 'healthy' or '70'."""
    band = fmt.band(override["band"]).word.lower() if override["band"] else ""
    health = "" if override["health"] is None else fmt.health(override["health"] / 100)
    return " at ".join(word for word in (band, health) if word)


def badge(override: Row) -> tuple[str, str]:
    """Badge next to the calculated band, and its help text."""
    label = f"Override: {override_text(override)} by {override['author']}"
    return label, f"{override['reason']}. Until {fmt.day(override['until_on'])}. The calculated score is unchanged."


def comparison_text(customer: Row, override: Row) -> str:
    """Compare the calculated score with the override.

    'Calculated: 46, at risk. Override by Anna: healthy at 70, from 31 Oct to 12 Jan 2027. Reason: new contract agreed.'
    """
    score_text = "unknown" if customer["band"] in (None, "unknown") else f"{fmt.health(customer['health'])}, {_band_word(customer['band'])}"
    period = f"from {fmt.day(override['from_on'])} to {fmt.day(override['until_on'])}"
    return f"Calculated: {score_text}. Override by {override['author']}: {override_text(override)}, {period}. Reason: {override['reason']}"


def _band_word(band: str) -> str:
    return fmt.band(band).word.lower()


def track_record_texts(record: pl.DataFrame, author: str) -> list[str]:
    """Outcomes of the author's earlier overrides, one sentence per band; empty without any.

    'healthy 12 times (1 of 11 left within 90 days)'.
    """
    author_rows = record.filter(pl.col("author") == author).iter_rows(named=True)
    return [f"{_band_word(row['band'])} {fmt.plural(row['overrides'], 'time')} ({row['words']})" for row in author_rows]


def override_table(ledger: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per override, newest first: held, author, reason, from_on, until_on, state (in words)."""
    rows = [
        {
            "held": override_text(row), "author": row["author"], "reason": row["reason"],
            "from_on": row["from_on"], "until_on": row["until_on"], "state": _state_text(row, as_of),
        }
        for row in ledger.iter_rows(named=True)
    ]  # fmt: skip
    schema = {"held": pl.String, "author": pl.String, "reason": pl.String, "from_on": pl.Date, "until_on": pl.Date, "state": pl.String}
    return pl.DataFrame(rows, schema=schema)


def _state_text(row: Row, as_of: date) -> str:
    if row["withdrawn_on"]:
        return f"Withdrawn from {fmt.day(row['withdrawn_on'])} by {row['withdrawn_by']}: {row['withdrawn_why']}"
    if row["from_on"] > as_of:
        return "Not started"
    return "Expired" if row["until_on"] < as_of else "In force"
