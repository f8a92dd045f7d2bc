"""Points to health, coverage, range and band, in whole hundredths so that order never matters (docs/method.md, section 4)."""

import polars as pl

from health.score.components import COMPONENTS
from health.score.knock_outs import KNOCK_OUTS
from health.score.settings import Settings
from health.status import ACTIVE, CUSTOMER, LEAVING

READ = [*(c.column for c in COMPONENTS), "critical_late", "overdue_60", "broken_promises_90", "diary_present", "invoices_present"]
"""What `compose` reads, beside status and segment."""
OF_THE_SCORED = ("health", "low", "high", "coverage", "cap")


def compose(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Adds health, low, high, coverage, band, firm, cap from points and status; pure, so any settings can be replayed.

    Where segments have weights of their own, the frame has a `score_segment`.
    """
    weights = _weights(settings)
    whole = sum(settings.weights.values())
    return (
        frame.with_columns(of_row.alias(f"weight_{key}") for key, of_row in weights.items())
        .with_columns(
            _health(weights), _coverage(weights, whole),
            _filled(weights, whole, 0).alias("low"), _filled(weights, whole, 10_000).alias("high"),
        )
        .drop(f"weight_{key}" for key in weights)
        .with_columns(_cap(settings))
        .with_columns(_band(settings))
        .with_columns(_firm(settings))
    )  # fmt: skip


def recomposed(frame: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """`compose`, with nothing said of whoever is not scored."""
    scored = CUSTOMER
    return frame.pipe(compose, settings).with_columns(pl.when(scored).then(pl.col(name)).alias(name) for name in OF_THE_SCORED)


def _weights(settings: Settings) -> dict[str, pl.Expr]:
    """Of each component that has some weight."""
    return {c.key: weight(c.key, settings) for c in COMPONENTS if settings.weighs(c.key)}


def weight(key: str, settings: Settings) -> pl.Expr:
    """The weight of a component for each row: of the customer's `score_segment` where that has weights of its own, else everybody's."""
    default, own = settings.weights[key], {segment: weights[key] for segment, weights in settings.segment_weights.items()}
    if not own:
        return pl.lit(default, pl.Int64)
    return pl.col("score_segment").replace_strict(own, default=default, return_dtype=pl.Int64)


def _known(weights: dict[str, pl.Expr]) -> pl.Expr:
    return pl.sum_horizontal(pl.when(pl.col(f"{key}_points").is_not_null()).then(pl.col(f"weight_{key}")).otherwise(0) for key in weights)


def _earned(weights: dict[str, pl.Expr], fill: int) -> pl.Expr:
    return pl.sum_horizontal(pl.col(f"{key}_points").fill_null(fill) * pl.col(f"weight_{key}") for key in weights)


def _health(weights: dict[str, pl.Expr]) -> pl.Expr:
    known = _known(weights)
    return pl.when(known > 0).then((2 * _earned(weights, 0) + known) // (2 * known)).alias("health")


def _coverage(weights: dict[str, pl.Expr], whole: int) -> pl.Expr:
    return (10_000 * _known(weights) // whole).cast(pl.Int64).alias("coverage")


def _filled(weights: dict[str, pl.Expr], whole: int, fill: int) -> pl.Expr:
    return (2 * _earned(weights, fill) + whole) // (2 * whole)


def _cap(settings: Settings) -> pl.Expr:
    causes = [pl.when(rule.holds).then(pl.lit(rule.cause)) for rule in KNOCK_OUTS if getattr(settings, rule.setting)]
    if not causes:
        return pl.lit(None, pl.String).alias("cap")
    words = pl.concat_str(causes, separator="; ", ignore_nulls=True)
    return pl.when(words != "").then(words).alias("cap")


def _raw_band(value: str, settings: Settings) -> pl.Expr:
    """The band a value lies in, capped at watch where a knock-out rule holds."""
    healthy = (pl.col(value) >= 100 * settings.healthy_from) & pl.col("cap").is_null()
    at_risk = pl.col(value) < 100 * settings.at_risk_below
    return pl.when(healthy).then(pl.lit("healthy")).when(at_risk).then(pl.lit("at_risk")).otherwise(pl.lit("watch"))


def _band(settings: Settings) -> pl.Expr:
    too_little = pl.col("health").is_null() | (pl.col("coverage") < 100 * settings.coverage_least)
    return (
        pl.when(LEAVING).then(pl.lit("leaving"))
        .when(~ACTIVE).then(None)
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
