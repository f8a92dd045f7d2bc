"""Views of the backtest: accuracy, details, and suggested settings. Each is drawn without holding up the page."""

import re
from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import DateColumn, NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.foresight.backtest import cutoffs, evidence
from health.foresight.backtest.baselines import HEALTH
from health.foresight.backtest.evidence import Evidence
from health.insight.evidence import report
from health.insight.headlines import Headline
from health.portfolio import State
from health.ui import cache
from health.ui.cards import NUMBER_HEIGHT, card, chart, note, number, strip, waiting
from health.ui.chart_table import chart_table
from health.ui.columns import Columns, column
from health.ui.evidence.proposals import edges_card, weights_card
from health.ui.tables import table
from health.warehouse.facts import Span

CHARTS_HEIGHT = 720


@cache.cached
def read(book: Book, horizon_days: int) -> dict[str, Any]:
    """Read what the backtest shows, without its customer rows."""
    backtest = evidence.evidence(book, horizon_days)
    conclusion = {"verdict": backtest.verdict, "sentence": backtest.sentence}
    return conclusion if backtest.verdict == "too_little_history" else conclusion | _figures(backtest)


def _figures(backtest: Evidence) -> dict[str, Any]:
    """Frames and numbers of the backtest as the cards show them."""
    return {
        "models": report.models(backtest.models),
        "found": report.gains_title(backtest.models),
        "health": backtest.models[HEALTH].values,
        "gains": report.gains(backtest.gains),
        "calibration": backtest.calibration,
        "bands": backtest.bands,
        "cutoffs": report.by_cutoff(backtest.models, backtest.grounds.best_baseline),
        "best_baseline": backtest.grounds.best_baseline,
        "learned": backtest.learned_weights,
        "edges": backtest.thresholds,
        "settings": backtest.panel.settings,
        "left_out": report.left_out_text(backtest.panel.left_out),
        "rows": backtest.panel.rows.height,
        "losses": backtest.panel.losses,
        "downsell": backtest.downsell.sentence if backtest.downsell else "",
    }


def horizon() -> int:
    """Draw the choice of the horizon and return it, in days."""
    labels = {days: f"{days} days" for days in cutoffs.HORIZONS}
    chosen = st.segmented_control(
        "Churn within", list(labels), default=90, format_func=labels.__getitem__, required=True, key="horizon", label_visibility="collapsed"
    )
    return int(chosen)


def why_not_yet(state: State, horizon_days: int) -> str:
    """Why there is too little history for a backtest, and what is needed; empty if there is enough."""
    span = Span(state.observed_from, state.as_of, state.known)
    return "" if cutoffs.cutoffs(span, horizon_days) else cutoffs.explain_no_cutoffs(span, horizon_days)


def insufficient_history(reason: str) -> None:
    """Draw the page of a book with too little history: the reason, and no figure."""
    st.info(f"**Not enough history to test the score.** {fmt.plain(reason)}", icon=":material/history:")
    note("Until then no churn rates are shown. Load older interactions, complaints and exits to start sooner.")


@st.fragment(parallel=True)
def accuracy_view(book: Book, horizon_days: int) -> None:
    """Draw verdict, numbers and charts."""
    with st.container():
        if result := _result(book, horizon_days):
            _strip(result)
            _charts(result, horizon_days)


@st.fragment(parallel=True)
def details_view(book: Book, horizon_days: int) -> None:
    """Draw the measures of each model and test date."""
    with st.container():
        if result := _result(book, horizon_days):
            _tables(result)


@st.fragment(parallel=True)
def suggestions_view(book: Book, horizon_days: int) -> None:
    """Draw the weights and band limits that past churn suggests."""
    with st.container():
        if result := _result(book, horizon_days):
            weights_card(book, result)
            edges_card(book, result, horizon_days)


def _result(book: Book, horizon_days: int) -> dict[str, Any] | None:
    """Draw the verdict and return the backtest; None where it has no figures, with the reason."""
    with waiting(NUMBER_HEIGHT + CHARTS_HEIGHT):
        result = read(book, horizon_days)
    verdict(result)
    if result["verdict"] == "too_little_history":
        return None
    if result["verdict"] == "too_few_losses":
        losses = fmt.plural(result["losses"], "loss", "losses")
        note(f"Figures from {losses} would not be reliable, so none are shown. The view Churned customers lists each of them.")
        return None
    return result


def verdict(result: Mapping[str, Any]) -> None:
    """Draw the verdict in words."""
    headline, punctuation, rest = re.split("([:.])", str(result["sentence"]), maxsplit=1)
    text = f"**{fmt.plain(headline)}{punctuation}** {fmt.plain(rest)}"
    match result["verdict"]:
        case "useful":
            st.success(text, icon=":material/check_circle:")
        case "no_better_than_chance":
            st.error(text, icon=":material/error:")
        case "weak" | "no_better_than_baseline":
            st.warning(text, icon=":material/warning:")
        case _:
            st.info(text, icon=":material/history:")


