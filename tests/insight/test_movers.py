"""Who fell and who rose: only those known on both days, and only by a point or more."""

from health.insight import titles
from health.insight.overview import losses, movers
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


def test_recording_a_notice_is_no_rise() -> None:
    before = book([row("A", health=40.0), row("B", health=40.0)])
    now = book([row("A", status="leaving", band="leaving", health=55.0), row("B", status="leaving", band="leaving", health=30.0)])
    assert movers.rises(now, before).is_empty()
    assert movers.falls(now, before)["customer_id"].to_list() == ["B"], "what was lost until the notice counts"


GONE = row("X", status="lost", band=None)
BEFORE = [row("A"), row("B", band="watch"), row("X", band="at_risk", mrr=900.0), row("Y", band="at_risk", mrr=100.0)]


def test_a_share_that_rose_because_others_left_says_so() -> None:
    told = losses.notes(book([row("A"), row("B", band="watch"), row("Y", band="at_risk", mrr=200.0), GONE]), book(BEFORE))
    assert told[0].startswith("The healthy share rose because less healthy customers left: of those who stayed, 33")
    assert told[1].startswith("MRR at risk fell because 1 customer at risk left or gave notice (") and len(told) == 2


def test_what_improved_by_itself_or_got_worse_needs_no_such_word() -> None:
    improved = [row("A"), row("B"), row("Y", band="watch"), GONE]
    assert losses.notes(book(improved), book(BEFORE)) == [], "B and Y became healthier, so more fell away than what X paid"
    assert losses.notes(book(BEFORE), book(BEFORE)) == [] and losses.notes(book(BEFORE), book([])) == []
    assert losses.notes(book([]), book([])) == []


def test_a_notice_takes_a_customer_out_of_the_revenue_at_risk_and_says_so() -> None:
    notice = [row("A"), row("B", band="watch"), row("X", status="leaving", band="leaving", mrr=900.0), BEFORE[3]]
    (told,) = losses.notes(book(notice), book(BEFORE))
    assert told.startswith("MRR at risk fell because 1 customer at risk left or gave notice")
