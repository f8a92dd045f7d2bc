"""Tables that accept rows entered by hand, and how their values and keys are written as text."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from health.columns import Table
from health.errors import InvalidInput, NotFound
from health.tables import TABLES

KINDS = {table.name: table.entry for table in TABLES.values() if table.entry}
"""Tables that accept rows entered by hand, with the noun for one row."""


def desk_table(table: str) -> Table:
    """Declaration of a table that accepts rows entered by hand. Raises InvalidInput for others."""
    if table not in KINDS:
        raise InvalidInput(f"Rows of {table} can only be loaded from a file; by hand you can enter {', '.join(KINDS)}.")
    return TABLES[table]


def id_column(table: Table) -> str | None:
    """Column with generated ids; None where the key consists of values of the row (exits)."""
    return table.key[0] if len(table.key) == 1 else None


def cell_text(value: object) -> str | None:
    """Write a value as a file would hold it; None for a blank."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value).strip()


def row_texts(table: Table, row: Mapping[str, Any]) -> dict[str, str]:
    """Values of a row as text, in the declared order, without blanks. Raises InvalidInput for unknown columns."""
    if unknown_columns := [name for name in row if name not in table.names]:
        raise InvalidInput(f"A {KINDS[table.name]} has no {', '.join(unknown_columns)}; it has {', '.join(table.names)}.")
    texts = {name: cell_text(row.get(name)) for name in table.names}
    return {name: text for name, text in texts.items() if text is not None}


def key_of(table: str, row: Mapping[str, Any]) -> str:
    """Key of a row as `correct` and `remove` take it: its id, or the parts of the key joined by ', '."""
    return ", ".join(cell_text(row.get(name)) or "" for name in desk_table(table).key)


def key_frame(table: Table, key: str) -> pl.DataFrame:
    """One row with the key's columns. Raises NotFound for a text that cannot be a key."""
    parts = [key] if len(table.key) == 1 else key.rsplit(", ", len(table.key) - 1)
    if len(parts) != len(table.key):
        raise not_found(table, key)
    date_parts = [table.column(name).type == "date" for name in table.key]
    try:
        cells = [date.fromisoformat(part) if is_day else part for part, is_day in zip(parts, date_parts, strict=True)]
    except ValueError as problem:
        raise not_found(table, key) from problem
    return pl.DataFrame({name: [cell] for name, cell in zip(table.key, cells, strict=True)})


def not_found(table: Table, key: str) -> NotFound:
    """Error for a missing row, in the same words as for a row of somebody else's customer."""
    return NotFound(f"No {KINDS[table.name]} {key} was found for your customers.")
