"""The command `value`: what customers are worth."""

import argparse
from datetime import date
from typing import Any

import polars as pl

from health import format, portfolio
from health.cli import output
from health.cli import session as opening
from health.errors import Refused
from health.foresight import lifetime
from health.foresight.lifetime import FittedModels, assumptions
from health.foresight.lifetime.value import NO_MODEL

COLUMNS = ["customer_id", "method", "p_leave_90d", "p_leave_12m", "p_alive", "lifetime_value", "low", "high", "segment"]
CHANCES = ["p_leave_90d", "p_leave_12m", "p_alive"]
METHODS = {"hazard": "with a contract, by their chance of leaving", "bg_nbd": "without one, by their purchases", "none": ""}
CHECKS = {"check": "hazard", "tracking": "bg_nbd"}
"""What each check measures."""


def value(options: argparse.Namespace) -> dict[str, Any]:
    """Tells what every customer is worth, and returns it as an object. Errors: those of `opening.kept`, Refused."""
    with opening.kept(options) as book:
        state = portfolio.state(book)
        as_of: date | None = options.as_of or state.as_of
        if state.empty or state.as_of is None or as_of is None:
            raise Refused("There is nobody to value yet: load customers and contracts or invoices, or the demo, first.")
        with book.reading() as session:
            held = assumptions.in_force(session)
        fits = lifetime.fit(book, state.models_on(as_of))
        valued = lifetime.value(book, as_of, fits.hazard, held, fits.check, fits.purchases)
    if as_of > state.as_of:
        output.words(f"Nothing is known after {state.as_of}, the newest day on which something happened; {as_of} is valued without it.")
    if options.out:
        output.write(_as_file(valued), options.out)
    methods = _by_method(valued)
    _tell(as_of, methods, held)
    for why, customers in _unvalued(valued):
        output.words(f"  {customers:>9,}  not valued: {why}")
    _tell_fits(fits, valued)
    total = round(valued["lifetime_value"].sum(), 2) if valued["lifetime_value"].count() else None
    told = {"as_of": as_of, "customers": valued.height, "methods": methods, "lifetime_value": total}
    return told | {"assumptions": vars(held), "fit": fits.as_json()}


def _by_method(valued: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """By method: number of customers, and the sums of their values and interval ends; null if none has a value."""
    summed = [pl.when(pl.col(c).count() > 0).then(pl.col(c).sum().round(2)).alias(c) for c in ("lifetime_value", "low", "high")]
    found = valued.group_by("method").agg(pl.len().alias("customers"), *summed)
    rows = {row.pop("method"): row for row in found.iter_rows(named=True)}
    nobody = {"customers": 0, "lifetime_value": None, "low": None, "high": None}
    return {method: rows.get(method, nobody) for method in METHODS}


def _as_file(valued: pl.DataFrame) -> pl.DataFrame:
    """The frame for a file: money with two decimals, probabilities with four."""
    return valued.select(COLUMNS).with_columns(pl.col(CHANCES).round(4).cast(pl.Decimal(5, 4)))


def _unvalued(valued: pl.DataFrame) -> list[tuple[str, int]]:
    """Reasons why customers have no value, with their number, most frequent first."""
    counted = valued.drop_nulls("why").group_by("why").len("customers")
    return counted.sort("customers", "why", descending=[True, False]).rows()


def _tell(as_of: date, methods: dict[str, dict[str, Any]], held: assumptions.Assumptions) -> None:
    terms = f"over {held.horizon_months} months, discounted by {held.text_of('discount_rate')} a year"
    output.words(f"As of {as_of}: what customers are worth {terms}.")
    for method, row in methods.items():
        if row["lifetime_value"] is not None:
            low, high = format.short_money(row["low"]), format.short_money(row["high"])
            ends = f"; {low} if each left early, {high} if each left late"
            worth = f"{format.short_money(row['lifetime_value'])}{'' if row['low'] is None else ends}"
            output.words(f"  {row['customers']:>9,}  {METHODS[method]}: {worth}")


def _tell_fits(fits: FittedModels, valued: pl.DataFrame) -> None:
    """How the models that were fitted did when held against later months; why the others could not be, where somebody lacks one."""
    if NO_MODEL in valued["why"] and "hazard" in fits.why:
        output.words(fits.why["hazard"])
    for check, model in CHECKS.items():
        if (found := getattr(fits, check)) is not None:
            output.words(found.sentence)
        elif getattr(fits, model) is not None and check in fits.why:
            output.words(fits.why[check])
