"""A play is offered to whom its trigger names, but for those the hash holds out; nobody sees who while it lasts; the urgent never wait."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from math import sqrt
from typing import Any

import numpy as np
import polars as pl
import pytest

from health import portfolio
from health.access import Book, Viewer
from health.desk import plays
from health.desk.plays import PLAYS, Case, Play, control_group, progress
from health.errors import Forbidden, InvalidInput, NotFound
from health.warehouse import Warehouse, facts
from tests.books import analyst, rows, small_book, typed, unscored, warehouse_of
from tests.desk.office import manager, office

TODAY, NOW = date(2024, 6, 10), datetime(2024, 6, 20, 15)
LATER = NOW + timedelta(hours=1)
NOBODY = pl.DataFrame(schema={"customer_id": pl.String, "trigger": pl.String})
EVERYBODY = Play("trial", "Trial", "always", pl.lit(True), PLAYS[1].steps, "account manager", "losses", date(2023, 1, 1))
OPEN, SHUT = replace(EVERYBODY, key="open", share=0.0), replace(EVERYBODY, key="shut", share=1.0)


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    own = unscored(small_book())
    yield own
    own.close()


@pytest.fixture(scope="module")
def stood() -> pl.DataFrame:
    """The portfolio of a book of two, every column of which a trigger may read."""
    own = warehouse_of(small_book())
    frame = portfolio.build(analyst(own), TODAY)
    own.close()
    return frame


def of(*ids: str, **more: Any) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": list(ids), "status": "active", **more})


def urgent(*ids: str) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": list(ids), "trigger": ["renewal"] * len(ids)}, schema=NOBODY.schema)


def enrol(book: Book, stood: pl.DataFrame, *declared: Play, lane: pl.DataFrame = NOBODY, as_of: date | None = None) -> int:
    day = as_of or newest(book)
    return plays.enrol(book, stood, lane, day, NOW, declared)


def newest(book: Book) -> date:
    with book.reading() as session:
        day = facts.span(session).newest_day
    assert day
    return day


def ledger(book: Book, name: str = "holdouts") -> list[dict[str, Any]]:
    with book.reading() as session:
        return session.rows(name).drop("made_at").to_dicts()


def states(book: Book, *declared: Play, as_of: date | None = None) -> dict[tuple[str, str], str]:
    found = plays.play_cases(book, as_of or newest(book), plays=declared)
    return {(customer, play): state for customer, play, state in found.select("customer_id", "play", "state").iter_rows()}


def case(book: Book, customer: str = "A", play: str = "silence") -> Case:
    return Case(customer, play, plays.quarter_of(newest(book)))


def case_of(book: Book, customer: str) -> dict[str, Any]:
    return plays.play_cases(book, newest(book)).row(by_predicate=pl.col("customer_id") == customer, named=True)


def accepted(book: Book) -> Case:
    """A case of the play 'silence' with customer A, which nobody is held out of."""
    enrol(book, of("A"), replace(plays.play_by_key("silence"), trigger=pl.lit(True), since=date(2023, 1, 1), share=0.0))
    progress.accept(book, case(book), NOW)
    return case(book)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(InvalidInput) as told:
        act()
    return str(told.value)


def test_every_play_is_declared_whole() -> None:
    assert len({p.key for p in PLAYS}) == len(PLAYS) >= 6 and len({p.name for p in PLAYS}) == len(PLAYS)
    for one in PLAYS:
        assert plays.play_by_key(one.key) is one and 0 <= one.share <= 1 and one.when and one.goal
        assert [s.day for s in one.steps] == sorted(s.day for s in one.steps) and all(s.hours > 0 and s.words for s in one.steps)
    assert [p.key for p in PLAYS if p.share != 0.2] == ["late_complaint"]
    assert "Unknown play x" in refused(lambda: plays.play_by_key("x"))


EDGES: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "silence": ({"days_since": 68, "cadence_days": 45}, [{"days_since": 67}, {"days_since": None}, {"contact_present": False}]),
    "price": (
        {"price_points": 50.0, "benchmarked_cents": 1050, "market_cents": 1000, "days_to_notice": 1},
        [{"benchmarked_cents": 1049}, {"days_to_notice": 0}, {"days_to_notice": 91}, {"days_to_notice": None}, {"price_points": None}],
    ),
    "fall": ({"health": 60.0, "health_before": 70.0}, [{"health": 60.1}, {"health": None}, {"health_before": None}]),
    "start": ({"tenure_days": 30}, [{"tenure_days": 31}, {"tenure_days": None}]),
    "unhappy": ({"satisfaction_points": 50.0}, [{"satisfaction_points": 50.1}, {"satisfaction_points": None}]),
    "decider": (
        {"contacts_present": True, "band": "at_risk", "details_wanted": 0},
        [{"contacts_present": False}, {"band": "watch"}, {"details_wanted": 3}],
    ),
    "promise": ({"broken_promises_90": 1}, [{"broken_promises_90": 0}, {"broken_promises_90": None}]),
    "unused": ({"licensed_used_3": 49, "licensed_3": 100}, [{"licensed_used_3": 50}, {"licensed_3": 0}, {"licensed_3": None}]),
}


@pytest.mark.parametrize("key", EDGES)
def test_a_trigger_holds_up_to_its_edge_and_never_where_something_is_unknown(stood: pl.DataFrame, key: str) -> None:
    holds, never = EDGES[key]
    one = stood.filter(pl.col("customer_id") == "A")
    frames = [one.with_columns(pl.lit(v, one.schema[c]).alias(c) for c, v in (holds | other).items()) for other in ({}, *never)]
    told = [key in plays.triggered_plays(f, NOBODY, date(2026, 6, 1))["play"].to_list() for f in frames]
    assert told == [True] + [False] * len(never)
    gone = frames[0].with_columns(pl.lit("leaving").alias("status"))
    assert plays.triggered_plays(gone, NOBODY, date(2026, 6, 1)).is_empty(), "only the active are played for"
    assert plays.triggered_plays(frames[0], NOBODY, date(2025, 12, 31)).is_empty(), "before a play existed it could not be suggested"


def test_a_late_complaint_is_played_from_the_urgent_lane(stood: pl.DataFrame) -> None:
    lane = pl.DataFrame({"customer_id": ["A", "A", "B"], "trigger": ["limit", "renewal", "renewal"]})
    found = plays.triggered_plays(stood, lane, date(2026, 6, 1)).filter(play="late_complaint")
    assert set(EDGES) | {"late_complaint"} == {p.key for p in PLAYS} and found.rows() == [("A", "late_complaint", True)]


def test_on_a_real_book_a_manager_enrols_what_the_own_lane_and_portfolio_say() -> None:
    own = office()
    book, old = manager(own), [replace(p, since=date(2023, 1, 1)) for p in PLAYS]
    now, day = portfolio.build(book, newest(book)), newest(book)
    lane = plays.urgent_triggers(book, now, day)
    assert set(lane.select("customer_id", "trigger").rows()) == {("A", "limit")}
    assert plays.enrol(book, now, lane, day, NOW, old) == plays.triggered_plays(now, lane, day, old).height > 0
    assert {(r["customer_id"], r["arm"]) for r in ledger(book)} == {("A", "urgent")}
    assert states(book, *PLAYS)["A", "late_complaint"] == "suggested"
    own.close()


def test_the_arm_is_the_hash_of_customer_play_and_quarter_alone() -> None:
    ids = [f"C{n}" for n in range(2_000)]
    by_hand = [int(sha256(f"silence|2026 Q4|{i}".encode()).hexdigest()[:16], 16) / 2**64 < 0.2 for i in ids]
    assert control_group.draw_control_group(ids, "silence", "2026 Q4", 0.2) == by_hand
    assert control_group.draw_control_group(ids[::-1], "silence", "2026 Q4", 0.2) == by_hand[::-1]
    assert [i for i in range(40) if by_hand[i]] == [6, 10, 14, 18, 20, 23, 33, 38], "the same on every machine, for good"
    wider = control_group.draw_control_group(ids, "silence", "2026 Q4", 0.3)
    assert all(wide or not narrow for wide, narrow in zip(wider, by_hand, strict=True)), "a larger share holds out the same and more"
    assert not any(control_group.draw_control_group(ids, "x", "2026 Q4", 0)) and all(
        control_group.draw_control_group(ids, "x", "2026 Q4", 1)
    )


def test_arms_are_even_and_those_of_plays_and_quarters_know_nothing_of_each_other() -> None:
    ids = [f"{n:05}" for n in range(20_000)]
    dealt = {
        (play, quarter): np.array(control_group.draw_control_group(ids, play, quarter, 0.2))
        for play in ("silence", "fall") for quarter in ("2026 Q3", "2026 Q4")
    }  # fmt: skip
    draws = list(dealt.values())
    assert all(abs(held.mean() - 0.2) < 4 * sqrt(0.16 / 20_000) for held in draws)
    assert all(abs(np.corrcoef(a, b)[0, 1]) < 4 / sqrt(20_000) for n, a in enumerate(draws) for b in draws[n + 1 :])
    tenths = draws[0].reshape(10, -1).mean(axis=1)
    assert np.abs(tenths - 0.2).max() < 4 * sqrt(0.16 / 2_000), "whatever the ids, for ids in a row too"


def test_a_quarter_holds_its_days() -> None:
    days = [date(2023, 12, 30) + timedelta(days=n) for n in range(800)]
    assert all(plays.quarter_of(control_group.quarter_end(plays.quarter_of(day))) == plays.quarter_of(day) for day in days)
    assert all(0 <= (control_group.quarter_end(plays.quarter_of(day)) - day).days <= 91 for day in days)
    assert [str(control_group.quarter_end(f"2024 Q{n}"))[5:] for n in (1, 2, 3, 4)] == ["03-31", "06-30", "09-30", "12-31"]


def test_the_first_trigger_of_a_quarter_is_written_once_and_reading_writes_nothing(warehouse: Warehouse) -> None:
    book = analyst(warehouse)
    day, before = newest(book), book.version
    assert enrol(book, of("A", "B"), OPEN, SHUT) == 4 and book.version == before + 1
    quarter = plays.quarter_of(day)
    assert sorted(ledger(book), key=str) == sorted((
        {"customer_id": i, "play": p, "quarter": quarter, "triggered_on": day, "arm": arm}
        for i in "AB" for p, arm in (("open", "play"), ("shut", "held_out"))
    ), key=str)  # fmt: skip
    assert enrol(book, of("A", "B"), OPEN, SHUT) == 0
    found = plays.triggered_plays(of("A", "B"), NOBODY, day, (OPEN, SHUT))
    (
        plays.suggested_plays(book, day, found, (OPEN, SHUT)),
        plays.play_cases(book, day),
        plays.effects(book, day),
        plays.past_control_group(book, day),
    )
    assert book.version == before + 1


def test_nobody_is_enrolled_with_hindsight(warehouse: Warehouse) -> None:
    book = analyst(warehouse)
    assert enrol(book, of("A"), OPEN, as_of=newest(book) - timedelta(days=1)) == 0 and ledger(book) == []


def test_a_manager_enrols_the_own_clients_and_who_only_looks_none(warehouse: Warehouse) -> None:
    onlooker = Book(Viewer("x", "executive"), warehouse)
    with pytest.raises(Forbidden):
        enrol(onlooker, of("A", "B"), OPEN)
    assert enrol(manager(warehouse, "E1"), of("A", "B", "Z"), OPEN) == 1 and [r["customer_id"] for r in ledger(onlooker)] == ["B"]
    assert enrol(onlooker, of("B"), OPEN) == 0, "where nobody is new there is nothing to be allowed"


def test_in_the_urgent_lane_nobody_is_held_out_and_nobody_counts(warehouse: Warehouse) -> None:
    book = analyst(warehouse)
    enrol(book, of("A", "B"), OPEN, SHUT, lane=urgent("A"))
    assert {(r["customer_id"], r["play"]): r["arm"] for r in ledger(book)} == {
        ("A", "open"): "urgent", ("A", "shut"): "urgent", ("B", "open"): "play", ("B", "shut"): "held_out",
    }  # fmt: skip
    assert set(states(book, OPEN, SHUT)) == {("A", "open"), ("A", "shut"), ("B", "open")}
    assert enrol(book, of("A", "B"), OPEN, SHUT) == 0, "who was offered it keeps it when the hurry is over"


def test_who_comes_into_the_urgent_lane_is_offered_the_play_and_stays_in_its_arm(warehouse: Warehouse) -> None:
    book = analyst(warehouse)
    enrol(book, of("A"), SHUT)
    assert states(book, SHUT) == {}
    assert enrol(book, of("A"), SHUT, lane=urgent("A")) == 1 and enrol(book, of("A"), SHUT, lane=urgent("A")) == 0
    assert states(book, SHUT) == {("A", "shut"): "suggested"} and [r["arm"] for r in ledger(book)] == ["held_out", "urgent"]


def test_who_is_held_out_is_not_to_be_seen_before_the_quarter_is_over(warehouse: Warehouse) -> None:
    book, day = manager(warehouse), newest(analyst(warehouse))
    shut = replace(plays.play_by_key("silence"), trigger=pl.lit(True), since=date(2023, 1, 1), share=1.0)
    enrol(book, of("A"), shut)
    over = control_group.quarter_end(plays.quarter_of(day)) + timedelta(days=1)
    assert plays.past_control_group(book, over - timedelta(days=1)).is_empty()
    assert plays.past_control_group(book, over).rows() == [("A", "silence", plays.quarter_of(day), day)]
    assert plays.past_control_group(manager(warehouse, "E1"), over).is_empty(), "and then only of the own book"
    found = plays.triggered_plays(of("A"), NOBODY, day, (shut,))
    assert plays.suggested_plays(book, day, found, (shut,)).is_empty() and states(book, shut) == {}
    withheld, untriggered = (refused(lambda p=p: progress.accept(book, case(book, "A", p), NOW)) for p in ("silence", "fall"))
    words = [told.replace(plays.play_by_key(p).name, "?") for told, p in ((withheld, "silence"), (untriggered, "fall"))]
    assert words[0] == words[1] and "not suggested for customer A" in words[0], "the refusal tells nobody either"


def test_what_no_longer_holds_is_not_suggested_and_lapses_with_its_quarter(warehouse: Warehouse) -> None:
    book, day = analyst(warehouse), newest(analyst(warehouse))
    enrol(book, of("A", "B"), OPEN)
    still = plays.triggered_plays(of("B"), NOBODY, day, (OPEN,))
    told = plays.suggested_plays(book, day, still, (OPEN,))
    assert told.select("customer_id", "play", "name", "triggered_on").rows() == [("B", "open", "Trial", day)]
    over = control_group.quarter_end(plays.quarter_of(day)) + timedelta(days=1)
    assert states(book, OPEN, as_of=over) == {("A", "open"): "lapsed", ("B", "open"): "lapsed"}
    assert plays.suggested_plays(book, over, still, (OPEN,)).is_empty()
    assert states(book, OPEN, as_of=day - timedelta(days=1)) == {}, "the day before nobody had triggered it"


def test_a_play_is_accepted_ticked_off_and_done(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    one = accepted(book)
    told = case_of(book, "A")
    assert (told["state"], told["author"], told["steps"], told["ticked"], told["next_step"]) == ("accepted", "E0", 3, 0, 1)
    assert told["next_on"] == NOW.date() and told["hours_left"] == 1.0 and told["next_words"].startswith("Call without a sales goal")
    for step in (1, 2):
        progress.tick(book, one, step, LATER)
    progress.untick(book, one, 1, LATER)
    steps = plays.case_steps(book, one)
    assert steps["ticked_by"].to_list() == [None, "E0", None] and steps["due_on"].to_list() == [
        NOW.date() + timedelta(days=n) for n in (0, 3, 7)
    ]
    progress.tick(book, one, 1, LATER)
    told = case_of(book, "A")
    assert (told["ticked"], told["next_step"], told["next_on"], told["hours_left"]) == (2, 3, NOW.date() + timedelta(days=7), 0.25)
    progress.complete(book, one, LATER)
    told = case_of(book, "A")
    assert (told["state"], told["since"], told["ticked"], told["next_step"], told["hours_left"]) == ("done", LATER, 2, None, 0)
    progress.accept(book, one, NOW + timedelta(days=10))
    told = case_of(book, "A")
    assert (told["next_step"], told["next_on"]) == (3, NOW.date() + timedelta(days=7)), "a slip is taken back, and nothing is lost by it"
    made = ledger(book, "play_moves")
    assert [(m["move_id"], m["state"], m["step"]) for m in made] == [
        (1, "accepted", None), (2, "ticked", 1), (3, "ticked", 2), (4, "unticked", 1), (5, "ticked", 1), (6, "done", None),
        (7, "accepted", None),
    ]  # fmt: skip


def test_declining_and_stopping_take_a_reason(warehouse: Warehouse) -> None:
    book = manager(warehouse)
    one = accepted(book)
    assert "without a reason" in refused(lambda: progress.stop(book, one, " ", LATER))
    progress.stop(book, one, " moved abroad ", LATER)
    told = case_of(book, "A")
    assert (told["state"], told["reason"]) == ("stopped", "moved abroad")
    assert "without a reason" in refused(lambda: progress.decline(book, one, "", LATER))
    assert "was stopped by E0 on 20 Jun 2024, 16:00, so it cannot be declined now" in refused(
        lambda: progress.decline(book, one, "x", LATER)
    )


def test_a_slower_hand_learns_what_the_quicker_did(warehouse: Warehouse) -> None:
    one = accepted(manager(warehouse))
    before = ledger(analyst(warehouse), "play_moves")
    acts: list[tuple[Callable[[], object], str]] = [
        (lambda: progress.accept(analyst(warehouse), one, LATER), "was accepted by E0 on 20 Jun 2024, 15:00"),
        (lambda: progress.untick(analyst(warehouse), one, 1, LATER), "Step 1 of 'Break the silence' is already unticked"),
        (lambda: progress.tick(analyst(warehouse), one, 4, LATER), "has steps 1 to 3; there is no step 4"),
        (lambda: progress.tick(analyst(warehouse), one, 0, LATER), "has steps 1 to 3; there is no step 0"),
    ]
    for act, words in acts:
        assert words in refused(act)
    assert ledger(analyst(warehouse), "play_moves") == before


def test_nobody_moves_or_sees_another_ones_client(warehouse: Warehouse) -> None:
    one, other = accepted(manager(warehouse)), manager(warehouse, "E1")
    for act in (
        lambda i: progress.accept(other, replace(one, customer_id=i), NOW),
        lambda i: progress.tick(other, replace(one, customer_id=i), 1, NOW),
        lambda i: plays.case_steps(other, replace(one, customer_id=i)),
    ):  # fmt: skip
        told = []
        for foreign in ("A", "Z"):
            with pytest.raises(NotFound) as problem:
                act(foreign)
            told.append(str(problem.value).replace(f"Customer {foreign}", "?"))
        assert told[0] == told[1]
    assert plays.play_cases(other, newest(other)).is_empty() and plays.play_cases(manager(warehouse), newest(other)).height == 1
    with pytest.raises(Forbidden):
        progress.complete(Book(Viewer("x", "executive"), warehouse), one, LATER)


def test_the_next_quarter_deals_anew_but_not_while_the_play_still_runs(warehouse: Warehouse) -> None:
    book = analyst(warehouse)
    always = replace(plays.play_by_key("silence"), trigger=pl.lit(True), since=date(2023, 1, 1), share=0.0)
    enrol(book, of("A", "B"), always)
    for customer in "AB":
        progress.accept(book, case(book, customer), NOW)
    progress.stop(book, case(book, "B"), "not now", LATER)
    call = {"interaction_id": "J", "customer_id": "A", "occurred_at": datetime(2024, 8, 1), "channel": "call", "direction": "in"}
    later = rows("interactions", call)
    with warehouse.writing() as session:
        session.insert("interactions", typed("interactions", later))
    assert enrol(book, of("A", "B"), always) == 1
    assert [(r["customer_id"], r["quarter"]) for r in ledger(book)] == [("A", "2024 Q2"), ("B", "2024 Q2"), ("B", "2024 Q3")]
    assert plays.play_cases(book, newest(book)).select("customer_id", "quarter", "state").rows() == [
        ("B", "2024 Q3", "suggested"), ("A", "2024 Q2", "accepted"), ("B", "2024 Q2", "stopped"),
    ]  # fmt: skip
