"""Headlines say a number only where it is known, and what is missing elsewhere."""

from datetime import date

import polars as pl
import pytest

from health import format as fmt
from health.insight.headlines import KINDS, Headline, headlines
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
    assert told["churn"].missing == "Needs 12 months of history; there are 5."


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


def verdict_of(headline: Headline) -> str:
    """How the change is coloured: by its sign and the direction declared good."""
    assert headline.change is not None
    rose = headline.change.startswith("+")
    return "good" if rose == (headline.better == "up") else "bad"


def with_event(customer_id: str, after: list[dict[str, object]]) -> list[dict[str, object]]:
    """A healthy customer billed 100 a month at 26 month ends, whose newest rows are replaced."""
    return [*life(customer_id, 26)[: 26 - len(after)], *after]


def lost(customer_id: str, end: date, on: date) -> dict[str, object]:
    """A row of a customer who decided and left on a day."""
    return row(customer_id, end, "lost", None, lost_on=on, decided_on=on)


RECENT = ends(3)  # the month end compared with, and the two after it
NEW_LOSS = date(2026, 9, 10)
OLD_LOSS = date(2025, 9, 10)  # leaves the twelve months between the two dates compared
WORSE = {
    "mrr": [row("A", NEWEST, mrr=60.0, health=70.0)],
    "healthy_share": [row("A", NEWEST, band="watch", mrr=100.0, health=60.0)],
    "mrr_at_risk": [row("A", NEWEST, band="at_risk", mrr=100.0, health=30.0)],
    "churn": [lost("A", end, NEW_LOSS) for end in RECENT[1:]],
    "gross_retention": [row("A", NEWEST, mrr=60.0, health=70.0)],
    "net_retention": [row("A", NEWEST, mrr=60.0, health=70.0)],
    "lost_while_healthy": [lost("A", end, NEW_LOSS) for end in RECENT[1:]],
    "leaving": [row("A", NEWEST, "leaving", "leaving", mrr=100.0)],
    "in_grace": [row("A", NEWEST, "in grace", None)],
}
IMPROVED: dict[str, list[dict[str, object]]] = {
    "mrr": [row("A", NEWEST, mrr=160.0, health=70.0)],
    "healthy_share": [*(row("A", end, band="watch", mrr=100.0) for end in RECENT[:2]), row("A", NEWEST, mrr=100.0)],
    "mrr_at_risk": [*(row("A", end, band="at_risk", mrr=100.0) for end in RECENT[:2]), row("A", NEWEST, mrr=100.0)],
    "churn": [lost("A", end, OLD_LOSS) for end in ends(14)],
    "gross_retention": [*(row("A", end, mrr=60.0) for end in RECENT[:2]), row("A", NEWEST, mrr=100.0)],
    "net_retention": [row("A", NEWEST, mrr=160.0, health=70.0)],
    "lost_while_healthy": [lost("A", end, OLD_LOSS) for end in ends(14)],
    "leaving": [*(row("A", end, "leaving", "leaving", mrr=100.0) for end in RECENT[:2]), row("A", NEWEST, mrr=100.0)],
    "in_grace": [*(row("A", end, "in grace", None) for end in RECENT[:2]), row("A", NEWEST, mrr=100.0)],
}


def test_a_direction_is_claimed_of_every_headline() -> None:
    assert list(WORSE) == list(IMPROVED) == list(KINDS)


@pytest.mark.parametrize(("rows", "verdict"), [(WORSE, "bad"), (IMPROVED, "good")], ids=["worse", "better"])
@pytest.mark.parametrize("key", KINDS)
def test_a_change_for_the_worse_is_never_coloured_as_good(key: str, rows: dict[str, list[dict[str, object]]], verdict: str) -> None:
    others = [*life("B", 26), *life("C", 26)]
    if key == "lost_while_healthy":  # a loss that was seen coming, in both of the years compared
        others += life("D", 26, date(2026, 3, 10), band="at_risk")
    history = book([*with_event("A", rows[key]), *others])
    told = headlines(history.filter(pl.col("as_of") == NEWEST), history, NEWEST, RECENT[0], LONG_AGO)
    assert verdict_of(told[key]) == verdict
