"""The scoring method as frames and sentences, from COMPONENTS and the settings in force."""

from collections.abc import Mapping

import polars as pl

from health.format import plural
from health.score.components import COMPONENTS, Component, Part
from health.score.knock_outs import KNOCK_OUTS
from health.score.settings import Settings
from health.status import CUSTOMER

SAMPLES = 81


def components(now: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """One row per component, including unused ones: component, weight (default), used, needs (table), known, why.

    `used`: it has weight in at least one segment; `known`: share of scored customers with a value, 0 to 1, null without scored customers.
    """
    scored = now.filter(CUSTOMER) if now.width else now
    return pl.DataFrame(
        [
            {
                "component": c.label,
                "weight": settings.weights[c.key],
                "used": settings.weighs(c.key),
                "needs": c.needs,
                "known": 1 - scored[c.column].null_count() / scored.height if scored.height else None,
                "why": c.why,
            }
            for c in COMPONENTS
        ],
        schema={"component": pl.String, "weight": pl.Int64, "used": pl.Boolean, "needs": pl.String, "known": pl.Float64, "why": pl.String},
    )


def parts(component: Component, weights: Mapping[str, int]) -> pl.DataFrame:
    """One row per part of a component: part, share, weight, formula, worst, best, unknown_when.

    `share`: per cent of the component; `weight`: points of health.
    """
    return pl.DataFrame(
        [
            {
                "part": p.label,
                "share": p.share,
                "weight": weights.get(component.key, 0) * p.share / 100,
                "formula": p.formula,
                "worst": p.worst,
                "best": p.best,
                "unknown_when": p.unknown_when,
            }
            for p in component.parts
        ]
    )


def curve(part: Part) -> pl.DataFrame:
    """Points 0 to 100 at evenly spaced values of the part's measure: measure, points; empty without a curve."""
    if part.axis is None:
        return pl.DataFrame(schema={"measure": pl.Float64, "points": pl.Float64})
    width = part.axis.stop - part.axis.start
    steps = pl.int_range(SAMPLES) / (SAMPLES - 1)
    return pl.select((part.axis.start + width * steps).alias("measure")).with_columns(part.curve(pl.col("measure")).alias("points"))


def limits(settings: Settings) -> pl.DataFrame:
    """Complaint response times, one row per severity: severity, answer_hours, solution_hours."""
    return pl.DataFrame(
        {
            "severity": ["1 low", "2 normal", "3 high", "4 critical"],
            "answer_hours": list(settings.response_hours),
            "solution_hours": list(settings.resolution_hours),
        }
    )


def cadences(settings: Settings) -> pl.DataFrame:
    """Days between agreed contacts, one row per tier: tier, days."""
    return pl.DataFrame(
        {"tier": [*settings.cadence_days, "No tier"], "days": [*settings.cadence_days.values(), settings.default_cadence_days]}
    )


def rules(settings: Settings) -> list[str]:
    """Explain in sentences how points become health and a band, with the numbers in force."""
    capped = " or ".join(rule.rule for rule in KNOCK_OUTS if getattr(settings, rule.setting))
    return [
        "Health is the weighted mean of the known components, from 0 to 100. Higher is always better.",
        "If a component is unknown, the other components share its weight. Unknown never counts as zero.",
        f"Coverage is the share of the weight that is known. Below {settings.coverage_least} %, the band is Unknown.",
        f"Bands: At risk below {settings.at_risk_below}, Healthy from {settings.healthy_from}, Watch in between.",
        f"Caps: with {capped}, the band is Watch at most. The health score itself does not change." if capped else "No rule caps a band.",
        "A band is tentative if the unknown components could change it.",
        "A customer who has given notice is Leaving. Its score is frozen at the last month end before the notice.",
        *_service_sentence(settings),
        *(f"The segment {segment} has its own weights: {_weights_text(weights)}." for segment, weights in settings.segment_weights.items()),
        *_unweighted_sentence(settings),
    ]


def _service_sentence(settings: Settings) -> list[str]:
    if not settings.service_hours:
        return []
    holidays = f", except on {plural(len(settings.holidays), 'holiday')}" if settings.holidays else ""
    return [f"Response times of complaints count hours of service only: {settings.service_hours}{holidays} (time zone {settings.zone})."]


def _weights_text(weights: Mapping[str, int]) -> str:
    return ", ".join(f"{c.label.lower()} {weights[c.key]}" for c in COMPONENTS if weights[c.key])


def weighted_components(settings: Settings) -> list[Component]:
    """Components with weight, for all customers or in a segment, in the declared order."""
    return [c for c in COMPONENTS if settings.weighs(c.key)]


def _unweighted_sentence(settings: Settings) -> list[str]:
    """Name the components without weight and the tables they need; empty if all have weight."""
    weighted = weighted_components(settings)
    unweighted = ", ".join(f"{c.label.lower()} ({c.needs.replace('_', ' ')})" for c in COMPONENTS if c not in weighted)
    return [f"Calculated but without weight: {unweighted}. Give them weight in the Score lab."] if unweighted else []
