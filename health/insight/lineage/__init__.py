"""From a figure of one customer to the rows it was computed from, with file, line and load."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health.insight.lineage import complaints, contact, contracts, sources
from health.insight.lineage.sources import SourceRows

__all__ = ["SourceRows", "ended_relationship", "headline_figures", "score_parts", "sources"]
CustomerTables = Mapping[str, pl.DataFrame]
Facts = Mapping[str, Any]


def score_parts(tables: CustomerTables, facts: Facts, day: date) -> list[SourceRows]:
    """Each part of the score in the declared order, then what caps the band; `c`: the facts on `day`, which for the leaving is
    `facts_as_of`; `own`: `portfolio.client` on that day."""
    figures = [
        *(contact.contact(tables, facts, day) if facts["contact_present"] else []),
        *(complaints.complaints(tables["complaint_clocks"], facts, day) if facts["complaints_present"] else []),
        contracts.price(tables, facts), contracts.loyalty(tables, facts, day), contracts.commitment(tables, facts, day),
        *contracts.unpaid(tables, day),
    ]  # fmt: skip
    return [figure for figure in figures if figure.rows.height]


def headline_figures(tables: CustomerTables, facts: Facts, as_of: date) -> list[SourceRows]:
    """The figures at the head of the page of a customer who is there, on the day shown; `own` and `c` of that day."""
    leaving = [contracts.end(tables, facts, as_of)] if facts["status"] == "leaving" else []
    figures = [contracts.revenue(tables, facts, as_of), *score_parts(tables, facts, as_of), *leaving]
    return [figure for figure in figures if figure.rows.height]


def ended_relationship(
    tables: CustomerTables, facts: Facts, until: date, tables_then: CustomerTables, facts_then: Facts, day: date
) -> list[SourceRows]:
    """Those of a relation that has ended: what says so, how long it lasted (`until` its last day), and its last revenue, on `day`."""
    figures = [
        contracts.end(tables, facts, until),
        contracts.loyalty(tables, facts, until),
        contracts.revenue(tables_then, facts_then, day),
    ]
    return [figure for figure in figures if figure.rows.height]
