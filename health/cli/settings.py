"""The command `settings`: what holds for the whole book, such as its currency, its time zone and the hours of service."""

import argparse
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from health.cli import output, session
from health.cli.command import Command
from health.errors import InvalidInput
from health.format import plural
from health.score import history, settings
from health.score.settings import Settings
from health.service_hours import AROUND_THE_CLOCK, EXAMPLE, parse_holidays
from health.warehouse import Session, zone

_ALWAYS = "always"
_DESCRIPTION = """Show the settings of the whole book, or change some of them as a new version.
Weights, band limits, agreed intervals and deadlines are set in the Score lab."""


def commands(command: Command) -> None:
    """Add the command `settings`."""
    parser = command("settings", _settings, _DESCRIPTION)
    parser.add_argument("--currency", metavar="CODE", help="your currency, such as USD (default: EUR); before amounts are loaded")
    parser.add_argument("--zone", metavar="NAME", help="time zone of the data, such as Europe/Amsterdam (default: UTC)")
    parser.add_argument(
        "--service-hours",
        metavar="HOURS",
        help=f"working hours in which response times count: '{EXAMPLE}', or '{_ALWAYS}' for around the clock",
    )
    parser.add_argument("--holidays", metavar="DAYS", help="days without service, replacing those on file: '2026-12-25, 2026-12-26'")
    parser.add_argument("--reason", metavar="TEXT", default="set on the command line", help="why they are changed, kept with the version")


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """Change what is asked for, print the settings in force and return them. Raises InvalidInput, Storage."""
    given = {
        "zone": options.zone,
        "service_hours": "" if options.service_hours == _ALWAYS else options.service_hours,
        "holidays": None if options.holidays is None else tuple(map(str, parse_holidays(options.holidays))),
    }
    changes = {name: value for name, value in given.items() if value is not None}
    if not changes and not options.currency:
        with session.read_only_book(options) as book, book.reading() as reading:
            return _print_settings(settings.in_force(reading))
    with session.open_book(options) as book, book.writing("settings") as writing:
        saved = earlier = settings.in_force(writing)
        if options.currency:
            saved = settings.choose_currency(writing, options.currency.upper(), book.viewer.author, datetime.now())
        if (wanted := replace(saved, **changes)) != saved:
            saved = settings.save(writing, wanted, book.viewer.author, options.reason, datetime.now())
        if saved == earlier:
            raise InvalidInput("These settings are already in force; nothing was changed.")
        history.refresh(writing, ())
        if saved.zone != earlier.zone:
            _print_zone_effect(writing, saved.zone)
    return _print_settings(saved)


def _print_zone_effect(writing: Session, new_zone: str) -> None:
    """Print what a change of the time zone means for the times on file."""
    instants, local_times = zone.count_times(writing)
    if instants:
        output.print_message(f"{plural(instants, 'time')} given with an offset from UTC: converted to {new_zone}.")
    if local_times:
        output.print_message(
            f"{plural(local_times, 'time')} given without an offset: kept as written, and read as local time in {new_zone} from now on."
            " Load those files again if their times are meant in another zone."
        )


def _print_settings(in_force: Settings) -> dict[str, Any]:
    hours = in_force.service_hours or AROUND_THE_CLOCK
    holidays = f" except {', '.join(in_force.holidays)}" if in_force.holidays else ""
    output.print_message(
        f"Version {in_force.version}. Currency: {in_force.currency}. Time zone: {in_force.zone}. Hours of service: {hours}{holidays}."
    )
    return asdict(in_force)
