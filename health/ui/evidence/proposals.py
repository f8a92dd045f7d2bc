"""What the data propose, with its evidence: weights learned from who left, bands from observed churn. Taken over in the lab, never here."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.column_config import NumberColumn

from health import format as fmt
from health.access import Book
from health.insight.evidence import report
from health.ui import settings_draft as drafts
from health.ui.cards import card, empty, note
from health.ui.columns import WHOLE, Columns, band_chip, column
from health.ui.screens import SCREENS
from health.ui.tables import table


def weights_card(book: Book, told: Mapping[str, Any]) -> None:
    """The learned weights beside the present ones, and whether they did better."""
    learned, present = told["learned"], told["settings"]
    title = "Who left says these weights" if learned.weights else "No weights can be learned yet"
    with card(title, "Points of 100; learned from who left, never negative"):
        if not learned.weights:
            empty("The present weights stand", learned.why, ":material/balance:")
            return
        (st.success if learned.adopt else st.warning)(fmt.plain(learned.why), icon=":material/balance:")
        columns: Columns = {
            "component": 180,
            "present": NumberColumn(f"v{present.version}", width=70),
            "learned": NumberColumn("Learned", width=76),
            "change": column("difference", 76),
        }
        table(report.weights(learned.weights, present), columns, key="evidence-learned", alt="Weights in force and learned")
        if _chosen(book, "Try these weights in the lab", "learned"):
            drafts.start_from(learned.settings(present), present)
            drafts.record_learned(learned.weights, learned.why)
            st.switch_page(SCREENS["score"].script)


def edges_card(book: Book, told: Mapping[str, Any], horizon_days: int) -> None:
    """Band edges that observed churn supports, with what then happened at later cut-offs."""
    edges, present = told["edges"], told["settings"]
    if edges is None:
        with card("Observed churn supports no other bands", "At risk: leaves twice as often as all. Healthy: at most half as often"):
            empty(
                "The present edges stand", "No edge sets apart enough customers who leave clearly more, or less, often.", ":material/rule:"
            )
        return
    title = f"Observed churn says: at risk below {edges.at_risk_below}, healthy from {edges.healthy_from}"
    with card(title, f"Now {present.at_risk_below} and {present.healthy_from}. Found on earlier cut-offs, judged on later ones"):
        note(
            f"At risk leaves at least twice as often as all ({fmt.rate(edges.base)} in {horizon_days} days), healthy at most half as often."
        )
        judged = edges.judged.with_columns(band_chip())
        columns: Columns = {
            "band": 100,
            "customers": 90,
            "lost": column("lost", 60, format=WHOLE),
            "rate": 70,
            "low": 66,
            "high": 66,
        }
        table(judged, columns, key="evidence-edges", alt="Churn by proposed band at later cut-offs")
        if _chosen(book, "Try these edges in the lab", "edges"):
            drafts.start_from(edges.settings(present), present)
            st.switch_page(SCREENS["score"].script)


def _chosen(book: Book, label: str, key: str) -> bool:
    """Whether it was pressed; offered to those who may change the settings."""
    return book.may("settings") and st.button(label, icon=SCREENS["score"].icon, key=f"to-lab-{key}")
