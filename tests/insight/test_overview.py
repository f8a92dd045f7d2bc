"""The frames behind the overview hold what their charts say they hold."""

import polars as pl
import pytest

from health import format as say
from health.insight import overview
from tests.insight.books import NEWEST, WEIGHTS, book, ends, life, row


def test_band_shares_add_up_to_one_at_each_month_end_and_start_when_observed() -> None:
    history = book([*life("A", 6), *life("B", 6, band="unknown"), *life("C", 6, ends(6)[3])])
    shares = overview.band_shares(history, NEWEST, ends(6)[2])
    assert shares["as_of"].unique().sort().to_list() == ends(6)[2:]
    assert shares.group_by("as_of").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1.0] * 4)


def test_the_heat_holds_all_the_revenue_at_risk() -> None:
    now = book([row("A", band="at_risk", mrr=10.0, segment="big", driver="price"), row("B", band="at_risk", mrr=5.0), row("C", mrr=99.0)])
    heat = overview.risk_by_driver(now)
    assert heat["mrr"].sum() == 15
    assert set(heat["segment"]) == {"big", say.NOT_GIVEN}


def test_the_mover_of_a_fall_is_the_component_that_cost_most_weighted_points() -> None:
    before = book([row("A", health=80.0, contact_points=80.0, price_points=90.0)])
    now = book([row("A", health=60.0, band="watch", contact_points=50.0, price_points=50.0, mrr=1.0)])
    fall = overview.falls(now, before, WEIGHTS).row(0, named=True)
    assert (fall["moved_by"], fall["change"], fall["band"]) == ("Contact frequency", -20, ["▲ Watch"])


def test_a_fall_without_a_falling_component_came_from_coverage() -> None:
    before = book([row("A", health=80.0, contact_points=50.0, price_points=90.0)])
    now = book([row("A", health=60.0, contact_points=50.0)])
    assert overview.falls(now, before, WEIGHTS)["moved_by"].to_list() == ["Coverage"]


def test_whoever_has_no_health_on_one_of_the_days_did_not_fall() -> None:
    assert overview.falls(book([row("A")]), book([row("A", health=80.0)]), WEIGHTS).is_empty()
