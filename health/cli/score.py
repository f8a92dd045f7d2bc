"""Commands that compute the score."""

import argparse
from datetime import date
from typing import Any

import polars as pl

from health import format, portfolio
from health.cli import output
from health.cli.command import Command, day, table_file
from health.cli.session import day_asked_for, existing_book, note_later_day
from health.insight.overview import data_available
from health.score import history
from health.score.components import COMPONENTS

BANDS = ("healthy", "watch", "at_risk", "unknown", "leaving")


def commands(command: Command) -> None:
    """Add the commands `score` and `rebuild`."""
    score = command("score", _score, "Health of every customer active or leaving on a day.")
    score.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="the day (default: the newest on which something happened)")
    score.add_argument("--out", type=table_file, metavar="FILE", help="write one row a customer, .csv or .parquet")
    command("rebuild", _rebuild, "Make facts, points and history anew from the rows.")


def _score(options: argparse.Namespace) -> dict[str, Any]:
    """Score every customer, print the result and return it as an object. Raises InvalidInput for an empty book."""
    with existing_book(options) as book:
        state = portfolio.state(book)
        as_of = day_asked_for(options, state, "There is nothing to score yet: load customers and contracts, or the demo, first.")
        customers = portfolio.build(book, as_of).filter(pl.col("band").is_not_null())
    note_later_day(as_of, state, "scored")
    columns = [c.column for c in COMPONENTS if state.settings.weighs(c.key)]
    result = customers.select("customer_id", "as_of", "health", "low", "high", "band", "coverage", *columns)
    if options.out:
        output.write_frame(result, options.out)
    bands = {band: customers.filter(pl.col("band") == band).height for band in BANDS}
    mean, scored_count = _mean_health(customers, state.settings.coverage_least)
    _print_result(as_of, bands, mean, scored_count)
    if reason := data_available.coverage_sentence(customers, state.settings):
        output.print_message(reason)
        for gap in data_available.coverage_gaps(customers, state.settings):
            if gap.unknown_customers == gap.weighed_customers:
                output.print_message(f"  {gap.remedy}")
    return {"as_of": as_of, "customers": result.height, "bands": bands, "mean_health": mean}


def _mean_health(scored: pl.DataFrame, min_coverage: float) -> tuple[float | None, int]:
    """Mean health of the customers with enough coverage for a band, and their number."""
    health = scored.filter(pl.col("coverage") >= min_coverage)["health"].drop_nulls()
    return (round(float(str(health.mean())), 2) if health.len() else None), health.len()


def _print_result(as_of: date, bands: dict[str, int], mean: float | None, scored_count: int) -> None:
    basis = "" if scored_count == sum(bands.values()) else f" for the {scored_count:,} customers with enough data"
    mean_text = "unknown" if mean is None else f"{mean:.1f}{basis}"
    counts_text = ", ".join(f"{customers:,} {band.replace('_', ' ')}" for band, customers in bands.items())
    output.print_message(f"As of {as_of}: {format.plural(sum(bands.values()), 'customer')}, mean health {mean_text}; {counts_text}")


def _rebuild(options: argparse.Namespace) -> dict[str, Any]:
    with existing_book(options) as book, book.writing("load") as session:
        history.refresh(session, None)
    output.print_message("Facts, points and history are made anew.")
    return {"rebuilt": True}
