"""Backtest of the score: verdict, comparison with simple baselines, and proposed settings. Drawn without holding up the page."""

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
from health.ui.columns import WHOLE, Columns, band_chip, column
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
    }


def horizon() -> int:
    """Draw the choice of the horizon and return it, in days."""
    labels = {days: f"{days} days" for days in cutoffs.HORIZONS}
    chosen = st.segmented_control(
        "Left within", list(labels), default=90, format_func=labels.__getitem__, required=True, key="horizon", label_visibility="collapsed"
    )
    return int(chosen)


def why_not_yet(state: State, horizon_days: int) -> str:
    """Why there is too little history for a backtest, and what is needed; empty if there is enough."""
    span = Span(state.observed_from, state.as_of)
    return "" if cutoffs.cutoffs(span, horizon_days) else cutoffs.explain_no_cutoffs(span, horizon_days)


def insufficient_history(reason: str) -> None:
    """Draw the page of a book with too little history: the reason, and no figure."""
    st.info(f"**Too little history to tell.** {fmt.plain(reason)}", icon=":material/history:")
    note(
        "Until then nothing is claimed: no rate, no curve, no band's churn. Older interactions, complaints and exits bring the day nearer."
    )


@st.fragment(parallel=True)
def backtest_cards(book: Book, horizon_days: int) -> None:
    """Draw verdict, numbers and charts of the backtest."""
    with st.container():
        with waiting(NUMBER_HEIGHT + CHARTS_HEIGHT):
            result = read(book, horizon_days)
        verdict(result)
        if result["verdict"] == "too_little_history":
            return
        if result["verdict"] == "too_few_losses":
            note(f"No figure is shown of {fmt.plural(result['losses'], 'loss', 'losses')}: it could be anything. Below: each of them.")
            return
        _strip(result)
        _charts(result, horizon_days)
        _tables(result)
        left, right = st.columns(2)
        with left:
            weights_card(book, result)
        with right:
            edges_card(book, result, horizon_days)


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
                   "Of two customers, one lost and one kept: how often the lost one was ranked the sicker. "
                   "0.5 is a coin, 1 is always. Below: the 95 % interval."),
            number("Found in worst 20 %", fmt.share(score_measures["found_in_worst_fifth"]),
                   fmt.interval(score_measures["found_in_worst_fifth_low"], score_measures["found_in_worst_fifth_high"]),
                   "Of those who left, the share among the fifth of lowest health; a blind draw finds 20 %."),
            number("Lift, worst tenth", _times(score_measures["lift_top_decile"]),
                   f"{_times(score_measures['lift_top_decile_low'])} to {_times(score_measures['lift_top_decile_high'])}",
                   "Loss rate of the tenth of lowest health over that of all."),
            number("Brier score", _three(score_measures["brier"]), f"skill {_two(score_measures['brier_skill'])}",
                   "Mean squared miss of the stated chances, lower is better; skill: 0 is as good as one rate for all, 1 is perfect."),
            Headline("lost", "Losses tested on", fmt.count(result["losses"]), f"of {fmt.count(result['rows'])}", "off", [],
                     "Customers lost within the horizon, of all customers at all cut-offs; one customer counts once a cut-off."),
        ]
    )  # fmt: skip
    if result["left_out"]:
        note(result["left_out"])


def _two(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{value:.2f}"


def _three(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{value:.3f}"


def _times(value: float | None) -> str:
    return fmt.UNKNOWN if value is None else f"{value:.1f}×"


def _charts(result: Mapping[str, Any], horizon_days: int) -> None:
    """Draw model comparison, gains, calibration and churn by band, each with its table where it has one."""
    left, right = st.columns(2)
    with left, card(report.models_title(result["models"]), "AUC with 95 % interval; customers drawn anew 200 times"):
        chart(charts.model_comparison, result["models"])
    with right, card(result["found"], "All cut-offs, worst first; numbers at 20 %"):
        chart(charts.gains_curve, result["gains"])
        reached_shares = (
            result["gains"].filter(pl.col("share").is_in([0.05, 0.1, 0.2, 0.3, 0.5])).pivot("share", index="label", values="found")
        )
        share_columns = {name: NumberColumn(fmt.share(float(name)), width=62, format="percent") for name in reached_shares.columns[1:]}
        _as_table(
            reached_shares, {"label": TextColumn("Called", width=160)} | share_columns, "gains", "Share of the lost reached by share called"
        )
    left, right = st.columns(2)
    with left, card(report.calibration_title(result["calibration"]), "Tenths of customers, safest first; on the line is true"):
        chart(charts.calibration, result["calibration"])
        columns: Columns = {
            "tenth": NumberColumn("Tenth", width=56), "expected": NumberColumn("Stated", width=76, format="percent"),
            "rate": 76, "lost": 60,
            "customers": column("customers", 90, format=None),
        }  # fmt: skip
        if result["calibration"].height:
            _as_table(result["calibration"], columns, "calibration", "Chance stated and share that left, by tenth")
    with right, card(report.bands_title(result["bands"]), f"Left within {horizon_days} days, 95 % interval"):
        chart(charts.churn_by_band, result["bands"], horizon_days)
        bands = result["bands"].with_columns(band_chip())
        columns = {
            "band": 100, "customers": 90,
            "lost": column("lost", 60, format=WHOLE), "rate": 70,
            "low": 66, "high": 66,
        }  # fmt: skip
        _as_table(bands, columns, "bands", "Churn by band with its interval")


def _as_table(frame: pl.DataFrame, columns: Columns, key: str, alt: str) -> None:
    with st.expander("The same as a table"):
        table(frame, columns, key=f"evidence-{key}", alt=alt)


def _tables(result: Mapping[str, Any]) -> None:
    """Draw the measures of each model, and those of the score at each cut-off."""
    left, right = st.columns(2)
    with left, card("Each model, each measure", "Pooled over the cut-offs; lift: worst tenth against all"):
        columns: Columns = {
            "label": TextColumn("Model", width=160), "auc": 60,
            "low": column("low", 60, format='%.3f'), "high": column("high", 60, format='%.3f'),
            "lift": NumberColumn("Lift", width=56, format="%.1f"), "brier": NumberColumn("Brier", width=64, format="%.4f"),
        }  # fmt: skip
        table(result["models"], columns, key="evidence-models", alt="Measures of each model")
    baseline_label = report.MODEL_LABELS.get(result["best_baseline"] or "", "Baseline")
    with (
        right,
        card("The same at each cut-off", f"AUC of the score with its interval, and of the best rule: {report.lower_first(baseline_label)}"),
    ):
        columns = {
            "cutoff": DateColumn("Cut-off", width=100, format="D MMM YYYY"), "customers": 88,
            "lost": 54, "auc": 58,
            "low": column("low", 58, format='%.3f'), "high": column("high", 58, format='%.3f'),
            "baseline": NumberColumn("Rule", width=58, format="%.3f"),
        }  # fmt: skip
        table(result["cutoffs"], columns, key="evidence-cutoffs", alt="AUC at each cut-off")
