"""The command that loads the files of a folder, to be started by a timer."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from health.cli import output, session
from health.cli.command import Command, seconds
from health.errors import Refused
from health.format import plural
from health.intake import inbox

WORDS = """Load every new file in a folder: by the saved mapping that knows its header, or directly where the header is a table's own.
Customers go before what refers to them, then by name; where two files tell of the same row, the later one stands.
Each goes to DIR/done or DIR/refused, with NAME.report.json beside it, and NAME.mend.csv where rows were refused.
Safe to run twice, at once, and to be ended at any moment. Exit 0 where every file went to done, 1 where one was refused."""


def commands(command: Command) -> None:
    """inbox."""
    sub = command("inbox", _inbox, WORDS)
    sub.add_argument("folder", metavar="DIR", help="the folder into which the files are put")
    sub.add_argument("--wait", type=seconds, default=30.0, metavar="SECONDS", help="wait so long for a warehouse that is in use (30)")
    sub.add_argument(
        "--settle", type=seconds, default=2.0, metavar="SECONDS", help="leave a file that was written to less than so long ago (2)"
    )


def _inbox(options: argparse.Namespace) -> dict[str, Any]:
    folder, now = Path(options.folder), datetime.now()
    if session.place(options).parent.resolve() == folder.resolve():
        raise Refused(f"{session.place(options)}: the warehouse lies among the files to load; keep it in another folder.")
    with inbox.lock_folder(folder) as tray:
        if tray is None:
            output.words(f"Another run is at work in {folder}; it takes the files, and this one does nothing.")
            return {"folder": str(folder), "busy": True, "files": [], "left": []}
        files, left = tray.found(now, options.settle)
        for name, why in left:
            output.words(f"{name}: left where it is; {why}.")
        told = []
        if files:
            with session.made(options, options.wait) as book:
                for report in inbox.run(book, tray, files, book.viewer.name, now, output.progress()):
                    told.append(report)
                    output.words(_sentence(report))
    refused = sum(report["outcome"] == "refused" for report in told)
    output.words(f"{plural(len(told), 'file')}: {len(told) - refused} done, {refused} refused." if told else f"Nothing new in {folder}.")
    listed = [{"file": name, "why": why} for name, why in left]
    return {"folder": str(folder), "busy": False, "files": told, "left": listed, "exit_code": int(refused > 0)}


def _sentence(report: dict[str, Any]) -> str:
    mend = f" Mend the refused rows in {report['mend']}." if report["mend"] else ""
    if report["outcome"] == "refused":
        return f"refused: {report['message']}{mend}"
    counts = {name: sum(table[name] for table in report["tables"]) for name in ("added", "changed", "unchanged", "refused")}
    done = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    return f"{report['put']}: load {report['load_id']}, {done}.{mend}"
