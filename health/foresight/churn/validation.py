"""Validation of the churn model: fitted on earlier days and compared with the twelve months that followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from health import format as fmt
from health.access import Book
from health.errors import InsufficientData
from health.foresight.backtest import calibration
from health.foresight.backtest.verdict import MIN_LOSSES
from health.foresight.churn import held_out, landmarks
from health.foresight.churn.held_out import HeldOut
from health.foresight.churn.training import fit_hazard, training_rows
from health.warehouse import Session

HORIZONS = (3, 6, 12)
HALF, YEAR = 6, 12
FALLBACK_NOTE = "Until it does, each customer gets the observed churn rate of its band."
RATIO_BOUNDS, SLOPE_BOUNDS, COVERAGE_BOUNDS = (0.85, 1.15), (0.8, 1.2), (0.75, 0.85)
"""Bounds of expected / observed losses, of the calibration slope at 6 months, and of the interval coverage.

A ratio is judged by its interval: in a small book the luck of a few losses moves it by more than these bounds allow.
"""


@dataclass(frozen=True)
class Horizon:
    """Expected and observed losses within some months after the cut-offs; `low`, `high`: 95 % interval of their ratio, None if unknown."""

    months: int
    cutoffs: tuple[date, ...]
    customers: int
    expected: float
    observed: int
    low: float | None = None
    high: float | None = None

    @property
    def ratio(self) -> float | None:
        """Expected / observed losses; None where nobody left."""
        return self.expected / self.observed if self.observed else None

    @property
    def outside_bounds(self) -> bool:
        """Whether the whole interval of the ratio lies outside RATIO_BOUNDS, so that chance cannot explain it."""
        return self.low is not None and self.high is not None and (self.high < RATIO_BOUNDS[0] or self.low > RATIO_BOUNDS[1])

    @property
    def fault(self) -> str:
        """'the 6-month forecast was 42 % too high (95 % interval of the ratio 1.21 to 1.66; accepted: 0.85 to 1.15)'."""
        assert self.ratio is not None
        direction = "high" if self.ratio > 1 else "low"
        interval = f"95 % interval of the ratio {self.low:.2f} to {self.high:.2f}"
        accepted = f"accepted: {RATIO_BOUNDS[0]} to {RATIO_BOUNDS[1]}"
        return f"the {self.months}-month forecast was {fmt.share(abs(self.ratio - 1))} too {direction} ({interval}; {accepted})"


@dataclass(frozen=True)
class Check:
    """Result of the validation; None is unknown.

    `horizons`: by months, those that could be tested. `slope`, `auc` (of the model), `auc_health`: at 6 months. `coverage`: share of
    randomised quantile residuals within 0.1 to 0.9 over 12 months (0.8 if the curves are right). `tables`: `months` (month, expected,
    observed: running totals after the first cut-off; customers), `tenths` as of `calibration.calibration_by_decile`, at 6 months (3 where
    none reach 6). If nothing could be tested, only `why` is set.
    """

    as_of: date
    horizons: Mapping[int, Horizon]
    slope: float | None
    auc: float | None
    auc_health: float | None
    coverage: float | None
    tables: Mapping[str, pl.DataFrame]
    why: str = f"The churn model cannot be tested yet: that needs {YEAR} months of history, then 6 months and 30 days to see who churned."

    @property
    def holds(self) -> bool:
        """Whether its probabilities may be shown: at least 30 losses within 6 months, with ratio (its interval) and slope within bounds."""
        return self._enough_losses and not self.faults

    @property
    def faults(self) -> list[str]:
        """Reasons not to show them, in words."""
        return [words for months, words in self._figures_outside_bounds if months in (None, HALF)]

    @property
    def remarks(self) -> list[str]:
        """Other figures outside their bounds, in words."""
        return [words for months, words in self._figures_outside_bounds if months not in (None, HALF)]

    @property
    def _figures_outside_bounds(self) -> list[tuple[int | None, str]]:
        """(months ahead, None for the slope; words) of each figure outside its bounds."""
        ratios = [(n, h.fault) for n, h in self.horizons.items() if h.outside_bounds]
        slope = (
            None,
            f"calibration slope {self.slope or 0:.2f} (accepted: {SLOPE_BOUNDS[0]} to {SLOPE_BOUNDS[1]})",
            self.slope,
            SLOPE_BOUNDS,
        )
        accepted_coverage = f"{100 * COVERAGE_BOUNDS[0]:.0f} to {fmt.share(COVERAGE_BOUNDS[1])}"
        coverage_text = f"{fmt.share(self.coverage)} of customers inside the 80 % interval (accepted: {accepted_coverage})"
        figures = [slope, (YEAR, coverage_text, self.coverage, COVERAGE_BOUNDS)]
        return [*ratios, *((n, words) for n, words, x, (low, high) in figures if x is not None and not low <= x <= high)]

    @property
    def sentence(self) -> str:
        """The result in a sentence."""
        half = self.horizons.get(HALF)
        if half is None:
            return f"{self.why} Until then each customer gets the observed churn rate of its band, once there is one."
        result = f"{fmt.count(round(half.expected))} losses expected within 6 months, {fmt.count(half.observed)} observed"
        fitted_up_to = f"models fitted on data up to {_list_text([fmt.day(day) for day in half.cutoffs])}"
        if not self._enough_losses:
            return f"Too few losses to test the churn model: {result}; {MIN_LOSSES} are needed. {FALLBACK_NOTE}"
        if not self.holds:
            return f"The churn model failed its test on later months: {'; '.join(self.faults)}. {FALLBACK_NOTE}"
        remarks = f" Treat with care: {'; '.join(self.remarks)}." if self.remarks else ""
        return f"The churn model passed its test on later months: {result} ({fitted_up_to}).{remarks}"

    @property
    def _enough_losses(self) -> bool:
        return HALF in self.horizons and self.slope is not None and self.horizons[HALF].observed >= MIN_LOSSES

    def as_json(self) -> dict[str, Any]:
        """All figures by name."""
        by_months = {
            f"months_{n}": {"cutoffs": [d.isoformat() for d in h.cutoffs], "customers": h.customers, "expected": h.expected,
                            "observed": h.observed, "expected_over_observed": h.ratio, "expected_over_observed_low": h.low,
                            "expected_over_observed_high": h.high}
            for n, h in self.horizons.items()
        }  # fmt: skip
        figures = {"slope": self.slope, "auc": self.auc, "auc_health": self.auc_health, "inside": self.coverage}
        return {"holds": self.holds, "sentence": self.sentence, "as_of": self.as_of.isoformat(), **figures, **by_months}


def _list_text(words: list[str]) -> str:
    """'A, B and C'."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def check(book: Book, as_of: date) -> Check:
    """Refit the model of the whole book at up to four days of the last year and compare it with the months that followed.

    A model that could not be fitted three months ago does not hold, and `why` says so: an untested model is not shown.
    """
    try:
        with book.reading() as session:
            cutoffs = _held_out_cutoffs(session, landmarks.last_known_day(session, as_of))
    except InsufficientData as problem:
        return Check(as_of, {}, None, None, None, None, {}, f"The churn model cannot be tested yet. {problem}")
    by_horizon = {n: [cut for cut in cutoffs if cut.months >= n] for n in HORIZONS}
    pooled = {n: held_out.pool(cutoffs_of, n) for n, cutoffs_of in by_horizon.items() if cutoffs_of}
    half, year = pooled.get(HALF), pooled.get(YEAR)
    return Check(
        as_of=as_of,
        horizons={n: _horizon(pooled[n], by_horizon[n]) for n in pooled},
        slope=held_out.calibration_slope(half) if half else None,
        auc=held_out.auc(half, half.expected(HALF)) if half else None,
        auc_health=held_out.auc(half, -half.health) if half else None,
        coverage=held_out.interval_coverage(year) if year else None,
        tables={"months": _by_month(cutoffs[0]), "tenths": _by_decile(half or pooled[min(pooled)])},
    )


