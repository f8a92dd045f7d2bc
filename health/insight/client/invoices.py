"""One customer's invoices on a day: their state in words, and what is open after payments and credit notes."""

from datetime import date

import polars as pl

from health import format as fmt


def open_invoices(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per invoice issued by `as_of`, newest first, with `open_cents`: what is owed of it then; 0 of a credit note.

    What credit notes leave open pays the oldest debts first; disputed invoices are not paid from them. `frame`: rows of stg_invoices.
    """
    paid = pl.when(pl.col("payment_known_on") <= as_of).then("paid_cents").otherwise(0)
    left = frame.filter(pl.col("issued_on") <= as_of).with_columns((pl.col("cents") - paid).alias("#left"))
    credit = -int(left.filter("credit_note")["#left"].sum())
    debts = left.filter("claimed").sort("falls_due_on", "invoice_id")
    debts = debts.with_columns((pl.col("#left").cum_sum() - credit).clip(0, pl.col("#left")).alias("open_cents"))
    others = left.filter(~pl.col("claimed")).with_columns(pl.when("credit_note").then(0).otherwise("#left").alias("open_cents"))
    return pl.concat([debts, others], how="vertical_relaxed").drop("#left").sort("issued_on", "invoice_id", descending=[True, False])


def with_states(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`open_invoices` with `state`, the invoice's state on that day in words, and `billed` and `open` in the book's currency.

    `own`: the amount with its code, of an invoice in another currency; else null.
    """
    rows = open_invoices(frame, as_of)
    settled_on = pl.when(pl.col("settled_on") <= as_of).then("settled_on")
    days_late = (pl.coalesce(settled_on, pl.lit(as_of)) - pl.col("falls_due_on")).dt.total_days()
    is_open = settled_on.is_null() & ((pl.col("open_cents") > 0) | (pl.col("cents") == 0))
    unpaid = pl.when(pl.col("open_cents") < pl.col("cents")).then(pl.lit("◆ Partly unpaid, ")).otherwise(pl.lit("◆ Unpaid, "))
    state = (
        pl.when("given_up")
        .then(pl.lit("◆ Written off"))
        .when("credit_note")
        .then(pl.lit("● Credit note"))
        .when(is_open & (days_late > 0))
        .then(pl.concat_str(unpaid, days_late, pl.lit(" days overdue")))
        .when(is_open)
        .then(pl.lit("■ Open"))
        .when(settled_on.is_null())
        .then(pl.lit("● Covered by a credit note"))
        .when(days_late > 0)
        .then(pl.concat_str(pl.lit("▲ Paid "), days_late, pl.lit(" days late")))
        .otherwise(pl.lit("● Paid on time"))
    )
    in_book = ((pl.col(cents) / 100).alias(name) for cents, name in (("cents", "billed"), ("open_cents", "open")))
    return rows.with_columns(state.alias("state"), *in_book, own_amount("amount"))


def own_amount(name: str) -> pl.Expr:
    """An amount in the other currency of its row, as text; null of a row in the book's currency."""
    text = pl.struct(name, "currency").map_elements(lambda row: fmt.price(row[name], row["currency"]), return_dtype=pl.String)
    return pl.when(pl.col("currency").is_not_null()).then(text).alias("own")
