"""Does the warehouse agree with itself? Each finding is a sentence; an empty list means all is well."""

import polars as pl

from health.access import Book
from health.score import history
from health.tables import TABLES, Table
from health.warehouse import Session


def findings(book: Book) -> list[str]:
    """Checks the counts of every load, keys, references, where rows came from, and that the history equals a rebuild. Writes nothing."""
    with book.reading() as session:
        customers = session.frame("marts/customer_ids")["customer_id"]
        live = session.frame("marts/loads").filter(pl.col("undone_at").is_null())
        rows = [words for table in TABLES.values() for words in _of_table(table, session.rows(table.name), customers, live["load_id"])]
        return [*_of_loads(live), *rows, *_of_history(session)]


def _of_loads(live: pl.DataFrame) -> list[str]:
    read, accepted = pl.col("accepted") + pl.col("refused"), pl.col("added") + pl.col("changed") + pl.col("unchanged")
    wrong = live.filter((read != pl.col("read")) | (accepted != pl.col("accepted")))["load_id"]
    return [f"Load {n}: accepted and refused rows do not add up to those read; undo it and load its file again." for n in wrong]


def _of_table(table: Table, rows: pl.DataFrame, customers: pl.Series, live: pl.Series) -> list[str]:
    links = [pl.col(c.name).is_in(customers.implode()) for c in table.columns if c.refers]
    counted = {
        "share their key with another row": int(rows.select(table.key).is_duplicated().sum()),
        "belong to customers that are not on file": rows.filter(~pl.all_horizontal(pl.lit(True), *links)).height,
        "came with no load that is in force": rows.filter(~pl.col("load_id").is_in(live.implode())).height,
    }
    return [f"{table.name}: {n:,} rows {words}." for words, n in counted.items() if n]


def _of_history(session: Session) -> list[str]:
    stored = session.rows("history").sort("as_of", "customer_id") if session.has("history") else pl.DataFrame()
    fresh = history.rebuilt(session)
    if stored.height != fresh.height or (fresh.height and not stored.select(fresh.columns).equals(fresh)):
        return ["The stored history differs from a rebuild; run the command rebuild."]
    return []