def _held_out_cutoffs(session: Session, as_of: date) -> list[HeldOut]:
    """Cut-offs 12, 9, 6 and 3 months back with enough data to fit, oldest first. Raises InsufficientData without any."""
    month_ends = landmarks.month_ends(session, as_of)
    cutoffs, problem_found = [], InsufficientData(f"Too little history by {fmt.day(as_of)}: 15 months are needed.")
    for months in (12, 9, 6, 3):
        days = month_ends.filter(pl.col("leads") >= months)["as_of"]
        if not days.len():
            continue
        try:
            model = fit_hazard(training_rows(session, days[-1]), days[-1])
        except InsufficientData as problem:
            problem_found = problem
            continue
        cutoffs.append(held_out.hold_out(session, model, days[-1], as_of, months))
    if not cutoffs:
        raise problem_found
    return cutoffs


def _horizon(pooled: HeldOut, cutoffs: list[HeldOut]) -> Horizon:
    expected, observed = pooled.expected(pooled.months).sum(), pooled.left_by(pooled.months).sum()
    interval = held_out.ratio_interval(pooled) if observed else (None, None)
    return Horizon(pooled.months, tuple(cutoff.cutoff for cutoff in cutoffs), len(pooled), float(expected), int(observed), *interval)


def _by_decile(held_out: HeldOut) -> pl.DataFrame:
    return calibration.calibration_by_decile(held_out.left_by(held_out.months), held_out.expected(held_out.months))


def _by_month(first_cutoff: HeldOut) -> pl.DataFrame:
    held_out = first_cutoff.within(first_cutoff.months)
    months = np.arange(1, first_cutoff.months + 1)
    return pl.DataFrame(
        {
            "month": months,
            "expected": [float(held_out.expected(int(n)).sum()) for n in months],
            "observed": [int(held_out.left_by(int(n)).sum()) for n in months],
            "customers": [len(held_out)] * len(months),
        }
    )
