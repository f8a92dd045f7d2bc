"""Headlines say a number only where it is known, and what is missing elsewhere."""

from datetime import date

from health import format as fmt
from health.insight.headlines import KINDS, headlines
from tests.insight.books import LONG_AGO, NEWEST, book, ends, life, row

AGAINST = date(2026, 7, 31)


def test_headlines_stand_in_their_declared_order() -> None:
    told = headlines(book([row("A")]), book(life("A", 14)), NEWEST, AGAINST, LONG_AGO)
    assert list(told) == list(KINDS)
    assert all(len(h.label) <= 20 for h in told.values())


def test_unknown_customers_count_in_the_healthy_share_of_a_scored_book() -> None:
    now = book([row("A", mrr=10.0), row("B", band="unknown"), row("C", band="at_risk", mrr=30.0), row("D", status="lost", band=None)])
    told = headlines(now, book(life("A", 14)), NEWEST, AGAINST, LONG_AGO)
    assert told["healthy_share"].number == 1 / 3
    assert told["mrr_at_risk"].value == "€30"


def test_leaving_customers_are_not_in_the_mrr_at_risk() -> None:
    now = book([row("A", band="at_risk", mrr=10.0), row("B", status="leaving", band="leaving", mrr=500.0)])
    told = headlines(now, book(life("A", 14)), NEWEST, AGAINST, LONG_AGO)
    assert (told["mrr_at_risk"].value, told["mrr"].value, told["leaving"].value) == ("€10", "€510", "1")


def test_a_book_without_a_band_claims_neither_health_nor_risk() -> None:
    now = book([row(c, band="unknown", mrr=50.0, health=55.1, tenure_points=55.1) for c in "AB"])
    told = headlines(now, now, NEWEST, AGAINST, NEWEST)
    assert told["mrr"].value == "€100"
    for key in ("healthy_share", "mrr_at_risk", "churn", "gross_retention", "net_retention", "lost_while_healthy"):
        assert told[key].value == fmt.UNKNOWN
        assert told[key].missing
        assert told[key].series == []
    assert all(h.change is None for h in told.values())


def test_unpriced_lines_give_no_mrr_rather_than_zero() -> None:
    assert headlines(book([row("A")]), book([row("A")]), NEWEST, AGAINST, NEWEST)["mrr"].value == fmt.UNKNOWN


def test_the_missing_months_are_counted() -> None:
    told = headlines(book([row("A")]), book(life("A", 6)), NEWEST, AGAINST, ends(6)[0])
    assert told["churn"].missing == "Needs 12 observed months; this book has 5."


def test_changes_are_against_the_month_end_asked_for() -> None:
    history = book([row(c, end, band="healthy" if end <= AGAINST or c == "A" else "watch", mrr=100.0) for end in ends(14) for c in "AB"])
    told = headlines(history.filter(history["as_of"] == NEWEST), history, NEWEST, AGAINST, LONG_AGO)
    assert told["healthy_share"].change == f"-50.0{fmt.SPACE}pts"
    assert told["mrr"].change == "+€0"


def test_what_stood_still_is_neither_good_nor_bad() -> None:
    told = headlines(book([row("A", mrr=120.0)]), book(life("A", 14)), NEWEST, AGAINST, LONG_AGO)
    assert (told["mrr"].better, told["mrr_at_risk"].better) == ("up", "off")


def test_no_change_and_no_line_reach_before_the_first_observed_day() -> None:
    history = book(life("A", 14))
    told = headlines(book([row("A", mrr=100.0)]), history, NEWEST, AGAINST, date(2026, 8, 1))
    assert told["mrr"].change is None
    assert len(told["mrr"].series) == 3
