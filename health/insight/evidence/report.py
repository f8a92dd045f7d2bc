"""Back-test report as frames and titles: models, gains, churned customers, proposals."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from health import format as fmt
from health.foresight.backtest.baselines import ALL_HEALTHY, HEALTH
from health.foresight.backtest.churn_ledger import DAYS_BEFORE
from health.foresight.backtest.measures import Measures
from health.foresight.stats.proportions import Rate
from health.insight import rates
from health.insight.titles import first_that_fits
from health.score.components import COMPONENTS
from health.score.settings import Settings

MODEL_LABELS = {"health": "This score", "tenure_only": "Tenure only", "days_since_contact": "Days since contact",
        "last_quarter": "Last quarter's score", "all_healthy": "Everyone healthy", "predicted": "Predicted churn"}  # fmt: skip
CHANCE = "Random order"
EARLY = 0.2  # the share of customers among whom a rule should find most


def models(measured: Mapping[str, Measures]) -> pl.DataFrame:
    """One row per model, best AUC first: key, label, own, auc, low, high, found, lift, brier.

    `own`: it is the score; `found`: share of losses in the lowest-scoring fifth.
    """
    rows = [
        {
            "key": m.key,
            "label": MODEL_LABELS.get(m.key, m.label),
            "own": m.key == HEALTH,
            "auc": m.values["auc"],
            "low": m.values["auc_low"],
            "high": m.values["auc_high"],
            "found": m.values["found_in_worst_fifth"],
            "lift": m.values["lift_top_decile"],
            "brier": m.values["brier"],
        }
        for m in measured.values()
    ]
    return pl.DataFrame(rows, infer_schema_length=None).sort(["auc", "label"], descending=[True, False], nulls_last=True)


def gains(curves: pl.DataFrame) -> pl.DataFrame:
    """Gains curves by label: the score first, baselines by early gain, then a random order."""
    early = pl.col("found").filter(pl.col("share") <= EARLY).sum().over("model")
    labelled = (
        curves.filter(pl.col("model") != ALL_HEALTHY)
        .with_columns(pl.col("found").fill_nan(None), early.alias("early"))
        .sort([pl.col("model") != HEALTH, "early", "model", "share"], descending=[False, True, False, False])
        .select(pl.col("model").replace(MODEL_LABELS).alias("label"), "share", "found")
    )
    return pl.concat([labelled, chance_curve(labelled)]) if labelled.height else labelled


def chance_curve(curves: pl.DataFrame) -> pl.DataFrame:
    """Gains curve of a random order, at the same shares."""
    steps = curves.select("share").unique().sort("share")
    return steps.select(pl.lit(CHANCE).alias("label"), "share", pl.col("share").alias("found"))


def by_cutoff(measured: Mapping[str, Measures], best_baseline: str | None) -> pl.DataFrame:
    """One row per cut-off, newest first: cutoff, customers, lost, auc, low, high, baseline (AUC of the best baseline)."""
    score_rows = pl.DataFrame(measured[HEALTH].by_cutoff, infer_schema_length=None)
    baseline_auc = [row["auc"] for row in measured[best_baseline].by_cutoff] if best_baseline else [None] * score_rows.height
    return score_rows.select(
        pl.col("cutoff").str.to_date(), "customers", "lost", "auc", pl.col("auc_low").alias("low"), pl.col("auc_high").alias("high")
    ).with_columns(pl.Series("baseline", baseline_auc, pl.Float64)).sort("cutoff", descending=True)  # fmt: skip


def bands_before(ledger: pl.DataFrame) -> pl.DataFrame:
    """One row per number of days and band: days, band, lost.

    Customers not scored on that day count as unknown, so that totals are equal.
    """
    parts = [
        ledger.group_by(pl.col(f"band_{days}").fill_null("unknown").alias("band"))
        .agg(pl.len().cast(pl.Int64).alias("lost"))
        .select(pl.lit(days).alias("days"), "band", "lost")
        for days in DAYS_BEFORE
    ]
    return pl.concat(parts).sort("days", "band")


def weights(proposed: Mapping[str, int] | None, present: Settings) -> pl.DataFrame:
    """One row per component with weight now or as proposed: component, present, learned, change."""
    learned = proposed or {}
    rows = [(c.label, present.weights[c.key], learned.get(c.key, 0)) for c in COMPONENTS if present.weights[c.key] or learned.get(c.key)]
    frame = pl.DataFrame(rows, schema={"component": pl.String, "present": pl.Int64, "learned": pl.Int64}, orient="row")
    return frame.with_columns((pl.col("learned") - pl.col("present")).alias("change"))


def models_title(ranking: pl.DataFrame) -> str:
    """Title: the model with the highest AUC."""
    question = "Does the score rank better than simple rules?"
    if ranking.is_empty() or ranking["auc"][0] is None:
        return question
    if ranking["own"][0]:
        return first_that_fits(
            f"The score ranks best, ahead of {lower_first(ranking['label'][1])}", "The score ranks better than every simple rule"
        )
    return first_that_fits(f"{ranking['label'][0]} ranks better than the score", "A simple rule ranks better than the score")


def gains_title(measured: Mapping[str, Measures]) -> str:
    """Title: share of losses in the lowest-scoring fifth."""
    share = measured[HEALTH].values["found_in_worst_fifth"]
    return lowest_fifth_title(share)


def lowest_fifth_title(share: float | None) -> str:
    """Title: share of churned customers in the lowest-scoring fifth."""
    if share is None:
        return "How many churning customers do the first calls reach?"
    return f"{fmt.share(share)} of churned customers were in the lowest-scoring 20{fmt.SPACE}%"


def calibration_title(deciles: pl.DataFrame) -> str:
    """Title: number of deciles with the probability inside the observed interval."""
    if deciles.is_empty():
        return "Are the predicted churn rates right?"
    calibrated = deciles.filter(pl.col("expected").is_between("low", "high")).height
    if calibrated == deciles.height:
        return "Predicted churn matches observed churn in every decile"
    return f"Predicted churn is right in {calibrated} of {deciles.height} deciles"


def bands_title(bands: pl.DataFrame) -> str:
    """Title: churn of at-risk customers relative to healthy ones."""
    rates = dict(bands.select("band", "rate").iter_rows()) if bands.height else {}
    at_risk_rate, healthy_rate = rates.get("at_risk"), rates.get("healthy")
    if not at_risk_rate or not healthy_rate:
        return "How often does each band churn?"
    ratio = at_risk_rate / healthy_rate
    ratio_text = f"{ratio:.0f} times as often" if ratio >= 2 else f"{ratio:.1f} times as often"
    return f"At-risk customers churned {ratio_text} as healthy ones"


def lost_title(healthy_rate: Rate | None, before: pl.DataFrame) -> str:
    """Title: share of losses that were healthy before; a question where no band was known."""
    losses_with_band = (
        before.filter((pl.col("days") == rates.DAYS_BEFORE) & (pl.col("band") != "unknown"))["lost"].sum() if before.height else 0
    )
    if healthy_rate is None or not losses_with_band:
        return f"Which band were they in {rates.DAYS_BEFORE} days before?"
    return first_that_fits(f"{fmt.share(healthy_rate.rate)} of churned customers were healthy {rates.DAYS_BEFORE} days before")


def stayed_title(share: Rate | None) -> str:
    """Title: share of at-risk customers who stayed."""
    return "Which at-risk customers stayed?" if share is None else f"{fmt.share(share.rate)} of at-risk customers stayed"


def rate_text(rate: Rate | None) -> str:
    """Format a rate: '38 %, 248 of 657 (34 to 42 %)'."""
    return fmt.UNKNOWN if rate is None else f"{fmt.share_of(rate.k, int(rate.n))} ({fmt.interval(rate.low, rate.high)})"


def left_out_text(left_out: Mapping[str, int]) -> str:
    """Count the rows left out of the test by reason; empty if there are none."""
    words = {"unknown": "with too little data to score", "merged": "merged", "not_theirs": "insolvent or ended by us"}
    parts = [f"{n:,} {words[key]}" for key, n in left_out.items() if n and key in words]
    return f"Not included: {', '.join(parts)}." if parts else ""


def lower_first(label: Any) -> str:
    """Put a label's first letter in lower case, for use in a sentence."""
    return f"{str(label)[:1].lower()}{str(label)[1:]}"
