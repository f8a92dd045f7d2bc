"""Controls of the Score lab: weights, band edges, knock-out rules, contact cadences and response times."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from health import format as fmt
from health.access import Book
from health.foresight.backtest import cutoffs
from health.score.components import COMPONENTS
from health.score.knock_outs import KNOCK_OUTS
from health.score.settings import SEVERITIES, TIERS, Settings
from health.service_hours import EXAMPLE
from health.ui import cache
from health.ui import settings_draft as drafts
from health.ui.cards import card, note
from health.ui.evidence import backtest
from health.ui.settings_draft import EVERYBODY, Draft, control_key, copy_controls, copy_weight, weight_control
from health.warehouse import zone

FACT_CONTROLS = [
    *(f"cadence {tier}" for tier in TIERS),
    "cadence",
    "service_hours",
    "holidays",
    "zone",
    *(f"{what} {n}" for what in ("answer", "solve") for n in range(1, SEVERITIES + 1)),
]


def weights_card(book: Book, draft: Draft, present: Settings, segments: Sequence[str]) -> None:
    """Draw one slider per component, for all customers or one segment."""
    with card("Weights", f"Points of 100; version {present.version} is in force"):
        segment = _segment(draft, segments)
        if segment != EVERYBODY and segment not in draft.own_weight_segments:
            note("This segment uses the weights of all customers.")
            return
        for c in COMPONENTS:
            control_name = weight_control(segment, c.key)
            st.slider(
                c.label, 0, 100, step=1, key=control_key(control_name), help=fmt.plain(c.why), on_change=copy_weight, args=(segment, c.key)
            )
        _sum(draft, present, segment)
        if segment == EVERYBODY:
            _learned_weights_button(book)


def _segment(draft: Draft, segments: Sequence[str]) -> str:
    """Draw the choice of a segment and return it; empty for all customers."""
    segment_names = sorted({*segments, *draft.own_weight_segments})
    if not segment_names:
        return EVERYBODY
    labels = {s: f"{s}, own weights" if s in draft.own_weight_segments else s for s in segment_names} | {EVERYBODY: "All customers"}
    chosen = st.selectbox("Weights of", [EVERYBODY, *segment_names], format_func=labels.__getitem__, key="lab-segment")
    if chosen == EVERYBODY:
        if draft.own_weight_segments:
            note(f"With own weights: {', '.join(draft.own_weight_segments)}.")
        return EVERYBODY
    has_own_weights = chosen in draft.own_weight_segments
    label = "Use the weights of all customers" if has_own_weights else "Set own weights"
    st.button(label, on_click=drafts.set_own_weights, args=(chosen, not has_own_weights), width="stretch")
    return str(chosen)


def _sum(draft: Draft, present: Settings, segment: str) -> None:
    total = draft.sums[segment]
    change_words = _changes(draft.weights(segment), present.weights_of(segment))
    if total == 100:
        note(f"Sum 100. {change_words}")
        return
    st.markdown(f":red[**Sum {total}, not 100.**] The results are scaled to 100.")
    st.button("Scale to 100", icon=":material/balance:", on_click=drafts.scale_weights, args=(segment,), width="stretch")


def _learned_weights_button(book: Book) -> None:
    """Draw the button that applies the weights learned from past churn, or why there are none."""
    if not st.button("Use learned weights", icon=":material/model_training:", width="stretch"):
        return
    with st.spinner("Learning weights from past churn; this takes a few seconds ..."):
        learned = cache.read_cached(backtest.read, book, cutoffs.HORIZONS[0]).get("learned")
    if learned is None or not learned.weights:
        note(learned.why if learned else "Too little history to learn weights from.")
        return
    drafts.set_weights(learned.weights)
    drafts.record_learned(learned.weights, learned.why)
    st.rerun()


def _changes(now: dict[str, int], before: dict[str, int]) -> str:
    changes = [f"{c.label} {fmt.signed(now[c.key] - before[c.key])}" for c in COMPONENTS if now[c.key] != before[c.key]]
    return f"Changed: {', '.join(changes)}." if changes else "No changes."


def bands_card(present: Settings) -> None:
    """Draw band edges, least coverage, and the rules that cap a customer at watch."""
    present_edges = f"at risk below {present.at_risk_below}, healthy from {present.healthy_from}"
    with card("Bands and caps", f"Version {present.version}, in force: {present_edges}"):
        st.slider(
            "At risk below, healthy from", 1, 100, step=1, key=control_key("edges"), on_change=copy_controls, args=("edges",),
            help="Health below the first limit is At risk, from the second limit Healthy, in between Watch",
        )  # fmt: skip
        st.slider(
            "Minimum coverage, %", 0, 100, step=5, key=control_key("coverage_least"), on_change=copy_controls, args=("coverage_least",),
            help="If less than this share of the weight is known, the band is Unknown",
        )  # fmt: skip
        note("Cap the band at Watch when there is:")
        for rule in KNOCK_OUTS:
            st.toggle(rule.label, key=control_key(rule.setting), on_change=copy_controls, args=(rule.setting,))


def terms_card() -> None:
    """Draw contact cadences and response times in one form, since each change recomputes the facts."""
    with (
        card("Contact intervals and response times", "Apply recalculates all scores; this takes a few seconds"),
        st.form("lab-facts", border=False),
    ):
        note("Days between contacts, by customer tier")
        with st.grid(4, min_column_width=70):
            for tier in TIERS:
                _whole_number(f"Tier {tier}", f"cadence {tier}", 3650)
            _whole_number("No tier", "cadence", 3650)
        for kind, caption in {"answer": "Hours to first response, by severity", "solve": "Hours to resolution, by severity"}.items():
            note(caption)
            with st.grid(4, min_column_width=70):
                for severity in range(1, SEVERITIES + 1):
                    _whole_number(("1 low", "2 normal", "3 high", "4 critical")[severity - 1], f"{kind} {severity}", 8760)
        _service_time()
        st.form_submit_button("Apply", icon=":material/play_arrow:", on_click=partial(copy_controls, *FACT_CONTROLS))


def _service_time() -> None:
    """Draw the hours of service, the holidays and the time zone."""
    note("Response times count hours of service; blank means around the clock")
    with st.grid(2, min_column_width=150):
        st.text_input(
            "Hours of service", key=control_key("service_hours"), placeholder=EXAMPLE,
            help=f"Working hours by weekday, as in {EXAMPLE}. The hours above are then hours of service.",
        )  # fmt: skip
        st.text_input(
            "Holidays", key=control_key("holidays"), placeholder="2026-12-25, 2026-12-26",
            help="Days without service. Used only with hours of service.",
        )  # fmt: skip
    st.selectbox(
        "Time zone of the data", zone.names(), key=control_key("zone"),
        help="Times given with an offset from UTC are converted to it when you save. Times given without one stay as written and "
        "are read as local times in it.",
    )  # fmt: skip


def _whole_number(label: str, name: str, maximum: int) -> None:
    st.number_input(label, 1, maximum, step=1, key=control_key(name))
