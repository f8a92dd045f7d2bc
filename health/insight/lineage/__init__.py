"""From a figure of one customer to the rows it was computed from, with file, line and load."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health.insight.lineage import complaints, contact, contracts, sources
from health.insight.lineage.sources import SourceRows

__all__ = ["SourceRows", "ended_relationship", "headline_figures", "score_parts", "sources"]
Own = Mapping[str, pl.DataFrame]
Row = Mapping[str, Any]


def score_parts(own: Own, c: Row, day: date) -> list[SourceRows]:
    """Each part of the score in the declared order, then what caps the band; `c`: the facts on `day`, which for the leaving is
    `facts_as_of`; `own`: `portfolio.client` on that day."""
    told = [
        *(contact.contact(own, c, day) if c["contact_present"] else []),
        *(complaints.complaints(own["complaint_clocks"], c, day) if c["complaints_present"] else []),
        contracts.price(own, c), contracts.loyalty(own, c, day), contracts.commitment(own, c, day), *contracts.unpaid(own, day),
    ]  # fmt: skip
    return [behind for behind in told if behind.rows.height]


def headline_figures(own: Own, c: Row, as_of: date) -> list[SourceRows]:
    """The figures at the head of the page of a customer who is there, on the day shown; `own` and `c` of that day."""
    leaving = [contracts.end(own, c, as_of)] if c["status"] == "leaving" else []
    told = [contracts.revenue(own, c, as_of), *score_parts(own, c, as_of), *leaving]
    return [behind for behind in told if behind.rows.height]


def ended_relationship(own: Own, c: Row, until: date, own_then: Own, then: Row, day: date) -> list[SourceRows]:
    """Those of a relation that has ended: what says so, how long it lasted (`until` its last day), and its last revenue, on `day`."""
    told = [contracts.end(own, c, until), contracts.loyalty(own, c, until), contracts.revenue(own_then, then, day)]
    return [behind for behind in told if behind.rows.height]
