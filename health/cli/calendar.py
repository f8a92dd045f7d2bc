"""The command `calendar`: a diary as a calendar file."""

import argparse
from typing import Any

from health import portfolio
from health.cli import output, session
from health.cli.command import Command, day
from health.errors import InvalidInput
from health.format import plural


def commands(command: Command) -> None:
    """Add the command `calendar`."""
    parser = command(
        "calendar",
        _calendar,
        "Write a diary as a calendar file: contacts planned, due and overdue, handovers, promises, last days for notice, snoozes, plays.",
    )
    parser.add_argument("--employee", metavar="ID", help="only customers of this account manager (default: all customers)")
    parser.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="the day (default: the newest day with data)")
    parser.add_argument(
        "--address", metavar="URL", default="", help="where the app is served, such as https://health.example.org, for links to customers"
    )
    parser.add_argument("--out", metavar="FILE", required=True, help="the file to write; put it where a calendar can subscribe to it")


def _calendar(options: argparse.Namespace) -> dict[str, Any]:
    from health.report import calendar, diary  # no other command needs iCalendar

    with session.existing_book(options) as book:
        as_of = options.as_of or portfolio.state(book).as_of
        if options.address and not options.address.startswith(("http://", "https://")):
            raise InvalidInput("--address must begin with https:// or http://, as in the address bar of the browser.")
        if as_of is None:
            raise InvalidInput("There is no diary yet: load customers and contracts, or the demo, first.")
        if options.employee and options.employee not in set(portfolio.build(book, as_of)["owner"]):
            raise InvalidInput(f"No customer has the owner {options.employee}; use an employee id from the column owner of customers.")
        entries = diary.diary_entries(book, as_of, options.employee, options.address)
    output.write_text(calendar.subscription(entries, diary.TITLE), options.out)
    cancelled = sum(entry.status == "CANCELLED" for entry in entries)
    shown = len(entries) - cancelled
    output.print_message(f"{plural(shown, 'entry', 'entries')}, {cancelled:,} cancelled, as of {as_of}.")
    return {"as_of": as_of, "entries": shown, "cancelled": cancelled, "out": options.out}
