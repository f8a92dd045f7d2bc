"""Report of one inbox file: what was loaded, read from the load record so that a later run can write it, or why it was refused."""

from pathlib import Path
from typing import Any

import polars as pl

from health.access import Book
from health.errors import AmbiguousFile, InvalidInput
from health.intake import ledger

MOST_REASONS = 20
"""Most reasons and warnings listed in a report; the corrections file has every refused row."""


def shown_name(path: Path) -> str:
    """The file name as valid text, with undecodable bytes replaced."""
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def find_load_in_force(book: Book, sha256: str | None, file: str) -> int | None:
    """Id of the load in force with these bytes and this name, or None."""
    loads = ledger.loads(book).filter(pl.col("undone_at").is_null(), pl.col("file_hash") == sha256, pl.col("file") == file)
    return int(loads["load_id"][0]) if loads.height else None


def report_load(book: Book, load_id: int) -> tuple[dict[str, Any], str | None]:
    """(report of a load; its refused rows as CSV that can be corrected and loaded again, or None). Errors: NotFound."""
    with book.reading() as session:
        load = ledger.load_record(session, load_id)
        counts = session.rows("load_tables").filter(pl.col("load_id") == load_id).rename({"table_name": "table"}).drop("load_id")
    refused, warned = ledger.refused(book, load_id), ledger.warned(book, load_id)
    entry = {
        "file": load["file"], "outcome": "done", "load_id": load_id, "sha256": load["file_hash"], "at": load["loaded_at"],
        "assumption": load["assumption"], "tables": counts.to_dicts(), "refused": refused.height, "warned": warned.height,
    }  # fmt: skip
    warnings = warned.select("line", "words", table="table_name")
    return entry | {"reasons": _first_reasons(refused), "warnings": warnings.head(MOST_REASONS).to_dicts()}, _csv(refused)


def report_refusal(path: Path, sha256: str | None, problem: InvalidInput, rows: pl.DataFrame | None) -> tuple[dict[str, Any], str | None]:
    """(report of a file refused as a whole; its refused rows as CSV). `rows`: refused rows, if it was read that far."""
    refused = ledger.correction_rows(rows) if rows is not None else pl.DataFrame()
    entry = {"file": shown_name(path), "outcome": "refused", "load_id": None, "sha256": sha256} | _error_entry(problem)
    return entry | {"refused": refused.height, "reasons": _first_reasons(refused)}, _csv(refused)


def _error_entry(problem: InvalidInput) -> dict[str, Any]:
    """The error as report fields; open questions include their choices."""
    if not isinstance(problem, AmbiguousFile):
        return {"error": problem.code, "message": str(problem)}
    choices = [{"value": value, "reads_as": reading} for value, reading in problem.choices]
    remedy = "there is no one to answer: load the file by hand with the answer, or save a mapping that states it and put the file back."
    return {"error": problem.code, "message": f"{problem} In the inbox {remedy}", "setting": problem.setting, "choices": choices}


def _first_reasons(refused: pl.DataFrame) -> list[dict[str, Any]]:
    """Line, table and reasons of the first refused rows."""
    return refused.select("line", "table", "reasons").head(MOST_REASONS).to_dicts() if refused.height else []


def _csv(refused: pl.DataFrame) -> str | None:
    return refused.write_csv() if refused.height else None
