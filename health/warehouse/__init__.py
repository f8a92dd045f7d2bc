"""The warehouse: the only package that uses DuckDB. Frames in, frames out; SQL is in files named after the table they return."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from health.errors import Storage
from health.tables import TABLES
from health.warehouse import connection, migrate, schema, sql_files
from health.warehouse.write_lock import WriteLock

if TYPE_CHECKING:
    from health.warehouse.completeness import Completeness

PATIENCE_SECONDS = 30
INSERT_ROWS = 200_000
"""Rows per insert, so that a large frame is not held in memory twice."""


class Session:
    """One transaction: reads see one consistent state, and writes are committed together or not at all."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, known: "dict[int, Completeness] | None" = None) -> None:
        self._cursor = cursor
        self.completeness: Completeness | None = None
        """How complete the tables are while views show others than the stored ones; None: to be read from the tables."""
        self.completeness_by_version = known
        """What was read of it at each version of the data; None in a transaction that may write."""

    def frame(self, name: str, **values: Any) -> pl.DataFrame:
        """The rows that sql/<name>.sql yields, with its $values bound."""
        return _to_polars(self._execute(name, values))  # a relation with parameters would be evaluated on one thread

    def select(self, query: str) -> pl.DataFrame:
        """The rows of a query that was built from TABLES; never pass text from outside."""
        return self._cursor.sql(query).pl()

    def run(self, name: str, **values: Any) -> None:
        """Run sql/<name>.sql for its effect."""
        self._execute(name, values)

    def _execute(self, name: str, values: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        """Run a file after creating the staging views it reads, so that they read the tables as an overlay shows them now."""
        for statement in sql_files.staging_views(name):
            self._cursor.execute(statement)
        return self._cursor.execute(sql_files.sql_text(name), values or None)

    def rows(self, table: str) -> pl.DataFrame:
        """All rows of one table, with their source (load and line)."""
        return self._cursor.sql(_select_declared(table)).pl()

    def staged(self, table: str) -> pl.DataFrame:
        """All rows of one table with the columns that its staging view (sql/staging/stg_<table>.sql) adds."""
        return self._cursor.sql(self._staged_rows(table)).pl()

    def _staged_rows(self, table: str) -> str:
        """A select from the table's staging view, which is created now; from the table itself if it has none."""
        view = f"stg_{_checked_name(table)}"
        if view not in sql_files.STAGING:
            return _select_declared(table)
        for statement in sql_files.create_staging(view):
            self._cursor.execute(statement)
        return f"select {', '.join(_declared_columns(table))}, * exclude ({', '.join(_declared_columns(table))}) from {view}"

    def alike(self, table: str, keys: pl.DataFrame, staged: bool = False) -> pl.DataFrame:
        """The rows of one table that equal a row of `keys` in every column of `keys`; null equals null. `staged`: as `staged()`."""
        source = self._staged_rows(table) if staged else _select_declared(table)
        if not self.count(table):
            return self._cursor.sql(source).pl()
        if keys.height == 1:
            condition = " and ".join(f"{name} is not distinct from ${name}" for name in keys.columns)
            return self._cursor.sql(f"{source} where {condition}", params=keys.row(0, named=True)).pl()
        with self._registered(keys) as keys_table:
            return self._cursor.sql(f"{source} as t semi join {keys_table} as k on {_key_condition(keys)}").pl()

    def count(self, table: str) -> int:
        """The number of rows in one table."""
        return int(self._cursor.execute(f"select count(*) from {_checked_name(table)}").fetchall()[0][0])

    def of_customer(self, table: str, customer_id: str) -> pl.DataFrame:
        """One customer's rows of a table as `staged`, with the file each came from, sorted by the table's key."""
        query = f"from ({self._staged_rows(table)}) as t left join loads using (load_id) where t.customer_id = $customer_id"
        key = ", ".join(TABLES[table].key)
        return self._cursor.sql(f"select t.*, loads.file {query} order by {key}", params={"customer_id": customer_id}).pl()

    def has(self, table: str) -> bool:
        """Whether a table exists; `history` does not before the first scoring."""
        return bool(self._cursor.execute("select count(*) from duckdb_tables() where table_name = $name", {"name": table}).fetchall()[0][0])

    def columns(self, table: str) -> list[str]:
        """The names of one table's columns, as stored."""
        return list(self._cursor.sql(f"from {_checked_name(table)} limit 0").columns)

    def insert(self, table: str, frame: pl.DataFrame) -> None:
        """Insert the frame's rows; columns are matched by name, and those that the frame lacks stay null."""
        for chunk in frame.iter_slices(INSERT_ROWS):
            with self._registered(chunk) as chunk_table:
                self._cursor.execute(f"insert into {_checked_name(table)} by name select * from {chunk_table}")

    def replace(self, table: str, frame: pl.DataFrame) -> None:
        """Replace a derived table (history or book) by the frame."""
        with self._registered(frame) as frame_table:
            self._cursor.execute(f"create or replace table {_checked_derived(table)} as select * from {frame_table}")

    def patch(self, table: str, frame: pl.DataFrame, customers: list[str]) -> None:
        """Replace all rows of these customers in a derived table by the frame's rows."""
        self._cursor.execute(
            f"delete from {_checked_derived(table)} where customer_id in (select unnest($customers))", {"customers": customers}
        )
        with self._registered(frame) as frame_table:
            self._cursor.execute(f"insert into {table} by name select * from {frame_table}")

    def temp(self, name: str, frame: pl.DataFrame) -> None:
        """Create a temporary table of this session for SQL files to read."""
        with self._registered(frame) as frame_table:
            self._cursor.execute(f"create or replace temp table {name} as select * from {frame_table}")

    def temp_columns(self, name: str) -> list[str]:
        """The columns of a temporary table or view of this session."""
        return list(self._cursor.sql(f"from temp.{name} limit 0").columns)

    def join_steps(self, name: str, steps: Sequence[str]) -> None:
        """Create a temporary view that joins fact steps by customer and day.

        Every step has all rows of the grid, so left joins in a fixed order are safe and save the planner from searching for an order.
        """
        joins = " ".join(f"left join {step} using (customer_id, as_of)" for step in steps[1:])
        self._cursor.execute(f"create or replace temp view {name} as from {steps[0]} {joins}")

    def move(self, source: str, target: str, keys: pl.DataFrame, **constants: int) -> None:
        """Move the rows that equal a row of `keys` (as in `alike`) from one table to the other."""
        source, target = _checked_name(source), _checked_name(target)
        constant_columns = "".join(f", {int(value)} as {name}" for name, value in constants.items())
        excluded = "" if constants or not source.endswith("_replaced") else " exclude (replaced_by)"
        with self._registered(keys) as keys_table:
            matching_rows = f"from {source} as t where exists (select 1 from {keys_table} as k where {_key_condition(keys)})"
            self._cursor.execute(f"insert into {target} by name select *{excluded}{constant_columns} {matching_rows}")
            self._cursor.execute(f"delete {matching_rows}")

    @contextmanager
    def _registered(self, frame: pl.DataFrame) -> Iterator[str]:
        self._cursor.register("given_rows", frame.to_arrow())
        try:
            yield "given_rows"
        finally:
            self._cursor.unregister("given_rows")

    @property
    def version(self) -> int:
        """The version of the data: one higher after each write."""
        return int(self._cursor.execute("select max(n) from turn").fetchall()[0][0])

    def content_hash(self) -> pl.DataFrame:
        """One row per table: its number of rows and a hash that does not depend on their order."""
        return self._cursor.sql(schema.content_hash_query()).pl()


def _to_polars(answered: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    frame = pl.from_arrow(answered.to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def _key_condition(keys: pl.DataFrame) -> str:
    return " and ".join(f"t.{name} is not distinct from k.{name}" for name in keys.columns)


def _checked_name(table: str) -> str:
    if table in schema.DERIVED or table in schema.declared():
        return table
    raise Storage(f"{table}: there is no such table.")


def _select_declared(table: str) -> str:
    """A select of the declared columns in their order, which a migrated file does not keep; all columns of a derived table."""
    return f"select {', '.join(_declared_columns(table))} from {_checked_name(table)}"


def _declared_columns(table: str) -> tuple[str, ...]:
    return tuple(schema.declared().get(table, ("*",)))


def _checked_derived(table: str) -> str:
    if table not in schema.DERIVED:
        raise Storage(f"{table}: this table is not derived.")
    return table


class Warehouse:
    """One connection per process, one cursor per transaction, one writer at a time."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path else None
        self.migration_copy: Path | None = None
        """Copy of the file from before its migration; None if no migration was needed."""
        self._db = connection.connect(self.path, self._migrate)
        self._write_lock = WriteLock()
        self._completeness_by_version: dict[int, Completeness] = {}
        with self.reading() as session:
            self._version = session.version

    def _migrate(self, db: duckdb.DuckDBPyConnection) -> None:
        self.migration_copy = migrate.migrate(db, self.path)
        db.execute("insert into turn select 0 where not exists (from turn)")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read transaction: every frame read in it belongs to the same version."""
        with self._transaction() as cursor:
            yield Session(cursor, self._completeness_by_version)

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
        """The current data version; kept in memory, since only this process can write to the file."""
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
            if isinstance(problem, duckdb.Error) and connection.is_disk_full(problem):
                raise connection.disk_full_error(self.path) from problem
            raise
        finally:
            cursor.close()
