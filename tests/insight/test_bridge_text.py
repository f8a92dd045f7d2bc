"""Bridges in words: the sentence names what moved health most, and the movers' reasons agree with their lanes."""

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from health.demo import generate
from health.insight.client import bridge_text
from health.score.bridge import Bridges, build_bridges
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT
from health.warehouse import Warehouse
from tests.books import warehouse_of

T0, T1 = date(2026, 8, 31), date(2026, 10, 31)
Lane = tuple[str, str | None, int]


def bridges_of(*lanes: Lane, before: int = 7000, frozen_on: date | None = None) -> Bridges:
    """One customer's bridge with these lanes, in tenths."""
    whole = sum(tenths for *_, tenths in lanes)
    frame = pl.DataFrame(
        {
            "customer_id": ["A"] * len(lanes), "lane": [lane for lane, _, _ in lanes], "component": [c for _, c, _ in lanes],
            "tenths": [t for *_, t in lanes],
        },
        schema={"customer_id": pl.String, "lane": pl.String, "component": pl.String, "tenths": pl.Int64},
    )  # fmt: skip
    totals = pl.DataFrame(
        {"customer_id": ["A"], "before": [before], "after": [before + 10 * whole], "tenths": [whole], "frozen_on": [frozen_on]}
    )
    return Bridges(T0, T1, frame, totals, pl.DataFrame({"customer_id": ["B"], "why": ["had left by 31 Aug 2026"]}))


@pytest.mark.parametrize(
    "lanes, said",
    [
        ([("ageing", "contact", -90), ("data", "complaints", 20)],
         "Health fell 7 points since 31 Aug 2026: no recent contact (-9), complaints solved (+2)"),
        ([("data", "contact", 12), ("ageing", "tenure", -2)], "Health rose 1 point since 31 Aug 2026: contact made (+1)"),
        ([("ageing", "contact", -90), ("data", "contact", 90)],
         "Health unchanged since 31 Aug 2026: contact made (+9), no recent contact (-9)"),
        ([("data", "contact", 305), ("ageing", "contact", -25)],
         "Health rose 28 points since 31 Aug 2026: contact made (+31), no recent contact (-3)"),
        ([("data", "price", -4)], "Health hardly changed since 31 Aug 2026"),
        ([], "Health unchanged since 31 Aug 2026"),
        ([("settings", "contact", 30), ("settings", "price", -10), ("override", None, -100)],
         "Health fell 8 points since 31 Aug 2026: override (-10), changed settings (+2)"),
        ([("late", "price", -20), ("data", "price", -10), ("coverage", "tenure", 10)],
         "Health fell 2 points since 31 Aug 2026: price rose above market (-3), data coverage of tenure (+1)"),
    ],
)  # fmt: skip
def test_the_sentence(lanes: list[Lane], said: str) -> None:
    assert bridge_text.sentence(bridges_of(*lanes), "A") == said


def test_without_a_bridge_the_sentence_says_why() -> None:
    assert bridge_text.sentence(bridges_of(), "B") == "No comparison with 31 Aug 2026: had left by 31 Aug 2026"
    assert bridge_text.sentence(bridges_of(), "C") == "No comparison with 31 Aug 2026: customer not found"


def test_what_freezing_changes_is_neither_a_rise_nor_a_fall() -> None:
    rise: Lane = ("data", "complaints", 50)
    assert bridge_text.sentence(bridges_of(rise, frozen_on=date(2026, 7, 31)), "A") == (
        "Health is frozen as of 31 Jul 2026, so it neither rose nor fell since 31 Aug 2026"
    )
    assert bridge_text.sentence(bridges_of(rise, frozen_on=date(2026, 9, 30)), "A") == (
        "Health rose 5 points since 31 Aug 2026, frozen as of 30 Sep 2026: complaints solved (+5)"
    )


def test_every_component_has_words_in_every_lane() -> None:
    for component in COMPONENTS:
        for lane in ("ageing", "data", "late", "coverage", "settings"):
            for tenths in (-10, 10):
                assert bridge_text.lane_text(lane, component.key, tenths)


@pytest.fixture(scope="module")
def book() -> Iterator[Warehouse]:
    warehouse = warehouse_of(generate(200, 12, 7, "demo").tables)
    yield warehouse
    warehouse.close()


def test_movers_are_those_that_moved_with_the_reason_that_moved_them_most(book: Warehouse) -> None:
    with book.reading() as session:
        bridges = build_bridges(session, T0, T1, DEFAULT, DEFAULT)
    moved = bridge_text.movers(bridges)
    assert moved.height == bridges.totals.filter(pl.col("tenths") != 0).height > 50
    assert moved["change"].abs().is_sorted(descending=True)
    for row in moved.iter_rows(named=True):
        parts: dict[str, int] = {}
        for lane, component, tenths in bridges.of(row["customer_id"]).select("lane", "component", "tenths").iter_rows():
            said = bridge_text.lane_text(lane, component, tenths)
            parts[said] = parts.get(said, 0) + tenths
        sign = 1 if row["change"] > 0 else -1
        assert round(10 * row["by"]) == sign * max(sign * tenths for tenths in parts.values()) == parts[row["reason"]]
        assert round(10 * row["change"]) == sum(parts.values())
