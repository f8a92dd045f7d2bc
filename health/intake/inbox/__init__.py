"""Unattended loading: each new file of a folder is loaded once or refused, then moved to a subfolder with a report.

A run may stop at any moment. A file is moved to `.inbox/loading` before it is committed and moved on after its report is written, so a
file found in `loading` that is in the load record was loaded and only lacks its report.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from health.access import Book
from health.errors import InvalidInput, NotFound
from health.intake import load
from health.intake.inbox import report
from health.intake.inbox.atomic_files import digest
from health.intake.inbox.folder import DONE, REFUSED, InboxFolder, lock_folder
from health.intake.inbox.routing import Plan, plan_file
from health.intake.progress import ProgressCallback, ignore_progress

__all__ = ["lock_folder", "run"]
KEPT_BYTES = 64_000_000
"""Total size of parsed rows kept in memory between planning and loading; files beyond it are read twice."""


def run(
    book: Book, tray: InboxFolder, files: list[Path], actor: str, now: datetime, progress: ProgressCallback = ignore_progress
) -> Iterator[dict[str, Any]]:
    """Load or refuse the files, in table order (customers first), then by name; yields each file's report once it is filed.

    Errors: Storage; every file is then complete, in its old or its new place.
    """
    for path in [path for path in files if tray.is_started(path)]:
        load_id = report.find_load_in_force(book, digest(path), report.shown_name(path))
        if load_id is not None:
            yield _file_away_loaded(book, tray, path, load_id, ())
            files = [other for other in files if other != path]
    for plan in _plan_files(book, files, progress):
        try:
            path = tray.take(plan.path)
        except FileNotFoundError:
            continue  # it went away again
        yield _process_file(book, tray, path, plan, actor, now, progress)


def _plan_files(book: Book, files: list[Path], progress: ProgressCallback) -> list[Plan]:
    """Plan all files, in loading order; parsed rows beyond KEPT_BYTES are dropped and read again later."""
    plans, kept_bytes = [], 0
    for path in files:
        try:
            plan = plan_file(book, path, progress)
        except NotFound:
            continue  # it went away again
        kept_bytes += sum(int(extract.rows.estimated_size()) for extract in plan.batch.extracts) if plan.batch else 0
        plans.append(plan if kept_bytes <= KEPT_BYTES else replace(plan, batch=None))
    return sorted(plans, key=lambda plan: (plan.step, plan.path.name))


def _process_file(
    book: Book, tray: InboxFolder, path: Path, plan: Plan, actor: str, now: datetime, progress: ProgressCallback
) -> dict[str, Any]:
    """Load or refuse one file, then file it with its report."""
    preview = None
    if digest(path) != plan.sha256 or (plan.batch is None and plan.problem is None):
        plan = plan_file(book, path, progress)
    try:
        if plan.problem or plan.batch is None:
            raise plan.problem or AssertionError("a plan has a batch or a problem")
        batch = replace(plan.batch, file=report.shown_name(path))
        preview = load.prepare(book, batch, today=now.date(), progress=progress)
        path = tray.mark(path)
        loaded = load.commit(book, preview, actor, now, progress=progress)
    except InvalidInput as problem:
        report_entry, corrections_csv = report.report_refusal(path, plan.sha256, problem, preview.refused if preview else None)
        return tray.put_away(path, REFUSED, report_entry | {"at": now}, corrections_csv)
    assert loaded.load_id is not None
    return _file_away_loaded(book, tray, path, loaded.load_id, loaded.notices, plan.mapping)


def _file_away_loaded(
    book: Book, tray: InboxFolder, path: Path, load_id: int, notices: tuple[str, ...], mapping: str | None = None
) -> dict[str, Any]:
    """File a loaded file with the report of its load."""
    report_entry, corrections_csv = report.report_load(book, load_id)
    return tray.put_away(path, DONE, report_entry | {"mapping": mapping, "notices": list(notices)}, corrections_csv)
