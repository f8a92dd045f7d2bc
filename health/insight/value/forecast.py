"""Gross and net revenue retention of the twelve months ahead, with an interval and how the same forecast did before."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from health import format as say
from health.access import Book
from health.errors import TooLittle
from health.foresight import churn
from health.foresight.lifetime import banded
from health.foresight.outcomes import NOT_THEIRS
from health.insight.rates import CUSTOMER, YEAR_MONTHS, losses, month_ends, months_back
from health.insight.rates import retention as came_to
from health.score.components import DAYS_A_MONTH

MOST_PAST = 8
LEAST_COVERED = 0.5  # of the MRR; with less there is no forecast
HALF_YEAR = 6
SIDES = ("gross", "net")
Z = 1.96
_TYPES = {"made_on": pl.Date, "until": pl.Date, "side": pl.String, "expected": pl.Float64, "low": pl.Float64, "high": pl.Float64,
          "chance_sd": pl.Float64, "came": pl.Float64}  # fmt: skip


@dataclass(frozen=True)
class Side:
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
    `by_band`: what was observed of the bands stood in for a model that does not hold.
    """

    made_on: date
    until: date
    customers: int
    covered: float
    gross: Side
    net: Side | None
    past: pl.DataFrame
    by_band: bool = False

    def off(self, side: str = "gross") -> float | None:
        """By how much past forecasts were off, on average, whichever way; None where none has come due."""
        rows = self.past.filter(pl.col("side") == side)
        return None if rows.is_empty() else float((rows["expected"] - rows["came"]).abs().sum()) / rows.height

    @property
    def sentence(self) -> str:
        """How far the forecast can be trusted, in a sentence."""
        stands_in = "The model of leaving fails its check, so the rates seen of the bands stand in for it. " if self.by_band else ""
        return stands_in + self._accuracy

    @property
    def _accuracy(self) -> str:
        rows = self.past.filter(pl.col("side") == "gross").sort("made_on")
        if rows.is_empty():
            return "No earlier forecast has come due, so the interval counts only who happens to leave, not how far a forecast is off."
        last = rows.row(-1, named=True)
        newest = f"that of {say.day(last['made_on'])} foresaw {say.rate(last['expected'])} and {say.rate(last['came'])} came"
        if rows.height == 1:
            return f"Only one earlier forecast has come due, which says little of its accuracy: {newest}."
        inside = rows.filter(pl.col("came").is_between("low", "high")).height
        more = (rows["came"] > rows["expected"]).sum()
        side = f"; {'more' if more else 'less'} stayed than foreseen each time" if more in (0, rows.height) else ""
        return (
            f"Of {rows.height} earlier forecasts, whose years overlap, {inside} came within their own interval; "
            f"gross retention was off by {say.pts(self.off()).lstrip('+')} on average{side}. The newest: {newest}."
        )


def retention(
    book: Book,
    as_of: date,
    now: pl.DataFrame,
    history: pl.DataFrame,
    observed_from: date | None,
    model: churn.Hazard,
    check: churn.Check | None = None,
    most_past: int = MOST_PAST,
) -> Forecast | None:
    """The forecast of the viewer's book, made on `as_of` with `model`; None where nothing is billed, or less than half of it has a chance.

    `now`: `portfolio.build` at `as_of`; `history`: `portfolio.history`. A past forecast is made by a model fitted on what was known at that
    quarter end; quarter ends at which there was too little for one have none. Where `check` does not hold, what was observed of the bands
    stands in, then as now.
    """
    by_band = check is not None and not check.holds
    days = past_days(history, as_of, observed_from, most_past)
    stood = {day: history.filter(pl.col("as_of") == day) for day in days}
    if by_band:
        then, chances = {day: _of_bands(book, stood[day], day) for day in days}, _of_bands(book, now, as_of)
    else:
        found = {day: _of_model(book, day) for day in days}
        then = {day: frame for day, frame in found.items() if frame is not None}
        chances = churn.predict(book, model, as_of)
    made = from_chances(now, history, as_of, observed_from, chances, then)
    return replace(made, by_band=by_band) if made else None


def _of_model(book: Book, day: date) -> pl.DataFrame | None:
    try:
        return churn.predict(book, churn.fit(book, day), day)
    except TooLittle:
        return None


def _of_bands(book: Book, stood: pl.DataFrame, day: date) -> pl.DataFrame:
    with book.reading() as session:
        seen = banded.rates(session, day)
    active = stood.filter(pl.col("status") == "active")
    return banded.by_band(active, seen, discount_rate=0.0, horizon_months=YEAR_MONTHS)


def past_days(history: pl.DataFrame, as_of: date, observed_from: date | None, most: int = MOST_PAST) -> list[date]:
    """The quarter ends whose twelve months have passed by `as_of`, the newest of them, oldest first."""
    ends = month_ends(history, as_of, observed_from)
    passed = [end for end in ends if end.month % 3 == 0 and months_back(end, -YEAR_MONTHS) in ends]
    return passed[max(0, len(passed) - most) :]


