"""The evidence: the verdict in words, the score beside simple rules, and what the data propose. Worked out beside the rest of the page."""

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

PICTURES = 720


@cache.cached
def read(book: Book, horizon_days: int) -> dict[str, Any]:
    """What the back-test shows, without its rows."""
    found = evidence.evidence(book, horizon_days)
    told = {"verdict": found.verdict, "sentence": found.sentence}
    return told if found.verdict == "too_little_history" else told | _figures(found)


def _figures(found: Evidence) -> dict[str, Any]:
    return {
        "models": report.models(found.models),
        "found": report.gains_title(found.models),
        "health": found.models[HEALTH].values,
        "gains": report.gains(found.gains),
        "calibration": found.calibration,
        "bands": found.bands,
        "cutoffs": report.by_cutoff(found.models, found.grounds.best_baseline),
        "best_baseline": found.grounds.best_baseline,
        "learned": found.learned_weights,
        "edges": found.thresholds,
        "settings": found.panel.settings,
        "left_out": report.left_out_words(found.panel.left_out),
        "rows": found.panel.rows.height,
        "losses": found.panel.losses,
    }


def horizon() -> int:
    """The choice of how far ahead the score is tested, in days."""
    labels = {days: f"{days} days" for days in cutoffs.HORIZONS}
    chosen = st.segmented_control(
        "Left within", list(labels), default=90, format_func=labels.__getitem__, required=True, key="horizon", label_visibility="collapsed"
    )
    return int(chosen)


def why_not_yet(state: State, horizon_days: int) -> str:
    """Why there is too little history to test anything, and what would be needed; empty where there is enough."""
    span = Span(state.observed_from, state.as_of)
    return "" if cutoffs.cutoffs(span, horizon_days) else cutoffs.explain_no_cutoffs(span, horizon_days)


def too_little(why: str) -> None:
    """The whole page of a book that is too young: the reason, and no figure."""
    st.info(f"**Too little history to tell.** {fmt.plain(why)}", icon=":material/history:")
    note(
        "Until then nothing is claimed: no rate, no curve, no band's churn. Older interactions, complaints and exits bring the day nearer."
    )


@st.fragment(parallel=True)
def tested(book: Book, horizon_days: int) -> None:
    """Verdict, numbers and pictures of the back-test; the rest of the page does not wait for them."""
    with st.container():
        with waiting(NUMBER_HEIGHT + PICTURES):
            told = read(book, horizon_days)
        verdict(told)
        if told["verdict"] == "too_little_history":
            return
        if told["verdict"] == "too_few_losses":
            note(f"No figure is shown of {fmt.plural(told['losses'], 'loss', 'losses')}: it could be anything. Below: each of them.")
            return
        _strip(told)
        _pictures(told, horizon_days)
        _tables(told)
        left, right = st.columns(2)
        with left:
            weights_card(book, told)
        with right:
            edges_card(book, told, horizon_days)


def verdict(told: Mapping[str, Any]) -> None:
    """The verdict, in words."""
    words, mark, rest = re.split("([:.])", str(told["sentence"]), maxsplit=1)
    said = f"**{fmt.plain(words + mark)}**{fmt.plain(rest)}"
    match told["verdict"]:
        case "useful":
            st.success(said, icon=":material/check_circle:")
        case "no_better_than_chance":
            st.error(said, icon=":material/error:")
        case "weak" | "no_better_than_baseline":
            st.warning(said, icon=":material/warning:")
        case _:
            st.info(said, icon=":material/history:")


def _strip(told: Mapping[str, Any]) -> None:
    own = told["health"]
    fact = "{} to {}".format(*(f"{own[f'auc_{end}']:.2f}" for end in ("low", "high"))) if own["auc_low"] is not None else ""
    strip(
        [
            number("AUC", _two(own["auc"]), fact, "Of two customers, one lost and one kept: how often the lost one was ranked the sicker. "
                   "0.5 is a coin, 1 is always. Below: the 95 % interval."),
            number("Found in worst 20 %", fmt.share(own["found_in_worst_fifth"]),
                   fmt.interval(own["found_in_worst_fifth_low"], own["found_in_worst_fifth_high"]),
                   "Of those who left, the share among the fifth of lowest health; a blind draw finds 20 %."),
            number("Lift, worst tenth", _times(own["lift_top_decile"]),
                   f"{_times(own['lift_top_decile_low'])} to {_times(own['lift_top_decile_high'])}",
                   "Loss rate of the tenth of lowest health over that of all."),
            number("Brier score", _three(own["brier"]), f"skill {_two(own['brier_skill'])}",
                   "Mean squared miss of the stated chances, lower is better; skill: 0 is as good as one rate for all, 1 is perfect."),
            Headline("lost", "Losses tested on", fmt.count(told["losses"]), f"of {fmt.count(told['rows'])}", "off", [],
                     "Customers lost within the horizon, of all customers at all cut-offs; one customer counts once a cut-off."),
        ]
    )  # fmt: skip
    if told["left_out"]:
        note(told["left_out"])


