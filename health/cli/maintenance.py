"""Commands that fill a warehouse with the demo, and that check one."""

import argparse
from datetime import datetime, timedelta
from typing import Any

from health import portfolio
from health.cli import output, session
from health.cli.command import Command, day, positive_number, whole_number
from health.cli.load import print_load
from health.format import plural
from health.insight.data import complete, spoken_since, stale_rates
from health.intake import load as intake


def demo(command: Command) -> None:
    """Add the command `demo`."""
    parser = command("demo", _demo, "Fill an empty warehouse with a demo company, or empty it again.")
    parser.add_argument("--customers", type=positive_number, default=2000, metavar="N", help="number of customers (default: 2000)")
    parser.add_argument("--months", type=positive_number, default=36, metavar="N", help="months of history (default: 36)")
    parser.add_argument(
        "--seed", type=whole_number, default=7, metavar="N", help="random seed; another seed gives another company (default: 7)"
    )
    parser.add_argument(
        "--world",
        metavar="NAME",
        default="demo",
        help="what predicts churn: demo (several things), null (nothing) or contact-only (default: demo)",
    )
    parser.add_argument(
        "--until", type=day, metavar="DATE", help="last day of the company (default: yesterday, so that today is yours to enter)"
    )
    parser.add_argument("--currency-mix", action="store_true", help="let a part of the customers pay in USD and GBP, with exchange rates")
    parser.add_argument("--clear", action="store_true", help="empty a warehouse that was created as a demo")


def check(command: Command) -> None:
    """Add the command `check`."""
    command("check", _check, "Check that the warehouse is consistent.")


def _demo(options: argparse.Namespace) -> dict[str, Any]:
    """Fill an empty warehouse with a demo company, or empty it again."""
    from health.demo import WORLDS, generate, with_currencies  # no other command needs the generator

    if options.world not in WORLDS:
        output.exit_with_usage(f"unknown world {options.world}; use one of {', '.join(WORLDS)}")
    if options.clear:
        with session.existing_book(options) as book:
            intake.clear_demo(book)
        output.print_message("The demo company was removed; the warehouse is empty.")
        return {"cleared": True}
    with session.open_book(options) as book:
        intake.check_empty(book)
        now = datetime.now()
        until = options.until or now.date() - timedelta(days=1)
        size = f"{plural(options.customers, 'customer')} over {plural(options.months, 'month')}"
        output.print_message(f"Creating {size} up to {until} (world {options.world}, seed {options.seed}) ...")
        company = generate(options.customers, options.months, options.seed, options.world, until)
        name = f"demo-{options.world}-{options.seed}"
        tables = with_currencies(company.tables, options.seed) if options.currency_mix else company.tables
        return print_load(intake.load_demo(book, tables, name=name, actor=book.viewer.name, now=now))


def _check(options: argparse.Namespace) -> dict[str, Any]:
    with session.existing_book(options) as book:
        findings, state = intake.findings(book), portfolio.state(book)
        to_ask = spoken_since.spoken_since(book, state.as_of).to_dicts() if state.as_of else []
        old_rates = stale_rates.sentences(stale_rates.stale_rates(book, state.as_of), state.as_of) if state.as_of else []
    stale = [*complete.stale_sentences(state.known, state.as_of), *old_rates] if state.as_of else []
    for sentence in [*findings, *stale]:
        output.print_message(sentence)
    output.print_message("No problems found." if not findings else f"{plural(len(findings), 'problem')} found.")
    if to_ask:
        output.print_message(f"{plural(len(to_ask), 'customer')} lost on file, but spoken to since. {spoken_since.REMEDY}")
        for row in to_ask[: output.MAX_LISTED]:
            output.print_message(f"  {spoken_since.sentence(row)}")
    return {"ok": not findings, "findings": findings, "stale": stale, "spoken_since": to_ask, "exit_code": int(bool(findings))}