def from_chances(
    now: pl.DataFrame,
    history: pl.DataFrame,
    as_of: date,
    observed_from: date | None,
    chances: pl.DataFrame,
    then: Mapping[date, pl.DataFrame],
) -> Forecast | None:
    """The forecast out of `churn.predict` of the day and of past quarter ends. Expected: MRR x chance to stay, summed, of the MRR; gross
    and net times what became of the bills of those who stayed in the twelve months before.

    The interval is normal: variance of who leaves (each on his own, weighed by MRR) and the mean square by which past forecasts were off
    beyond theirs. Each past interval knows only what had come due by its own day.
    """
    past = pl.DataFrame(schema=_TYPES)
    for day in sorted(then):
        until = months_back(day, -YEAR_MONTHS)
        stood, ended = (history.filter(pl.col("as_of") == end) for end in (day, until))
        made, came = _made(stood, history, day, observed_from, then[day], past), came_to(stood, ended)
        if made is not None and came is not None:
            sides = zip(SIDES, (made.gross, made.net), came, strict=True)
            told = [(day, until, name, s.expected, s.low, s.high, s.chance_sd, share) for name, s, share in sides if s is not None]
            past = pl.concat([past, pl.DataFrame(told, schema=_TYPES, orient="row")])
    return _made(now, history, as_of, observed_from, chances, past)


def _made(
    stood: pl.DataFrame, history: pl.DataFrame, day: date, observed_from: date | None, chances: pl.DataFrame, past: pl.DataFrame
) -> Forecast | None:
    """One forecast, from past ones of which only those that had come due by its day count."""
    known = history.filter(pl.col("as_of") <= day)
    until = _year_on(day)
    billed = stood.filter(CUSTOMER & (pl.col("mrr") > 0)).join(chances, on="customer_id", how="left").sort("customer_id")
    each = billed.select("mrr", "status", _stays(until, lag_months(known)).alias("stays"))
    foreseen, going = each.drop_nulls("stays"), each.filter(pl.col("status") == "leaving")
    whole, covered, gone = (float(frame["mrr"].sum()) for frame in (each, foreseen, going))
    if covered - gone <= 0 or covered - gone < LEAST_COVERED * (whole - gone):
        return None
    # whoever has no chance of its own counts as the mean of the active who have one
    weight = pl.col("mrr") * pl.when(pl.col("status") == "leaving").then(1.0).otherwise((whole - gone) / (covered - gone)) / whole
    variance = weight**2 * pl.col("stays") * (1 - pl.col("stays"))
    kept, sd = foreseen.select((weight * pl.col("stays")).sum(), variance.sum().sqrt().alias("sd")).row(0)
    bills, due = bills_of_stayers(known, day, observed_from), past.filter(pl.col("until") <= day)
    gross, net = bills or (1.0, None)
    grown = None if net is None else _side(net * kept, net * sd, due, "net")
    return Forecast(day, until, billed.height, covered / whole, _side(gross * kept, gross * sd, due, "gross"), grown, past)


def _stays(until: date, lag: float) -> pl.Expr:
    """The chance of being billed on the last day: deciding comes before leaving by a lag, and whoever is known to leave has a day.

    Between six and twelve months the chance falls by the same share each month.
    """
    half, year = (1 - pl.col(name) for name in ("p_leave_180d", "p_leave_12m"))
    back = min(lag, HALF_YEAR) / (YEAR_MONTHS - HALF_YEAR)
    leaves = pl.when(pl.col("lost_on") <= until).then(0.0).when(pl.col("lost_on").is_not_null()).then(1.0)
    return pl.when(pl.col("status") == "leaving").then(leaves).otherwise(half**back * year ** (1 - back))


def lag_months(history: pl.DataFrame) -> float:
    """The mean of months from decision to last day, of the losses known in a history; 0 where there are none."""
    told = losses(history).drop_nulls(["decided_on", "lost_on"])
    days = (told["lost_on"] - told["decided_on"]).dt.total_days()
    return max(int(days.sum()), 0) / told.height / DAYS_A_MONTH if told.height else 0.0


def bills_of_stayers(history: pl.DataFrame, day: date, observed_from: date | None) -> tuple[float, float] | None:
    """Gross and net: what customers who did not choose to leave in the twelve months to the newest month end are billed, of what they were.

    Ends that nobody chose (insolvency, or we ended it), which the chances leave out, count as billed 0. None without such months.
    """
    ends = month_ends(history, day, observed_from)
    if not ends or months_back(ends[-1], YEAR_MONTHS) not in ends:
        return None
    before, after = (history.filter(pl.col("as_of") == end) for end in (months_back(ends[-1], YEAR_MONTHS), ends[-1]))
    not_theirs = (pl.col("status") == "lost") & pl.col("exit_reason").is_in(NOT_THEIRS)
    counted = after.filter(CUSTOMER | not_theirs.fill_null(False)).select("customer_id")
    return came_to(before.join(counted, on="customer_id", how="semi"), after)


def _side(expected: float, chance_sd: float, due: pl.DataFrame, name: str) -> Side:
    past = due.filter(pl.col("side") == name)
    beyond = ((past["expected"] - past["came"]) ** 2 - past["chance_sd"] ** 2).sum() / past.height if past.height else None
    model_sd = None if beyond is None else math.sqrt(max(beyond, 0.0))
    half = Z * math.hypot(chance_sd, model_sd or 0.0)
    top = 1.0 if name == "gross" else math.inf
    return Side(expected, max(0.0, expected - half), min(top, expected + half), chance_sd, model_sd)


def _year_on(day: date) -> date:
    """A year later; a month end stays one."""
    later: date = pl.Series([day]).dt.offset_by("1y")[0]
    return later if (day + timedelta(days=1)).day > 1 else months_back(day, -YEAR_MONTHS)
