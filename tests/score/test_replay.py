"""Any version of the settings can be replayed: to the last bit what was stored while it held; and an old file catches up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health import demo, portfolio
from health.score import history, settings
from health.score.settings import DEFAULT
from health.warehouse import Warehouse
from tests.books import analyst, rebuilt_scores, rows, small_book, stored_scores, typed, warehouse_of
from tests.size import size

NOW = datetime(2026, 11, 1)
WEIGHTS = {"contact": 20, "complaints": 20, "price": 10, "tenure": 10, "satisfaction": 10, "payment": 10, "usage": 10, "depth": 10}
VERSIONS = (
    DEFAULT,
    replace(DEFAULT, weights=WEIGHTS),
    replace(DEFAULT, at_risk_below=58, healthy_from=72, coverage_least=80, cap_on_unpaid=False, cap_on_broken_promises=True),
    replace(DEFAULT, cadence_days={"A": 14, "B": 30, "C": 60}, default_cadence_days=60),
    replace(DEFAULT, response_hours=(8, 8, 4, 2), resolution_hours=(120, 60, 24, 24), weights=WEIGHTS),
    replace(DEFAULT, segment_weights={"small": {"tenure": 100}, "enterprise": WEIGHTS}),
)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    tables = demo.generate(customers=size(60, 150), months=18).tables
    made = warehouse_of({name: typed(name, frame) for name, frame in tables.items()})
    yield made
    made.close()


def stored(warehouse: Warehouse) -> pl.DataFrame:
    with warehouse.reading() as session:
        return session.rows("history").sort("as_of", "customer_id")


def test_every_version_replays_to_what_was_stored_while_it_held(warehouse: Warehouse) -> None:
    held = {1: stored(warehouse)}
    for wanted in VERSIONS[1:]:
        with warehouse.writing() as session:
            saved = settings.save(session, replace(wanted, version=len(held)), "ana", "to see", NOW)
            history.refresh(session, ())
            assert_frame_equal(stored_scores(session), rebuilt_scores(session), check_column_order=False)
        held[saved.version] = stored(warehouse)
    assert len({frame.select("customer_id", "as_of", "health", "band").hash_rows().sum() for frame in held.values()}) == len(VERSIONS)
    with warehouse.reading() as session:
        for number, frame in held.items():
            assert_frame_equal(history.history_under(session, settings.version(session, number)), frame)
        some = frame["as_of"].unique().sort()[3:5].to_list()
        for number in (1, 4, 6):
            assert_frame_equal(
                history.history_under(session, settings.version(session, number), some), held[number].filter(pl.col("as_of").is_in(some))
            )


def test_a_day_inside_a_month_under_any_settings_is_scored_from_the_rows(warehouse: Warehouse) -> None:
    day = date(2026, 3, 17)
    with warehouse.reading() as session:
        assert_frame_equal(history.history_under(session, VERSIONS[1], [day]), history.score_at(session, [day], VERSIONS[1]))
        assert history.history_under(session, VERSIONS[1], []).is_empty()


def test_weights_of_a_segment_hold_for_its_customers_alone(warehouse: Warehouse) -> None:
    with warehouse.reading() as session:
        got = history.history_under(session, VERSIONS[5]).filter(pl.col("health").is_not_null())
    small = got.filter(pl.col("score_segment") == "small")
    assert small.height and small["health"].equals(small["tenure_points"].alias("health"))
    for segment in ("enterprise", "mid-size"):
        row = got.filter(pl.col("score_segment") == segment).row(0, named=True)
        weights = VERSIONS[5].weights_of(segment)
        known = {key: weight for key, weight in weights.items() if weight and row[f"{key}_points"] is not None}
        whole = sum(known.values())
        assert row["health"] == (2 * sum(w * row[f"{key}_points"] for key, w in known.items()) + whole) // (2 * whole)


def test_a_customer_without_a_segment_has_the_weights_of_all() -> None:
    book = small_book()
    assert book["customers"]["segment"].null_count() == 2
    warehouse = warehouse_of(book)
    with warehouse.reading() as session:
        assert_frame_equal(
            history.history_under(session, replace(DEFAULT, segment_weights={"x": {"tenure": 100}})),
            history.history_under(session, DEFAULT),
        )


def test_two_broken_promises_in_90_days_cap_the_band_where_the_rule_is_on() -> None:
    def promise(number: int, promised: date, due: datetime) -> dict[str, object]:
        return {"promise_id": f"V{number}", "customer_id": "A", "kind": "delivery", "promised_on": promised, "due_at": due}

    book = small_book()
    book["promises"] = rows(
        "promises", promise(1, date(2024, 3, 1), datetime(2024, 3, 5, 17)), promise(2, date(2024, 5, 1), datetime(2024, 5, 9))
    )
    rule = replace(DEFAULT, cap_on_broken_promises=True)
    days = [date(2024, 5, 8), date(2024, 5, 9), date(2024, 6, 2), date(2024, 6, 3)]
    with warehouse_of(book).reading() as session:
        off, on = (history.history_under(session, s, days).filter(pl.col("customer_id") == "A") for s in (DEFAULT, rule))
    assert on["broken_promises_90"].to_list() == [1, 2, 2, 1]
    assert on["cap"].to_list() == [None, "two broken promises in 90 days", "two broken promises in 90 days", None]
    assert off["cap"].null_count() == 4 and off["health"].equals(on["health"])


def test_a_history_of_an_older_build_is_made_anew_when_its_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    made = Warehouse(path)
    with made.writing() as session:
        for name, frame in small_book().items():
            session.insert(name, typed(name, frame))
        history.refresh(session, None)
        whole = session.rows("history")
    made.close()
    old = duckdb.connect(str(path))
    for column in ("satisfaction_points", "broken_promises_90", "score_segment"):
        old.execute(f"alter table history drop column {column}")
    old.execute("alter table book drop column first_person_on")
    old.execute("drop table overrides")
    old.close()
    for catch_up in (history.upgrade_history, _written):
        again = Warehouse(path)
        with again.reading() as session:
            assert_frame_equal(history.history_under(session, DEFAULT), whole.sort("as_of", "customer_id"))
        assert catch_up(again)
        assert_frame_equal(stored(again), whole.sort("as_of", "customer_id"))
        assert not history.upgrade_history(again)
        assert portfolio.build(analyst(again), date(2024, 6, 10)).height == 2
        with again.writing() as session:
            session.replace("history", whole.drop("depth_points"))
        again.close()


def _written(warehouse: Warehouse) -> bool:
    with warehouse.writing() as session:
        history.refresh(session, ())
    return True


def test_only_changed_weights_touch_no_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = warehouse_of(demo.generate(customers=30, months=12).tables)

    def never(*_: object) -> None:
        raise AssertionError("the facts were asked for")

    with warehouse.writing() as session:
        monkeypatch.setattr(history.facts, "at", never)
        now = settings.in_force(session)
        settings.save(session, replace(now, weights=WEIGHTS, healthy_from=80), "ana", "to see", NOW)
        history.refresh(session, ())
    monkeypatch.undo()
    with warehouse.reading() as session:
        assert_frame_equal(stored_scores(session), rebuilt_scores(session), check_column_order=False)