def _strip(result: Mapping[str, Any]) -> None:
    """Draw AUC, share found in the lowest fifth, lift, Brier score and number of losses."""
    score_measures = result["health"]
    interval_words = (
        "{} to {}".format(*(f"{score_measures[f'auc_{bound}']:.2f}" for bound in ("low", "high")))
        if score_measures["auc_low"] is not None
        else ""
    )
    strip(
        [
            number("AUC", _two(score_measures["auc"]), interval_words,
                   "Share of pairs of a churned customer and one who stayed in which the churned one had the lower score. "
                   "0.5 is random guessing, 1 is perfect. Below: the 95 % interval."),
            number("In lowest 20 %", fmt.share(score_measures["found_in_worst_fifth"]),
                   fmt.interval(score_measures["found_in_worst_fifth_low"], score_measures["found_in_worst_fifth_high"]),
                   "Share of churned customers who were among the lowest-scoring 20 %. Random: 20 %. Below: the 95 % interval."),
            number("Lift, lowest 10 %", _times(score_measures["lift_top_decile"]),
                   f"{_times(score_measures['lift_top_decile_low'])} to {_times(score_measures['lift_top_decile_high'])}",
                   "Churn rate of the lowest-scoring 10 % as a multiple of the average churn rate. Below: the 95 % interval."),
            number("Brier score", _three(score_measures["brier"]), f"skill {_two(score_measures['brier_skill'])}",
                   "Mean squared error of the predicted churn probabilities; lower is better. Skill: 0 is no better than "
                   "one rate for all customers, 1 is perfect."),
            Headline("lost", "Losses in the test", fmt.count(result["losses"]), f"of {fmt.count(result['rows'])}", "off", [],
                     "Customers who churned within the chosen days after a test date, of all customers scored at all test "
                     "dates. Insolvencies, "
                     "mergers and contracts we ended are left out, so other screens count more losses."),
        ]
    )  # fmt: skip
    if result["left_out"]:
        note(result["left_out"])
    if result["downsell"]:
        note(f"Downsells, tested apart from churn. {result['downsell']}")


def _two(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{value:.2f}"


def _three(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{value:.3f}"


def _times(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{value:.1f}×"


def _charts(result: Mapping[str, Any], horizon_days: int) -> None:
    """Draw model comparison, gains, calibration and churn by band, the last three with their tables."""
    left, right = st.columns(2)
    with left, card(report.models_title(result["models"]), "AUC with 95 % interval from 200 bootstrap samples of customers"):
        chart(charts.model_comparison, result["models"])
    with right, card(result["found"], "Churned customers reached, all test dates; figures at 20 %"):
        chart(charts.gains_curve, result["gains"])
        reached_shares = (
            result["gains"].filter(pl.col("share").is_in([0.05, 0.1, 0.2, 0.3, 0.5])).pivot("share", index="label", values="found")
        )
        labels = {"label": "Customers called"} | {name: fmt.share(float(name)) for name in reached_shares.columns[1:]}
        chart_table(reached_shares, labels, "Share of churned customers reached by share called", dict.fromkeys(labels, fmt.rate))
    left, right = st.columns(2)
    with (
        left,
        card(report.calibration_title(result["calibration"]), "Deciles of predicted risk with 95 % interval; the diagonal is perfect"),
    ):
        chart(charts.calibration, result["calibration"])
        labels = {"tenth": "Decile", "expected": "Predicted", "rate": "Observed", "lost": "Churned", "customers": "Customers"}
        if result["calibration"].height:
            chart_table(result["calibration"], labels, "Predicted and observed churn by decile", {"expected": fmt.rate, "rate": fmt.rate})
    with right, card(report.bands_title(result["bands"]), f"Churn within {horizon_days} days, 95 % interval"):
        chart(charts.churn_by_band, result["bands"], horizon_days)
        labels = {"band": "Band", "customers": "Customers", "lost": "Churned", "rate": "Churn", "low": "From", "high": "To"}
        bands = result["bands"].with_columns(pl.col("band").replace({b.key: b.label for b in fmt.BANDS}))
        chart_table(bands, labels, "Churn by band with its interval", dict.fromkeys(("rate", "low", "high"), fmt.rate))


def _tables(result: Mapping[str, Any]) -> None:
    """Draw the measures of each model, and those of the score at each cut-off."""
    with card("Score and simple rules compared", "All test dates together. Lift: churn of the lowest-scoring 10 % against the average"):
        columns: Columns = {
            "label": TextColumn("Model", width=180), "auc": 84,
            "low": column("low", 84, format='%.3f'), "high": column("high", 84, format='%.3f'),
            "lift": NumberColumn("Lift", width=84, format="%.1f"), "brier": NumberColumn("Brier score", width=96, format="%.4f"),
        }  # fmt: skip
        table(result["models"], columns, key="evidence-models", alt="Measures of each model")
    baseline_label = report.MODEL_LABELS.get(result["best_baseline"] or "", "Baseline")
    with card(
        "Results by test date",
        f"AUC of the score with its 95 % interval, and of the best simple rule: {report.lower_first(baseline_label)}",
    ):
        columns = {
            "cutoff": DateColumn("Test date", width=110, format="D MMM YYYY"), "customers": 90,
            "lost": 84, "auc": 84,
            "low": column("low", 84, format='%.3f'), "high": column("high", 84, format='%.3f'),
            "baseline": NumberColumn("AUC, best rule", width=110, format="%.3f"),
        }  # fmt: skip
        table(result["cutoffs"], columns, key="evidence-cutoffs", alt="AUC at each test date")
