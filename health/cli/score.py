"""Commands that compute the score."""

import argparse
from datetime import date
from typing import Any

import polars as pl

from health import format, portfolio
from health.cli import output
from health.cli import session as opening
from health.cli.command import Command, day, table_file
from health.errors import Refused
from health.insight.overview import data_available
from health.score import history
from health.score.components import COMPONENTS

BANDS = ("healthy", "watch", "at_risk", "unknown", "leaving")


def commands(command: Command) -> None:
    """score, rebuild."""
    score = command("score", _score, "Health of every customer active or leaving on a day.")
    score.add_argument("--as-of", type=day, metavar="YYYY-MM-DD", help="the day (default: the newest on which something happened)")
    score.add_argument("--out", type=table_file, metavar="FILE", help="write one row a customer, .csv or .parquet")
    command("rebuild", _rebuild, "Make facts, points and history anew from the rows.")


def _score(options: argparse.Namespace) -> dict[str, Any]:
    with opening.kept(options) as book:
        state = portfolio.state(book)
        as_of: date | None = options.as_of or state.as_of
        if state.empty or state.as_of is None or as_of is None:
            raise Refused("There is nothing to score yet: load customers and contracts, or the demo, first.")
        scored = portfolio.build(book, as_of).filter(pl.col("band").is_not_null())
    if as_of > state.as_of:
        output.words(f"Nothing is known after {state.as_of}, the newest day on which something happened; {as_of} is scored without it.")
    columns = [c.column for c in COMPONENTS if state.settings.weighs(c.key)]
    table = scored.select("customer_id", "as_of", "health", "low", "high", "band", "coverage", *columns)
    if options.out:
        output.write(table, options.out)
    bands = {band: scored.filter(pl.col("band") == band).height for band in BANDS}
    mean, sure = _mean_health(scored, state.settings.coverage_least)
    _tell(as_of, bands, mean, sure)
    if why := data_available.coverage_sentence(scored, state.settings):
        output.words(why)
        for gap in data_available.coverage_gaps(scored, state.settings):
            if gap.unknown == gap.of:
                output.words(f"  {gap.remedy}")
    return {"as_of": as_of, "customers": table.height, "bands": bands, "mean_health": mean}


def _mean_health(scored: pl.DataFrame, least: float) -> tuple[float | None, int]:
    """Mean health of the customers with enough coverage for a band, and their number."""
    sure = scored.filter(pl.col("coverage") >= least)["health"].drop_nulls()
    return (round(float(str(sure.mean())), 2) if sure.len() else None), sure.len()


def _tell(as_of: date, bands: dict[str, int], mean: float | None, sure: int) -> None:
    of = "" if sure == sum(bands.values()) else f" of the {sure:,} of whom enough is known"
    shown = "unknown" if mean is None else f"{mean:.1f}{of}"
    counted = ", ".join(f"{n:,} {band.replace('_', ' ')}" for band, n in bands.items())
    output.words(f"As of {as_of}: {format.plural(sum(bands.values()), 'customer')}, mean health {shown}; {counted}")


def _rebuild(options: argparse.Namespace) -> dict[str, Any]:
    with opening.kept(options) as book, book.writing("load") as session:
        history.refresh(session, None)
    output.words("Facts, points and history are made anew.")
    return {"rebuilt": True}
