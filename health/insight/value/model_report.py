"""Validation and coefficients of the models, in words and tables."""

import polars as pl

from health import format as fmt
from health.foresight.churn import Check, Hazard, ModelInterval
from health.foresight.churn.validation import COVERAGE_BOUNDS, HALF, RATIO_BOUNDS, SLOPE_BOUNDS, Horizon
from health.foresight.lifetime.models import FittedModels
from health.foresight.purchases import Tracking
from health.score.components import COMPONENTS

POINTS = {c.key: c.label for c in COMPONENTS}
TERMS = {
    **{key: f"{label}, points" for key, label in POINTS.items()},
    **{f"{key}_by_lead": f"{label}, points x log of the months ahead" for key, label in POINTS.items()},
    **{f"{key}_unknown": f"{label}, unknown" for key, label in POINTS.items()},
    "on_file": "How long complaints have been on file (levels off)",
    "on_file_by_lead": "How long complaints have been on file x log of months ahead",
    "lead": "Months ahead, log",
    "tenure": "Tenure, log of years",
    "window": "Contract ends within 3 months",
    "rolling": "Rolling contract",
    "month_sine": "Season: spring against autumn",
    "month_cosine": "Season: winter against summer",
}
Figure = tuple[str, str, str, str]


def figures(check: Check) -> list[Figure]:
    """Label, value, fact and help text of each validation figure."""
    bounds_text = f"1 is perfect; accepted if the 95 % interval reaches {RATIO_BOUNDS[0]} to {RATIO_BOUNDS[1]}."
    horizon_figures: list[Figure] = []
    for n, h in check.horizons.items():
        fact = f"{fmt.count(h.observed)} ({fmt.count(round(h.expected))} expected)"
        horizon_figures.append(
            (f"{n}-month forecast", _two_decimals(h.ratio), fact, f"Predicted losses / observed losses{_interval(h)}. {bounds_text}")
        )
    slope_text = f"1 is perfect; below 1, probabilities are too extreme. Accepted: {SLOPE_BOUNDS[0]} to {SLOPE_BOUNDS[1]}."
    low, high = COVERAGE_BOUNDS
    coverage_text = f"Share of customers who churned inside the predicted 80 % interval. Accepted: {100 * low:.0f} to {fmt.share(high)}."
    auc_text = f"How well the model ranks customers {HALF} months ahead; 0.5 is random. Below: the same for health alone."
    return [
        *horizon_figures,
        ("Calibration slope", _two_decimals(check.slope), f"{HALF} months", slope_text),
        ("AUC", _two_decimals(check.auc), f"health {_two_decimals(check.auc_health)}", auc_text),
        ("In 80 % interval", fmt.share(check.coverage), "12 months", coverage_text),
    ]


def _interval(horizon: Horizon) -> str:
    """', 95 % interval 0.95 to 1.24'; empty if it is not known."""
    return "" if horizon.low is None or horizon.high is None else f", 95 % interval {horizon.low:.2f} to {horizon.high:.2f}"


def by_month(check: Check) -> pl.DataFrame:
    """Running totals of losses by month after the first cut-off: at, foreseen, made."""
    columns = {"at": pl.col("month"), "foreseen": pl.col("expected"), "made": pl.col("observed")}
    return check.tables["months"].select(column.cast(pl.Float64).alias(name) for name, column in columns.items())


def by_week(tracking: Tracking) -> tuple[pl.DataFrame, float]:
    """Running totals of repeat purchases by week (at, foreseen, made), and the last week used for the fit."""
    weeks = tracking.weeks.select(pl.col("week").cast(pl.Float64).alias("at"), "foreseen", pl.col("made").cast(pl.Float64))
    return weeks, float(tracking.weeks.filter(~pl.col("held_out")).height)


def _two_decimals(x: float | None) -> str:
    return fmt.UNKNOWN if x is None else f"{x:.2f}"


def interval_title(interval: ModelInterval) -> str:
    """Title: effect of parameter uncertainty on the portfolio's value."""
    if interval.book <= 0:
        return "The uncertainty of the total value is not known"
    change_text = " to ".join(fmt.signed(100 * (end / interval.book - 1), 1) for end in (interval.book_low, interval.book_high))
    low, high = fmt.short_money(interval.book_low), fmt.short_money(interval.book_high)
    return f"Total value lies between {low} and {high} ({change_text} %)"


def model_title(model: Hazard) -> str:
    """Title of the coefficients."""
    return f"Churn model, fitted on {fmt.plural(model.customers, 'customer')} and {fmt.plural(model.events, 'loss', 'losses')}"


def coefficients(model: Hazard) -> pl.DataFrame:
    """One row per feature, strongest first: words, coefficient (log odds per standard deviation), mean, scale."""
    terms = zip(model.features, model.coefficients, model.mean, model.scale, strict=True)
    rows = [(TERMS.get(name, name), c, m, s) for name, c, m, s in terms]
    return pl.DataFrame(rows, ["words", "coefficient", "mean", "scale"], orient="row").sort(pl.col("coefficient").abs(), descending=True)


def parameters(models: FittedModels) -> pl.DataFrame:
    """One row per parameter of the purchase models: model, parameter, value (text)."""
    parts = {"BG/NBD": (models.bg_nbd, ("r", "alpha", "a", "b")), "Gamma-Gamma": (models.gamma_gamma, ("p", "q", "v"))}
    rows = []
    for label, (model, names) in parts.items():
        if model is not None:
            rows += [(label, name, f"{getattr(model, name):.4g}") for name in names]
            rows += [(label, "log-likelihood", f"{model.log_likelihood:,.1f}"), (label, "customers", fmt.count(model.customers))]
    return pl.DataFrame(rows, {"model": pl.String, "parameter": pl.String, "value": pl.String}, orient="row")
