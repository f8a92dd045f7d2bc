"""Kaplan-Meier survival curves (Kaplan and Meier 1958) with late entry and censoring, by group."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from health.access import Book
from health.errors import InsufficientData
from health.foresight import segments
from health.foresight.backtest.band_rates import BANDS
from health.foresight.backtest.spells import observed_spells
from health.foresight.stats.arrays import Flags, Floats, Ints
from health.score.components import DAYS_A_MONTH
from health.status import ACTIVE
from health.warehouse import facts
from health.warehouse.facts import GRACE_DAYS

Kind = Literal["segment", "contract", "cohort", "band", "quadrant"]
MIN_AT_RISK = 10
MAX_MONTHS = 120
LANDMARK_MONTHS = 12
Z_95 = 1.959964
CURVE = {
    "group": pl.String, "since": pl.Int64, "month": pl.Int64, "at_risk": pl.Int64, "events": pl.Int64, "stays": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "why": pl.String,
}  # fmt: skip


def kaplan_meier(entry: npt.ArrayLike, duration: npt.ArrayLike, event: npt.ArrayLike) -> pl.DataFrame:
    """One row at 0 and at each time of an event: time, at_risk (just before), events, stays, low, high; times in any one unit.

    One position per spell: observed from `entry` (0: from its start) to `duration`, at which it ended (event) or was last observed; events
    at a time come before censoring at that time. 95 % interval: Greenwood's variance on log(-log) (Kalbfleisch and Prentice 1980); null
    where nobody or everybody has left. Spells with entry not before duration are left out.
    """
    entries, exits, events_seen = _observed(entry, duration, event)
    times = np.unique(exits[events_seen])
    at_risk, events = _at_risk(entries, exits, times), _event_counts(exits[events_seen], times)
    stays, low, high = _product_limit(at_risk, events)
    at_start = int((entries <= 0).sum())
    return pl.DataFrame(
        {
            "time": np.concatenate([[0.0], times]),
            "at_risk": np.concatenate([[at_start], at_risk]),
            "events": np.concatenate([[0], events]),
            "stays": np.concatenate([[1.0], stays]), "low": np.concatenate([[np.nan], low]), "high": np.concatenate([[np.nan], high]),
        }
    ).fill_nan(None)  # fmt: skip


def _observed(entry: npt.ArrayLike, duration: npt.ArrayLike, event: npt.ArrayLike) -> tuple[Floats, Floats, Flags]:
    entries, exits = np.asarray(entry, dtype=np.float64), np.asarray(duration, dtype=np.float64)
    valid = entries < exits
    return entries[valid], exits[valid], np.asarray(event, dtype=np.bool_)[valid]


def _at_risk(entries: Floats, exits: Floats, times: Floats) -> Ints:
    """Number observed just before each time: entered before it and not ended before it."""
    entered, exited = np.searchsorted(np.sort(entries), times, "left"), np.searchsorted(np.sort(exits), times, "left")
    return np.asarray(entered - exited, dtype=np.int64)


def _event_counts(ends: Floats, times: Floats) -> Ints:
    return np.bincount(np.searchsorted(times, ends), minlength=len(times)).astype(np.int64)


def _product_limit(at_risk: Ints, events: Ints) -> tuple[Floats, Floats, Floats]:
    remaining = at_risk - events
    stays: Floats = np.cumprod(remaining / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(np.cumsum(events / (at_risk * remaining))) / np.abs(np.log(stays))
        low, high = stays ** np.exp(Z_95 * spread), stays ** np.exp(-Z_95 * spread)
    has_interval = (stays > 0) & (stays < 1)
    return stays, np.where(has_interval, low, np.nan), np.where(has_interval, high, np.nan)


def monthly_curve(entry: npt.ArrayLike, duration: npt.ArrayLike, event: npt.ArrayLike, max_months: int = MAX_MONTHS) -> pl.DataFrame:
    """The curve of spells in days, at whole months: since, month, at_risk (just after), events (in the month before), stays, low, high,
    why.

    Covers the longest stretch of months (the first of several) with at least ten at risk at every event. `since`: its first month; `stays`
    is the share of the customers present then. If it ends for lack of customers, a last row gives the reason in `why`; it is the only row
    where there never were ten.
    """
    entries, exits, is_event = _observed(entry, duration, event)
    grid: Floats = np.arange(max_months + 1).astype(np.float64) * DAYS_A_MONTH
    at_risk = np.searchsorted(np.sort(entries), grid, "right") - np.searchsorted(np.sort(exits), grid, "right")
    since, last_month = _longest_run(_enough_at_risk(at_risk, kaplan_meier(entries, exits, is_event), grid))
    months_shown = np.arange(since, last_month)
    curve = kaplan_meier(np.maximum(entries, grid[since]), exits, is_event)
    rows_at_grid = curve.with_columns(pl.col("events").cum_sum())[
        (np.searchsorted(curve["time"].to_numpy(), grid[months_shown], "right") - 1).tolist()
    ]
    rows: pl.DataFrame = rows_at_grid.select(
        pl.Series("month", months_shown, pl.Int64), pl.Series("at_risk", at_risk[months_shown], pl.Int64),
        pl.col("events").diff().fill_null(0),
        "stays", "low", "high", pl.lit(None, pl.String).alias("why"),
    )  # fmt: skip
    if last_month <= max_months:
        reason = f"Fewer than {MIN_AT_RISK} customers were observed from this month on, so the curve ends here."
        ending = pl.DataFrame({"month": [last_month], "at_risk": [int(at_risk[last_month])], "why": [reason]})
        rows = pl.concat([rows, ending], how="diagonal")
    return rows.insert_column(0, pl.repeat(since, rows.height, dtype=pl.Int64, eager=True).alias("since"))


def _enough_at_risk(at_risk: Ints, curve: pl.DataFrame, grid: Floats) -> Flags:
    """Whether enough were at risk at each month, and at every event of the month before it."""
    few = curve.filter((pl.col("events") > 0) & (pl.col("at_risk") < MIN_AT_RISK))["time"].to_numpy()
    enough: Flags = at_risk >= MIN_AT_RISK
    months = np.searchsorted(grid, few, "left")
    enough[months[months < len(grid)]] = False
    return enough


def _longest_run(enough: Flags) -> tuple[int, int]:
    """Longest run of true values, first of several: start and end (exclusive); (0, 0) without any."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], enough.astype(np.int8), [0]])))
    runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    return max(runs, key=lambda run: (run[1] - run[0], -run[0]), default=(0, 0))


