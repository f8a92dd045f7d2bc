"""Declarations of a component's parts; points, curve, thresholds, reasons and actions are derived from them.

Each threshold is stated once, in the part's shape; texts refer to it as `{worst}` and `{best}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from health import format as fmt

Row = Mapping[str, Any]
ROUNDING_MARGIN = 1e-9
"""Added before rounding, so that exact halves round up although floats can miss them by 1e-13; no ratio of facts is that close."""
NO_VALUE = pl.lit(None, pl.Float64)


class Shape(Protocol):
    """Conversion of a measure to points 0..100, and the bounds used in texts."""

    def points(self, x: pl.Expr) -> pl.Expr:
        """Points 0..100 of a measure."""

    def bounds(self) -> dict[str, float]:
        """Bounds by the name used in texts: worst and best, or by."""


@dataclass(frozen=True)
class Ramp:
    """0 points at `worst`, 100 at `best`, straight between, flat beyond; worst may exceed best."""

    worst: float
    best: float

    def points(self, x: pl.Expr) -> pl.Expr:
        return 100 * ((x - self.worst) / (self.best - self.worst)).clip(0.0, 1.0)

    def bounds(self) -> dict[str, float]:
        return {"worst": self.worst, "best": self.best}


@dataclass(frozen=True)
class Halving:
    """100 points at 0, half as many after each `by`."""

    by: float

    def points(self, x: pl.Expr) -> pl.Expr:
        return 100 * pl.lit(2.0).pow(-x / self.by)

    def bounds(self) -> dict[str, float]:
        return {"by": self.by}


@dataclass(frozen=True)
class Approach:
    """0 points at 0; each `by` adds half of what is missing to 100."""

    by: float

    def points(self, x: pl.Expr) -> pl.Expr:
        return 100 - Halving(self.by).points(x)

    def bounds(self) -> dict[str, float]:
        return {"by": self.by}

    def at(self, x: float) -> float:
        """Points at one value."""
        return 100.0 * (1 - float(2.0 ** (-x / self.by)))


def points_where(known: pl.Expr, points: pl.Expr) -> pl.Expr:
    """The points where `known` is true, else null."""
    return pl.when(known).then(points)


@dataclass(frozen=True)
class Axis:
    """The curve's axis on the method screen: from, to, unit; `scale` turns the measure into that unit."""

    start: float
    stop: float
    unit: str
    scale: float = 1


@dataclass(frozen=True, eq=False)
class Reason:
    """Why a part puts a customer on the week's list; expressions over one row of facts and worklist inputs.

    `value` and `against`: figures in the text; `on_day` and `of_what`: a day and a name in it. Reasons with the same `about` are shown
    once. `when`: condition of this reason if the part has several. `call` and `visit`: next action; visits are for the highest tier.
    """

    words: pl.Expr
    value: pl.Expr = NO_VALUE
    against: pl.Expr = NO_VALUE
    about: str = ""
    call: str = ""
    visit: str | None = None
    name: str = ""
    when: pl.Expr | None = None
    on_day: pl.Expr | None = None
    of_what: pl.Expr | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a component: share in per cent, measure, shape of its points, and explanatory texts.

    `known`: true if the part has points; `otherwise`: points used where `known` is false; `fact`: the customer's own figures as text. Only
    key, label, share, measure, shape and formula are required.
    """

    key: str
    label: str
    share: int
    measure: pl.Expr
    shape: Shape
    formula: str
    worst_words: str = "{worst}"
    best_words: str = "{best}"
    unknown_when: str = "nothing is on file"
    axis: Axis | None = None
    known: pl.Expr | None = None
    otherwise: pl.Expr | None = None
    reasons: tuple[Reason, ...] = ()
    fact: Callable[[Row], str] | None = None

    @property
    def points(self) -> pl.Expr:
        """Points 0..100, null where unknown."""
        points = self.shape.points(self.measure)
        if self.known is None:
            return points
        known_points = pl.when(self.known).then(points)
        return known_points if self.otherwise is None else known_points.otherwise(self.otherwise)

    def curve(self, x: pl.Expr) -> pl.Expr:
        """Points over values in the unit of the axis."""
        return self.shape.points(x / (self.axis.scale if self.axis else 1))

    @property
    def worst(self) -> str:
        """Text of the value with 0 points."""
        return self.worst_words.format(**self._bounds())

    @property
    def best(self) -> str:
        """Text of the value with 100 points."""
        return self.best_words.format(**self._bounds())

    def _bounds(self) -> dict[str, str]:
        scale = self.axis.scale if self.axis else 1
        return {name: f"{abs(round(scale * value, 9)):g}" for name, value in self.shape.bounds().items()}


@dataclass(frozen=True)
class ChangeWords:
    """Texts for a change of the component: by ageing or by new data, down or up."""

    aged_down: str
    aged_up: str
    new_down: str
    new_up: str


@dataclass(frozen=True, eq=False)
class Component:
    """A component of the score: label, default weight (0: off until the settings give it some), why it counts, the table it needs.

    `missing`: what is not on file when it is unknown; `also_reads`: further tables that can change it; `ageing`: text for a change without
    new rows, from the facts before and after, the days between and whether points were lost.
    """

    key: str
    label: str
    weight: int
    why: str
    needs: str
    parts: tuple[Part, ...]
    example: str
    missing: str = ""
    also_reads: tuple[str, ...] = ()
    changes: ChangeWords | None = None
    ageing: Callable[[Row, Row, int, bool], str] | None = None

    @property
    def column(self) -> str:
        """Name of its points column in frames and files."""
        return f"{self.key}_points"

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it reads, the one it needs first."""
        return (self.needs, *self.also_reads)

    @property
    def lower_label(self) -> str:
        """The label inside a sentence."""
        return f"{self.label[:1].lower()}{self.label[1:]}"

    @property
    def missing_words(self) -> str:
        """What is missing if the component is unknown: 'no market prices'."""
        return self.missing or f"no {self.needs.replace('_', ' ')}"

    def reasons(self) -> list[tuple[Part, str, Reason]]:
        """(part, key of the reason, reason) of every reason the component can give, in the declared order."""
        return [
            (part, reason.name or part.key, reason) for part in self.parts for reason in (part.reasons or (self._default_reason(part),))
        ]

    def _default_reason(self, part: Part) -> Reason:
        points = part.points.cast(pl.Float64)
        text = pl.format(f"{self.label}, {part.label.lower()}: {{}} of 100 points", points.round(0).cast(pl.Int64))
        return Reason(text, points, about=self.key, call=f"Call and ask about {self.lower_label}", name=f"{self.key} {part.key}")


def component_points(component: Component) -> pl.Expr:
    """The component's points in whole hundredths: its known parts, weighted by share; null when none is known."""
    weights = [pl.when(part.points.is_not_null()).then(part.share).otherwise(0) for part in component.parts]
    earned_points = [(part.points * part.share).fill_null(0.0) for part in component.parts]
    weight = pl.sum_horizontal(weights)
    share = pl.sum_horizontal(earned_points) / weight
    return pl.when(weight > 0).then((100 * share + 0.5 + ROUNDING_MARGIN).floor()).cast(pl.Int64).alias(component.column)


def out_of_words(done: int, due: int, what_was_done: str) -> str:
    """'3 of 4 promises kept', or a text for nothing due."""
    return f"{fmt.count(done)} of {fmt.count(due)} {what_was_done}" if due else "Nothing due yet"
