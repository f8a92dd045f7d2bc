"""Consistency checks of the warehouse; each finding is a sentence, and an empty list means no findings."""

import polars as pl

from health import format as fmt
from health.access import Book
from health.columns import Table
from health.intake.check import CLOCK_LEEWAY
from health.score import history
from health.tables import TABLES
from health.warehouse import Session, lineage


def findings(book: Book) -> list[str]:
    """Check load counts, keys, references and future dates of all rows, and the stored history against a rebuild. Writes nothing."""
    with book.reading() as session:
        customers = session.frame("queries/customer_ids")["customer_id"]
        loads_in_force = session.frame("queries/loads").filter(pl.col("undone_at").is_null())
        table_findings = [
            sentence
            for table in TABLES.values()
            for sentence in _table_findings(table, session.rows(table.name), customers, loads_in_force)
        ]
        return [*_load_findings(loads_in_force), *_lineage_findings(session), *table_findings, *_history_findings(session)]


def _load_findings(loads_in_force: pl.DataFrame) -> list[str]:
    """Loads whose row counts do not add up."""
    read, accepted = pl.col("accepted") + pl.col("refused"), pl.col("added") + pl.col("changed") + pl.col("unchanged")
    unbalanced = loads_in_force.filter((read != pl.col("read")) | (accepted != pl.col("accepted")))["load_id"]
    return [
        f"Load {n}: accepted and refused rows do not add up to the rows read; undo the load and load its file again." for n in unbalanced
    ]


def _lineage_findings(session: Session) -> list[str]:
    """Loads whose recorded row counts differ from the rows in the tables."""
    mismatches = lineage.count_rows_by_load(session).filter(pl.col("stated") != pl.col("present"))
    return [
        f"Load {n}, {table}: its record says {recorded:,} rows {change}, but the table holds {present:,}; "
        "restore a backup, or undo the load and load the file again."
        for n, table, change, recorded, present in mismatches.select("load_id", "table_name", "what", "stated", "present").iter_rows()
    ]


def _table_findings(table: Table, rows: pl.DataFrame, customers: pl.Series, loads_in_force: pl.DataFrame) -> list[str]:
    """Repeated keys, unknown customers, rows without a load in force, broken rules and future dates of one table."""
    references_found = [pl.col(c.name).is_in(customers.implode()) for c in table.columns if c.refers]
    counts = {
        "share their key with another row": int(rows.select(table.key).is_duplicated().sum()),
        "belong to customers that are not loaded": rows.filter(~pl.all_horizontal(pl.lit(True), *references_found)).height,
        "do not belong to an active load": rows.filter(~pl.col("load_id").is_in(loads_in_force["load_id"].implode())).height,
    }
    return [
        *(f"{table.name}: {n:,} rows {problem}." for problem, n in counts.items() if n),
        *_broken_rule_findings(table, rows),
        *_future_date_findings(table, rows, loads_in_force),
    ]


def _broken_rule_findings(table: Table, rows: pl.DataFrame) -> list[str]:
    """Rows that an earlier version accepted and that would be refused today."""
    counts = [(rule.words, rows.filter(rule.broken).height) for rule in table.rules]
    return [
        f"{table.name}: {fmt.plural(n, 'row')} on file would be refused today: {words}. Correct the source and load it again."
        for words, n in counts
        if n
    ]


def _future_date_findings(table: Table, rows: pl.DataFrame, loads_in_force: pl.DataFrame) -> list[str]:
    """Rows with event dates after the day of their load; demo loads are excluded, since their dates are invented."""
    checked = loads_in_force.filter(pl.col("origin") != "demo").select("load_id", pl.col("loaded_at").dt.date().alias("#loaded"))
    dated_rows = rows.join(checked, on="load_id", how="inner")
    is_future = [
        pl.coalesce(c.name, c.blank_is or c.name).cast(pl.Date) > pl.col("#loaded") + CLOCK_LEEWAY for c in table.columns if c.event
    ]
    counts = (
        dated_rows.filter(pl.any_horizontal(pl.lit(False), *is_future).fill_null(False)).group_by("load_id").len("rows").sort("load_id")
    )
    return [
        f"{table.name}: {fmt.plural(n, 'row')} of load {load_id} have dates after the day they were loaded; undo the load and correct them."
        for load_id, n in counts.rows()
    ]


def _history_findings(session: Session) -> list[str]:
    """A difference between the stored scores and a rebuild."""
    for table, rebuilt in history.build(session).items():
        stored = session.rows(table).sort("as_of", "customer_id") if session.has(table) else pl.DataFrame()
        if stored.height != rebuilt.height or (rebuilt.height and not stored.select(rebuilt.columns).equals(rebuilt)):
            return ["The stored history differs from a fresh calculation; run the command rebuild."]
    return []
