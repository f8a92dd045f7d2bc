"""The frames behind the overview hold what their charts say they hold."""

import polars as pl
import pytest

from health import format as fmt
from health.insight.overview import frames
from tests.insight.books import NEWEST, book, ends, life, row


def test_band_shares_add_up_to_one_at_each_month_end_and_start_when_observed() -> None:
    history = book([*life("A", 6), *life("B", 6, band="unknown"), *life("C", 6, ends(6)[3])])
    shares = frames.band_shares(history, NEWEST, ends(6)[2])
    assert shares["as_of"].unique().sort().to_list() == ends(6)[2:]
    assert shares.group_by("as_of").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1.0] * 4)


def test_the_heat_holds_all_the_revenue_at_risk() -> None:
    now = book([row("A", band="at_risk", mrr=10.0, segment="big", driver="price"), row("B", band="at_risk", mrr=5.0), row("C", mrr=99.0)])
    heat = frames.risk_by_driver(now)
    assert heat["mrr"].sum() == 15
    assert set(heat["segment"]) == {"big", fmt.NOT_GIVEN}
