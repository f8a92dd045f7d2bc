"""How far the data reaches, as the screens say it."""

from datetime import date

import polars as pl

from health.insight.client import lifecycle
from health.insight.data import complete
from health.score.settings import DEFAULT
from health.warehouse.completeness import Completeness

DAY, OCTOBER = date(2026, 11, 28), date(2026, 10, 31)
LOADED = frozenset(("customers", "contracts", "interactions", "complaints", "diary", "employees"))


def test_the_day_stands_alone_while_every_table_of_the_score_reaches_it() -> None:
    assert complete.day_fact(Completeness(), DEFAULT, DAY) == "as of 28 Nov 2026"
    assert complete.day_fact(Completeness(DAY, {}, LOADED), DEFAULT, DAY) == "as of 28 Nov 2026"
    late_but_unscored = Completeness(DAY, {"surveys": OCTOBER}, LOADED | {"surveys"})
    assert complete.day_fact(late_but_unscored, DEFAULT, DAY) == "as of 28 Nov 2026"
    assert complete.day_fact(Completeness(DAY, {"interactions": OCTOBER}, LOADED), DEFAULT, OCTOBER) == "as of 31 Oct 2026"


def test_what_ends_earlier_is_named_the_earliest_first_with_its_year_where_it_is_another() -> None:
    known = Completeness(DAY, {"interactions": OCTOBER}, LOADED)
    assert complete.day_fact(known, DEFAULT, DAY) == "as of 28 Nov 2026; contacts complete through 31 Oct"
    known = Completeness(DAY, {"interactions": OCTOBER, "complaints": date(2025, 12, 31), "diary": date(2026, 11, 1)}, LOADED)
    words = "as of 28 Nov 2026; complaints complete through 31 Dec 2025, contacts complete through 31 Oct, 1 more behind"
    assert complete.day_fact(known, DEFAULT, DAY) == words
    assert complete.day_fact(Completeness(OCTOBER, {}, LOADED), DEFAULT, DAY) == "as of 28 Nov 2026; data complete through 31 Oct"


def test_a_stale_table_is_named_with_its_days_and_what_to_load() -> None:
    known = Completeness(DAY, {"interactions": OCTOBER}, LOADED)
    assert complete.stale_sentences(known, date(2026, 12, 15)) == [] and complete.stale_note(known, date(2026, 12, 15)) == ""
    (sentence,) = complete.stale_sentences(known, date(2026, 12, 16))
    assert sentence == (
        "Contacts are complete through 31 Oct 2026 only, 46 days back: what they show stands as on that day, and bands that rest on them "
        "are tentative. Load interactions from 1 Nov 2026 on."
    )
    assert complete.stale_note(known, date(2026, 12, 16)) == ("Out of date: contacts (31 Oct 2026). Bands that rest on them are tentative.")


def test_a_table_that_was_never_loaded_is_not_stale() -> None:
    assert Completeness(OCTOBER, {}, frozenset({"customers"})).stale(date(2027, 1, 31)).keys() == {"customers"}


def test_declared_days_stand_beside_the_tables() -> None:
    tables = pl.DataFrame({"table_name": ["interactions", "complaints"]})
    got = complete.with_last_complete_day(tables, Completeness(DAY, {"interactions": OCTOBER}, LOADED))
    assert got["complete_through"].to_list() == [OCTOBER, None]


def test_a_figure_of_an_earlier_day_says_so() -> None:
    customer = {"status": "active", "lost_on": None, "interactions_seen_to": OCTOBER}
    assert lifecycle.seen_text(customer, "interactions", DAY) == "; as on 31 Oct 2026"
    assert lifecycle.seen_text(customer, "interactions", OCTOBER) == lifecycle.seen_text(customer, "complaints", DAY) == ""
    assert lifecycle.seen_to(customer, "interactions", DAY) == OCTOBER
