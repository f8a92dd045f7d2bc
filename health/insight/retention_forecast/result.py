"""A forecast and how far it can be trusted, in a sentence."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt


@dataclass(frozen=True)
class ForecastSide:
    """A share of today's MRR expected in twelve months, with its 95 % interval: `chance_sd` is who happens to leave, `model_sd` what past
    forecasts were off beyond that; None where none has come due."""

    expected: float
    low: float
    high: float
    chance_sd: float
    model_sd: float | None


@dataclass(frozen=True)
class Forecast:
    """`gross` and `net` (None where nothing says how bills of those who stay change); `covered`: the share of MRR with a chance of its own,
    the rest counts as their mean. `past`: one row a past forecast and side: made_on, until, side, expected, low, high, chance_sd, came.
    `by_band`: what was observed of the bands stood in for a model that has not passed its check.
    """

    made_on: date
    until: date
    customers: int
    covered: float
    gross: ForecastSide
    net: ForecastSide | None
    past: pl.DataFrame
    by_band: bool = False

    def off(self) -> float | None:
        """By how much past forecasts of gross retention were off, on average, whichever way; None where none has come due."""
        rows = self.past.filter(pl.col("side") == "gross")
        return None if rows.is_empty() else float((rows["expected"] - rows["came"]).abs().sum()) / rows.height

    @property
    def sentence(self) -> str:
        """How far the forecast can be trusted, in a sentence."""
        stands_in = "The model of leaving has not passed its check; the rates seen of the bands stand in. " if self.by_band else ""
        return stands_in + self._accuracy

    @property
    def _accuracy(self) -> str:
        rows = self.past.filter(pl.col("side") == "gross").sort("made_on")
        if rows.is_empty():
            return "No earlier forecast has come due, so the interval counts only who happens to leave, not how far a forecast is off."
        last = rows.row(-1, named=True)
        newest = f"that of {fmt.day(last['made_on'])} foresaw {fmt.rate(last['expected'])} and {fmt.rate(last['came'])} came"
        if rows.height == 1:
            return f"Only one earlier forecast has come due, which says little of its accuracy: {newest}."
        inside = rows.filter(pl.col("came").is_between("low", "high")).height
        more = (rows["came"] > rows["expected"]).sum()
        side = f"; {'more' if more else 'less'} stayed than foreseen each time" if more in (0, rows.height) else ""
        return (
            f"Of {rows.height} earlier forecasts, whose years overlap, {inside} came within their own interval; "
            f"gross retention was off by {fmt.pts(self.off()).lstrip('+')} on average{side}. The newest: {newest}."
        )
