"""A retention forecast, and its accuracy in words."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt


@dataclass(frozen=True)
class ForecastSide:
    """Share of today's MRR expected in twelve months, with its 95 % interval.

    `chance_sd`: from individual churn, `model_sd`: error of past forecasts beyond that; None where none is due yet.
    """

    expected: float
    low: float
    high: float
    chance_sd: float
    model_sd: float | None


@dataclass(frozen=True)
class Forecast:
    """Gross and net retention forecast; `net` is None where growth of stayers is unknown.

    `covered`: share of MRR with its own probability, the rest counts as their mean. `past`: one row per past forecast and side: made_on,
    until, side, expected, low, high, chance_sd, came. `by_band`: observed band rates were used because the model has not passed its
    validation.
    """

    made_on: date
    until: date
    customers: int
    covered: float
    gross: ForecastSide
    net: ForecastSide | None
    past: pl.DataFrame
    by_band: bool = False

    def mean_error(self) -> float | None:
        """Mean absolute error of past gross forecasts; None where none is due yet."""
        rows = self.past.filter(pl.col("side") == "gross")
        return None if rows.is_empty() else float((rows["expected"] - rows["came"]).abs().sum()) / rows.height

    @property
    def sentence(self) -> str:
        """Accuracy of the forecast in one or two sentences."""
        fallback_note = (
            "The churn model failed its test, so the forecast uses the observed churn rates of the bands. " if self.by_band else ""
        )
        return fallback_note + self._accuracy

    @property
    def _accuracy(self) -> str:
        rows = self.past.filter(pl.col("side") == "gross").sort("made_on")
        if rows.is_empty():
            return "No earlier forecast can be compared yet, so the interval reflects chance only, not forecast error."
        last = rows.row(-1, named=True)
        newest_text = f"on {fmt.day(last['made_on'])}, {fmt.rate(last['expected'])} was predicted and {fmt.rate(last['came'])} was observed"
        if rows.height == 1:
            return f"Only one earlier forecast can be compared, too few to judge accuracy: {newest_text}."
        inside = rows.filter(pl.col("came").is_between("low", "high")).height
        above_count = (rows["came"] > rows["expected"]).sum()
        bias_text = f"; each time {'more' if above_count else 'less'} stayed than predicted" if above_count in (0, rows.height) else ""
        return (
            f"Of {rows.height} earlier forecasts with overlapping years, {inside} were within their interval; "
            f"the average error of gross retention was {fmt.pts(self.mean_error()).lstrip('+')}{bias_text}. Latest: {newest_text}."
        )
