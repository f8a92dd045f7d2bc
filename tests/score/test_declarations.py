"""One declaration a part: what is derived from it agrees with it, and a component with nothing but the least it needs works everywhere."""

import sys
from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

import health.score.components as declared
from health import demo, portfolio
from health.desk.worklist import event_reasons, inputs, next_action, reasons, urgent
from health.insight import method
from health.insight.client import bridge_text, details
from health.score import compose, history, settings
from health.score.bridge import list_causes
from health.score.components import COMPONENTS, Component, Part
from health.score.components.parts import Approach, Halving, Ramp
from health.score.knock_outs import KNOCK_OUTS
from tests.books import analyst, typed, warehouse_of
from tests.score.test_components import PARTS, ROW

IDS = [f"{c.key}-{p.key}" for c, p in PARTS]
RAMPS = [(c, p) for c, p in PARTS if isinstance(p.shape, Ramp)]
OF_ITSELF = {0.0, 1.0}
"""Bounds that words name without a figure: nothing, all of it, as agreed."""


def at(part: Part, x: float) -> float:
    """Points at one value in the unit of the part's axis."""
    return float(pl.select(part.curve(pl.lit(x))).item())


@pytest.mark.parametrize("component, part", RAMPS, ids=[f"{c.key}-{p.key}" for c, p in RAMPS])
def test_a_ramp_is_0_at_its_worst_100_at_its_best_and_50_halfway(component: Component, part: Part) -> None:
    assert part.axis and isinstance(part.shape, Ramp)
    worst, best = part.shape.worst * part.axis.scale, part.shape.best * part.axis.scale
    away = (worst - best) / 100
    assert at(part, worst) == pytest.approx(0) and at(part, best) == pytest.approx(100)
    assert at(part, (worst + best) / 2) == pytest.approx(50)
    assert at(part, worst - away) > 0 and at(part, best + away) < 100
    assert at(part, worst + away) == 0 and at(part, best - away) == 100


@pytest.mark.parametrize("component, part", RAMPS, ids=[f"{c.key}-{p.key}" for c, p in RAMPS])
def test_the_words_of_a_bound_follow_the_bound(component: Component, part: Part) -> None:
    assert isinstance(part.shape, Ramp)
    moved = replace(part, shape=Ramp(part.shape.worst + 7, part.shape.best + 7))
    for bound, words, after in ((part.shape.worst, part.worst, moved.worst), (part.shape.best, part.best, moved.best)):
        assert words != after or bound in OF_ITSELF, f"{words!r} stays when the bound moves"


@pytest.mark.parametrize("component, part", PARTS, ids=IDS)
def test_points_are_those_of_the_curve_at_the_measure(component: Component, part: Part) -> None:
    row = pl.DataFrame([ROW], infer_schema_length=None)
    measure, points = row.select(part.measure.cast(pl.Float64).alias("m"), part.points.cast(pl.Float64).alias("p")).row(0)
    assert part.axis and points == pytest.approx(at(part, measure * part.axis.scale))


def test_a_halving_and_an_approach_mirror_each_other() -> None:
    x = pl.Series([0.0, 3.0, 24.0, 48.0])
    down, up = (pl.select(shape.points(pl.lit(x))).to_series() for shape in (Halving(24), Approach(24)))
    assert down.to_list() == pytest.approx([100, 100 * 2 ** (-1 / 8), 50, 25]) and (down + up).to_list() == pytest.approx([100] * 4)
    assert [Approach(24).at(value) for value in x] == pytest.approx(up.to_list())


@pytest.mark.parametrize("component, part", PARTS, ids=IDS)
def test_every_part_puts_its_figures_in_words(component: Component, part: Part) -> None:
    row = ROW | {"last_two_way_on": None, "open": 1, "tenure_months": 24.0, "overdue_60": 0}
    assert part.fact and part.fact(row) and part.reasons


def test_a_knock_out_names_its_own_figures() -> None:
    assert [rule.label for rule in KNOCK_OUTS] == [
        "Open and overdue critical complaint", "Invoice unpaid for 60 days or more", "Two broken promises in 90 days",
    ]  # fmt: skip
    assert {rule.setting for rule in KNOCK_OUTS} == {name for name in vars(settings.DEFAULT) if name.startswith("cap_on_")}


BARE = Component(
    "loyal", "Loyal region", 0, "A component that declares nothing but what it must.", "customers",
    (Part("days", "Days", 100, pl.col("tenure_days"), Ramp(100_000, 200_000), "days since the start"),), "Nothing.",
)  # fmt: skip
WITH_BARE = (*COMPONENTS, BARE)


@pytest.fixture
def with_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every module that iterates COMPONENTS sees one component more."""
    for name, module in list(sys.modules.items()):
        if name.startswith("health.") and getattr(module, "COMPONENTS", None) is COMPONENTS:
            monkeypatch.setattr(module, "COMPONENTS", WITH_BARE)
    monkeypatch.setattr(settings, "KEYS", (*settings.KEYS, BARE.key))
    monkeypatch.setitem(settings.DEFAULT.weights, BARE.key, 0)
    monkeypatch.setattr(compose, "COLUMNS_READ", [*compose.COLUMNS_READ, BARE.column])
    assert declared.COMPONENTS is WITH_BARE


def test_a_bare_component_with_weight_is_shown_on_every_list(with_bare: None) -> None:
    tables = {name: typed(name, frame) for name, frame in demo.generate(customers=25, months=13).tables.items()}
    book, day = analyst(warehouse_of(tables)), date(2026, 10, 31)
    in_force = settings.Settings(weights={"contact": 10, "loyal": 90})
    with book.writing("settings") as session:
        settings.save(session, in_force, "me", "to try", datetime(2026, 11, 1))
        history.refresh(session, ())
    with book.reading() as session:
        in_force = settings.in_force(session)
        read = inputs.read_inputs(session, day, in_force)
    now = portfolio.build(book, day)
    customer = now.filter(pl.col("status") == "active").row(0, named=True)
    why = reasons.reasons(now, read, urgent.urgent_triggers(now, read, day), day, in_force)
    listed = next_action.next_action(why.with_columns(pl.lit("A").alias("tier")))
    assert listed.filter(pl.col("component") == "loyal")["words"].str.starts_with("Loyal region, days: 0 of 100 points").all()
    assert "Call and ask about loyal region" in listed["what"].to_list()
    assert "Loyal region" in details.parts(customer, in_force.weights)["component"].to_list()
    assert "Loyal region" in method.components(now, in_force)["component"].to_list()
    assert method.parts(BARE, in_force.weights)["worst"].to_list() == [f"{100_000:g}"]
    assert method.curve(BARE.parts[0]).is_empty()
    assert bridge_text.lane_text("ageing", "loyal", 5) == "loyal region aged"
    with book.reading() as session:
        moved_by = list_causes(session, customer["customer_id"], date(2026, 8, 31), day, in_force)
    assert set(moved_by["component"]) <= {"contact", "loyal"}
    nobody = now.with_columns(pl.lit(None, pl.Float64).alias(BARE.column))
    assert nobody.select(event_reasons._missing_data_text(in_force).str.contains("no customers").all()).item()
