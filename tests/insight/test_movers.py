"""Who fell and who rose: only those known on both days, and only by a point or more."""

from health.insight import titles
from health.insight.overview import movers
from tests.insight.books import book, row


def test_falls_and_rises_are_kept_apart() -> None:
    before = book([row("A", health=80.0), row("B", health=40.0), row("C", health=60.0)])
    now = book([row("A", health=60.0, band="watch", mrr=1.0), row("B", health=47.6, band="at_risk"), row("C", health=60.9)])
    fall, rise = (frame.row(0, named=True) for frame in (movers.falls(now, before), movers.rises(now, before)))
    assert (fall["customer_id"], fall["change"], fall["band"]) == ("A", -20, ["▲ Watch"])
    assert (rise["customer_id"], rise["change"], rise["band"]) == ("B", 8, ["◆ At risk"])


def test_whoever_has_no_health_on_one_of_the_days_did_not_move() -> None:
    now, before = book([row("A")]), book([row("A", health=80.0)])
    assert movers.falls(now, before).is_empty() and movers.rises(now, before).is_empty()
    assert titles.movers(movers.falls(now, before)) == "No health score fell by a point or more"
    assert titles.movers(movers.rises(now, before), fell=False) == "No health score rose by a point or more"
