"""Chart frames of survival curves, cohorts and forecasts."""

import polars as pl

from health import format as fmt
from health.foresight.segments.quadrants import SEGMENTS
from health.insight.retention_forecast import Forecast, ForecastSide

SHOWN_MONTHS = 36
MAX_GROUPS = 6
_WORDS = {b.key: b.label for b in fmt.BANDS} | {q.key: q.label for q in fmt.QUADRANTS}
_ORDER = {band.key: n for n, band in enumerate(fmt.BANDS)} | {key: n for n, key in enumerate(SEGMENTS)}


def curves(survival: pl.DataFrame) -> pl.DataFrame:
    """Label `kaplan_meier.curves_by_group`: label, band (key, of bands only), month, at_risk, stays, low, high.

    Hidden rows and months beyond three years are left out; of many groups, the six with most customers are kept.
    """
    visible = survival.drop_nulls("stays").filter(pl.col("month") - pl.col("since") <= SHOWN_MONTHS)
    largest_groups = (
        visible.group_by("group")
        .agg(pl.col("at_risk").max())
        .sort(["at_risk", "group"], descending=[True, False])["group"]
        .head(MAX_GROUPS)
    )
    chosen = visible.filter(pl.col("group").is_in(largest_groups.implode()))
    band = pl.when(pl.col("group").is_in(list({b.key for b in fmt.BANDS}))).then("group").alias("band")
    place = pl.col("group").replace_strict(_ORDER, default=99, return_dtype=pl.Int64)
    return (
        chosen.with_columns(band, place.alias("place"), pl.col("low").fill_null(pl.col("stays")), pl.col("high").fill_null(pl.col("stays")))
        .sort("place", "group", "month")
        .select(pl.col("group").replace(_WORDS).alias("label"), "band", "month", "at_risk", "stays", "low", "high")
    )


def hidden_groups_text(survival: pl.DataFrame) -> str:
    """Name the groups without a curve, and why; empty if all have one."""
    groups = survival.filter(pl.col("stays").is_not_null().any().over("group").not_())["group"].unique().sort().replace(_WORDS)
    return f"Too few customers for a curve: {', '.join(groups)}." if len(groups) else ""


def curves_title(curves: pl.DataFrame) -> str:
    """Title of the curves: best and worst group, where their intervals do not overlap."""
    if curves.is_empty():
        return "How long do customers stay?"
    last_month: int = curves.group_by("label").agg(pl.col("month").max()).select(pl.col("month").min()).item()
    at_last_month = curves.filter(pl.col("month") == last_month).sort("stays", "label")
    if at_last_month.height < 2 or not last_month:
        return "How long do customers stay?"
    worst, best = at_last_month.row(0, named=True), at_last_month.row(-1, named=True)
    if worst["high"] >= best["low"]:
        return f"No clear difference between the groups after {last_month} months"
    best_text, worst_text = (f"{fmt.share(row['stays'])} of {_group_label(row)}" for row in (best, worst))
    return f"After {last_month} months: {best_text}, {worst_text} stay"


def _group_label(row: dict[str, object]) -> str:
    key = row["band"]
    return fmt.band(str(key)).word.lower() if key else str(row["label"])


def cohort_cells(cohorts: pl.DataFrame, side: str, max_cohorts: int) -> pl.DataFrame:
    """Newest cohorts as heat-map cells: cohort ('2025 Q1', * for survivors only), age, customers (at its start), share.

    `side`: logo_share, gross_share or net_share; `max_cohorts`: number of cohorts.
    """
    newest = cohorts["cohort"].unique().sort().tail(max_cohorts)
    size = pl.col("customers").max().over("cohort")
    name = pl.format(
        "{} Q{}{}", pl.col("cohort").dt.year(), pl.col("cohort").dt.quarter(), pl.when("survivors").then(pl.lit("*")).otherwise(pl.lit(""))
    )
    return cohorts.filter(pl.col("cohort").is_in(newest.implode())).select(
        name.alias("cohort"), "age", size.alias("customers"), pl.col(side).alias("share")
    )


def forecast_span(*frames: pl.DataFrame) -> tuple[float, float] | None:
    """Smallest and largest share in several frames of `forecasts`; None without any."""
    values = [v for frame in frames for name in ("expected", "low", "high", "came") for v in frame[name].drop_nulls()]
    return (min(values), max(values)) if values else None


def forecasts(forecast: Forecast, side: str) -> pl.DataFrame:
    """Past forecasts and the present one, oldest first: made_on, expected, low, high, came (null: open)."""
    past = forecast.past.filter(pl.col("side") == side).select("made_on", "expected", "low", "high", "came").sort("made_on")
    present: ForecastSide | None = forecast.gross if side == "gross" else forecast.net
    if present is None:
        return past
    row = {"made_on": [forecast.made_on], "expected": [present.expected], "low": [present.low], "high": [present.high], "came": [None]}
    return pl.concat([past, pl.DataFrame(row, schema=past.schema)])
