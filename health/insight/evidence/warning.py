"""Warning time as frames and texts: how long before a decision the score stood at watch or worse, and whom lists named."""

from collections.abc import Mapping

import polars as pl

from health import format as fmt
from health.foresight.backtest.baselines import HEALTH
from health.foresight.backtest.predicted_churn import PREDICTED
from health.foresight.backtest.warning import WARNED_DAYS, WarningTimes
from health.foresight.backtest.warning_curve import AHEAD_DAYS, RANDOM, RANKED, WarningCurve
from health.foresight.stats.proportions import Rate
from health.insight.evidence.report import CHANCE, MODEL_LABELS, rate_text

LIST_PERCENT = 20
"""Length of the list that titles name."""
LIST_HELP = (
    f"Share of churned customers of the latest months who were among the lowest-scoring {LIST_PERCENT} % at every month end from "
    f"{AHEAD_DAYS} days before the decision until the decision. Higher is better."
)
LISTED = (5, 10, 20, 30, 40, 50)
"""Lengths of the list in the table, in per cent."""
LISTS_LABELS = {"list": "List", HEALTH: MODEL_LABELS[HEALTH], PREDICTED.key: MODEL_LABELS[PREDICTED.key], "difference": "Lead in points"}
LISTS_LABELS |= {model.key: MODEL_LABELS[model.key] for model in RANKED[1:]}
LEVEL_LABELS = {"warning_days": "Watch or worse", "at_risk_days": "At risk"}


def curve(warned: WarningCurve | None) -> pl.DataFrame:
    """One row per line and length of the list: label, share, warned, low, high; the score first, a random list last.

    The score and predicted churn, if there is a model, have an interval. Empty without a loss.
    """
    points = warned.points() if warned else []
    rows = [(MODEL_LABELS[HEALTH], p["list_share"], p["warned_60"], p["low"], p["high"]) for p in points]
    if warned and warned.has_predictions:
        keys = ("list_share", "predicted", "predicted_low", "predicted_high")
        rows += [(MODEL_LABELS[PREDICTED.key], *(p[key] for key in keys)) for p in points]  # type: ignore[misc]
    for key in [model.key for model in RANKED[1:]] + [RANDOM]:
        rows += [(MODEL_LABELS.get(key, CHANCE), p["list_share"], p[key], None, None) for p in points]
    schema = {"label": pl.String, "share": pl.Float64, "warned": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema, orient="row")


def lists(warned: WarningCurve) -> pl.DataFrame:
    """One row per length in LISTED, as text: list, the share warned by health and by predicted churn with intervals, the difference of the
    two in points with its interval, and the share by each other rule."""
    rows = [
        {
            "list": fmt.share(p["list_share"]),
            HEALTH: _share_text(p["warned_60"], p["low"], p["high"]),
            PREDICTED.key: _share_text(p[PREDICTED.key], p["predicted_low"], p["predicted_high"]),
            "difference": _points_text(p["predicted_lead"], p["predicted_lead_low"], p["predicted_lead_high"]),
            **{model.key: fmt.share(p[model.key]) for model in RANKED[1:]},
        }
        for p in warned.points()
        if round(100 * (p["list_share"] or 0)) in LISTED
    ]
    return pl.DataFrame(rows)


def comparison(warned: WarningCurve | None, why_not_predicted: str) -> str:
    """Which list of a fifth warned of more losses, by how much, and whether chance could explain it; or why one is missing."""
    if why_not_predicted:
        return f"No list by predicted churn: {why_not_predicted}"
    if warned is None:
        return ""
    share, predicted = (warned.warned(key, LIST_PERCENT) for key in (HEALTH, PREDICTED.key))
    lead = warned.lead(LIST_PERCENT)
    if share is None or predicted is None or lead is None:
        return ""
    text = (
        f"Of {fmt.plural(warned.losses, 'loss', 'losses')}, the {LIST_PERCENT}{fmt.SPACE}% with the highest predicted churn included "
        f"{_share_text(predicted.rate, predicted.low, predicted.high)}, the {LIST_PERCENT}{fmt.SPACE}% with the lowest score "
        f"{_share_text(share.rate, share.low, share.high)}."
    )
    if not lead.difference:
        return f"{text} Both lists named equally many."
    better, sign = ("Predicted churn", 1) if lead.difference > 0 else ("The score", -1)
    low, high = sorted((100 * sign * lead.low, 100 * sign * lead.high))
    certainty = "." if low > 0 else "; the difference is within chance."
    return (
        f"{text} {better} named {abs(100 * lead.difference):.1f} points more (95{fmt.SPACE}% interval {low:.1f} to {high:.1f}){certainty}"
    )


