"""What the command line says: sentences to standard error, one JSON object to standard output, frames to a file."""

import json as js
import re
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from health.errors import Ask, HealthError, Refused
from health.format import plural
from health.intake.progress import Tell, silent

FLAGS = {"encoding": "--encoding", "delimiter": "--delimiter", "sheet": "--sheet", "header_line": "--header-line"}
"""Which flag of `load` settles a question about how a file is written."""
SHOWN = 20
_PATIENCE_SECONDS, _WIDTH = 1.0, 78
_ERASE, _STEERING = "\r\x1b[2K", re.compile(r"[\x00-\x1f\x7f-\x9f]")


def words(*parts: object) -> None:
    """One sentence for the reader, in the place of the progress where there is some; no mark in it steers the terminal."""
    line = _STEERING.sub("\N{REPLACEMENT CHARACTER}", " ".join(str(part) for part in parts))
    print(f"{_ERASE if sys.stderr.isatty() else ''}{line}", file=sys.stderr)


def json(told: dict[str, Any]) -> None:
    """The command's object."""
    print(js.dumps(told, default=str))


def rows(found: list[tuple[int, str, str]], what: str) -> None:
    """The first of these rows (line, table, words), and how many more there are."""
    for line, table, told in found[:SHOWN]:
        words(f"line {line}, {table}: {told}")
    if len(found) > SHOWN:
        words(f"... and {plural(len(found) - SHOWN, 'more row')} {what}.")


def usage(message: str) -> NoReturn:
    """Wrong usage: the sentence, and exit code 2."""
    words(f"{message} (see --help)")
    raise SystemExit(2)


def refusal(problem: HealthError) -> None:
    """Why nothing was done; a question with its choices, and what settles it."""
    words(f"refused: {problem}")
    if isinstance(problem, Ask):
        for value, reading in problem.choices:
            words(f"  {value} = {reading}")
        words(f"Settle it with {settled_by(problem)}.")


def settled_by(question: Ask) -> str:
    """What answers a question, as it is typed; which answer is right only the reader knows."""
    flag = FLAGS.get(question.setting)
    if not flag:
        return f"{question.setting} in a mapping"
    example = f", for example {flag} {question.choices[0][0]!r}" if question.choices else ""
    return f"{flag} and the one that is right{example}"


def as_object(problem: HealthError) -> dict[str, Any]:
    """The same for a script: error, message, and the choices of a question."""
    told: dict[str, Any] = {"error": type(problem).__name__, "message": str(problem)}
    if isinstance(problem, Ask):
        told |= {"setting": problem.setting, "choices": [{"value": v, "reads_as": reading} for v, reading in problem.choices]}
    return told


def write(frame: pl.DataFrame, out: str) -> None:
    """The frame as a file, in the format that its name ends in. Errors: Refused."""
    path = Path(out)
    try:
        frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_csv(path, float_precision=2)
    except OSError as problem:
        raise unwritable(out) from problem
    words(f"Wrote {plural(frame.height, 'row')} to {out}.")


def write_text(text: str, out: str) -> None:
    """The text as a file. Errors: Refused."""
    try:
        Path(out).write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise unwritable(out) from problem
    words(f"Wrote {out}.")


def room_for(out: str | None) -> None:
    """Refuses a file to write whose folder is not there, before any work is done for it. Errors: Refused."""
    if out and not Path(out).absolute().parent.is_dir():
        raise unwritable(out)


def unwritable(out: str) -> Refused:
    """What to say where a file cannot be written."""
    return Refused(f"{out}: the file cannot be written; name one in a folder that is there.")


def progress() -> Tell:
    """Tells on a terminal how far a long load has come, from its second second on; silent elsewhere."""
    if not sys.stderr.isatty():
        return silent
    began = time.monotonic()

    def tell(stage: str, share: float) -> None:
        if time.monotonic() - began > _PATIENCE_SECONDS:
            line = _STEERING.sub(" ", f"{share:4.0%}  {stage}")[:_WIDTH]
            print(f"{_ERASE}{line}" if share < 1 else _ERASE, end="", file=sys.stderr, flush=True)

    return tell
