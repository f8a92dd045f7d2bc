"""What came of a play is its effect only against a hold-out, by intention; its interval holds the truth as often as it says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from math import sqrt
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from health.access import Book, Viewer
from health.desk import plays
from health.desk.plays import Effect, comparison, control_group, outcomes, proportion_difference
from health.desk.plays.comparison import MIN_CUSTOMERS, compare_losses
from tests import plays_simulated as world
from tests.books import analyst, rows, small_book, typed, unscored, warehouse_of

TRIGGERED, READ = date(2024, 2, 14), date(2024, 10, 27)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926), ((0, 10, 0, 20), -0.1611, 0.2775), ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0), ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)  # fmt: skip
def test_the_interval_of_a_difference_is_the_published_one(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    """Newcombe 1998, table II, method 10."""
    assert proportion_difference.difference_interval(*counts) == pytest.approx((low, high), abs=5e-5)
    k1, n1, k2, n2 = counts
    assert proportion_difference.difference_interval(k2, n2, k1, n1) == pytest.approx((-high, -low), abs=5e-5)
    inner = proportion_difference.difference_interval(*counts, level=0.8)
    assert low < inner[0] < k1 / n1 - k2 / n2 + 1e-9 and k1 / n1 - k2 / n2 - 1e-9 < inner[1] <= high


def test_what_it_takes_to_see_a_fall_is_what_the_method_says() -> None:
    needed = (1.959964 + 0.841621) ** 2 * (0.25 * 0.75 + 0.20 * 0.80) / (0.25 - 0.20) ** 2
    assert round(needed, -1) == 1090
    assert proportion_difference.detectable_rate(0.25, round(needed), round(needed)) == pytest.approx(0.20, abs=1e-5)


def test_a_fall_that_could_just_be_seen_is_seen_in_four_of_five_trials() -> None:
    rng, before = np.random.default_rng(7), 0.25
    for n_play, n_held, power in ((1_000, 1_000, 0.80), (800, 200, 0.87)):
        after = proportion_difference.detectable_rate(before, n_play, n_held)
        assert after is not None and 0 < after < before
        left = zip(rng.binomial(n_held, before, 2_000), rng.binomial(n_play, after, 2_000), strict=True)
        seen = [proportion_difference.difference_interval(int(b), n_held, int(a), n_play)[0] > 0 for b, a in left]
        assert np.mean(seen) == pytest.approx(power, abs=0.03), "with a small hold-out Newcombe's lower end is the keener one"
    assert proportion_difference.detectable_rate(0.2, 30, 10) is None and proportion_difference.detectable_rate(0.0, 30, 10) == 0


def test_the_share_saved_holds_the_truth_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(7), 0
    for a, b in zip(rng.binomial(480, 0.10, 2_000), rng.binomial(120, 0.20, 2_000), strict=True):
        found = compare_losses(int(a), 480, int(b), 120)
        assert found and found.prevented_share and found.prevented_share[1] <= found.prevented_share[0] <= found.prevented_share[2] <= 1
        held += found.prevented_share[1] <= 0.5 <= found.prevented_share[2]
    assert held / 2_000 == pytest.approx(0.95, abs=0.02)
    nobody = compare_losses(3, 40, 0, 40)
    assert nobody and nobody.prevented_share is None


@pytest.mark.parametrize(("held_out", "play"), [(0.25, 0.25), (0.25, 1 / 7), (0.1, 0.1)])
def test_of_all_that_could_happen_80_of_100_intervals_hold_the_truth(held_out: float, play: float) -> None:
    """Every count of both arms with its chance, so without any luck of a draw."""
    chances = np.outer(binom.pmf(np.arange(41), 40, held_out), binom.pmf(np.arange(161), 160, play))
    ends = {(b, a): proportion_difference.difference_interval(b, 40, a, 160, level=0.8) for b, a in np.argwhere(chances > 1e-7).tolist()}
    covered = sum(chances[counts] for counts, interval in ends.items() if world.covers(interval, held_out - play))
    assert covered == pytest.approx(0.80, abs=0.01)


@cache
def simulated(factor: float) -> list[comparison.LossComparison]:
    """A thousand books of 600: arms dealt by the product's hash, leaving drawn as in the full trial, read by the product's estimator."""
    rng, found = np.random.default_rng(7), []
    for book in range(1_000):
        held = np.array(control_group.draw_control_group([f"{book}-{n}" for n in range(600)], "trial", "2024 Q1", 0.2))
        left = world.days_to_leave(rng, held, factor) <= world.DAYS
        one = compare_losses(int(left[~held].sum()), int((~held).sum()), int(left[held].sum()), int(held.sum()))
        assert one
        found.append(one)
    return found


@pytest.mark.parametrize("factor", [world.HALVED, world.NOTHING])
def test_over_simulated_books_80_of_100_intervals_hold_the_truth(factor: float) -> None:
    found = simulated(factor)
    covered = np.mean([world.covers(one.interval_80, world.truth(factor)) for one in found])
    assert world.COVERED[0] <= covered <= world.COVERED[1]
    assert np.mean([one.rate_difference for one in found]) == pytest.approx(world.truth(factor), abs=0.005)


def test_a_play_that_does_nothing_is_seldom_said_to_work_and_one_that_halves_losses_is_mostly_found() -> None:
    idle, works = ([one.verdict for one in simulated(factor)] for factor in (world.NOTHING, world.HALVED))
    assert idle.count("fewer") <= 0.04 * len(idle) and idle.count("more") <= 0.04 * len(idle)
    assert works.count("fewer") >= 0.65 * len(works) and works.count("more") == 0


def test_through_the_real_ledgers_the_same_is_counted() -> None:
    one = world.trial(7, 400, world.HALVED)
    play, held = one.found.play, one.found.held_out
    assert (play.k, play.n, held.k, held.n) == one.counted and play.n + held.n == 400
    assert world.covers(one.found.interval_95, world.truth(world.HALVED))


def ends(*exits: dict[str, Any]) -> pl.DataFrame:
    return typed("exits", rows("exits", *exits))


def days(n: int) -> date:
    return TRIGGERED + timedelta(days=n)


@pytest.fixture
def book() -> Iterator[Book]:
    """Customers 0 to 9 with a line each since 2023, seen until the quarter of the trigger can be read."""
    ids = [str(n) for n in range(10)]
    line = {"product": "p", "start_on": date(2023, 1, 1), "unit_price": "1", "quantity": 1}
    talk = {"interaction_id": "I", "customer_id": "0", "occurred_at": datetime(2024, 10, 27, 9), "channel": "call", "direction": "in"}
    own = unscored({
        "customers": rows("customers", *({"customer_id": i, "name": i} for i in ids)),
        "contracts": rows("contracts", *({"contract_id": i, "customer_id": i} | line for i in ids)),
        "interactions": rows("interactions", talk),
    })  # fmt: skip
    yield analyst(own)
    own.close()


def write(book: Book, name: str, *records: dict[str, Any]) -> None:
    with book.writing("write") as session:
        frame = pl.DataFrame(list(records), infer_schema_length=None)
        session.insert(name, frame.with_columns(pl.lit(datetime(2024, 3, 1)).alias("made_at")))


def dealt(customer: str, arm: str = "play", on: date = TRIGGERED, play: str = "silence") -> dict[str, Any]:
    return {"customer_id": customer, "play": play, "quarter": plays.quarter_of(on), "triggered_on": on, "arm": arm}


def effect(book: Book, as_of: date = READ) -> Effect:
    [one] = [e for e in plays.effects(book, as_of) if e.play.key == "silence"]
    return one


def counts(one: Effect) -> tuple[float, ...]:
    assert one.losses
    return one.losses.play.k, one.losses.play.n, one.losses.held_out.k, one.losses.held_out.n


def test_a_loss_counts_within_180_days_of_the_trigger_and_who_did_not_choose_to_leave_in_neither_arm(book: Book) -> None:
    write(book, "holdouts", *(dealt(str(n)) for n in range(7)), dealt("7", "held_out"), dealt("8", "held_out"), dealt("9", "urgent"),
          dealt("nobody"))  # fmt: skip
    told = [("0", days(1), "price"), ("1", days(180), "unknown"), ("2", days(181), "price"), ("3", days(0), "price"),
            ("4", days(50), "merged"), ("5", days(50), "insolvency"), ("8", days(99), "service"), ("9", days(9), "price")]  # fmt: skip
    with book.writing("write") as session:
        session.insert("exits", ends(*({"customer_id": i, "announced_on": day, "left_on": day, "reason": r} for i, day, r in told)))
    one = effect(book)
    assert counts(one) == (2, 5, 1, 2) and one.left_out == 3, "merged, insolvent, and who is no longer on file"


def test_whoever_declines_or_is_done_counts_where_the_hash_put_him(book: Book) -> None:
    write(book, "holdouts", dealt("0"), dealt("1"), dealt("2"), dealt("3", "held_out"))
    untouched = counts(effect(book))
    names = {"play": "silence", "quarter": "2024 Q1", "author": "E", "reason": None, "step": None}
    states = [("0", "accepted"), ("0", "done"), ("1", "declined"), ("2", "accepted"), ("2", "stopped"), ("3", "accepted")]
    write(book, "play_moves", *({"move_id": n, "customer_id": i, "state": s} | names for n, (i, s) in enumerate(states)))
    one = effect(book)
    assert counts(one) == untouched == (0, 3, 0, 1) and one.accepted == 2, (
        "who was released from the hold-out into the urgent lane is none of them"
    )


def test_a_quarter_is_read_as_a_whole_when_its_last_outcome_is_known(book: Book) -> None:
    write(book, "holdouts", dealt("0", on=date(2024, 1, 2)), dealt("1", "held_out", on=date(2024, 3, 30)), dealt("2", on=date(2024, 4, 1)))
    before, after = effect(book, READ - timedelta(days=1)), effect(book, READ)
    assert (before.losses, before.waiting, before.next_on) == (None, 3, READ) and before.verdict == "early"
    assert before.sentence == "Too early to tell: 3 customers met its condition so far; the next quarter can be evaluated on 27 Oct 2024."
    assert counts(after) == (0, 1, 0, 1) and (after.waiting, after.next_on) == (1, date(2025, 1, 26))
    assert effect(book, date(2024, 1, 1)).waiting == 0, "nothing of a later day is read"


def test_nobody_counts_twice_within_180_days(book: Book) -> None:
    write(book, "holdouts", dealt("0"), dealt("0", "held_out", on=date(2024, 5, 1)), dealt("0", "held_out", on=days(179)),
          dealt("0", "held_out", on=days(400)), dealt("1", "urgent", on=days(-30)), dealt("1", "held_out"),
          dealt("0", "play", play="fall"))  # fmt: skip
    with book.reading() as session:
        kept = outcomes.counted_enrolments(session, date(2026, 1, 1)).filter(play="silence")
    assert kept.select("customer_id", "triggered_on", "arm").rows() == [
        ("0", TRIGGERED, "play"), ("0", days(400), "held_out"), ("1", TRIGGERED, "held_out"),
    ]  # fmt: skip


def test_everybody_is_told_the_same_effect_of_the_whole_book(book: Book) -> None:
    write(book, "holdouts", dealt("0"), dealt("1", "held_out"))
    other = Book(Viewer("x", "account_manager", "E9"), book._warehouse)
    assert plays.effects(other, READ) == plays.effects(book, READ)


def test_what_nobody_is_held_out_of_has_no_effect_to_tell(book: Book) -> None:
    write(book, "holdouts", dealt("0", play="late_complaint"), dealt("1", "held_out", play="late_complaint"))
    [one] = [e for e in plays.effects(book, READ) if e.play.key == "late_complaint"]
    assert (one.verdict, one.losses, one.health) == ("none", None, None) and "its effect is not measured" in one.sentence
    idle = effect(book)
    assert idle.verdict == "early" and idle.sentence == (
        "Too early to tell: no completed quarter has customers both with the play and in the control group."
    )


@pytest.mark.parametrize(
    ("counts", "verdict", "words"),
    [
        ((40, 400, 25, 100), "fewer",
         "Less churn than in the control group: 10.0 %, 40 of 400, with the play, 25.0 %, 25 of 100, in the control group; 15.0 pts "
         "fewer (95 %: "),
        ((100, 400, 10, 100), "more",
         "More churn than in the control group: 25.0 %, 100 of 400, with the play, 10.0 %, 10 of 100, in the control group; 15.0 pts "
         "more (95 %: "),
        ((500, 4_000, 130, 1_000), "same", "No clear difference from the control group: 12.5 %, 500 of 4,000, with the play, 13.0 %"),
        ((12, 80, 4, 20), "early", "Too early to tell: 15.0 %, 12 of 80, with the play, 20.0 %, 4 of 20, in the control group (95 %: from"),
        ((0, 80, 0, 20), "early", "No churn in either group"),
        ((0, 400, 19, 19), "early", f"each group needs at least {MIN_CUSTOMERS} customers"),
    ],
)  # fmt: skip
def test_the_words_say_no_more_than_the_numbers(counts: tuple[int, int, int, int], verdict: str, words: str) -> None:
    found = compare_losses(*counts)
    assert found and found.verdict == verdict and words in found.sentence.replace("\u00a0", " ")
    shown = found.detectable is not None and found.pooled > 0 and f"to {100 * found.detectable:.1f}" in found.sentence
    assert shown == (verdict == "same") or verdict == "early"
    assert compare_losses(1, 2, 0, 0) is None and compare_losses(0, 0, 1, 2) is None


def test_the_change_of_health_is_that_of_the_stored_month_ends(book: Book) -> None:
    own = warehouse_of(small_book())
    asked = pl.DataFrame([dealt("A", on=date(2024, 2, 14)), dealt("B", "held_out", on=date(2024, 2, 29)), dealt("A", on=date(2024, 4, 1))])
    with own.reading() as session:
        found = outcomes.with_health(session, asked)
        stored = {(i, day): h / 100 for i, day, h in session.rows("history").select("customer_id", "as_of", "health").iter_rows()}
    assert found["change"].to_list() == [
        stored["A", date(2024, 5, 31)] - stored["A", date(2024, 1, 31)],
        stored["B", date(2024, 5, 31)] - stored["B", date(2024, 2, 29)],
        None,
    ]  # fmt: skip
    assert outcomes.health_read_on("2024 Q1") == date(2024, 6, 30)
    own.close()


def test_the_change_of_health_has_an_interval_of_its_own() -> None:
    rng = np.random.default_rng(7)
    play, held = rng.normal(2, 8, 300), rng.normal(0, 9, 80)
    frame = pl.DataFrame({"change": [*play, *held], "arm": ["play"] * 300 + ["held_out"] * 80})
    found = comparison.compare_health(frame)
    assert found
    spread = sqrt(np.var(play, ddof=1) / 300 + np.var(held, ddof=1) / 80)
    assert found.mean_difference == pytest.approx(play.mean() - held.mean())
    assert found.interval_95 == pytest.approx((found.mean_difference - 1.959964 * spread, found.mean_difference + 1.959964 * spread))
    assert "of customers still active" in found.sentence and "with the play (300)" in found.sentence
    assert comparison.compare_health(frame.head(300 + MIN_CUSTOMERS - 1)) is None
    assert "points against the control group" in replace(found, interval_95=(0.1, 3.0)).sentence
    assert "no clear difference" in replace(found, interval_95=(-0.1, 3.0)).sentence
