"""The inbox folder: new files, files in progress, and filing. Each step is one rename, so a run may stop at any point."""

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from health.errors import NotFound
from health.intake.inbox.atomic_files import move_file, storage_errors, write_file

DONE, REFUSED = "done", "refused"
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".download", ".filepart")
_TAKEN, _LOADING, _LOCK = ".inbox/taken", ".inbox/loading", ".inbox/lock"
_CLOCKS_DIFFER_SECONDS = 3600
_LONGEST_NAME_BYTES = 200


class InboxFolder:
    """One inbox folder, locked by one run at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def found(self, now: datetime, settle_seconds: float) -> tuple[list[Path], list[tuple[str, str]]]:
        """(files to process, those in progress first; (name, reason) of each file left for a later run)."""
        started = [path for subfolder in (_LOADING, _TAKEN) for path in sorted((self.folder / subfolder).iterdir())]
        ready, skipped = [], []
        for entry in sorted(os.scandir(self.folder), key=lambda e: e.name):
            reason = _reason_to_skip(entry, now.timestamp(), settle_seconds)
            if entry.name in {path.name for path in started}:
                reason = "a file of that name is being processed"
            if reason:
                skipped.append((entry.name, reason))
            elif reason is None:
                ready.append(Path(entry.path))
        return started + ready, skipped

    def is_started(self, path: Path) -> bool:
        """Whether the file was about to be committed when an earlier run stopped."""
        return path.parent == self.folder / _LOADING

    def take(self, path: Path) -> Path:
        """Move the file out of the drop folder, so that no other file can take its place before it is filed."""
        return path if path.parent == self.folder / _TAKEN else move_file(path, self.folder / _TAKEN / path.name)

    def mark(self, path: Path) -> Path:
        """Mark the file as about to be committed."""
        return move_file(path, self.folder / _LOADING / path.name)

    def put_away(self, path: Path, subfolder: str, report: dict[str, Any], corrections_csv: str | None) -> dict[str, Any]:
        """Write the report and the corrections file, if any, then move the file next to them; returns the report."""
        target = self._free_path(path.name, subfolder, report["sha256"])
        corrections_file = target.with_name(f"{target.name}.mend.csv")
        full_report = report | {
            "put": f"{subfolder}/{target.name}",
            "mend": f"{subfolder}/{corrections_file.name}" if corrections_csv else None,
        }
        if corrections_csv:
            write_file(corrections_file, corrections_csv)
        else:
            corrections_file.unlink(missing_ok=True)
        write_file(_report_path(target), json.dumps(full_report, indent=1, default=str) + "\n")
        self._remove_orphaned_reports(path.name, report["sha256"], target)
        move_file(path, target)
        return full_report

    def _free_path(self, name: str, subfolder: str, sha256: str | None) -> Path:
        """First name, numbered if necessary, that is free or was reserved for a file with the same bytes."""
        for candidate in _numbered_paths(self.folder / subfolder, name):
            if not os.path.lexists(candidate) and (
                not _report_path(candidate).exists() or _report_matches(_report_path(candidate), sha256)
            ):
                return candidate
        raise AssertionError("names never end")

    def _remove_orphaned_reports(self, name: str, sha256: str | None, target: Path) -> None:
        """Remove reports that an interrupted run wrote for these bytes without moving the file."""
        for subfolder in (DONE, REFUSED):
            for candidate in _numbered_paths(self.folder / subfolder, name):
                if not os.path.lexists(candidate) and not _report_path(candidate).exists():
                    break
                if candidate != target and not os.path.lexists(candidate) and _report_matches(_report_path(candidate), sha256):
                    candidate.with_name(f"{candidate.name}.mend.csv").unlink(missing_ok=True)
                    _report_path(candidate).unlink()


@contextmanager
def lock_folder(folder: Path) -> Iterator[InboxFolder | None]:
    """Lock the folder for this run; yields None while another run has it. Errors: NotFound, Storage."""
    if not folder.exists():
        raise NotFound(f"{folder}: folder not found; create it or check the path.")
    if not folder.is_dir():
        raise NotFound(f"{folder}: this is a file, not a folder; give the folder that contains it.")
    with storage_errors(folder):
        for subfolder in (DONE, REFUSED, _TAKEN, _LOADING):
            (folder / subfolder).mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        with storage_errors(folder):
            yield InboxFolder(folder)
    finally:
        os.close(lock)


def _reason_to_skip(entry: "os.DirEntry[str]", now: float, settle_seconds: float) -> str | None:
    """Why an entry is skipped: '' if it is never a file to load, None if it is to be loaded now."""
    if entry.name.startswith((".", "~$")) or (entry.name in (DONE, REFUSED) and entry.is_dir()):
        return ""
    if entry.name.lower().endswith(UNFINISHED):
        return "its name marks it as incomplete; it is loaded once it has been renamed"
    file_stat = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(file_stat.st_mode):
        return "it is a folder, a link or not a regular file"
    if -_CLOCKS_DIFFER_SECONDS < now - file_stat.st_mtime < settle_seconds:
        return "it was written to a moment ago and may be incomplete; the next run loads it"
    return None


def _numbered_paths(subfolder: Path, name: str) -> Iterator[Path]:
    """name.csv, name-2.csv, name-3.csv, ...; names too long for a report's suffix are shortened."""
    dot = name.find(".", 1) if "." in name[1:] else len(name)
    stem, ending = name[:dot], name[dot:]
    if len(os.fsencode(name)) > _LONGEST_NAME_BYTES:
        stem, ending = os.fsdecode(os.fsencode(stem)[: _LONGEST_NAME_BYTES - 20]), os.fsdecode(os.fsencode(ending)[-20:])
    for n in count(1):
        yield subfolder / (f"{stem}{ending}" if n == 1 else f"{stem}-{n}{ending}")


def _report_path(target: Path) -> Path:
    """Path of the report of a filed file."""
    return target.with_name(f"{target.name}.report.json")


def _report_matches(report: Path, sha256: str | None) -> bool:
    """Whether a report is about a file with this hash."""
    try:
        return sha256 is not None and json.loads(report.read_text(encoding="utf-8")).get("sha256") == sha256
    except (OSError, ValueError, AttributeError):
        return False