def _two(x: float | None) -> str:
    return fmt.UNKNOWN if x is None else f"{x:.2f}"


def _three(x: float | None) -> str:
    return fmt.UNKNOWN if x is None else f"{x:.3f}"


def _times(x: float | None) -> str:
    return fmt.UNKNOWN if x is None else f"{x:.1f}×"


def _pictures(told: Mapping[str, Any], horizon_days: int) -> None:
    left, right = st.columns(2)
    with left, card(report.models_title(told["models"]), "AUC with 95 % interval; customers drawn anew 200 times"):
        chart(charts.model_comparison, told["models"])
    with right, card(told["found"], "All cut-offs, worst first; numbers at 20 %"):
        chart(charts.gains_curve, told["gains"])
        read_at = told["gains"].filter(pl.col("share").is_in([0.05, 0.1, 0.2, 0.3, 0.5])).pivot("share", index="label", values="found")
        called = {name: NumberColumn(fmt.share(float(name)), width=62, format="percent") for name in read_at.columns[1:]}
        _as_table(read_at, {"label": TextColumn("Called", width=160)} | called, "gains", "Share of the lost reached by share called")
    left, right = st.columns(2)
    with left, card(report.calibration_title(told["calibration"]), "Tenths of customers, safest first; on the line is true"):
        chart(charts.calibration, told["calibration"])
        columns: Columns = {
            "tenth": NumberColumn("Tenth", width=56), "expected": NumberColumn("Stated", width=76, format="percent"),
            "rate": 76, "lost": 60,
            "customers": column("customers", 90, format=None),
        }  # fmt: skip
        if told["calibration"].height:
            _as_table(told["calibration"], columns, "calibration", "Chance stated and share that left, by tenth")
    with right, card(report.bands_title(told["bands"]), f"Left within {horizon_days} days, 95 % interval"):
        chart(charts.churn_by_band, told["bands"], horizon_days)
        bands = told["bands"].with_columns(band_chip())
        columns = {
            "band": 100, "customers": 90,
            "lost": column("lost", 60, format=WHOLE), "rate": 70,
            "low": 66, "high": 66,
        }  # fmt: skip
        _as_table(bands, columns, "bands", "Churn by band with its interval")


def _as_table(frame: pl.DataFrame, columns: Columns, key: str, alt: str) -> None:
    with st.expander("The same as a table"):
        table(frame, columns, key=f"evidence-{key}", alt=alt)


def _tables(told: Mapping[str, Any]) -> None:
    left, right = st.columns(2)
    with left, card("Each model, each measure", "Pooled over the cut-offs; lift: worst tenth against all"):
        columns: Columns = {
            "label": TextColumn("Model", width=160), "auc": 60,
            "low": column("low", 60, format='%.3f'), "high": column("high", 60, format='%.3f'),
            "lift": NumberColumn("Lift", width=56, format="%.1f"), "brier": NumberColumn("Brier", width=64, format="%.4f"),
        }  # fmt: skip
        table(told["models"], columns, key="evidence-models", alt="Measures of each model")
    rival = report.TALK.get(told["best_baseline"] or "", "Baseline")
    with right, card("The same at each cut-off", f"AUC of the score with its interval, and of the best rule: {report.in_sentence(rival)}"):
        columns = {
            "cutoff": DateColumn("Cut-off", width=100, format="D MMM YYYY"), "customers": 88,
            "lost": 54, "auc": 58,
            "low": column("low", 58, format='%.3f'), "high": column("high", 58, format='%.3f'),
            "baseline": NumberColumn("Rule", width=58, format="%.3f"),
        }  # fmt: skip
        table(told["cutoffs"], columns, key="evidence-cutoffs", alt="AUC at each cut-off")
