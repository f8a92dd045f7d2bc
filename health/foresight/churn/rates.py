"""What stands in for the chances where the model does not hold: what became of customers of the same band."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.access import Book
from health.foresight import cutoffs, observed
from health.foresight.panel import panel
from health.score import settings
from health.warehouse import facts

HORIZON_DAYS = (90, 180, 365)


def band_rates(book: Book, as_of: date, horizons: Sequence[int] = HORIZON_DAYS) -> pl.DataFrame:
    """One row a horizon and band that held somebody at a cut-off matured by the day, the worst band first: horizon_days, and as
    `observed.by_band` (customers, lost, rate, low, high). Of the whole book, as the badges' rates are."""
    found = []
    with book.reading() as session:
        span, in_force = facts.span(session), settings.in_force(session)
        for days in horizons:
            known = cutoffs.matured(cutoffs.cutoffs(span, days), as_of, days)
            told = observed.by_band(panel(session, days, in_force, known))
            found.append(told.select(pl.lit(days, pl.Int64).alias("horizon_days"), pl.all()))
    return pl.concat(found)
