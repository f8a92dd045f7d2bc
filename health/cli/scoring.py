"""Commands that work out the score."""

import argparse
from datetime import date
from typing import Any

import polars as pl

from health import format, portfolio
from health.cli import opening, say
from health.cli.command import Command, day, table_file
from health.errors import Refused
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
        say.words(f"Nothing is known after {state.as_of}, the newest day on which something happened; {as_of} is scored without it.")
    columns = [c.column for c in COMPONENTS if state.settings.weighs(c.key)]
    table = scored.select("customer_id", "as_of", "health", "low", "high", "band", "coverage", *columns)
    if options.out:
        say.write(table, options.out)
    bands = {band: scored.filter(pl.col("band") == band).height for band in BANDS}
    mean = _mean_health(scored)
    _tell(as_of, bands, mean)
    return {"as_of": as_of, "customers": table.height, "bands": bands, "mean_health": mean}


def _mean_health(scored: pl.DataFrame) -> float | None:
    """None where no customer's band is known: a mean of guesses is none."""
    mean = scored["health"].mean() if scored.filter(pl.col("band") != "unknown").height else None
    return None if mean is None else round(float(str(mean)), 2)


def _tell(as_of: date, bands: dict[str, int], mean: float | None) -> None:
    shown = "unknown" if mean is None else f"{mean:.1f}"
    counted = ", ".join(f"{n:,} {band.replace('_', ' ')}" for band, n in bands.items())
    say.words(f"As of {as_of}: {format.plural(sum(bands.values()), 'customer')}, mean health {shown}; {counted}")


def _rebuild(options: argparse.Namespace) -> dict[str, Any]:
    with opening.kept(options) as book, book.writing("load") as session:
        history.refresh(session, None)
    say.words("Facts, points and history are made anew.")
    return {"rebuilt": True}