def _share_text(share: float | None, low: float | None, high: float | None) -> str:
    """'41 % (33 to 50 %)'; a dash if unknown."""
    return fmt.UNKNOWN if share is None else f"{fmt.share(share)} ({fmt.interval(low, high)})"


def _points_text(difference: float | None, low: float | None, high: float | None) -> str:
    """'+9.5 (+2.8 to +16.7)'; a dash if unknown."""
    if difference is None or low is None or high is None:
        return fmt.UNKNOWN
    return f"{fmt.signed(100 * difference, 1)} ({fmt.signed(100 * low, 1)} to {fmt.signed(100 * high, 1)})"


def share_warned(warned: WarningCurve) -> Rate | None:
    """Share of losses that a list of a fifth by health warned of; None without a loss."""
    return warned.warned(HEALTH, LIST_PERCENT)


def by_band(in_force: WarningCurve, draft: WarningCurve) -> str:
    """Share of losses in Watch or worse throughout, under both settings: a list of no fixed length."""
    present, drafted = in_force.warned_by_band, draft.warned_by_band
    if present is None or drafted is None:
        return ""
    return f"In Watch or At risk all that time: {fmt.share(drafted.rate)} with the draft, {fmt.share(present.rate)} in force."


def lengths(in_force: WarningCurve, draft: WarningCurve) -> pl.DataFrame:
    """One row per length of the list, as text: list, present, draft (with intervals), tenure_only, random. Empty without a loss."""
    rows = [
        (
            fmt.share(before["list_share"]),
            *(_share_text(p["warned_60"], p["low"], p["high"]) for p in (before, after)),
            fmt.share(before["tenure_only"]),
            fmt.share(before[RANDOM]),
        )
        for before, after in zip(in_force.points(), draft.points(), strict=False)
    ]
    return pl.DataFrame(rows, dict.fromkeys(("list", "present", "draft", "tenure_only", "random"), pl.String), orient="row")


def levels(times: Mapping[str, WarningTimes]) -> pl.DataFrame:
    """One row per figure, as text: figure, and a column per level."""
    figures = [*(f"At least {days} days" for days in WARNED_DAYS), "Never warned", "Median"]
    columns = {
        level: [*(rate_text(found.at_least[days]) for days in WARNED_DAYS), rate_text(found.never), days_text(found.median_days)]
        for level, found in times.items()
    }
    return pl.DataFrame({"figure": figures, **columns})


def days_text(days: float | None) -> str:
    """'46 days'; a dash if unknown."""
    return fmt.UNKNOWN if days is None else fmt.plural(round(days), "day")


def curve_title(warned: WarningCurve | None) -> str:
    """Title: share of losses warned 60 days ahead by lists of a fifth."""
    share, predicted = (warned.warned(key, LIST_PERCENT) if warned else None for key in (HEALTH, PREDICTED.key))
    if share is None:
        return f"How many losses does a list name {AHEAD_DAYS} days ahead?"
    if predicted is not None:
        named = f"{fmt.share(predicted.rate)} of losses {AHEAD_DAYS} days ahead, by score {fmt.share(share.rate)}"
        return f"A list of {LIST_PERCENT}{fmt.SPACE}% by predicted churn names {named}"
    return f"A list of the lowest {LIST_PERCENT}{fmt.SPACE}% names {fmt.share(share.rate)} of losses {AHEAD_DAYS} days ahead"


def levels_title(times: WarningTimes) -> str:
    """Title: share of losses that had been watch or worse for 60 days."""
    share = times.at_least[AHEAD_DAYS]
    if share is None:
        return "How long before did the score warn?"
    return f"{fmt.share(share.rate)} of churned customers were low {AHEAD_DAYS} days ahead"


def basis(times: WarningTimes) -> str:
    """How many losses the figures rest on, and how many are left out."""
    text = f"{fmt.plural(times.losses - times.not_scored, 'churned customer')} with a score before the decision"
    return f"{text}; {times.not_scored:,} without one are left out" if times.not_scored else text
