"""The warehouse: the only package that uses DuckDB. Frames in, frames out; SQL is kept in files named after the table they yield."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from health.errors import Storage
from health.tables import TABLES
from health.warehouse import connection, migrate, schema
from health.warehouse.write_lock import WriteLock

SQL = Path(__file__).parent / "sql"
PATIENCE_SECONDS = 30
PART_ROWS = 200_000
"""Rows per insert, so that a large frame is not held in memory twice."""


@cache
def _sql(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


class Session:
    """One transaction: reads see one consistent state, and writes are committed together or not at all."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def frame(self, name: str, **values: Any) -> pl.DataFrame:
        """The rows that sql/<name>.sql yields, with its $values bound."""
        return _polars(self._cursor.execute(_sql(name), values or None))  # a relation with values would be worked out on one thread

    def select(self, query: str) -> pl.DataFrame:
        """The rows of a query that was built from TABLES; never pass text from outside."""
        return self._cursor.sql(query).pl()

    def run(self, name: str, **values: Any) -> None:
        """Run sql/<name>.sql for its effect."""
        self._cursor.execute(_sql(name), values or None)

    def rows(self, table: str) -> pl.DataFrame:
        """All rows of one table, with their source (load and line)."""
        return self._cursor.sql(_selected(table)).pl()

    def alike(self, table: str, keys: pl.DataFrame) -> pl.DataFrame:
        """The rows of one table that equal a row of `keys` in every column of `keys`; null equals null."""
        if not self.count(table):
            return self.rows(table)
        if keys.height == 1:
            same = " and ".join(f"{name} is not distinct from ${name}" for name in keys.columns)
            return self._cursor.sql(f"{_selected(table)} where {same}", params=keys.row(0, named=True)).pl()
        with self._staged(keys) as staged:
            return self._cursor.sql(f"{_selected(table)} as t semi join {staged} as k on {_same(keys)}").pl()

    def count(self, table: str) -> int:
        """The number of rows in one table."""
        return int(self._cursor.execute(f"select count(*) from {_known(table)}").fetchall()[0][0])

    def of_customer(self, table: str, customer_id: str) -> pl.DataFrame:
        """One customer's rows of a table, with the file each came from, sorted by the table's key."""
        query = f"from ({_selected(table)}) as t left join loads using (load_id) where t.customer_id = $customer_id"
        key = ", ".join(TABLES[table].key)
        return self._cursor.sql(f"select t.*, loads.file {query} order by {key}", params={"customer_id": customer_id}).pl()

    def has(self, table: str) -> bool:
        """Whether a table exists; `history` does once something was scored."""
        return bool(self._cursor.execute("select count(*) from duckdb_tables() where table_name = $name", {"name": table}).fetchall()[0][0])

    def columns(self, table: str) -> list[str]:
        """The names of one table's columns, as stored."""
        return list(self._cursor.sql(f"from {_known(table)} limit 0").columns)

    def insert(self, table: str, frame: pl.DataFrame) -> None:
        """Insert the frame's rows; columns are matched by name, and those that the frame lacks stay null."""
        for part in frame.iter_slices(PART_ROWS):
            with self._staged(part) as staged:
                self._cursor.execute(f"insert into {_known(table)} by name select * from {staged}")

    def replace(self, table: str, frame: pl.DataFrame) -> None:
        """Replace a derived table (history or book) by the frame."""
        with self._staged(frame) as staged:
            self._cursor.execute(f"create or replace table {_derived(table)} as select * from {staged}")

    def patch(self, table: str, frame: pl.DataFrame, customers: list[str]) -> None:
        """Replace all rows of these customers in a derived table by the frame's rows."""
        self._cursor.execute(f"delete from {_derived(table)} where customer_id in (select unnest($customers))", {"customers": customers})
        with self._staged(frame) as staged:
            self._cursor.execute(f"insert into {table} by name select * from {staged}")

    def temp(self, name: str, frame: pl.DataFrame) -> None:
        """Create a temporary table of this session for SQL files to read."""
        with self._staged(frame) as staged:
            self._cursor.execute(f"create or replace temp table {name} as select * from {staged}")

    def move(self, source: str, target: str, keys: pl.DataFrame, **constants: int) -> None:
        """Move the rows that equal a row of `keys` (as in `alike`) from one table to the other."""
        source, target = _known(source), _known(target)
        extra = "".join(f", {int(value)} as {name}" for name, value in constants.items())
        dropped = "" if constants or not source.endswith("_replaced") else " exclude (replaced_by)"
        with self._staged(keys) as staged:
            matched = f"from {source} as t where exists (select 1 from {staged} as k where {_same(keys)})"
            self._cursor.execute(f"insert into {target} by name select *{dropped}{extra} {matched}")
            self._cursor.execute(f"delete {matched}")

    @contextmanager
    def _staged(self, frame: pl.DataFrame) -> Iterator[str]:
        self._cursor.register("staged_frame", frame.to_arrow())
        try:
            yield "staged_frame"
        finally:
            self._cursor.unregister("staged_frame")

    @property
    def version(self) -> int:
        """The version of the data: one higher after each write."""
        return int(self._cursor.execute("select max(n) from turn").fetchall()[0][0])

    def content_hash(self) -> pl.DataFrame:
        """One row per table: its number of rows and a hash that does not depend on their order."""
        return self._cursor.sql(schema.content_hash_query()).pl()


def _polars(answered: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    frame = pl.from_arrow(answered.to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def _same(keys: pl.DataFrame) -> str:
    return " and ".join(f"t.{name} is not distinct from k.{name}" for name in keys.columns)


def _known(table: str) -> str:
    if table in schema.DERIVED or table in schema.declared():
        return table
    raise Storage(f"{table}: there is no such table.")


def _selected(table: str) -> str:
    """A select of the declared columns in their order, which a migrated file does not keep; all columns of a derived table."""
    return f"select {', '.join(schema.declared().get(table, ('*',)))} from {_known(table)}"


def _derived(table: str) -> str:
    if table not in schema.DERIVED:
        raise Storage(f"{table}: this table is not derived.")
    return table


class Warehouse:
    """One connection per process, one cursor per transaction, one writer at a time."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path else None
        self.kept_copy: Path | None = None
        """The copy kept of the file as it was before opening migrated it; None where it was of this version."""
        self._db = connection.connect(self.path, self._migrate)
        self._write_lock = WriteLock()
        with self.reading() as session:
            self._version = session.version

    def _migrate(self, db: duckdb.DuckDBPyConnection) -> None:
        self.kept_copy = migrate.migrate(db, self.path)
        db.execute("insert into turn select 0 where not exists (from turn)")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read transaction: every frame read in it belongs to the same version."""
        with self._transaction() as cursor:
            yield Session(cursor)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """The only write transaction of this process; increases the version. Any exception inside rolls all of it back."""
        with self._write_lock.held(PATIENCE_SECONDS):
            with self._transaction() as cursor:
                cursor.execute("update turn set n = n + 1")
                yield Session(cursor)
            self._version += 1

    def frame(self, name: str, **values: Any) -> pl.DataFrame:
        """The rows of one SQL file, read in a transaction of its own."""
        with self.reading() as session:
            return session.frame(name, **values)

    @property
    def version(self) -> int:
        """The version that a reader would see now; kept in memory, since only this process can write to the file."""
        return self._version

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._db.cursor()
        try:
            cursor.begin()
            yield cursor
            cursor.commit()
        except BaseException as problem:
            connection.roll_back(cursor)
            if isinstance(problem, duckdb.Error) and connection.no_room(problem):
                raise connection.no_room_at(self.path) from problem
            raise
        finally:
            cursor.close()