def curves_by_group(book: Book, as_of: date, kind: Kind, margin_rate: float | None = None) -> pl.DataFrame:
    """One row per group and month, sorted by both, of the viewer's book: group, since, month and the columns of `monthly_curve`.

    segment, contract (terms at the start of the spell), cohort (year of the start): by months of tenure; customers present before the
    observed period, or returned, enter at their tenure of that day. band, quadrant: at the month end a year before, by months since,
    because today's would be biased by who stayed. Voluntary exits are events; merged, insolvent or terminated customers are censored on
    that day, all others 30 days before the last day by which it is
    known who left, since losses without notice are known no sooner. Raises InsufficientData.
    """
    with book.reading() as session:
        spell_rows = book.own(session, observed_spells(session, as_of))
        span = facts.span(session)
    if spell_rows.is_empty():
        raise InsufficientData(f"No customer has been observed for more than {GRACE_DAYS} days, so retention cannot be measured yet.")
    if kind in ("band", "quadrant"):
        spell_rows = _from_landmark(
            segments.positions_on(book, [_landmark(span.month_ends(), min(as_of, span.outcomes_until or as_of))], margin_rate), spell_rows
        )
    return _curves(spell_rows.rename({kind: "group"}).drop_nulls("group"))


def _landmark(month_ends: Sequence[date], as_of: date) -> date:
    """Month end a year before the last with a known outcome; the first on file in a younger book. Raises InsufficientData."""
    matured_ends = [day for day in month_ends if day <= as_of - timedelta(days=GRACE_DAYS)]
    if not matured_ends:
        raise InsufficientData("No month end is old enough yet to see who churned after it.")
    return matured_ends[max(0, len(matured_ends) - 1 - LANDMARK_MONTHS)]


def _from_landmark(positions: pl.DataFrame, spell_rows: pl.DataFrame) -> pl.DataFrame:
    """Spells of the customers on a day, counted from it, with band and quadrant of that day (null where unknown)."""
    assigned_rows = positions.filter(ACTIVE & pl.col("band").is_in(BANDS))
    spells = spell_rows.sort("spell_start_on").select("customer_id", "spell_start_on", "last_on", "left")
    positions_then = assigned_rows.select("customer_id", "as_of", "band", pl.col("segment").alias("quadrant")).sort("as_of")
    followed = positions_then.join_asof(
        spells, left_on="as_of", right_on="spell_start_on", by="customer_id", check_sortedness=False
    ).drop_nulls("last_on")
    days = (pl.col("last_on") - pl.col("as_of")).dt.total_days()
    return followed.with_columns(pl.lit(0).alias("entry"), days.alias("duration"))


def _curves(spell_rows: pl.DataFrame) -> pl.DataFrame:
    """Curves of rows with group, entry, duration (days), left."""
    curves = [pl.DataFrame(schema=CURVE)]
    for group_rows in spell_rows.sort("group", "customer_id", "entry").partition_by("group", maintain_order=True):
        curve = monthly_curve(group_rows["entry"].to_numpy(), group_rows["duration"].to_numpy(), group_rows["left"].to_numpy())
        curves.append(curve.insert_column(0, pl.repeat(group_rows["group"][0], curve.height, eager=True).alias("group")))
    return pl.concat(curves)
