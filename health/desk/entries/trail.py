"""Audit trail of entries: what was changed by hand, by whom and why. Rows are never deleted."""

import json
from collections.abc import Mapping
from datetime import datetime

import polars as pl

from health.access import Book
from health.warehouse import Session, lineage

COLUMNS = ["when", "who", "what", "table", "key", "before", "after", "why"]
Values = Mapping[str, str | None] | None


def record_change(
    session: Session, book: Book, table: str, key: str, customer_id: str, what: str, now: datetime, load_id: int | None,
    before: Values = None, after: Values = None, why: str | None = None,
) -> None:  # fmt: skip
    """Add one change to the trail, inside its write transaction."""
    row = {
        "load_id": load_id, "made_at": now, "author": book.viewer.author, "what": what, "table_name": table,
        "key": key, "customer_id": customer_id, "before": _json(before), "after": _json(after), "why": why.strip() if why else None,
    }  # fmt: skip
    session.insert("entries", pl.DataFrame([row], schema_overrides=dict.fromkeys(("before", "after", "why"), pl.String)))


def _json(values: Values) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None


def trail(book: Book, customer_id: str) -> pl.DataFrame:
    """One row per change of a customer's rows by hand, newest first: when, who, what, table, key, before, after, why.

    `what`: written, corrected, removed, undone (by undoing its load), replaced (by a file with the same key). `before` and `after`: JSON
    objects, for a correction the changed values, else the whole row. Raises NotFound outside the viewer's book.
    """
    with book.reading() as session:
        changes = session.frame("queries/entries_of", customer_id=book.own_id(session, customer_id))
        all_changes = pl.concat([changes, _replacements(session, changes)]) if changes.height else changes
    renamed = all_changes.rename({"made_at": "when", "author": "who", "table_name": "table"})
    return renamed.sort("when", "load_id", "what", descending=True).select(COLUMNS)


def _replacements(session: Session, changes: pl.DataFrame) -> pl.DataFrame:
    """Entries that a later file replaced, in the columns of `changes`."""
    desk_rows = changes.filter(pl.col("what").is_in(["written", "corrected"])).select(
        "load_id", "table_name", "key", pl.col("after").alias("before")
    )
    return (
        lineage.replaced_entries(session)
        .join(desk_rows, on=["load_id", "table_name"], how="inner")
        .with_columns(
            pl.col("replaced_by").alias("load_id"),
            pl.lit("replaced").alias("what"),
            pl.lit(None, pl.String).alias("after"),
            pl.format("by {}", "file").alias("why"),
        )
        .select(changes.columns)
    )
