"""What a component is made of: parts with a share, a measure over one row of facts and the words that explain it."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

A_HAIR = 1e-9
"""Lifts exact halves, which binary fractions can miss by 1e-13, over the edge; no ratio of the facts lies that near to one."""


def ramp(x: pl.Expr, worst: float, best: float) -> pl.Expr:
    """0 at worst, 100 at best, straight between, flat beyond; worst may exceed best."""
    return 100 * ((x - worst) / (best - worst)).clip(0.0, 1.0)


def halving(x: pl.Expr, by: float) -> pl.Expr:
    """100 at 0, half of it after each `by`."""
    return 100 * pl.lit(2.0).pow(-x / by)


def where(known: pl.Expr, points: pl.Expr) -> pl.Expr:
    """The points where they are known, else null."""
    return pl.when(known).then(points)


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a component: its share of it, the measure, and the words that explain it."""

    key: str
    label: str
    share: int
    points: pl.Expr
    formula: str
    worst: str
    best: str
    unknown_when: str
    curve: Callable[[pl.Expr], pl.Expr] | None = None
    curve_from: float = 0.0
    curve_to: float = 0.0
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Component:
    """A part of the score: what it measures, its weight as delivered (0: off until the settings give it some), why, and which table."""

    key: str
    label: str
    weight: int
    why: str
    needs: str
    parts: tuple[Part, ...]
    example: str

    @property
    def column(self) -> str:
        """The name of its points in frames and files."""
        return f"{self.key}_points"


def points(component: Component) -> pl.Expr:
    """The component's points in whole hundredths: its known parts, weighted by share; null when none is known."""
    known = [pl.when(part.points.is_not_null()).then(part.share).otherwise(0) for part in component.parts]
    earned = [(part.points * part.share).fill_null(0.0) for part in component.parts]
    weight = pl.sum_horizontal(known)
    share = pl.sum_horizontal(earned) / weight
    return pl.when(weight > 0).then((100 * share + 0.5 + A_HAIR).floor()).cast(pl.Int64).alias(component.column)
