"""Does the warehouse agree with itself? Each finding is a sentence; an empty list means all is well."""

import polars as pl

from health import format as fmt
from health.access import Book
from health.columns import Table
from health.intake.check import LEEWAY
from health.score import history
from health.tables import TABLES
from health.warehouse import Session
from health.warehouse import lineage as origin


def findings(book: Book) -> list[str]:
    """Checks the counts of loads against their rows, keys, references, days to come, and the history against a rebuild. Writes nothing."""
    with book.reading() as session:
        customers = session.frame("queries/customer_ids")["customer_id"]
        live = session.frame("queries/loads").filter(pl.col("undone_at").is_null())
        rows = [words for table in TABLES.values() for words in _of_table(table, session.rows(table.name), customers, live)]
        return [*_of_loads(live), *_of_ledger(session), *rows, *_of_history(session)]


def _of_loads(live: pl.DataFrame) -> list[str]:
    read, accepted = pl.col("accepted") + pl.col("refused"), pl.col("added") + pl.col("changed") + pl.col("unchanged")
    wrong = live.filter((read != pl.col("read")) | (accepted != pl.col("accepted")))["load_id"]
    return [f"Load {n}: accepted and refused rows do not add up to those read; undo it and load its file again." for n in wrong]


def _of_ledger(session: Session) -> list[str]:
    """The counts of every load against the rows that are there."""
    found = origin.written(session).filter(pl.col("stated") != pl.col("present"))
    return [
        f"Load {n}, {table}: {stated:,} rows {what} by its record, {present:,} are there; restore a backup, or undo it and load it again."
        for n, table, what, stated, present in found.select("load_id", "table_name", "what", "stated", "present").iter_rows()
    ]


def _of_table(table: Table, rows: pl.DataFrame, customers: pl.Series, live: pl.DataFrame) -> list[str]:
    links = [pl.col(c.name).is_in(customers.implode()) for c in table.columns if c.refers]
    counted = {
        "share their key with another row": int(rows.select(table.key).is_duplicated().sum()),
        "belong to customers that are not on file": rows.filter(~pl.all_horizontal(pl.lit(True), *links)).height,
        "came with no load that is in force": rows.filter(~pl.col("load_id").is_in(live["load_id"].implode())).height,
    }
    return [*(f"{table.name}: {n:,} rows {words}." for words, n in counted.items() if n), *_to_come(table, rows, live)]


def _to_come(table: Table, rows: pl.DataFrame, live: pl.DataFrame) -> list[str]:
    """Rows of something that had not happened when they were loaded; a demo's company lives on days of its own."""
    checked = live.filter(pl.col("origin") != "demo").select("load_id", pl.col("loaded_at").dt.date().alias("#loaded"))
    dated = rows.join(checked, on="load_id", how="inner")
    days = [pl.coalesce(c.name, c.blank_is or c.name).cast(pl.Date) > pl.col("#loaded") + LEEWAY for c in table.columns if c.event]
    late = dated.filter(pl.any_horizontal(pl.lit(False), *days).fill_null(False)).group_by("load_id").len("rows").sort("load_id")
    return [
        f"{table.name}: {fmt.plural(n, 'row')} of load {k} lie after its day of loading; undo it and mend them." for k, n in late.rows()
    ]


def _of_history(session: Session) -> list[str]:
    stored = session.rows("history").sort("as_of", "customer_id") if session.has("history") else pl.DataFrame()
    fresh = history.rebuilt(session)
    if stored.height != fresh.height or (fresh.height and not stored.select(fresh.columns).equals(fresh)):
        return ["The stored history differs from a rebuild; run the command rebuild."]
    return []
