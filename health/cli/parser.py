"""The argument parser: the groups of commands in the order of the help."""

import argparse
from typing import Any

from health.cli import calendar, inbox, load, loads, maintenance, mappings, models, score
from health.cli.command import Run

EXAMPLES = """examples:
  python -m health demo                                     fill an empty warehouse with the demo company
  python -m health load customers customers.csv --dry-run   see what a file would change
  python -m health load contracts contracts.csv             load it
  python -m health load --mapping data/mappings/telco_ibm.toml Telco-Customer-Churn.csv
  python -m health inbox incoming                           load every new file in the folder incoming
  python -m health refused 3 --out mend.csv                 the refused rows of load 3, to mend and load again
  python -m health undo 3                                   take load 3 back
  python -m health score --out scores.csv                   every customer's health on the newest day
  python -m health evidence                                 whether the score tells who leaves
  python -m health value --out values.csv                   what every customer is worth
  python -m health calendar --employee E0000004 --out diary.ics   a diary, for any calendar
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
    maintenance.check,
)
"""Functions that each add their commands to the parser."""

_WAREHOUSE: dict[str, Any] = {"metavar": "FILE", "help": "the warehouse file (default data/warehouse.duckdb, or HEALTH_WAREHOUSE)"}


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; its options have `run`, which takes them and returns the command's object."""
    whole = argparse.ArgumentParser(
        "python -m health",
        description="Customer health: load what a company records, score its customers, say who leaves and what they are worth.\n"
        "Begin with `demo`, or with `template customers` and `load`. `COMMAND --help` explains each.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--warehouse", **_WAREHOUSE)
    listed = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Run, words: str) -> argparse.ArgumentParser:
        sub = listed.add_parser(name, help=words.splitlines()[0], description=words)
        sub.add_argument("--json", action="store_true", help="print one JSON object to standard output")
        sub.add_argument(
            "--warehouse", default=argparse.SUPPRESS, **_WAREHOUSE
        )  # without a value of its own: it may stand before the command
        sub.set_defaults(run=run)
        return sub

    for group in GROUPS:
        group(command)
    return whole
