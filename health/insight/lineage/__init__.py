"""Source rows of a customer's figures, with file, line and load."""

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
    """Source rows of each part of the score in the declared order, then of band caps.

    `facts`: on `day`, which for leaving customers is `facts_as_of`; `tables`: `portfolio.client` on that day.
    """
    figures = [
        *(contact.contact(tables, facts) if facts["contact_present"] else []),
        *(complaints.complaints(tables["complaint_clocks"], facts) if facts["complaints_present"] else []),
        contracts.price(tables, facts), contracts.loyalty(tables, facts, day), contracts.commitment(tables, facts, day),
        *contracts.unpaid(tables, facts["invoices_seen_to"]),
    ]  # fmt: skip
    return [figure for figure in figures if figure.rows.height]


def headline_figures(tables: CustomerTables, facts: Facts, as_of: date) -> list[SourceRows]:
    """Source rows of the figures at the head of a customer's page; `tables` and `facts` on `as_of`."""
    leaving = [contracts.end(tables, facts, as_of)] if facts["status"] == "leaving" else []
    figures = [contracts.revenue(tables, facts, as_of), *score_parts(tables, facts, as_of), *leaving]
    return [figure for figure in figures if figure.rows.height]


def ended_relationship(
    tables: CustomerTables, facts: Facts, until: date, tables_then: CustomerTables, facts_then: Facts, day: date
) -> list[SourceRows]:
    """Source rows of an ended relationship: its end, its length and its last revenue.

    `until`: its last day; `tables_then` and `facts_then`: on `day`, for the revenue.
    """
    figures = [
        contracts.end(tables, facts, until),
        contracts.loyalty(tables, facts, until),
        contracts.revenue(tables_then, facts_then, day),
    ]
    return [figure for figure in figures if figure.rows.height]
