"""The command `value`: lifetime values of customers."""

import argparse
from datetime import date
from typing import Any

import polars as pl

from health import format, portfolio
from health.cli import output
from health.cli.session import day_asked_for, existing_book, note_later_day
from health.foresight import lifetime
from health.foresight.lifetime import FittedModels, assumptions
from health.foresight.lifetime.value import NO_MODEL

COLUMNS = ["customer_id", "method", "p_leave_90d", "p_leave_12m", "p_alive", "lifetime_value", "low", "high", "segment"]
CHANCES = ["p_leave_90d", "p_leave_12m", "p_alive"]
METHODS = {"hazard": "with a contract, by churn probability", "bg_nbd": "without a contract, by purchases", "none": ""}
CHECKS = {"check": "hazard", "tracking": "bg_nbd"}
"""Model that each check evaluates."""


def value(options: argparse.Namespace) -> dict[str, Any]:
    """Value every customer, print the sums and return them as an object. Raises as `session.existing_book`; Refused."""
    with existing_book(options) as book:
        state = portfolio.state(book)
        as_of = day_asked_for(options, state, "Nothing to value yet: load customers and contracts or invoices, or the demo, first.")
        with book.reading() as session:
            terms = assumptions.in_force(session)
        models = lifetime.fit(book, state.models_on(as_of))
        values = lifetime.value(book, as_of, models.hazard, terms, models.check, models.purchases)
    note_later_day(as_of, state, "valued")
    if options.out:
        output.write_frame(_as_file(values), options.out)
    methods = _by_method(values)
    _print_values(as_of, methods, terms)
    for reason, customers in _unvalued(values):
        output.print_message(f"  {customers:>9,}  not valued: {reason}")
    _print_models(models, values)
    total = round(values["lifetime_value"].sum(), 2) if values["lifetime_value"].count() else None
    result = {"as_of": as_of, "customers": values.height, "methods": methods, "lifetime_value": total}
    return result | {"assumptions": vars(terms), "fit": models.as_json()}


def _by_method(values: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """By method: customers, and the sums of their values and interval bounds; null if none has a value."""
    sums = [pl.when(pl.col(c).count() > 0).then(pl.col(c).sum().round(2)).alias(c) for c in ("lifetime_value", "low", "high")]
    groups = values.group_by("method").agg(pl.len().alias("customers"), *sums)
    rows = {row.pop("method"): row for row in groups.iter_rows(named=True)}
    nobody = {"customers": 0, "lifetime_value": None, "low": None, "high": None}
    return {method: rows.get(method, nobody) for method in METHODS}


def _as_file(values: pl.DataFrame) -> pl.DataFrame:
    """The frame for a file: money with two decimals, probabilities with four."""
    return values.select(COLUMNS).with_columns(pl.col(CHANCES).round(4).cast(pl.Decimal(5, 4)))


def _unvalued(values: pl.DataFrame) -> list[tuple[str, int]]:
    """Reasons why customers have no value, with the number of customers, most frequent first."""
    counts = values.drop_nulls("why").group_by("why").len("customers")
    return counts.sort("customers", "why", descending=[True, False]).rows()


def _print_values(as_of: date, methods: dict[str, dict[str, Any]], terms: assumptions.Assumptions) -> None:
    terms_text = f"over {terms.horizon_months} months, discounted by {terms.text_of('discount_rate')} a year"
    output.print_message(f"As of {as_of}: what customers are worth {terms_text}.")
    for method, row in methods.items():
        if row["lifetime_value"] is not None:
            low, high = format.short_money(row["low"]), format.short_money(row["high"])
            bounds = f"; {low} if all churn early, {high} if all churn late"
            value_text = f"{format.short_money(row['lifetime_value'])}{'' if row['low'] is None else bounds}"
            output.print_message(f"  {row['customers']:>9,}  {METHODS[method]}: {value_text}")


def _print_models(models: FittedModels, values: pl.DataFrame) -> None:
    """Print the checks of the fitted models; and why others could not be fitted, if a customer lacks one."""
    if NO_MODEL in values["why"] and "hazard" in models.why:
        output.print_message(models.why["hazard"])
    for check, model in CHECKS.items():
        if (check_result := getattr(models, check)) is not None:
            output.print_message(check_result.sentence)
        elif getattr(models, model) is not None and check in models.why:
            output.print_message(models.why[check])
