"""The connection to the warehouse: a DuckDB file (or memory), opened with locked-down settings."""

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import duckdb

from health.errors import Locked, Storage

DEFAULT = Path("data/warehouse.duckdb")
_DISK_FULL_MESSAGES = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}

_OPENING = threading.Lock()
"""Serialises opening: DuckDB would share an already open file with a second opener in the same process."""


def chosen_path(given: str | Path | None = None) -> Path:
    """The file named by `--warehouse`, else by HEALTH_WAREHOUSE, else the default."""
    return Path(given or os.environ.get("HEALTH_WAREHOUSE") or DEFAULT)


def connect(path: Path | None, prepare: Callable[[duckdb.DuckDBPyConnection], None]) -> duckdb.DuckDBPyConnection:
    """Open the file, creating it if missing; None opens an in-memory database.

    `prepare` gets the connection before it is locked down; afterwards SQL cannot access other files.
    Errors: Storage; Locked if the file is already open in this or another process.
    """
    with _OPENING:
        db = _open(path)
        try:
            if db.execute("select current_setting('lock_configuration')").fetchall()[0][0]:
                raise Locked(f"{path}: this process already has it open; close it there first.")
            prepare(db)
            db.execute("set enable_external_access = false")
            db.execute("set lock_configuration = true")
        except BaseException:
            db.close()
            raise
    return db


def _open(path: Path | None) -> duckdb.DuckDBPyConnection:
    """Open the database file with its settings. Errors: Storage, Locked."""
    config: dict[str, str | bool | int | float | list[str]] = {**_SETTINGS}
    if threads := os.environ.get("HEALTH_THREADS"):
        if not threads.isdecimal() or not int(threads):
            raise Storage("HEALTH_THREADS is not a valid number of threads: set it to 1 or more, or leave it unset.")
        config["threads"] = threads
    if path:
        _refuse_foreign(path)
    try:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(path) if path else ":memory:", config=config)
    except OSError as problem:
        raise Storage(f"{path}: the folder cannot be created or written to; use another file.") from problem
    except duckdb.Error as problem:
        if "lock" in str(problem).lower():
            raise Locked(f"{path}: it is in use by another process, such as the app; stop that process first.") from problem
        if is_disk_full(problem):
            raise disk_full_error(path) from problem
        raise Storage(f"{path}: it cannot be read as a warehouse; restore a backup or use another file.") from problem


def roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    """Undo the open transaction; a failed commit has rolled back by itself."""
    try:
        cursor.rollback()
    except duckdb.Error:
        return


def is_disk_full(problem: Exception) -> bool:
    """Whether DuckDB failed because the disk is full; recognised by the system's text in its message."""
    return any(words in str(problem) for words in _DISK_FULL_MESSAGES)


def disk_full_error(path: Path | None) -> Storage:
    """The error to raise when the disk is full."""
    return Storage(f"{path}: the disk is full; free some space and try again. Nothing was changed.")


def _refuse_foreign(path: Path) -> None:
    """Refuse a file of another kind, for which the engine would try to download an extension."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        head = file.read(12)
    if len(head) == 12 and not head.endswith(b"DUCK"):
        raise Storage(f"{path}: this is not a warehouse file; use another one.")
