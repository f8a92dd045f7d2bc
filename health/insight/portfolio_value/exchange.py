"""What exchange rates alone did to MRR and margin between two days."""

from datetime import date

import polars as pl

from health.access import Book
from health.warehouse import facts

SCHEMA: dict[str, type[pl.DataType]] = {"customer_id": pl.String, "mrr_cents": pl.Int64, "cost_cents": pl.Int64}
NONE = pl.DataFrame(schema=SCHEMA)


def exchange_effect(book: Book, earlier: date, as_of: date) -> pl.DataFrame:
    """One row per customer of the viewer with contract lines in other currencies on `as_of`, by id: mrr_cents and cost_cents.

    Both a month, in whole cents: those lines at the rates of `as_of` less the same lines at the rates of `earlier`; cost is null where it
    is not given.
    """
    with book.reading() as session:
        if not session.count("rates"):
            return NONE
        facts.prepare_benchmarks(session, as_of)
        return book.own(session, session.frame("queries/exchange_effect", as_of=as_of, earlier=earlier))
