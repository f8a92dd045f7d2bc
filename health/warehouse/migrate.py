"""Migration on opening: copy a file of an earlier version, then add the tables and columns it lacks.

Nothing is dropped and no stored type is changed. Derived tables are upgraded by `health.score.history`.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from health.errors import Storage
from health.warehouse import connection, schema

Columns = Mapping[str, Mapping[str, str]]
"""SQL types by table and column."""


@dataclass(frozen=True)
class MissingSchema:
    """Declared tables and columns (table, name) that a file lacks."""

    tables: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    def __bool__(self) -> bool:
        return bool(self.tables or self.columns)


def migrate(db: duckdb.DuckDBPyConnection, path: Path | None) -> Path | None:
    """Add the declared tables and columns that the database lacks; returns the path of the copy, None if none was needed.

    `path`: None for a database in memory, which is always new. Errors: Storage if a stored column has another
    type, or if the copy cannot be written; nothing is changed then.
    """
    stored = stored_columns(db) if path else {}
    _refuse_other_types(stored, path)
    gap = missing_schema(stored)
    if not gap:
        return None
    copy = None
    if path and _was_written(db, stored):
        with _storage_errors(f"{path}: it was written by an earlier version, and no copy of it could be saved next to it", path):
            copy = _keep_copy(db, path, stored)
    with _storage_errors(f"{path}: it was written by an earlier version and could not be upgraded", path):
        _add_missing(db, gap)
    return copy


@contextmanager
def _storage_errors(problem_text: str, path: Path | None) -> Iterator[None]:
    """Turn engine and system errors into Storage, beginning with these words."""
    try:
        yield
    except (duckdb.Error, OSError) as problem:
        if connection.is_disk_full(problem):
            raise connection.disk_full_error(path) from problem
        raise Storage(
            f"{problem_text}; nothing was changed. Make sure that its folder can be written to, or restore a backup."
        ) from problem


def stored_columns(db: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The columns of every table in the database, with their SQL types in lower case; views are left out."""
    query = """
        select table_name, column_name, lower(data_type) from duckdb_columns() semi join duckdb_tables() using (table_oid, database_oid)
        where database_name = current_database() and schema_name = 'main' and not internal order by table_name, column_index"""
    stored: dict[str, dict[str, str]] = {}
    for table, column, type_ in db.execute(query).fetchall():
        stored.setdefault(table, {})[column] = type_
    return stored


def missing_schema(stored: Columns) -> MissingSchema:
    """Compare the stored tables with the declared ones."""
    declared = schema.declared()
    return MissingSchema(
        tuple(table for table in declared if table not in stored),
        tuple((table, c) for table in declared if table in stored for c in declared[table] if c not in stored[table]),
    )


def _refuse_other_types(stored: Columns, path: Path | None) -> None:
    """Raise Storage if a stored column has another type than declared."""
    for table, columns in schema.declared().items():
        for column, declared_type in columns.items():
            stored_type = stored.get(table, {}).get(column, declared_type)
            if stored_type != declared_type:
                raise Storage(
                    f"{path}: {table}.{column} is stored as {stored_type}, and this version reads it as {declared_type}. Nothing was "
                    "changed: open the file with the version that wrote it, or load its data into a new warehouse."
                )


def _was_written(db: duckdb.DuckDBPyConnection, stored: Columns) -> bool:
    """Whether the file has ever been written to, apart from creating its tables."""
    return bool(stored) and ("turn" not in stored or _version(db) > 0)


def _version(db: duckdb.DuckDBPyConnection) -> int:
    return int(db.execute("select coalesce(max(n), 0) from turn").fetchall()[0][0])


def copy_path(path: Path, stored: Columns, version: int) -> Path:
    """Path of the copy; its name contains a hash of the stored schema and the number of writes."""
    fingerprint = hashlib.sha256(repr(sorted((t, sorted(c.items())) for t, c in stored.items())).encode()).hexdigest()[:8]
    return path.with_name(f"{path.name}.before-migration-{fingerprint}-{version}")


def _keep_copy(db: duckdb.DuckDBPyConnection, path: Path, stored: Columns) -> Path:
    """Copy the database next to the file in one transaction; the final name is given when the copy is complete."""
    copy = copy_path(path, stored, _version(db) if "turn" in stored else 0)
    partial = copy.with_name(f"{copy.name}.part")
    database = str(db.execute("select current_database()").fetchall()[0][0])
    quoted_names = {"own": _quoted(database), "kept": _quoted(f"{database} copy")}
    _discard(partial)
    try:
        db.execute(f"attach '{str(partial).replace(chr(39), chr(39) * 2)}' as {quoted_names['kept']}")
        try:
            db.execute(f"copy from database {quoted_names['own']} to {quoted_names['kept']}")
            db.execute(f"checkpoint {quoted_names['kept']}")
        finally:
            db.execute(f"detach {quoted_names['kept']}")
        partial.replace(copy)
    finally:
        _discard(partial)
    return copy


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _discard(partial: Path) -> None:
    for path in (partial, partial.with_name(f"{partial.name}.wal")):
        path.unlink(missing_ok=True)


def _add_missing(db: duckdb.DuckDBPyConnection, gap: MissingSchema) -> None:
    """Create missing tables and columns in one transaction."""
    declared = schema.declared()
    db.begin()
    try:
        for table in gap.tables:
            db.execute(schema.create(table, declared[table]))
        for table, column in gap.columns:
            db.execute(f"alter table {table} add column {column} {declared[table][column]}")
        db.commit()
    except BaseException:
        connection.roll_back(db)
        raise
