"""Quadrants: who is placed where, what lies on an edge, and what is never taken for a zero."""

from dataclasses import replace

import polars as pl
import pytest

from health.foresight import segments
from health.score.settings import DEFAULT

SCHEMA = {"customer_id": pl.String, "health": pl.Float64, "band": pl.String, "margin": pl.Float64}


def frame(*rows: tuple[str, float | None, str | None, float | None]) -> pl.DataFrame:
    """One row a customer."""
    return pl.DataFrame(rows, SCHEMA, orient="row")


def placed(of: pl.DataFrame) -> dict[str, str | None]:
    """Customer -> segment."""
    return dict(segments.quadrants(of, DEFAULT).select("customer_id", "segment").iter_rows())


def test_value_and_health_part_four_ways() -> None:
    of = frame(("A", 80, "healthy", 300), ("B", 40, "at_risk", 200), ("C", 60, "watch", 20), ("D", 55, "watch", 10))
    assert placed(of) == {"A": "protect", "B": "rescue", "C": "grow", "D": "decide"}


def test_at_the_edge_is_high_and_healthy_and_the_edge_of_health_is_that_of_the_settings() -> None:
    of = frame(("A", 57.5, "watch", 50), ("B", 57.49, "watch", 50), ("C", 57.5, "watch", 50))
    assert placed(of) == {"A": "protect", "B": "rescue", "C": "protect"}
    lower = segments.quadrants(of, replace(DEFAULT, at_risk_below=49))
    assert set(lower["segment"]) == {"protect"}


def test_the_unknown_the_leaving_and_the_gone_are_in_no_segment_and_move_no_edge() -> None:
    of = frame(("A", 80, "healthy", -5.0), ("B", 30, "at_risk", -9.0))
    beside = frame(
        ("C", 90, "healthy", None), ("D", 90, "unknown", 0), ("E", None, "unknown", 0), ("F", 20, "leaving", 0), ("G", None, None, None)
    )
    assert placed(pl.concat([of, beside])) == placed(of) | dict.fromkeys("CDEFG")
    assert placed(of) == {"A": "protect", "B": "decide"}
    found = segments.edges(pl.concat([of, beside]), DEFAULT)
    assert (found.placed, found.value_split, found.health_split) == (2, -7.0, 57.5)


def test_an_empty_book_has_no_edge_and_says_so() -> None:
    empty = frame()
    assert segments.quadrants(empty, DEFAULT).schema["segment"] == pl.String
    found = segments.edges(empty, DEFAULT)
    assert found.value_split is None and "No customer can be grouped" in found.sentence


@pytest.mark.parametrize(("n", "low", "high"), [(1, 1, 1), (5, 1, 5), (10, 2, 9), (11, 2, 10), (100, 40, 61)])
def test_the_interval_of_the_median_is_the_tabled_one(n: int, low: int, high: int) -> None:
    """Ranks 2 and 9 of 10 hold the median with 97.9 %, 2 and 10 of 11 with 98.8 %, 40 and 61 of 100 with 96.5 % (Conover 1999)."""
    of = frame(*((f"C{i:03}", 90.0, "healthy", float(i)) for i in range(1, n + 1)))
    found = segments.edges(of, DEFAULT)
    assert (found.value_low, found.value_high) == (low, high)
    assert found.near_value == high - low + 1


def test_who_lies_within_the_usual_move_of_the_edge_of_health_is_counted() -> None:
    of = frame(*((name, health, "watch", 1000.0 * n) for n, (name, health) in enumerate(zip("ABCDE", (50, 55, 58, 60, 64), strict=True))))
    moves = of.with_columns(pl.Series("trend", [[50.0, 53.0], [51.0, 50.0], [9.0, 4.0, 6.0], [60.0], []]))
    found = segments.edges(moves, DEFAULT)
    assert found.health_noise == 2.0 and found.near_health == 1
    assert segments.edges(of, DEFAULT).near_health is None and "not known yet" in segments.edges(of, DEFAULT).sentence
