"""The argument parser of the command line, with its groups of commands in the order of the help."""

import argparse
from typing import Any

from health.cli import calendar, inbox, load, loads, maintenance, mappings, models, score, settings
from health.cli.command import Run

EXAMPLES = """examples:
  python -m health demo                                     fill an empty warehouse with the demo company
  python -m health load customers customers.csv --dry-run   see what a file would change
  python -m health load contracts contracts.csv             load it
  python -m health load --mapping data/mappings/telco_ibm.toml Telco-Customer-Churn.csv
  python -m health inbox incoming                           load every new file in the folder incoming
  python -m health refused 3 --out corrections.csv          the refused rows of load 3, to correct and load again
  python -m health undo 3                                   undo load 3
  python -m health score --out scores.csv                   health of every customer on the newest day
  python -m health evidence                                 test whether the score predicts churn
  python -m health value --out values.csv                   what every customer is worth
  python -m health calendar --employee E0000004 --out diary.ics   a diary as a calendar file
"""
GROUPS = (
    maintenance.demo,
    load.commands,
    inbox.commands,
    mappings.commands,
    loads.commands,
    score.commands,
    models.commands,
    calendar.commands,
    settings.commands,
    maintenance.check,
)
"""Functions that each add commands to the parser."""

_WAREHOUSE: dict[str, Any] = {"metavar": "FILE", "help": "the warehouse file (default: HEALTH_WAREHOUSE, else data/warehouse.duckdb)"}


def parser() -> argparse.ArgumentParser:
    """Build the parser of the whole command line. Parsed options have `run`, which runs the command and returns its object."""
    main_parser = argparse.ArgumentParser(
        "python -m health",
        description="Customer health: load a company's data, score its customers, predict churn and customer value.\n"
        "Start with `demo`, or with `template customers` and `load`. `COMMAND --help` explains each command.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    main_parser.add_argument("--warehouse", **_WAREHOUSE)
    commands = main_parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Run, words: str) -> argparse.ArgumentParser:
        command_parser = commands.add_parser(name, help=words.splitlines()[0], description=words)
        command_parser.add_argument("--json", action="store_true", help="print one JSON object to standard output")
        command_parser.add_argument(
            "--warehouse", default=argparse.SUPPRESS, **_WAREHOUSE
        )  # suppressed, since it may also stand before the command
        command_parser.set_defaults(run=run)
        return command_parser

    for group in GROUPS:
        group(command)
    return main_parser
