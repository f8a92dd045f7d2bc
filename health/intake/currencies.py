"""Amounts as the book keeps them: currency codes in capitals, the book's own left blank, prices per month; and rows without a rate."""

from datetime import timedelta

import polars as pl

from health.columns import Table
from health.currency import SYMBOLS
from health.intake.cells import text_column
from health.intake.reading.sheet import Sheet
from health.score import settings
from health.warehouse import Session

NO_RATE = "#no rate"
"""Whether the row is in another currency, and no exchange rate for its day is on file."""
RATE_DAYS = 31
"""Age of the oldest exchange rate that a row may use."""
RATES: dict[str, type[pl.DataType]] = {"currency": pl.String, "day": pl.Date}
_DAY = {
    "contracts": pl.coalesce("signed_on", "start_on"),
    "invoices": pl.col("issued_on"),
    "market_prices": pl.coalesce("observed_on", pl.col("month").dt.month_end()),
    "opportunities": pl.col("opened_on"),
}
"""The day for which a row needs a rate, by table."""
_MONTHS = {"quarter": 3, "year": 12}

Fault = tuple[pl.Expr, pl.Expr]


def in_book_terms(table: Table, rows: pl.DataFrame, own: str, rates: pl.DataFrame) -> pl.DataFrame:
    """Typed rows with NO_RATE, in the table's terms: see the module. `own`: the book's currency; `rates`: currency and day of each rate."""
    if "currency" not in table.names:
        return rows
    code = pl.col("currency").str.to_uppercase()
    if table.name == "rates":
        return rows.with_columns(code)
    rows = rows.with_columns(pl.when(code != own).then(code).alias("currency"))
    if "price_period" in table.names:
        rows = rows.with_columns(_a_month(c.name) for c in table.columns if c.type == "money")
    return _flag_missing_rates(table.name, rows, rates)


def faults(table: Table, own: str) -> list[Fault]:
    """Conditions under which a row's currency is refused, with the messages."""
    if "currency" not in table.names:
        return []
    is_code = pl.col("currency").str.contains("^[A-Z]{3}$")
    message = pl.format("currency '{}' is not a currency code such as {}", text_column("currency").str.slice(0, 60), pl.lit(own))
    bad_code = (pl.col("currency").is_not_null() & ~is_code, message)
    if table.name == "rates":
        return [bad_code, (pl.col("currency") == own, pl.lit(f"currency {own} is your own, which needs no rate"))]
    missing = pl.format(
        f"currency {{}} is another than {own}, and no exchange rate of the {RATE_DAYS} days up to {{}} is on file: load it into rates",
        "currency", _DAY[table.name].dt.to_string("%-d %b %Y"),
    )  # fmt: skip
    return [bad_code, (pl.col(NO_RATE) & is_code, missing)]


def currency_codes(sheet: Sheet, column: str) -> list[str]:
    """The currency codes that a column holds, sorted; empty if any of its values is something else."""
    values = sheet.rows[column].str.strip_chars().str.to_uppercase().drop_nulls().unique().head(len(SYMBOLS) + 2)
    codes = sorted(set(values) - {""})
    return codes if all(code in SYMBOLS for code in codes) else []


def other_currency(session: Session, sheet: Sheet) -> str | None:
    """The one currency that a file names, if it is not the book's and no amount is on file yet; else None."""
    named = {code for column in sheet.columns for code in currency_codes(sheet, column)}
    if len(named) != 1 or settings.in_force(session).currency in named or any(map(session.count, settings.TABLES_WITH_MONEY)):
        return None
    return named.pop()


def _a_month(name: str) -> pl.Expr:
    """A price for a quarter or a year as a price for a month, rounded to the cent."""
    months = pl.col("price_period").replace_strict(_MONTHS, default=1, return_dtype=pl.Int64)
    cents = (2 * (pl.col(name) * 100).cast(pl.Int64) + months) // (2 * months)
    return pl.when(months > 1).then((cents.cast(pl.Decimal(16, 2)) / 100).cast(pl.Decimal(14, 2))).otherwise(name).alias(name)


def _flag_missing_rates(table: str, rows: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    if rows["currency"].null_count() == rows.height:
        return rows.with_columns(pl.lit(False).alias(NO_RATE))
    days = rows.select(pl.int_range(pl.len()).alias("#row"), "currency", _DAY[table].alias("day")).sort("day", nulls_last=True)
    known = rates.select("currency", "day", pl.lit(True).alias("#known")).sort("day")
    dated = days.filter(pl.col("day").is_not_null())
    found = dated.join_asof(
        known, on="day", by="currency", strategy="backward", tolerance=timedelta(days=RATE_DAYS), check_sortedness=False
    )
    with_rate = found.filter("#known")["#row"]
    return rows.with_columns((pl.col("currency").is_not_null() & ~pl.int_range(pl.len()).is_in(with_rate.implode())).alias(NO_RATE))


def currency_notice(session: Session, sheet: Sheet) -> list[str]:
    """What to do if the first amounts of the book are in another currency than its own."""
    if not (other := other_currency(session, sheet)):
        return []
    remedy = f"set it first, at the upload or with settings --currency {other}"
    return [f"{sheet.file} names {other}. If all your amounts are in {other}, {remedy}."]


def rates_on_file(session: Session) -> pl.DataFrame:
    """Currency and day of each exchange rate."""
    return session.rows("rates").select(list(RATES))
