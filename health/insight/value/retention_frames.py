"""Chart frames of survival curves, cohorts and forecasts."""

import polars as pl

from health import format as fmt
from health.foresight.segments.quadrants import SEGMENTS
from health.insight.retention_forecast import Forecast, ForecastSide

FOREVER_MONTHS = 36
MOST_GROUPS = 6
_WORDS = {b.key: b.label for b in fmt.BANDS} | {q.key: q.label for q in fmt.QUADRANTS}
_ORDER = {band.key: n for n, band in enumerate(fmt.BANDS)} | {key: n for n, key in enumerate(SEGMENTS)}


def curves(found: pl.DataFrame) -> pl.DataFrame:
    """`kaplan_meier.curves_by_group` with labels: label, band (key, of bands only), month, at_risk, stays, low, high.

    Hidden rows and months beyond three years are left out; of many groups the six with most customers are kept.
    """
    shown = found.drop_nulls("stays").filter(pl.col("month") - pl.col("since") <= FOREVER_MONTHS)
    most = (
        shown.group_by("group").agg(pl.col("at_risk").max()).sort(["at_risk", "group"], descending=[True, False])["group"].head(MOST_GROUPS)
    )
    kept = shown.filter(pl.col("group").is_in(most.implode()))
    band = pl.when(pl.col("group").is_in(list({b.key for b in fmt.BANDS}))).then("group").alias("band")
    place = pl.col("group").replace_strict(_ORDER, default=99, return_dtype=pl.Int64)
    return (
        kept.with_columns(band, place.alias("place"), pl.col("low").fill_null(pl.col("stays")), pl.col("high").fill_null(pl.col("stays")))
        .sort("place", "group", "month")
        .select(pl.col("group").replace(_WORDS).alias("label"), "band", "month", "at_risk", "stays", "low", "high")
    )


def hidden_groups_text(found: pl.DataFrame) -> str:
    """Which groups have no curve, and why; empty where all have one."""
    none = found.filter(pl.col("stays").is_not_null().any().over("group").not_())["group"].unique().sort().replace(_WORDS)
    return f"Not drawn, too few to watch: {', '.join(none)}." if len(none) else ""


def curves_title(curves: pl.DataFrame) -> str:
    """Title of the curves: best and worst group, where their intervals do not overlap."""
    if curves.is_empty():
        return "Who stays how long?"
    last: int = curves.group_by("label").agg(pl.col("month").max()).select(pl.col("month").min()).item()
    at = curves.filter(pl.col("month") == last).sort("stays", "label")
    if at.height < 2 or not last:
        return "Who stays how long?"
    worst, best = at.row(0, named=True), at.row(-1, named=True)
    if worst["high"] >= best["low"]:
        return f"After {last} months the groups cannot be told apart"
    return f"After {last} months {fmt.share(best['stays'])} of {_plain(best)} and {fmt.share(worst['stays'])} of {_plain(worst)} stay"


def _plain(row: dict[str, object]) -> str:
    key = row["band"]
    return fmt.band(str(key)).word.lower() if key else str(row["label"])


def cohort_cells(kept: pl.DataFrame, side: str, most: int) -> pl.DataFrame:
    """Newest cohorts as heat-map cells: cohort ('2025 Q1', * for survivors only), age, customers (at its start), share.

    `side`: logo_share, gross_share or net_share.
    """
    newest = kept["cohort"].unique().sort().tail(most)
    size = pl.col("customers").max().over("cohort")
    name = pl.format(
        "{} Q{}{}", pl.col("cohort").dt.year(), pl.col("cohort").dt.quarter(), pl.when("survivors").then(pl.lit("*")).otherwise(pl.lit(""))
    )
    return kept.filter(pl.col("cohort").is_in(newest.implode())).select(
        name.alias("cohort"), "age", size.alias("customers"), pl.col(side).alias("share")
    )


def forecasts(found: Forecast, side: str) -> pl.DataFrame:
    """Past forecasts and the present one, oldest first: made_on, expected, low, high, came (null: open)."""
    past = found.past.filter(pl.col("side") == side).select("made_on", "expected", "low", "high", "came").sort("made_on")
    now: ForecastSide | None = found.gross if side == "gross" else found.net
    if now is None:
        return past
    row = {"made_on": [found.made_on], "expected": [now.expected], "low": [now.low], "high": [now.high], "came": [None]}
    return pl.concat([past, pl.DataFrame(row, schema=past.schema)])
