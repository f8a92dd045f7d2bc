"""Commands on past loads: list them, show refused rows, undo one."""

import argparse
from datetime import datetime
from typing import Any

from health.cli import output, session
from health.cli.command import Command, positive_number, table_file
from health.format import plural
from health.insight.data import loads as loads_insight
from health.intake import load as intake

_LOAD: dict[str, Any] = {"type": positive_number, "metavar": "LOAD", "help": "the number of the load, see `loads`"}


def commands(command: Command) -> None:
    """Add the commands `loads`, `refused` and `undo`."""
    command("loads", _loads, "List all loads, newest first.")
    refused = command("refused", _refused, "Show the refused rows of a load with every reason.")
    refused.add_argument("load_id", **_LOAD)
    refused.add_argument("--out", type=table_file, metavar="FILE.csv", help="write them to a file, to correct and load again")
    command("undo", _undo, "Undo a load: remove its rows and restore the rows it replaced.").add_argument("load_id", **_LOAD)


def _loads(options: argparse.Namespace) -> dict[str, Any]:
    with session.existing_book(options) as book:
        loads = intake.loads(book)
    for row in loads_insight.group_by_day(loads).iter_rows(named=True):
        state = f"undone {row['undone_at']:%d %b %Y}" if row["undone_at"] else "loaded"
        output.print_message(
            f"{row['load_id'] or '':>5}  {row['loaded_at']:%d %b %Y %H:%M}  {row['accepted']:>9,} accepted"
            f" {row['refused']:>7,} refused  {state}  {row['file']}"
        )
    if loads.is_empty():
        output.print_message("Nothing loaded yet.")
    return {"loads": loads.to_dicts()}


def _refused(options: argparse.Namespace) -> dict[str, Any]:
    with session.existing_book(options) as book:
        rows = intake.refused(book, options.load_id)
    if options.out:
        output.write_frame(rows, options.out)
    else:
        output.print_rows(rows.select("line", "table", "reasons").rows(), "refused")
    output.print_message(f"{plural(rows.height, 'refused row')} in load {options.load_id}.")
    return {"load_id": options.load_id, "refused": rows.height, "out": options.out, "rows": rows.to_dicts()}


def _undo(options: argparse.Namespace) -> dict[str, Any]:
    with session.existing_book(options) as book:
        intake.undo(book, options.load_id, now=datetime.now())
    output.print_message(f"Load {options.load_id} is undone.")
    return {"load_id": options.load_id, "undone": True}
