"""Several rows with one invoice number as one invoice, where a mapping says that they are its lines."""

import polars as pl

from health.columns import Table
from health.intake.cells import parse_columns
from health.intake.mapping.apply import FAULTS
from health.intake.reading.sheet import LINE

SUMMED = "amount"


def add_up_lines(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """One row per invoice, in the place of its first line: amounts added up, other fields as the lines agree, blanks aside.

    Lines that differ in another field leave a fault in FAULTS, so that their invoice is refused; so does a fault or an unreadable amount of
    any line. Rows without a number stay as they are.
    """
    (key,) = table.key
    stripped = rows.with_columns(pl.col(name).str.strip_chars().replace("", None) for name in rows.columns if name != LINE)
    repeated = stripped.filter(pl.col(key).is_not_null() & pl.col(key).is_duplicated())
    if repeated.is_empty():
        return rows
    amounts = parse_columns([table.column(SUMMED)], repeated, [LINE])[SUMMED]
    common = [name for name in rows.columns if name not in (LINE, key, SUMMED, FAULTS)]
    line_faults = [pl.col(FAULTS).drop_nulls().unique(maintain_order=True)] if FAULTS in rows.columns else []
    invoices = (
        repeated.with_columns(amounts.alias("#amount"))
        .group_by(key, maintain_order=True)
        .agg(
            pl.col(LINE).first(),
            pl.when(pl.col("#amount").null_count() == 0)
            .then(pl.col("#amount").sum().cast(pl.String))
            .otherwise(pl.col(SUMMED).filter(pl.col("#amount").is_null()).first())
            .alias(SUMMED),
            *(pl.col(name).drop_nulls().first() for name in common),
            pl.concat_list(*line_faults, *(_difference(name, key) for name in common)).list.drop_nulls().list.join("; ").alias(FAULTS),
        )
    )
    others = stripped.join(repeated.select(LINE), on=LINE, how="anti").with_columns(
        pl.col(FAULTS) if FAULTS in rows.columns else pl.lit(None, pl.String).alias(FAULTS)
    )
    return pl.concat([others, invoices.select(others.columns)]).sort(LINE)


def _difference(name: str, key: str) -> pl.Expr:
    """The fault of an invoice whose lines have different values of a field; null if they agree."""
    message = pl.format("the lines of {} '{}' differ in {}", pl.lit(key), pl.col(key).first(), pl.lit(name))
    return pl.when(pl.col(name).drop_nulls().n_unique() > 1).then(message)
