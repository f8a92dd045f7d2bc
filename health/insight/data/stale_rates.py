"""Exchange rates that are too old for the contracts that are converted by them."""

from datetime import date, timedelta

import polars as pl

from health import format as fmt
from health.access import Book
from health.intake.currencies import RATE_DAYS
from health.warehouse import facts

SCHEMA: dict[str, type[pl.DataType]] = {"currency": pl.String, "day": pl.Date, "lines": pl.Int64}
NONE = pl.DataFrame(schema=SCHEMA)


def stale_rates(book: Book, as_of: date) -> pl.DataFrame:
    """One row per currency, by code, of the viewer's contract lines in force whose newest rate is more than 31 days old on the day.

    currency, day (of that rate), lines (contract lines). From that age on, new rows in the currency are refused.
    """
    with book.reading() as session:
        if not session.count("rates"):
            return NONE
        facts.prepare_benchmarks(session, as_of)
        lines = book.own(session, session.frame("queries/lines_in_currencies", as_of=as_of))
    by_currency = lines.group_by("currency").agg(pl.col("day").max(), pl.col("lines").sum())
    return by_currency.filter(pl.col("day") < as_of - timedelta(days=RATE_DAYS)).sort("currency").select(list(SCHEMA))


def sentences(rates: pl.DataFrame, as_of: date) -> list[str]:
    """One sentence per row of `stale_rates`: what rests on the old rate, and the remedy."""
    return [_sentence(currency, day, lines, as_of) for currency, day, lines in rates.iter_rows()]


def _sentence(currency: str, day: date, lines: int, as_of: date) -> str:
    age, next_day = fmt.plural((as_of - day).days, "day"), fmt.day(day + timedelta(days=1))
    verb = "is" if lines == 1 else "are"
    return (
        f"The newest exchange rate of {currency} is {age} old ({fmt.day(day)}): {fmt.plural(lines, 'contract line')} {verb} converted by "
        f"it, and new rows in {currency} are refused. Load rates from {next_day} on."
    )
