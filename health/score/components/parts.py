"""What a component is made of: parts, each one declaration from which points, curve, thresholds, reasons and actions follow.

A threshold stands once, in the part's shape. Texts take it from there by `{worst}` and `{best}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from health import format as fmt

Row = Mapping[str, Any]
ROUNDING_MARGIN = 1e-9
"""Lifts exact halves, which binary fractions can miss by 1e-13, over the edge; no ratio of the facts lies that near to one."""
NO_VALUE = pl.lit(None, pl.Float64)


class Shape(Protocol):
    """How a measure becomes points 0..100, and the bounds that the texts name."""

    def points(self, x: pl.Expr) -> pl.Expr: ...

    def bounds(self) -> dict[str, float]: ...


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
    """The points where they are known, else null."""
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
    """Why a part puts a customer on the week's list, over one row of facts and of the worklist's inputs.

    `value` and `against` are the figures in the words, `on_day` and `of_what` a day and a name in them. Reasons with the same `about` are
    shown once. `when` says in which case a part with several reasons has this one. `call` and `visit` are the next action; the visit is
    for the highest tier.
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
    """A part of a component: its share in per cent, what it measures, the shape of its points and the words that explain it.

    `known` is true where the part has points. `otherwise` gives points where `known` is false and something else is on file. `fact` puts
    the customer's own figures in words. Only key, label, share, measure, shape and formula are required; all else has a default.
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
        """Where the part has 0 points, in words."""
        return self.worst_words.format(**self._bounds())

    @property
    def best(self) -> str:
        """Where the part has 100 points, in words."""
        return self.best_words.format(**self._bounds())

    def _bounds(self) -> dict[str, str]:
        scale = self.axis.scale if self.axis else 1
        return {name: f"{abs(round(scale * value, 9)):g}" for name, value in self.shape.bounds().items()}


@dataclass(frozen=True)
class ChangeWords:
    """What a change of the component is called: by ageing alone or by new data, when points fall and when they rise."""

    aged_down: str
    aged_up: str
    new_down: str
    new_up: str


@dataclass(frozen=True, eq=False)
class Component:
    """A component of the score: label, default weight (0: off until the settings give it some), why it counts, the table it needs.

    `missing` names what is not on file where it is unknown; `also_reads` are further tables that can move it; `ageing` words what moved it
    without new rows, from the facts before and after, the days between and whether points were lost.
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
        """The name of its points in frames and files."""
        return f"{self.key}_points"

    @property
    def lower_label(self) -> str:
        """The label inside a sentence."""
        return f"{self.label[:1].lower()}{self.label[1:]}"

    @property
    def missing_words(self) -> str:
        """What is not on file where the component is unknown: 'no market prices'."""
        return self.missing or f"no {self.needs.replace('_', ' ')}"

    def reasons(self) -> list[tuple[Part, str, Reason]]:
        """(part, key of the reason, reason) of every reason the component can give, in the declared order."""
        return [
            (part, reason.name or part.key, reason) for part in self.parts for reason in (part.reasons or (self._default_reason(part),))
        ]

    def _default_reason(self, part: Part) -> Reason:
        points = part.points.cast(pl.Float64)
        words = pl.format(f"{self.label}, {part.label.lower()}: {{}} of 100 points", points.round(0).cast(pl.Int64))
        return Reason(words, points, about=self.key, call=f"Call, and ask about {self.lower_label}", name=f"{self.key} {part.key}")


def component_points(component: Component) -> pl.Expr:
    """The component's points in whole hundredths: its known parts, weighted by share; null when none is known."""
    weights = [pl.when(part.points.is_not_null()).then(part.share).otherwise(0) for part in component.parts]
    earned_points = [(part.points * part.share).fill_null(0.0) for part in component.parts]
    weight = pl.sum_horizontal(weights)
    share = pl.sum_horizontal(earned_points) / weight
    return pl.when(weight > 0).then((100 * share + 0.5 + ROUNDING_MARGIN).floor()).cast(pl.Int64).alias(component.column)


def out_of_words(done: int, due: int, words: str) -> str:
    """'3 of 4 promises kept'; without any due, that there is nothing to judge by."""
    return f"{fmt.count(done)} of {fmt.count(due)} {words}" if due else "Nothing yet to judge by"
