"""Lanes and totals of the bridges, as frames."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import polars as pl

from health.score.bridge import arithmetic
from health.score.bridge.arithmetic import State
from health.score.bridge.states import POINTS, States
from health.score.settings import KEYS, Settings

LANES = {
    "ageing": "time passed without new events",
    "data": "new rows",
    "late": "late rows about earlier days",
    "coverage": "a part of the score became known or unknown",
    "settings": "the settings changed",
    "override": "manual override",
}
_LANE_ROWS = {
    "customer_id": pl.String, "lane": pl.String, "component": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "tenths": pl.Int64,
}  # fmt: skip
_TOTAL_ROWS = {
    "customer_id": pl.String, "before": pl.Int64, "after": pl.Int64, "before_numerator": pl.Int64, "before_denominator": pl.Int64,
    "after_numerator": pl.Int64, "after_denominator": pl.Int64, "tenths": pl.Int64, "frozen_on": pl.Date,
}  # fmt: skip


@dataclass(frozen=True)
class Bridges:
    """Lanes and totals of all customers with a bridge, and why the others have none.

    `lanes`: one row per customer, lane and component with an effect: exact numerator / denominator in points of health (both fit in 64
    bits: a denominator divides 100 times at most six sums of weights up to 100), and rounded `tenths`. Component is null for an override.
    `totals`: one row per customer: health before and after in hundredths and as exact fractions of points, `tenths` (rounded difference,
    equal to the sum of the lanes' tenths), frozen_on (day whose points are used, for leaving and paused
    customers). `left_out`: customer_id, why.
    """

    t0: date
    t1: date
    lanes: pl.DataFrame
    totals: pl.DataFrame
    left_out: pl.DataFrame

    def of(self, customer_id: str) -> pl.DataFrame:
        """One customer's lanes."""
        return self.lanes.filter(pl.col("customer_id") == customer_id)


def build_lanes(
    bridge_states: States, t0: date, t1: date, before: Settings, after: Settings, overridden_health: Mapping[str, int]
) -> Bridges:
    """Build the bridges over these states; `overridden_health`: by customer, in hundredths."""
    all_lane_rows, totals = [], []
    for customer in _customer_states(bridge_states, before, after):
        row, lane_rows = customer.as_rows(overridden_health.get(customer.customer_id))
        totals.append(row)
        all_lane_rows += lane_rows
    return Bridges(
        t0,
        t1,
        pl.DataFrame(all_lane_rows, _LANE_ROWS, orient="row"),
        pl.DataFrame(totals, _TOTAL_ROWS, orient="row"),
        bridge_states.left_out,
    )


@dataclass(frozen=True)
class _Customer:
    """One customer's states; the first and the last have a known health."""

    customer_id: str
    before: int
    after: int
    frozen_on: date | None
    states: tuple[State, ...]

    def as_rows(self, override: int | None) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
        """(row of totals, rows of lanes)."""
        health_before, health_after = _known_health(self.states[0]), _known_health(self.states[-1])
        terms = {(lane, KEYS[i]): term for (lane, i), term in arithmetic.explain_change(self.states).items()}
        shown_after, final_health = self.after, health_after
        if override is not None:
            shown_after, final_health = override, Fraction(override)
            if final_health != health_after:
                terms["override", ""] = final_health - health_after
        difference = shown_after // 10 - self.before // 10
        ordered = sorted(terms.items(), key=lambda item: _lane_order(*item[0]))
        tenths = arithmetic.round_to_tenths(ordered, difference)
        lanes = [
            (self.customer_id, lane, key or None, *(term / 100).as_integer_ratio(), tenths_shown)
            for ((lane, key), term), tenths_shown in zip(ordered, tenths, strict=True)
        ]
        ratios = (*(health_before / 100).as_integer_ratio(), *(final_health / 100).as_integer_ratio())
        return (self.customer_id, self.before, shown_after, *ratios, difference, self.frozen_on), lanes


def _known_health(state: State) -> Fraction:
    """Health of a state that must be known."""
    value = arithmetic.state_health(state)
    assert value is not None, "only customers scored on both days are bridged"
    return value


def _lane_order(lane: str, key: str) -> tuple[int, int]:
    """Sort key: lane, then component, as declared."""
    return list(LANES).index(lane), KEYS.index(key) if key else 0


def _customer_states(bridge_states: States, before: Settings, after: Settings) -> Iterator[_Customer]:
    """The states of each customer, in the order of the frames."""
    frames = (bridge_states.before, bridge_states.aged, bridge_states.late, bridge_states.data, bridge_states.after)
    points = zip(*(frame.select(POINTS).iter_rows() for frame in frames), strict=True)
    heads = zip(
        *(bridge_states.before[name] for name in ("customer_id", "health")),
        *(bridge_states.after[name] for name in ("health", "status", "facts_as_of")),
        _weights(bridge_states.before, before),
        _weights(bridge_states.after, after),
        strict=True,
    )
    for (customer_id, health_before, health_after, status, as_of, old, new), (a, b, late, c, d) in zip(heads, points, strict=True):
        path = (State("", a, old), State("ageing", b, old), State("late", late, old), State("data", c, old), State("settings", d, new))
        yield _Customer(customer_id, health_before, health_after, as_of if status in ("leaving", "paused") else None, path)


def _weights(frame: pl.DataFrame, score_settings: Settings) -> list[tuple[int, ...]]:
    """Each customer's weights in the order of COMPONENTS."""
    segments = frame["score_segment"]
    by_segment = {segment: tuple(score_settings.weights_of(segment)[key] for key in KEYS) for segment in segments.unique()}
    return [by_segment[segment] for segment in segments]
