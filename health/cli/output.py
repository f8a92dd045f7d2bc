"""Output of the command line: messages to standard error, one JSON object to standard output, frames to files."""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from health.errors import AmbiguousFile, HealthError, InvalidInput
from health.format import plural
from health.intake.progress import ProgressCallback, ignore_progress

FLAGS = {"encoding": "--encoding", "delimiter": "--delimiter", "sheet": "--sheet", "header_line": "--header-line"}
"""Options of `load` that answer a question about the format of a file, by setting."""
MAX_LISTED = 20
_PROGRESS_DELAY_SECONDS, _WIDTH = 1.0, 78
_ERASE_LINE, _CONTROL_CHARACTERS = "\r\x1b[2K", re.compile(r"[\x00-\x1f\x7f-\x9f]")


def print_message(*parts: object) -> None:
    """Print one sentence, over a progress line if there is one; control characters are replaced."""
    line = _CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", " ".join(str(part) for part in parts))
    print(f"{_ERASE_LINE if sys.stderr.isatty() else ''}{line}", file=sys.stderr)


def print_json(result: dict[str, Any]) -> None:
    """Print the command's object as JSON."""
    print(json.dumps(result, default=str))


def print_rows(lines: list[tuple[int, str, str]], kind: str) -> None:
    """Print the first lines (line, table, text) and the number of further ones."""
    for line, table, text in lines[:MAX_LISTED]:
        print_message(f"line {line}, {table}: {text}")
    if len(lines) > MAX_LISTED:
        print_message(f"... and {plural(len(lines) - MAX_LISTED, 'more row')} {kind}.")


def exit_with_usage(text: str) -> NoReturn:
    """Print a usage message and end with exit code 2."""
    print_message(f"{text} (see --help)")
    raise SystemExit(2)


def print_refusal(problem: HealthError) -> None:
    """Print why nothing was done; for a question also its choices and the option that answers it."""
    print_message(f"refused: {problem}")
    if isinstance(problem, AmbiguousFile):
        for value, reading in problem.choices:
            print_message(f"  {value} = {reading}")
        print_message(f"Choose with {answering_option(problem)}.")


def answering_option(question: AmbiguousFile) -> str:
    """Option that answers a question, as typed."""
    flag = FLAGS.get(question.setting)
    if not flag:
        return f"{question.setting} in a mapping"
    example = f", for example {flag} {question.choices[0][0]!r}" if question.choices else ""
    return f"{flag} and the right value{example}"


def error_object(problem: HealthError) -> dict[str, Any]:
    """The refusal as an object for scripts: error, message, and the choices of a question."""
    result: dict[str, Any] = {"error": problem.code, "message": str(problem)}
    if isinstance(problem, AmbiguousFile):
        result |= {"setting": problem.setting, "choices": [{"value": value, "reads_as": reading} for value, reading in problem.choices]}
    return result


def write_frame(frame: pl.DataFrame, out: str) -> None:
    """Write a frame to a file in the format of its suffix. Raises InvalidInput."""
    path = Path(out)
    try:
        frame.write_parquet(path) if path.suffix == ".parquet" else frame.write_csv(path, float_precision=2)
    except OSError as problem:
        raise unwritable_error(out) from problem
    print_message(f"Wrote {plural(frame.height, 'row')} to {out}.")


def write_text(text: str, out: str) -> None:
    """Write a text to a file. Raises InvalidInput."""
    try:
        Path(out).write_text(text, encoding="utf-8", newline="")
    except OSError as problem:
        raise unwritable_error(out) from problem
    print_message(f"Wrote {out}.")


def check_folder(out: str | None) -> None:
    """Check, before any work, that the folder of an output file exists. Raises InvalidInput."""
    if out and not Path(out).absolute().parent.is_dir():
        raise unwritable_error(out)


def unwritable_error(out: str) -> InvalidInput:
    """Error for a file that cannot be written."""
    return InvalidInput(f"{out}: the file cannot be written; choose an existing folder.")


def progress() -> ProgressCallback:
    """Return a callback that prints a progress line on a terminal after the first second; silent elsewhere."""
    if not sys.stderr.isatty():
        return ignore_progress
    started_at = time.monotonic()

    def print_progress(stage: str, share: float) -> None:
        if time.monotonic() - started_at > _PROGRESS_DELAY_SECONDS:
            line = _CONTROL_CHARACTERS.sub(" ", f"{share:4.0%}  {stage}")[:_WIDTH]
            print(f"{_ERASE_LINE}{line}" if share < 1 else _ERASE_LINE, end="", file=sys.stderr, flush=True)

    return print_progress
