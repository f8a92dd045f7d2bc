"""Profile of the tables: rows per month, newest day, blanks, warnings. Statements are built from TABLES."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from health.columns import Table
from health.tables import TABLES
from health.warehouse import Session, facts


def day_columns(table: Table) -> list[str]:
    """The columns that date a row, of which the first filled one counts: its events, else its month or day. Empty: rows have none."""
    return [c.name for c in table.columns if c.event] or [c.name for c in table.columns if c.name in ("month", "day")]


def _event_day(table: Table) -> str:
    blank_is = {c.name: c.blank_is for c in table.columns}
    days = [part for name in day_columns(table) for part in (name, blank_is[name]) if part]
    return f"coalesce({', '.join(f'cast({day} as date)' for day in days)})"


def rows_per_month(session: Session) -> pl.DataFrame:
    """One row per table and month with rows: table_name, month (its first day; null for rows without a day), rows."""
    dated_tables = [t for t in TABLES.values() if day_columns(t)]

    def counted(table: Table) -> str:
        month = f"cast(date_trunc('month', {_event_day(table)}) as date)"
        return f"select '{table.name}' as table_name, {month} as month, count(*) as rows from {table.name} group by all"

    return session.select(f"{' union all '.join(map(counted, dated_tables))} order by table_name, month")


def newest_days(session: Session) -> pl.DataFrame:
    """One row per table: table_name, newest (the latest day of any of its events; null if it has no days or no rows)."""

    def latest(table: Table) -> str:
        days = ", ".join(f"max(cast({name} as date))" for name in day_columns(table))
        name_column = f"select '{table.name}' as table_name, "
        return f"{name_column}greatest({days}) as newest from {table.name}" if days else f"{name_column}cast(null as date) as newest"

    return session.select(" union all ".join(latest(table) for table in TABLES.values()))


def count_blanks(session: Session, columns: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """One row per requested column (by table): table_name, column_name, blank (rows without a value), rows."""
    requested = [(TABLES[name], TABLES[name].column(column).name) for name, names in columns.items() for column in names]
    queries = [
        f"select '{t.name}' as table_name, '{column}' as column_name, count(*) - count({column}) as blank, count(*) as rows from {t.name}"
        for t, column in requested
    ]
    return session.select(" union all ".join(queries))


def warned_kinds(session: Session) -> pl.DataFrame:
    """One row per table and kind of warning on rows in force, most frequent first: table_name, kind, rows, loads, newest_load."""
    session.run("queries/warned_told")
    return session.frame("queries/warned_kinds")


def warned_of_kind(session: Session, table_name: str, kind: str, max_rows: int) -> pl.DataFrame:
    """The lines with that kind of warning, newest load first: load_id, file, line, words."""
    session.run("queries/warned_told")
    return session.frame("queries/warned_of_kind", table_name=table_name, kind=kind, most=max_rows)


def unpriced_lines(session: Session, as_of: date) -> pl.DataFrame:
    """One row per product and region of contract lines without a market price on that day, most MRR first: lines, customers, mrr."""
    facts.prepare_benchmarks(session, as_of)
    return session.frame("queries/unpriced")
