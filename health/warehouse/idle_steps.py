"""Steps of the facts whose tables are all empty: their result is the same for every customer and day, and is not worked out again.

To plan the SQL of such a step takes far longer than to run it, and most companies lack some of the tables.
"""

from collections.abc import Collection

from health.tables import TABLES
from health.warehouse import Session
from health.warehouse.dependencies import KEY
from health.warehouse.sql_files import tables_read

_RESULTS: dict[str, str] = {}
"""By step, a query of its result where its tables are empty; filled when the step has run so for the first time."""


def find(session: Session, steps: Collection[str]) -> frozenset[str]:
    """The steps that read tables of which none has a row in this session."""
    tables = {step: tables_read(step) & TABLES.keys() for step in steps}
    filled = _filled(session, sorted(frozenset[str]().union(*tables.values())))
    return frozenset(step for step, read in tables.items() if read and read.isdisjoint(filled))


def known(steps: Collection[str]) -> frozenset[str]:
    """Those of the idle steps whose result is known."""
    return frozenset(step for step in steps if step in _RESULTS)


def create(session: Session, step: str) -> None:
    """Create the temporary table of an idle step whose result is known."""
    session._cursor.execute(f"create or replace temp table {step} as {_RESULTS[step]}")


def remember(session: Session, step: str) -> None:
    """Note the result of an idle step that has just run."""
    if query := _result_query(session, step):
        _RESULTS[step] = query


def _filled(session: Session, tables: Collection[str]) -> frozenset[str]:
    """Those of the tables that have a row."""
    row = session._cursor.execute(f"select {', '.join(f'exists(from {table})' for table in tables)}").fetchall()[0]
    return frozenset(table for table, has_rows in zip(tables, row, strict=True) if has_rows)


def _result_query(session: Session, step: str) -> str | None:
    """A query that gives each row of the grid the step's values, or gives no row; None where its rows do not tell which."""
    relation = session._cursor.sql(f"from temp.{step}")
    types = {name: str(type_) for name, type_ in zip(relation.columns, relation.types, strict=True)}
    if not step.endswith("_facts"):
        return None if relation.limit(1).fetchall() else f"select {_selected(types, [None] * len(types))} where false"
    facts = {name: type_ for name, type_ in types.items() if name not in KEY}
    values = relation.project(", ".join(facts)).distinct().limit(2).fetchall()
    return f"select {', '.join(KEY)}, {_selected(facts, values[0])} from grid" if len(values) == 1 else None


def _selected(types: dict[str, str], values: Collection[object]) -> str:
    """Columns of a select that have these values: numbers, flags, texts or null."""
    return ", ".join(f"{_literal(value)}::{type_} as {name}" for value, (name, type_) in zip(values, types.items(), strict=True))


def _literal(value: object) -> str:
    if value is None:
        return "null"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value).lower()
