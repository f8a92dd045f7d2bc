"""What is said of the last day for notice, in sentences, badges and print."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from health.insight import notice

DAY = date(2026, 11, 1)
AHEAD = {"notice_by": date(2026, 11, 2), "renewal_on": date(2027, 1, 31), "renews_on": None, "notice_assumed": False}
PASSED = AHEAD | {"notice_by": date(2026, 10, 31)}
RENEWED = AHEAD | {"notice_by": date(2027, 11, 2), "renewal_on": date(2028, 1, 31), "renews_on": date(2027, 1, 31)}
FAR = AHEAD | {"notice_by": date(2027, 8, 1), "renewal_on": date(2027, 8, 31)}
ROLLING = {"notice_by": None, "renewal_on": None, "renews_on": None, "notice_assumed": None}


@pytest.mark.parametrize(("customer", "words", "note"), [
    (AHEAD, "Notice until 2 Nov 2026", "notice 2 Nov"),
    (AHEAD | {"notice_assumed": True}, "Notice until 2 Nov 2026 (assumed)", "notice 2 Nov, assumed"),
    (PASSED, "Ends on 31 Jan 2027; notice was possible until 31 Oct 2026", "notice day passed"),
    (RENEWED, "Renews on 31 Jan 2027, too late to leave", "renews, too late"),
    (FAR, "Notice until 1 Aug 2027", "notice Aug 2027"),
    (ROLLING, "", "no end date"),
])  # fmt: skip
def test_what_can_still_be_decided_is_said_with_its_day(customer: dict[str, Any], words: str, note: str) -> None:
    assert (notice.notice_words(customer, DAY), notice.notice_note(customer, DAY)) == (words, note)


def test_a_badge_stands_only_near_a_day_that_counts() -> None:
    near = [bool(notice.notice_badge(customer, DAY)) for customer in (AHEAD, PASSED, FAR, ROLLING)]
    assert near == [True, False, False, False]
    assert notice.notice_badge(PASSED | {"renewal_on": date(2027, 1, 30)}, DAY) and notice.notice_badge(RENEWED, date(2026, 12, 1))


def test_a_badge_fits_a_phone() -> None:
    longest = [PASSED | {"renewal_on": date(2027, 1, 30)}, RENEWED, AHEAD]
    badges = [notice.notice_badge(customer | {"notice_assumed": True}, date(2026, 11, 2)) for customer in longest]
    assert badges[0] == "Ends on 30 Jan 2027; notice day passed (assumed)"
    assert all(0 < len(badge) <= 50 for badge in badges)


def test_lists_mark_an_assumed_notice_period() -> None:
    frame = pl.DataFrame({"notice_by": [DAY, DAY, None], "notice_assumed": [True, False, None]}, schema_overrides={"notice_by": pl.Date})
    assert frame.select(notice.notice_column())["notice"].to_list() == ["1 Nov 2026 (assumed)", "1 Nov 2026", None]
