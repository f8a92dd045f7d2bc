"""Detection lag as texts: how soon a person acted on customers who were urgent before they churned."""

import polars as pl

from health import format as fmt
from health.desk.worklist.detection_lag import WINDOW_DAYS, DetectionLag
from health.insight.evidence.report import rate_text

FIRST_ACT_HELP = (
    f"Days from the first urgent trigger in the {WINDOW_DAYS} days before the decision to the first act of a person. No act: none "
    "before the decision. Blank: nothing was urgent, or contacts are not on file for all that time"
)
NOTE = (
    "Urgent: a critical complaint, a missed deadline, a survey answer of 6 of 10 or less, an overdue handover, or, at month ends, a last "
    "day for notice within 30 days without recent contact. Acts: contacts by a person, first responses to complaints, and records made by "
    "hand. This shows when somebody acted, not whether that could have kept the customer."
)


def first_act() -> pl.Expr:
    """Text of the ledger's column: 'after 3 d', 'no act', or null if unknown or nothing was urgent."""
    acted = pl.format("after {} d", pl.col("detection_days"))
    return pl.when("acted").then(acted).when(~pl.col("acted")).then(pl.lit("no act")).alias("first_act")


def title(lag: DetectionLag) -> str:
    """The finding above the card."""
    if lag.never is None:
        return "How soon did somebody act on urgent customers?"
    if lag.median_days is None:
        return f"No act on {fmt.plural(lag.never.k, 'churned customer')} who had been urgent"
    return f"Half of the first acts came within {fmt.plural(round(lag.median_days), 'day')} of the urgent trigger"


def figures(lag: DetectionLag) -> pl.DataFrame:
    """One row per figure, as text: figure, value."""
    median = fmt.UNKNOWN if lag.median_days is None else f"{fmt.plural(round(lag.median_days), 'day')}, {lag.acted:,} acted on"
    urgent = lag.losses - lag.without_trigger
    rows = [
        (f"Urgent in the {WINDOW_DAYS} days before the decision", fmt.share_of(urgent, lag.losses)),
        ("Median time to the first act", median),
        ("Never acted on before the decision", rate_text(lag.never)),
    ]
    if lag.unknown:
        rows.append(("Not counted: contacts are not on file for all that time", f"{lag.unknown:,}"))
    return pl.DataFrame(rows, ["figure", "value"], orient="row")
