"""Rates count what they say they count, and stay silent where the book is too short."""

from datetime import date

import polars as pl
import pytest

from health.insight import rates
from tests.insight.books import LONG_AGO, NEWEST, book, ends, life, row


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(26, 84, 0.2208, 0.4149), (0, 20, 0.0, 0.1611), (3, 40, 0.0258, 0.1986), (261, 1450, 0.1611, 0.2006)],
)
def test_wilson_gives_the_intervals_of_the_method(k: int, n: int, low: float, high: float) -> None:
    assert rates.wilson(k, n) == pytest.approx((low, high), abs=5e-5)


def test_a_month_back_from_a_long_month_ends_on_the_last_of_a_short_one() -> None:
    assert rates.months_back(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert rates.months_back(date(2026, 1, 31), 13) == date(2024, 12, 31)


def test_churn_of_a_year_multiplies_what_is_kept_each_month() -> None:
    gone = {0: date(2026, 3, 31), 1: date(2026, 9, 10)}
    history = book([r for i in range(10) for r in life(f"C{i}", 13, gone.get(i))])
    found = rates.churn(history, [NEWEST], LONG_AGO)[NEWEST]
    assert found.rate == pytest.approx(1 - (9 / 10) * (8 / 9))
    assert found.k == 2
    assert found.low < found.rate < found.high


def test_a_customer_lost_on_a_month_end_was_there_all_that_month() -> None:
    history = book([*life("A", 13, NEWEST), *life("B", 13)])
    assert rates.churn(history, [NEWEST], LONG_AGO)[NEWEST].rate == pytest.approx(0.5)


def test_a_loss_counts_from_the_month_end_that_knew_of_it() -> None:
    months = ends(14)
    silent = [row("A", end) for end in months[:-2]] + [row("A", months[-2], "in grace", None)]
    silent += [row("A", NEWEST, "lost", None, lost_on=months[-2].replace(day=15))]
    history = book([*silent, *life("B", 14)])
    found = rates.churn(history, months[-2:], LONG_AGO)
    assert found[months[-2]].k == 0
    assert found[NEWEST].k == 1


def test_there_is_no_churn_rate_before_twelve_observed_months() -> None:
    history = book(life("A", 24))
    assert rates.churn(history, [NEWEST], date(2025, 11, 2)) == {}
    assert list(rates.churn(history, [NEWEST], date(2025, 11, 1))) == [NEWEST]
    assert rates.churn(history, [NEWEST], None) == {}


def test_gross_retention_forgets_growth_and_net_counts_it() -> None:
    then = book([row("grew", mrr=100.0), row("shrank", mrr=100.0), row("left", mrr=100.0), row("merged", mrr=900.0)])
    now = book(
        [
            row("grew", mrr=150.0),
            row("shrank", mrr=80.0),
            row("left", status="lost", band=None),
            row("merged", status="merged", band=None),
            row("new", mrr=500.0),
        ]
    )
    assert rates.retention(then, now) == pytest.approx((180 / 300, 230 / 300))


def test_retention_of_nothing_billed_is_unknown() -> None:
    assert rates.retention(book([row("A")]), book([row("A", mrr=5.0)])) is None


def test_lost_while_healthy_reads_the_band_ninety_days_before_the_decision() -> None:
    decided = date(2026, 9, 28)  # 90 days before: 30 June, itself a month end
    before = dict.fromkeys(ends(14), "at_risk") | {date(2026, 6, 30): "healthy"}
    seen = [row("A", end, band=before[end]) for end in ends(14) if end < decided]
    gone = [row("A", end, "lost", None, lost_on=decided, decided_on=decided) for end in ends(14) if end >= decided]
    assert rates.lost_while_healthy(book(seen + gone), [NEWEST])[NEWEST].rate == 1
    later = pl.col("decided_on") - pl.duration(days=1)  # one day earlier is not yet that month end
    assert rates.lost_while_healthy(book(seen + gone).with_columns(later), [NEWEST])[NEWEST].rate == 0


def test_nobody_lost_gives_no_share_of_the_lost() -> None:
    assert rates.lost_while_healthy(book(life("A", 14)), [NEWEST]) == {}
