"""Commands on earlier loads: list them, show refused rows, undo one."""

import argparse
from datetime import datetime
from typing import Any

from health.cli import output, session
from health.cli.command import Command, positive, table_file
from health.format import plural
from health.insight.data import loads as insight
from health.intake import load as intake

_LOAD: dict[str, Any] = {"type": positive, "metavar": "LOAD", "help": "its number, as `loads` lists it"}


def commands(command: Command) -> None:
    """loads, refused, undo."""
    command("loads", _loads, "List what was loaded, newest first.")
    refused = command("refused", _refused, "The rows of a load that were refused, with every reason.")
    refused.add_argument("load_id", **_LOAD)
    refused.add_argument("--out", type=table_file, metavar="FILE.csv", help="write them, to mend and load again")
    command("undo", _undo, "Take a load back: its rows go, what it replaced returns.").add_argument("load_id", **_LOAD)


def _loads(options: argparse.Namespace) -> dict[str, Any]:
    with session.kept(options) as book:
        frame = intake.loads(book)
    for row in insight.by_day(frame).iter_rows(named=True):
        state = f"undone {row['undone_at']:%d %b %Y}" if row["undone_at"] else "loaded"
        output.words(
            f"{row['load_id'] or '':>5}  {row['loaded_at']:%d %b %Y %H:%M}  {row['accepted']:>9,} accepted"
            f" {row['refused']:>7,} refused  {state}  {row['file']}"
        )
    if frame.is_empty():
        output.words("Nothing was loaded yet.")
    return {"loads": frame.to_dicts()}


def _refused(options: argparse.Namespace) -> dict[str, Any]:
    with session.kept(options) as book:
        frame = intake.refused(book, options.load_id)
    if options.out:
        output.write(frame, options.out)
    else:
        output.rows(frame.select("line", "table", "reasons").rows(), "refused")
    output.words(f"{plural(frame.height, 'refused row')} in load {options.load_id}.")
    return {"load_id": options.load_id, "refused": frame.height, "out": options.out, "rows": frame.to_dicts()}


def _undo(options: argparse.Namespace) -> dict[str, Any]:
    with session.kept(options) as book:
        intake.undo(book, options.load_id, now=datetime.now())
    output.words(f"Load {options.load_id} is undone.")
    return {"load_id": options.load_id, "undone": True}
