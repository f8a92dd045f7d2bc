"""Other settings on the whole book: what crosses, what moves and why, against the plain definition."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from health.access import Book
from health.demo import generate
from health.insight import lab
from health.score import history
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT, KEYS, Settings
from tests.books import analyst, warehouse_of

SHARED = {"contact": 20, "complaints": 45, "price": 20, "tenure": 15}
ROW = {
    "customer_id": "A", "name": "A", "status": "active", "score_segment": None, "mrr_cents": 1000, "critical_late": 0, "overdue_60": 0,
    "broken_promises_90": 0, "diary_present": True, "invoices_present": True, "stale_tables": None, **{c.column: None for c in COMPONENTS},
}  # fmt: skip


def rows(*given: dict[str, object]) -> pl.DataFrame:
    schema = {name: pl.String if name in ("customer_id", "name", "status", "score_segment") else pl.Int64 for name in ROW}
    schema |= {"diary_present": pl.Boolean, "invoices_present": pl.Boolean, "stale_tables": pl.String}
    return pl.DataFrame([ROW | one for one in given], schema=schema)


def done(frame: pl.DataFrame, draft: Settings, was: Settings = DEFAULT) -> lab.Effect:
    return lab.compare_scores(lab.score_customers(frame, was), lab.score_customers(frame, draft), was, draft)


def points(contact: int, complaints: int, price: int = 6000, tenure: int = 6000) -> dict[str, object]:
    return {"contact_points": contact, "complaints_points": complaints, "price_points": price, "tenure_points": tenure}


@pytest.fixture(scope="module")
def book() -> Book:
    return analyst(warehouse_of(generate(customers=120, months=18).tables))


def test_what_is_tried_is_what_a_replay_would_give(book: Book) -> None:
    with book.reading() as session:
        day = session.rows("history")["as_of"].max()
        draft = replace(DEFAULT, weights=SHARED, at_risk_below=45)
        replayed = history.history_under(session, draft, [day]).filter(pl.col("status") == "active").sort("customer_id")
    tried = lab.score_customers(lab.active_customers(book, day, DEFAULT), draft)
    same = ["customer_id", "health", "band", "cap"]
    assert tried.height > 20
    assert tried.select(same).equals(replayed.select(same))


def test_the_same_settings_move_nobody(book: Book) -> None:
    with book.reading() as session:
        day = session.rows("history")["as_of"].max()
    effect = done(lab.active_customers(book, day, DEFAULT), DEFAULT)
    assert effect.band_changes.is_empty()
    assert (effect.downgrades, effect.upgrades, effect.new_in_lowest_fifth, effect.mrr_changing_band) == (0, 0, 0, 0.0)
    assert effect.mrr_at_risk[0] == effect.mrr_at_risk[1]


def test_a_customer_who_crosses_is_told_with_both_bands_ranks_and_what_moved_it() -> None:
    frame = rows(points(9000, 2000) | {"customer_id": "A", "name": "Falls"}, points(8000, 8000) | {"customer_id": "B", "name": "Stays"})
    effect = done(frame, replace(DEFAULT, weights={"contact": 5, "complaints": 75, "price": 10, "tenure": 10}))
    assert effect.band_changes.to_dicts() == [
        {
            "customer_id": "A", "customer": "Falls", "band_was": ["▲ Watch"], "band": ["◆ At risk"], "rank_was": 1, "rank": 1,
            "health_was": 57, "health": 31, "mrr": 10.0, "because": "Complaints",
        }
    ]  # fmt: skip
    assert (effect.downgrades, effect.upgrades, effect.mrr_at_risk) == (1, 0, (0.0, 10.0))


@pytest.mark.parametrize(
    ("given", "changes", "because"),
    [
        (points(6000, 6000), {"at_risk_below": 61, "healthy_from": 70}, "Band limits"),
        (points(9000, 9000) | {"overdue_60": 1}, {"cap_on_unpaid": False}, "Cap at Watch"),
        ({"contact_points": 9000, "complaints_points": 9000}, {"coverage_least": 70}, "Coverage"),
    ],
)
def test_edges_rules_and_coverage_are_named_as_the_reason(given: dict[str, object], changes: dict[str, object], because: str) -> None:
    effect = done(rows(given), replace(DEFAULT, **changes))
    assert effect.band_changes["because"].to_list() == [because]


def test_the_weights_of_a_segment_move_its_customers_alone() -> None:
    frame = rows(*(points(9000, 2000) | {"customer_id": s, "score_segment": s} for s in ("Big", "Small")))
    draft = replace(DEFAULT, segment_weights={"Big": {"contact": 5, "complaints": 75, "price": 10, "tenure": 10}})
    crossing = done(frame, draft).band_changes
    assert crossing.select("customer_id", "because").rows() == [("Big", "Complaints")]


def test_equal_healths_are_ranked_by_id_and_the_unknown_not_at_all() -> None:
    frame = rows(*({"customer_id": i} | points(5000, 5000) for i in "AB"), {"customer_id": "C"})
    assert lab.score_customers(frame, DEFAULT)["rank"].to_list() == [1, 2, None]


@given(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 100), min_size=len(KEYS)), st.sampled_from([*KEYS, None]))
def test_weights_made_to_add_up_are_whole_sum_to_100_and_keep_the_one_moved(given: dict[str, int], keep: str | None) -> None:
    whole = lab.weights_to_100(given, keep)
    assert sum(whole.values()) == 100
    assert all(isinstance(n, int) and n >= 0 for n in whole.values())
    assert keep is None or whole[keep] == given[keep]
    others = {key: n for key, n in given.items() if key != keep}
    room, total = 100 - (given[keep] if keep else 0), sum(others.values())
    assert not total or all(abs(whole[key] - room * n / total) < 1 for key, n in others.items())


def test_weights_that_add_up_stay_as_they_are() -> None:
    assert lab.weights_to_100(DEFAULT.weights) == DEFAULT.weights
