"""The command `inbox`: loads the files of a folder, to be started by a timer."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from health.cli import output, session
from health.cli.command import Command, seconds
from health.errors import InvalidInput
from health.format import plural
from health.intake import inbox

WORDS = """Load every new file in a folder, with the saved mapping for its header, or directly if the header is that of a table.
Customers are loaded first, then the other files by name. If two files contain the same row, the later one wins.
Each file is moved to DIR/done or DIR/refused with a report, NAME.report.json, and the refused rows, NAME.mend.csv.
Safe to run at the same time as another run and to stop at any moment. Exit code 0 if every file was loaded, 1 if one was refused."""


def commands(command: Command) -> None:
    """Add the command `inbox`."""
    parser = command("inbox", _inbox, WORDS)
    parser.add_argument("folder", metavar="DIR", help="the folder with the files")
    parser.add_argument(
        "--wait", type=seconds, default=30.0, metavar="SECONDS", help="how long to wait for a warehouse that is in use (default: 30)"
    )
    parser.add_argument(
        "--settle", type=seconds, default=2.0, metavar="SECONDS", help="skip files changed less than this long ago (default: 2)"
    )


def _inbox(options: argparse.Namespace) -> dict[str, Any]:
    """Load the new files of a folder and report each. Raises InvalidInput if the warehouse is in the folder."""
    folder, now = Path(options.folder), datetime.now()
    if session.warehouse_path(options).parent.resolve() == folder.resolve():
        raise InvalidInput(
            f"{session.warehouse_path(options)}: the warehouse is in the folder with the files to load; keep it in another folder."
        )
    with inbox.lock_folder(folder) as tray:
        if tray is None:
            output.print_message(f"Another run is already working in {folder}; nothing to do here.")
            return {"folder": str(folder), "busy": True, "files": [], "left": []}
        files, skipped = tray.found(now, options.settle)
        for name, reason in skipped:
            output.print_message(f"{name}: skipped: {reason}.")
        reports = []
        if files:
            with session.open_book(options, options.wait) as book:
                for report in inbox.run(book, tray, files, book.viewer.name, now, output.progress()):
                    reports.append(report)
                    output.print_message(_sentence(report))
    refused = sum(report["outcome"] == "refused" for report in reports)
    output.print_message(
        f"{plural(len(reports), 'file')}: {len(reports) - refused} done, {refused} refused." if reports else f"Nothing new in {folder}."
    )
    skipped_rows = [{"file": name, "why": reason} for name, reason in skipped]
    return {"folder": str(folder), "busy": False, "files": reports, "left": skipped_rows, "exit_code": int(refused > 0)}


def _sentence(report: dict[str, Any]) -> str:
    correction_hint = f" Correct the refused rows in {report['mend']}." if report["mend"] else ""
    if report["outcome"] == "refused":
        return f"refused: {report['message']}{correction_hint}"
    counts = {name: sum(table[name] for table in report["tables"]) for name in ("added", "changed", "unchanged", "refused")}
    counts_text = ", ".join(f"{number:,} {name}" for name, number in counts.items())
    return f"{report['put']}: load {report['load_id']}, {counts_text}.{correction_hint}"
