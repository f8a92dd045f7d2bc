"""Does the model hold? Fitted on what was known at earlier days, held against the twelve months that followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health import format as fmt
from health.access import Book
from health.errors import TooLittle
from health.foresight.backtest import calibration
from health.foresight.backtest.verdict import FEWEST_LOSSES
from health.foresight.churn import held_out, landmarks
from health.foresight.churn.held_out import Judged
from health.foresight.churn.training import fitted, lessons
from health.warehouse import Session

HORIZONS = (3, 6, 12)
HALF, YEAR = 6, 12
STANDS_IN = "The observed rates of the bands stand in for them."
RATIO, SLOPE, INSIDE = (0.85, 1.15), (0.8, 1.2), (0.75, 0.85)
"""Bounds of expected over observed losses, of the calibration slope at 6 months, and of the share of the transform within 0.1 to 0.9."""


@dataclass(frozen=True)
class Horizon:
    """What was expected and what happened within some months after the cut-offs."""

    months: int
    cutoffs: tuple[date, ...]
    customers: int
    expected: float
    observed: int

    @property
    def ratio(self) -> float | None:
        """Expected over observed losses; None where nobody left."""
        return self.expected / self.observed if self.observed else None


@dataclass(frozen=True)
class Check:
    """How the model did. `horizons`: by months, those that could be judged. `slope`, `auc` (of the model), `auc_health`: at 6 months.
    `inside`: the share of the randomised transform within 0.1 to 0.9 over 12 months (0.8 where the curves are right). None: not known.

    `tables`: `months` (month, expected, observed: sums up to each month after the first cut-off; customers), `tenths` as of
    `chance.calibration`, at 6 months (3 where none reach that far). Where it could not be held against any month, nothing but `why`.
    """

    as_of: date
    horizons: Mapping[int, Horizon]
    slope: float | None
    auc: float | None
    auc_health: float | None
    inside: float | None
    tables: Mapping[str, pl.DataFrame]
    why: str = f"The chances could not be checked: it takes {YEAR} months of history, then 6 months and 30 days to see who left."

    @property
    def holds(self) -> bool:
        """Whether its chances may be shown: losses within 6 months and the slope as they should be, judged on 30 losses at the least."""
        return self._enough and not self.faults

    @property
    def faults(self) -> list[str]:
        """What speaks against showing them, in words."""
        return [words for months, words in self._outside if months in (None, HALF)]

    @property
    def remarks(self) -> list[str]:
        """What else is not as it should be, in words."""
        return [words for months, words in self._outside if months not in (None, HALF)]

    @property
    def _outside(self) -> list[tuple[int | None, str]]:
        """(months ahead; None for the slope; words) of each figure outside its bounds."""
        told = [(n, f"expected over seen losses within {n} months", h.ratio, RATIO) for n, h in self.horizons.items()]
        slope = (None, "the calibration slope", self.slope, SLOPE)
        inside = (YEAR, "the share of customers inside the 80 % interval", self.inside, INSIDE)
        figures = [*told, slope, inside]
        return [(n, f"{words} {x:.2f} ({low} to {high})") for n, words, x, (low, high) in figures if x is not None and not low <= x <= high]

    @property
    def sentence(self) -> str:
        """What came of it, in words."""
        half = self.horizons.get(HALF)
        if half is None:
            return f"{self.why} Until then the observed rates of the bands stand in for them, once there are any."
        told = f"{fmt.count(round(half.expected))} losses within 6 months were expected and {fmt.count(half.observed)} seen"
        where = f"fitted on what was known up to {_listed([fmt.day(day) for day in half.cutoffs])}"
        if not self._enough:
            return f"Too few losses to check the chances: {told}, and it takes {FEWEST_LOSSES}. {STANDS_IN}"
        if not self.holds:
            return f"The chances did not hold on later months: {'; '.join(self.faults)}. {STANDS_IN}"
        but = f" Less sure: {'; '.join(self.remarks)}." if self.remarks else ""
        return f"The chances held on later months: {told}, {where}.{but}"

    @property
    def _enough(self) -> bool:
        return HALF in self.horizons and self.slope is not None and self.horizons[HALF].observed >= FEWEST_LOSSES

    def as_json(self) -> dict[str, Any]:
        """All figures by name."""
        each = {
            f"months_{n}": {"cutoffs": [d.isoformat() for d in h.cutoffs], "customers": h.customers, "expected": h.expected,
                            "observed": h.observed, "expected_over_observed": h.ratio}
            for n, h in self.horizons.items()
        }  # fmt: skip
        figures = {"slope": self.slope, "auc": self.auc, "auc_health": self.auc_health, "inside": self.inside}
        return {"holds": self.holds, "sentence": self.sentence, "as_of": self.as_of.isoformat(), **figures, **each}


def _listed(words: list[str]) -> str:
    """'A, B and C'."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def check(book: Book, as_of: date) -> Check:
    """The model of the whole book, fitted anew at up to four days of the last year and held against what is known now of the months after.

    Where it could not be fitted three months ago, it does not hold, and says why: a model that was never tried is not shown.
    """
    try:
        with book.reading() as session:
            cuts = _cuts(session, landmarks.seen_until(session, as_of))
    except TooLittle as problem:
        return Check(as_of, {}, None, None, None, None, {}, f"The chances could not be checked yet. {problem}")
    parts = {n: [cut for cut in cuts if cut.months >= n] for n in HORIZONS}
    told = {n: held_out.pooled(of, n) for n, of in parts.items() if of}
    half, year = told.get(HALF), told.get(YEAR)
    return Check(
        as_of=as_of,
        horizons={n: _horizon(told[n], parts[n]) for n in told},
        slope=held_out.slope(half) if half else None,
        auc=held_out.auc(half, half.expected(HALF)) if half else None,
        auc_health=held_out.auc(half, -half.health) if half else None,
        inside=held_out.inside(year) if year else None,
        tables={"months": _by_month(cuts[0]), "tenths": _by_tenth(half or told[min(told)])},
    )


def _cuts(session: Session, as_of: date) -> list[Judged]:
    """The cut-offs 12, 9, 6 and 3 months back at which there was enough to fit, oldest first."""
    ends = landmarks.month_ends(session, as_of)
    found, why = [], TooLittle(f"Too little history by {fmt.day(as_of)}: it takes 15 months.")
    for months in (12, 9, 6, 3):
        days = ends.filter(pl.col("leads") >= months)["as_of"]
        if not days.len():
            continue
        try:
            model = fitted(lessons(session, days[-1]), days[-1])
        except TooLittle as problem:
            why = problem
            continue
        found.append(held_out.judged(session, model, days[-1], as_of, months))
    if not found:
        raise why
    return found


def _horizon(told: Judged, parts: list[Judged]) -> Horizon:
    expected, observed = told.expected(told.months).sum(), told.left_by(told.months).sum()
    return Horizon(told.months, tuple(part.cutoff for part in parts), len(told), float(expected), int(observed))


def _by_tenth(told: Judged) -> pl.DataFrame:
    return calibration.calibration(told.left_by(told.months), told.expected(told.months))


def _by_month(first: Judged) -> pl.DataFrame:
    told = first.within(first.months)
    months = np.arange(1, first.months + 1)
    return pl.DataFrame(
        {
            "month": months,
            "expected": [float(told.expected(int(n)).sum()) for n in months],
            "observed": [int(told.left_by(int(n)).sum()) for n in months],
            "customers": [len(told)] * len(months),
        }
    )
