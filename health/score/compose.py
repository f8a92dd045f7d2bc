"""Points become health, coverage, an interval and a band (METHOD section 4). All in whole hundredths, so the bits never depend on order."""

import polars as pl

from health.score.components import COMPONENTS, points
from health.score.settings import Settings

SCORED = ("active", "leaving")
CAP_WORDS = {"late_critical": "open critical complaint past its limit", "unpaid": "invoice unpaid for 60 days or more"}


def score(facts: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """One row a row of facts, with points, health, low, high, coverage in hundredths, band, firm and the reason of a cap."""
    return facts.with_columns(points(c) for c in COMPONENTS).pipe(compose, settings)


def compose(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Adds health, low, high, coverage, band, firm, cap from points and status; pure, so any settings can be replayed."""
    return (
        frame.with_columns(
            _health(settings), _coverage(settings), _filled(settings, 0).alias("low"), _filled(settings, 10_000).alias("high")
        )
        .with_columns(_cap(settings))
        .with_columns(_band(settings))
        .with_columns(_firm(settings))
    )


def _weight(settings: Settings, known_only: bool) -> pl.Expr:
    parts = [
        pl.when(pl.col(c.column).is_not_null() | pl.lit(not known_only)).then(settings.weights.get(c.key, 0)).otherwise(0)
        for c in COMPONENTS
    ]
    return pl.sum_horizontal(parts)


def _earned(settings: Settings, fill: int) -> pl.Expr:
    return pl.sum_horizontal(pl.col(c.column).fill_null(fill) * settings.weights.get(c.key, 0) for c in COMPONENTS)


def _health(settings: Settings) -> pl.Expr:
    known = _weight(settings, known_only=True)
    return pl.when(known > 0).then((2 * _earned(settings, 0) + known) // (2 * known)).alias("health")


def _coverage(settings: Settings) -> pl.Expr:
    return (10_000 * _weight(settings, known_only=True) // sum(settings.weights.values())).cast(pl.Int64).alias("coverage")


def _filled(settings: Settings, fill: int) -> pl.Expr:
    whole = sum(settings.weights.values())
    return (2 * _earned(settings, fill) + whole) // (2 * whole)


def _cap(settings: Settings) -> pl.Expr:
    late = (pl.col("critical_late") > 0) & pl.lit(settings.cap_on_late_critical)
    unpaid = (pl.col("overdue_60") > 0) & pl.lit(settings.cap_on_unpaid)
    words = [pl.when(late).then(pl.lit(CAP_WORDS["late_critical"])), pl.when(unpaid).then(pl.lit(CAP_WORDS["unpaid"]))]
    return pl.when(late | unpaid).then(pl.concat_str(words, separator="; ", ignore_nulls=True)).alias("cap")


def _raw_band(value: str, settings: Settings) -> pl.Expr:
    """The band a value lies in, capped at watch where a knock-out rule holds."""
    healthy = (pl.col(value) >= 100 * settings.healthy_from) & pl.col("cap").is_null()
    at_risk = pl.col(value) < 100 * settings.at_risk_below
    return pl.when(healthy).then(pl.lit("healthy")).when(at_risk).then(pl.lit("at_risk")).otherwise(pl.lit("watch"))


def _band(settings: Settings) -> pl.Expr:
    too_little = pl.col("health").is_null() | (pl.col("coverage") < 100 * settings.coverage_least)
    return (
        pl.when(pl.col("status") == "leaving").then(pl.lit("leaving"))
        .when(pl.col("status") != "active").then(None)
        .when(too_little).then(pl.lit("unknown"))
        .otherwise(_raw_band("health", settings))
        .alias("band")
    )  # fmt: skip


def _firm(settings: Settings) -> pl.Expr:
    """True where low and high lie in the band too; null where there is no band to be sure of.

    Nobody is firmly healthy by absence: without a diary or invoices on file, a missed date or an unpaid bill could not have shown.
    """
    same = (_raw_band("low", settings) == pl.col("band")) & (_raw_band("high", settings) == pl.col("band"))
    by_absence = (pl.col("band") == "healthy") & ~(pl.col("diary_present") & pl.col("invoices_present"))
    return pl.when(pl.col("band").is_in(["healthy", "watch", "at_risk"])).then(same & ~by_absence).alias("firm")
