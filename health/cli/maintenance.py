"""Commands that fill a warehouse with the demo, and that check one."""

import argparse
from datetime import datetime
from typing import Any

from health.cli import output, session
from health.cli.command import Command, positive_number, whole_number
from health.cli.load import print_load
from health.format import plural
from health.intake import load as intake


def demo(command: Command) -> None:
    """Add the command `demo`."""
    parser = command("demo", _demo, "Fill an empty warehouse with an invented company, or empty one that began so.")
    parser.add_argument("--customers", type=positive_number, default=2000, metavar="N", help="how many (2000)")
    parser.add_argument("--months", type=positive_number, default=36, metavar="N", help="months of history (36)")
    parser.add_argument("--seed", type=whole_number, default=7, metavar="N", help="another seed, another company (7)")
    parser.add_argument(
        "--world", metavar="NAME", default="demo", help="demo; null: nothing tells who leaves; contact-only: only contact does (demo)"
    )
    parser.add_argument("--clear", action="store_true", help="empty a warehouse that began as a demo")


def check(command: Command) -> None:
    """Add the command `check`."""
    command("check", _check, "Check that the warehouse agrees with itself.")


def _demo(options: argparse.Namespace) -> dict[str, Any]:
    """Fill an empty warehouse with an invented company, or empty one that began so."""
    from health.demo import WORLDS, generate  # no other command needs the generator

    if options.world not in WORLDS:
        output.exit_with_usage(f"there is no world {options.world}; the worlds are {', '.join(WORLDS)}")
    if options.clear:
        with session.existing_book(options) as book:
            intake.clear_demo(book)
        output.print_message("The demo company is gone; the warehouse is empty.")
        return {"cleared": True}
    with session.open_book(options) as book:
        intake.check_empty(book)
        size = f"{plural(options.customers, 'customer')} over {plural(options.months, 'month')}"
        output.print_message(f"Inventing {size} (world {options.world}, seed {options.seed}) ...")
        company = generate(options.customers, options.months, options.seed, options.world)
        name = f"demo-{options.world}-{options.seed}"
        return print_load(intake.load_demo(book, company.tables, name=name, actor=book.viewer.name, now=datetime.now()))


def _check(options: argparse.Namespace) -> dict[str, Any]:
    with session.existing_book(options) as book:
        findings = intake.findings(book)
    for finding in findings:
        output.print_message(finding)
    output.print_message("All is well." if not findings else f"{plural(len(findings), 'finding')}.")
    return {"ok": not findings, "findings": findings, "exit_code": int(bool(findings))}
