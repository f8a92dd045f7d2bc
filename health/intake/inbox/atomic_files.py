"""Files as the inbox moves and writes them: each step is whole or not at all, also where the power fails."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from health.errors import Storage

DRAFT = ".writing"


@contextmanager
def storage_errors(folder: Path) -> Iterator[None]:
    """What the system refuses, as a sentence."""
    try:
        yield
    except OSError as problem:
        cause = os.strerror(problem.errno).lower() if problem.errno else str(problem)
        raise Storage(
            f"{folder}: the folder cannot be read and written ({cause}); mend that and run the inbox again, nothing is loaded twice."
        ) from problem


def digest(path: Path) -> str | None:
    """The hash of the file's bytes, as loads are known by; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def write_file(target: Path, text: str) -> None:
    """Puts the text at this place, on the disk for good."""
    draft = target.with_name(DRAFT)
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    move_file(draft, target)


def move_file(source: Path, target: Path) -> Path:
    """Renames the file, on the disk for good; returns where it is now. It must be on the same disk."""
    os.rename(source, target)
    for folder in {source.parent, target.parent}:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return target
