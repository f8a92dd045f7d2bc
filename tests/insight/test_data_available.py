"""A book without a score is told what it knows and what would make it score."""

from dataclasses import replace

import polars as pl

from health.insight.overview import data_available
from health.score.settings import DEFAULT
from tests.insight.books import NEWEST, book, row


def test_a_book_with_only_tenure_known_is_told_what_each_table_would_add() -> None:
    now = book([row(c, band="unknown", tenure_points=40.0, mrr=1.0) for c in "ABC"])
    assert data_available.coverage_sentence(now, DEFAULT) == (
        "Only tenure is known, so coverage is 20 % and all 3 customers are in the band Unknown: a band needs a coverage of 60 %."
    )
    gaps = data_available.coverage_gaps(now, DEFAULT)
    assert [(g.remedy, g.unknown_customers, g.weighed_customers) for g in gaps] == [
        ("Load interactions: +30", 3, 3),
        ("Load complaints: +30", 3, 3),
        ("Load market prices: +20", 3, 3),
    ]


def test_a_scored_book_needs_no_such_sentence() -> None:
    assert data_available.coverage_sentence(book([row("A", contact_points=1.0)]), DEFAULT) is None


def test_a_segment_with_weights_of_its_own_is_told_by_those() -> None:
    """Small customers weigh contact by 60, and the price by nothing; all others as everybody does: 30 and 20."""
    own = replace(DEFAULT, segment_weights={"small": {"contact": 60, "tenure": 40}})
    rows = [row(c, band="unknown", tenure_points=40.0) for c in "ABC"]
    now = book(rows).with_columns(pl.Series("score_segment", ["small", "small", None]))
    gaps = {g.key: (g.remedy, g.unknown_customers, g.weighed_customers) for g in data_available.coverage_gaps(now, own)}
    assert gaps == {
        "contact": ("Load interactions: +30 to +60", 3, 3),
        "complaints": ("Load complaints: +30", 1, 1),
        "price": ("Load market prices: +20", 1, 1),
    }
    assert next(iter(gaps)) == "contact"
    told = data_available.coverage_sentence(now, own)
    assert told is not None and "Only tenure is known, so coverage is at most 40 %" in told
    small = data_available.coverage_sentence(now.filter(pl.col("score_segment") == "small"), own)
    assert small is not None and "so coverage is 40 %" in small


def test_what_is_known_counts_renewals_ahead_once_more_in_each_wider_window() -> None:
    now = book([row(str(days), mrr=1.0, days_to_notice=days) for days in (10, 45, 80, 200)])
    found = data_available.summarize_portfolio(now, NEWEST)
    assert found.renewals == {30: 1, 60: 2, 90: 3}
    assert (found.customers, found.mrr) == (4, 4.0)


def test_an_unpriced_book_has_an_unknown_mrr() -> None:
    assert data_available.summarize_portfolio(book([row("A")]), NEWEST).mrr is None
    assert data_available.mrr_by(book([row("A")]), "segment")["mrr"].to_list() == [None]


def test_bands_that_are_not_sure_are_counted_apart() -> None:
    rows = [row("A", firm=True), row("B", firm=False), row("C", band="unknown"), row("D", status="lost", band=None)]
    counted = data_available.summarize_portfolio(book(rows), NEWEST)
    assert (counted.customers, counted.unknown, counted.tentative) == (3, 1, 1)
