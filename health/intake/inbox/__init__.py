"""Unattended loading: every new file of a folder is loaded once, or refused, and moved away with a report beside it.

A run may be stopped at any moment. A file is moved to `.inbox/loading` before it is committed and moved on after its report is written. So
a file left in `loading` that the load record knows was loaded; only its report is missing.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from health.access import Book
from health.errors import NotFound, Refused
from health.intake import load
from health.intake.inbox import report
from health.intake.inbox.atomic_files import digest
from health.intake.inbox.folder import DONE, REFUSED, Tray, held
from health.intake.inbox.routing import Plan, planned
from health.intake.progress import Tell, silent

__all__ = ["held", "run"]
KEPT_BYTES = 64_000_000
"""Rows of this size altogether are kept in memory between being ordered and being loaded; the other files are read twice."""


def run(book: Book, tray: Tray, files: list[Path], actor: str, now: datetime, tell: Tell = silent) -> Iterator[dict[str, Any]]:
    """Settles the files, customers before what refers to them, then by name; yields the report of each once it is put away.

    Errors: Storage, with every file whole where it was or where it belongs.
    """
    for path in [path for path in files if tray.begun(path)]:
        load_id = report.live(book, digest(path), report.shown_name(path))
        if load_id is not None:
            yield _done(book, tray, path, load_id, ())
            files = [other for other in files if other != path]
    for plan in _ordered(book, files, tell):
        try:
            path = tray.take(plan.path)
        except FileNotFoundError:
            continue  # it went away again
        yield _settled(book, tray, path, plan, actor, now, tell)


def _ordered(book: Book, files: list[Path], tell: Tell) -> list[Plan]:
    plans, kept = [], 0
    for path in files:
        try:
            plan = planned(book, path, tell)
        except NotFound:
            continue  # it went away again
        kept += sum(int(extract.rows.estimated_size()) for extract in plan.batch.extracts) if plan.batch else 0
        plans.append(plan if kept <= KEPT_BYTES else replace(plan, batch=None))
    return sorted(plans, key=lambda plan: (plan.step, plan.path.name))


def _settled(book: Book, tray: Tray, path: Path, plan: Plan, actor: str, now: datetime, tell: Tell) -> dict[str, Any]:
    preview = None
    if digest(path) != plan.sha256 or (plan.batch is None and plan.problem is None):
        plan = planned(book, path, tell)
    try:
        if plan.problem or plan.batch is None:
            raise plan.problem or AssertionError("a plan has a batch or a problem")
        batch = replace(plan.batch, file=report.shown_name(path))
        preview = load.prepare(book, batch, today=now.date(), tell=tell)
        path = tray.mark(path)
        loaded = load.commit(book, preview, actor, now, tell=tell)
    except Refused as problem:
        told, mend = report.of_refusal(path, plan.sha256, problem, preview.refused if preview else None)
        return tray.put_away(path, REFUSED, told | {"at": now}, mend)
    assert loaded.load_id is not None
    return _done(book, tray, path, loaded.load_id, loaded.notices, plan.mapping)


def _done(book: Book, tray: Tray, path: Path, load_id: int, notices: tuple[str, ...], mapping: str | None = None) -> dict[str, Any]:
    told, mend = report.of_load(book, load_id)
    return tray.put_away(path, DONE, told | {"mapping": mapping, "notices": list(notices)}, mend)
