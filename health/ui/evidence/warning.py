"""View of warning time: how long before the decision the score warned, and what a list of each length would have named."""

from datetime import date

import streamlit as st

from health import charts
from health import format as fmt
from health.access import Book
from health.desk.worklist.detection_lag import DetectionLag, detection_lag, with_detection
from health.foresight.backtest.warning import WARNED_DAYS
from health.foresight.backtest.warning_report import WarningReport, warning_report
from health.foresight.stats.proportions import Rate
from health.insight.evidence import detection, warning
from health.insight.headlines import Headline
from health.ui import cache, value_cache
from health.ui.cards import NUMBER_HEIGHT, card, chart, note, number, strip, waiting
from health.ui.chart_table import chart_table
from health.ui.tables import words_table

CHARTS_HEIGHT = 640
PREDICTED_NOTE = (
    "Predicted churn: churn probability within 90 days, by a model fitted before these months. Customers that it cannot score, such as "
    "those without a contract, are listed by their score."
)


@cache.cached
def read(book: Book, as_of: date) -> tuple[WarningReport, DetectionLag]:
    """Read the warning times and the detection lag of the losses known on the day, and the curve of the held-out months."""
    report = warning_report(book, as_of, value_cache.churn_model)
    return report, detection_lag(with_detection(book, report.losses, as_of))


@st.fragment(parallel=True)
def warning_view(book: Book, as_of: date) -> None:
    """Draw numbers, curve and table, without holding up the page."""
    with st.container():
        with waiting(NUMBER_HEIGHT + CHARTS_HEIGHT):
            report, lag = read(book, as_of)
        _strip(report)
        left, right = st.columns(2)
        with left:
            _curve_card(report)
        with right:
            _levels_card(report)
            _detection_card(lag)


def _strip(report: WarningReport) -> None:
    """Draw median, shares warned 60 and 90 days ahead, and the share never warned."""
    times = report.times["warning_days"]
    run = "The warning begins at the first month end of the unbroken run of Watch or At risk that lasted until the decision."
    strip(
        [
            number("Median warning", warning.days_text(times.median_days), "before the decision",
                   f"Half of the churned customers had a longer warning, half a shorter one. {run}"),
            *(_share(f"Warned {days} days", times.at_least[days], f"Share of churned customers with {days} days of warning or more. {run}")
              for days in WARNED_DAYS),
            _share("Never warned", times.never, "Share of churned customers whose last score before the decision was Healthy."),
            _share("At risk 60 days", report.times["at_risk_days"].at_least[60],
                   "Share of churned customers who had been At risk without a break for 60 days or more when they decided."),
        ]
    )  # fmt: skip
    note(f"{warning.basis(times)}. Insolvencies, mergers and contracts we ended are not counted.")


def _share(label: str, share: Rate | None, help: str) -> Headline:
    """Number with its interval below."""
    return number(label, fmt.share(share.rate if share else None), fmt.interval(share.low, share.high) if share else "", help)


def _curve_card(report: WarningReport) -> None:
    """Draw share of losses warned of by length of the list."""
    since = f" since {fmt.day(report.curve.since)}" if report.curve else ""
    losses = fmt.plural(report.curve.losses if report.curve else 0, "loss", "losses")
    with card(
        warning.curve_title(report.curve),
        f"{losses}{since}; on the list from 60 days before until the decision; figures at {warning.LIST_PERCENT} %",
    ):
        curves = warning.curve(report.curve)
        chart(charts.warning_curve, curves)
        if report.curve is None or curves.is_empty():
            return
        note(warning.comparison(report.curve, report.why_not_predicted))
        chart_table(warning.lists(report.curve), warning.LISTS_LABELS, "Share of churned customers warned by length of the list")
        if not report.why_not_predicted:
            note(PREDICTED_NOTE)


def _levels_card(report: WarningReport) -> None:
    """Draw the shares at both levels with their intervals."""
    with card(warning.levels_title(report.times["warning_days"]), "Share of churned customers with 95 % interval, by level of warning"):
        labels = {"figure": "Warning"} | warning.LEVEL_LABELS
        words_table(warning.levels(report.times), labels, "Warning time by level with intervals")
        note("A single month at Healthy ends a warning. The view Churned customers shows the warning of each loss.")


def _detection_card(lag: DetectionLag) -> None:
    """Draw how soon a person acted on churned customers who had been urgent."""
    with card(detection.title(lag), "From the first urgent trigger before the decision to the first act of a person"):
        words_table(detection.figures(lag), {"figure": "Detection lag", "value": "Churned customers"}, "Detection lag with interval")
        note(detection.NOTE)
