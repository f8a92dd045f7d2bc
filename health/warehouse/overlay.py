"""A preview of the data after a load: staged rows over the tables of one session, read by the same SQL; nothing is written."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import polars as pl

from health.tables import TABLES
from health.warehouse import Session, completeness


@dataclass(frozen=True)
class StagedRows:
    """Rows that would be written to a table, and the keys of the stored rows that they would replace."""

    fresh: pl.DataFrame
    gone: pl.DataFrame


@contextmanager
def overlay_rows(
    session: Session, staged: Mapping[str, StagedRows], complete_through: Mapping[str, date | None] | None = None
) -> Iterator[None]:
    """Inside the block, this session only reads the tables as after the load. If the block raises, discard the session.

    `complete_through`: what the load declares, by each table that it feeds.
    """
    stored = session.select("select current_database() as name")["name"][0]
    for table, rows in staged.items():
        key_condition = " and ".join(f"t.{name} is not distinct from g.{name}" for name in TABLES[table].key)
        session.temp(f"staged_{table}", rows.fresh)
        session.temp(f"gone_{table}", rows.gone)
        session._cursor.execute(
            f'create temp view {table} as select * from "{stored}".main.{table} as t anti join gone_{table} as g on {key_condition} '
            f"union all by name select * from staged_{table}"
        )
    with completeness.assumed(session, completeness.after_load(session, complete_through or {})):
        yield
    for table in staged:
        session._cursor.execute(f"drop view temp.{table}")
        session._cursor.execute(f"drop table temp.staged_{table}")
        session._cursor.execute(f"drop table temp.gone_{table}")
