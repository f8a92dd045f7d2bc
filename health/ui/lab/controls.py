"""The controls of the score lab: weights, band edges and rules, cadences and clocks."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from health import format as fmt
from health.access import Book
from health.foresight.backtest import cutoffs
from health.score.components import COMPONENTS
from health.score.knock_outs import KNOCK_OUTS
from health.score.settings import SEVERITIES, TIERS, Settings
from health.ui import cache
from health.ui import settings_draft as drafts
from health.ui.cards import card, note
from health.ui.evidence import backtest
from health.ui.settings_draft import EVERYBODY, Draft, control, copy_controls, copy_weight, weight

FACTS = [
    *(f"cadence {tier}" for tier in TIERS),
    "cadence",
    *(f"{what} {n}" for what in ("answer", "solve") for n in range(1, SEVERITIES + 1)),
]


def weights_card(book: Book, draft: Draft, present: Settings, segments: Sequence[str]) -> None:
    """A slider a component, of everybody or of one segment."""
    with card("Weights", f"Points of 100; version {present.version} is in force"):
        segment = _segment(draft, segments)
        if segment != EVERYBODY and segment not in draft.own:
            note("This segment has the weights of everybody.")
            return
        for c in COMPONENTS:
            name = weight(segment, c.key)
            st.slider(c.label, 0, 100, step=1, key=control(name), help=fmt.plain(c.why), on_change=copy_weight, args=(segment, c.key))
        _sum(draft, present, segment)
        if segment == EVERYBODY:
            _learned(book)


def _segment(draft: Draft, segments: Sequence[str]) -> str:
    """Whose weights are shown; empty for everybody."""
    known = sorted({*segments, *draft.own})
    if not known:
        return EVERYBODY
    words = {s: f"{s}, own weights" if s in draft.own else s for s in known} | {EVERYBODY: "Everybody"}
    chosen = st.selectbox("Weights of", [EVERYBODY, *known], format_func=words.__getitem__, key="lab-segment")
    if chosen == EVERYBODY:
        if draft.own:
            note(f"Of their own: {', '.join(draft.own)}.")
        return EVERYBODY
    own = chosen in draft.own
    label = "Weigh as everybody" if own else "Give it own weights"
    st.button(label, on_click=drafts.set_own_weights, args=(chosen, not own), width="stretch")
    return str(chosen)


def _sum(draft: Draft, present: Settings, segment: str) -> None:
    whole = draft.sums[segment]
    moved = _moved(draft.weights(segment), present.weights_of(segment))
    if whole == 100:
        note(f"Sum 100. {moved}")
        return
    st.markdown(f":red[**Sum {whole}, not 100.**] Shown as if scaled to 100.")
    st.button("Make it add up", icon=":material/balance:", on_click=drafts.scale_weights, args=(segment,), width="stretch")


def _learned(book: Book) -> None:
    """One button that takes over the weights learned from who left, or says why there are none."""
    if not st.button("Take over learned weights", icon=":material/model_training:", width="stretch"):
        return
    with st.spinner("Learning from who left; this takes a few seconds ..."):
        learned = cache.read_cached(backtest.read, book, cutoffs.HORIZONS[0]).get("learned")
    if learned is None or not learned.weights:
        note(learned.why if learned else "There is too little history to learn from.")
        return
    drafts.set_weights(learned.weights)
    drafts.record_learned(learned.weights, learned.why)
    st.rerun()


def _moved(now: dict[str, int], was: dict[str, int]) -> str:
    words = [f"{c.label} {fmt.signed(now[c.key] - was[c.key])}" for c in COMPONENTS if now[c.key] != was[c.key]]
    return f"Changed: {', '.join(words)}." if words else "None is changed."


def bands_card(present: Settings) -> None:
    """Where bands are cut, how much must be known, and the rules that hold a customer at watch."""
    was = f"at risk below {present.at_risk_below}, healthy from {present.healthy_from}"
    with card("Bands and knock-out rules", f"Version {present.version}: {was}"):
        st.slider(
            "At risk below, healthy from", 1, 100, step=1, key=control("edges"), on_change=copy_controls, args=("edges",),
            help="Health below the first is at risk, from the second on healthy, watch between them",
        )  # fmt: skip
        st.slider(
            "Least coverage, %", 0, 100, step=5, key=control("coverage_least"), on_change=copy_controls, args=("coverage_least",),
            help="Where less of the weight is known than this, the band is unknown",
        )  # fmt: skip
        note("Watch at best with:")
        for rule in KNOCK_OUTS:
            st.toggle(rule.label, key=control(rule.setting), on_change=copy_controls, args=(rule.setting,))


def clocks_card() -> None:
    """Agreed days and hours; the facts depend on them, so they are taken over together."""
    with (
        card("Cadences and clocks", "Apply works the facts out anew: that takes a few seconds"),
        st.form("lab-facts", border=False),
    ):
        note("Days between contacts, by tier")
        with st.grid(4, min_column_width=70):
            for tier in TIERS:
                _whole(f"Tier {tier}", f"cadence {tier}", 3650)
            _whole("No tier", "cadence", 3650)
        for what, words in {"answer": "Hours to answer, by severity", "solve": "Hours to solve, by severity"}.items():
            note(words)
            with st.grid(4, min_column_width=70):
                for n in range(1, SEVERITIES + 1):
                    _whole(("1 low", "2 normal", "3 high", "4 critical")[n - 1], f"{what} {n}", 8760)
        st.form_submit_button("Apply", icon=":material/play_arrow:", on_click=partial(copy_controls, *FACTS))


def _whole(label: str, name: str, most: int) -> None:
    st.number_input(label, 1, most, step=1, key=control(name))
