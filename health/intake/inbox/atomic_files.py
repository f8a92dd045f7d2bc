"""Atomic moves and writes of inbox files: each step is complete or absent, even after a power failure."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from health.errors import Storage

DRAFT = ".writing"


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """Turn operating system errors into Storage, with a sentence that names the folder."""
    try:
        yield
    except OSError as problem:
        cause = os.strerror(problem.errno).lower() if problem.errno else str(problem)
        raise Storage(
            f"{folder}: the folder cannot be read or written ({cause}); fix that and run the inbox again, nothing is loaded twice."
        ) from problem


def digest(path: Path) -> str | None:
    """SHA-256 of the file's bytes, as stored with loads; None if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def write_file(target: Path, text: str) -> None:
    """Write the text to the file and sync it to disk."""
    draft = target.with_name(DRAFT)
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    move_file(draft, target)


def move_file(source: Path, target: Path) -> Path:
    """Rename the file and sync both folders; returns the target, which must be on the same disk."""
    os.rename(source, target)
    for folder in {source.parent, target.parent}:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return target
