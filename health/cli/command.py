"""Protocol of a command, and argument types that several commands share."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Protocol

Run = Callable[[argparse.Namespace], dict[str, Any]]
"""Runs the command, prints the result and returns it as an object for --json; its `exit_code`, if any, becomes the exit code."""


class Command(Protocol):
    """Add a command to the parser and return its own parser, for its arguments."""

    def __call__(self, name: str, run: Run, words: str) -> argparse.ArgumentParser: ...


def whole_number(text: str) -> int:
    """Parse a whole number, 0 or more."""
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number, 0 or more")
    return int(text)


def positive_number(text: str) -> int:
    """Parse a whole number above 0."""
    if not (text.isascii() and text.isdecimal()) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


def seconds(text: str) -> float:
    """Parse a number of seconds, 0 to a day."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0 to 86400")
    return value


def day(text: str) -> date:
    """Parse a day written YYYY-MM-DD."""
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text} is not a date; write it as in 2026-06-30") from problem


def table_file(text: str) -> str:
    """Accept the name of an output file for rows, .csv or .parquet."""
    if Path(text).suffix not in (".csv", ".parquet"):
        raise argparse.ArgumentTypeError(f"{text}: the file name must end in .csv or .parquet")
    return text
