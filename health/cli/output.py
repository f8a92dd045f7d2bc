"""Output of the command line: sentences to standard error, one JSON object to standard output, frames to files."""

import json as js
import re
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from health.errors import Ask, HealthError, Refused
from health.format import plural
from health.intake.progress import ProgressCallback, ignore_progress

FLAGS = {"encoding": "--encoding", "delimiter": "--delimiter", "sheet": "--sheet", "header_line": "--header-line"}
"""The option of `load` that answers a question about the format of a file."""
SHOWN = 20
_PATIENCE_SECONDS, _WIDTH = 1.0, 78
_ERASE, _STEERING = "\r\x1b[2K", re.compile(r"[\x00-\x1f\x7f-\x9f]")


def words(*parts: object) -> None:
    """Print one sentence, over a progress line if there is one; control characters are replaced."""
    line = _STEERING.sub("\N{REPLACEMENT CHARACTER}", " ".join(str(part) for part in parts))
    print(f"{_ERASE if sys.stderr.isatty() else ''}{line}", file=sys.stderr)


def json(told: dict[str, Any]) -> None:
    """Print the command's object as JSON."""
    print(js.dumps(told, default=str))


def rows(found: list[tuple[int, str, str]], what: str) -> None:
    """Print the first rows (line, table, words) and the number of further ones."""
    for line, table, told in found[:SHOWN]:
        words(f"line {line}, {table}: {told}")
    if len(found) > SHOWN:
        words(f"... and {plural(len(found) - SHOWN, 'more row')} {what}.")


def usage(message: str) -> NoReturn:
    """End with a usage message and exit code 2."""
    words(f"{message} (see --help)")
    raise SystemExit(2)


def refusal(problem: HealthError) -> None:
    """Print why nothing was done; for a question also its choices and the option that answers it."""
    words(f"refused: {problem}")
    if isinstance(problem, Ask):
        for value, reading in problem.choices:
            words(f"  {value} = {reading}")
        words(f"Settle it with {settled_by(problem)}.")


def settled_by(question: Ask) -> str:
    """The option that answers a question, as it is typed."""
    flag = FLAGS.get(question.setting)
    if not flag:
        return f"{question.setting} in a mapping"
    example = f", for example {flag} {question.choices[0][0]!r}" if question.choices else ""
    return f"{flag} and the one that is right{example}"


def as_object(problem: HealthError) -> dict[str, Any]:
    """The refusal as an object for scripts: error, message, and the choices of a question."""
    told: dict[str, Any] = {"error": problem.code, "message": str(problem)}
    if isinstance(problem, Ask):
        told |= {"setting": problem.setting, "choices": [{"value": v, "reads_as": reading} for v, reading in problem.choices]}
    return told


def write(frame: pl.DataFrame, out: str) -> None:
    """Write the frame to a file in the format given by its suffix. Errors: Refused."""
    path = Path(out)
    try:
        frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_csv(path, float_precision=2)
    except OSError as problem:
        raise unwritable(out) from problem
    words(f"Wrote {plural(frame.height, 'row')} to {out}.")


def write_text(text: str, out: str) -> None:
    """Write the text to a file. Errors: Refused."""
    try:
        Path(out).write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise unwritable(out) from problem
    words(f"Wrote {out}.")


def room_for(out: str | None) -> None:
    """Check, before any work is done, that the folder of an output file exists. Errors: Refused."""
    if out and not Path(out).absolute().parent.is_dir():
        raise unwritable(out)


def unwritable(out: str) -> Refused:
    """The error for a file that cannot be written."""
    return Refused(f"{out}: the file cannot be written; name one in a folder that is there.")


def progress() -> ProgressCallback:
    """A progress line on a terminal after the first second of a long load; silent elsewhere."""
    if not sys.stderr.isatty():
        return ignore_progress
    began = time.monotonic()

    def tell(stage: str, share: float) -> None:
        if time.monotonic() - began > _PATIENCE_SECONDS:
            line = _STEERING.sub(" ", f"{share:4.0%}  {stage}")[:_WIDTH]
            print(f"{_ERASE}{line}" if share < 1 else _ERASE, end="", file=sys.stderr, flush=True)

    return tell
