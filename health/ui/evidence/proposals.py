"""Settings proposed by the backtest: weights learned from past churn, band edges from observed churn. Applied in the lab only."""

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


def weights_card(book: Book, result: Mapping[str, Any]) -> None:
    """Draw learned weights next to those in force, and whether they did better."""
    learned, present = result["learned"], result["settings"]
    title = "Weights suggested by past churn" if learned.weights else "Weights cannot be learned yet"
    with card(title, "Points out of 100, learned from customers who churned"):
        if not learned.weights:
            empty("Keep the current weights", learned.why, ":material/balance:")
            return
        (st.success if learned.adopt else st.warning)(fmt.plain(learned.why), icon=":material/balance:")
        columns: Columns = {
            "component": 180,
            "present": NumberColumn(f"v{present.version}", width=70),
            "learned": NumberColumn("Learned", width=76),
            "change": column("difference", 76),
        }
        table(report.weights(learned.weights, present), columns, key="evidence-learned", alt="Weights in force and learned")
        if _lab_button(book, "Preview these weights in the Score lab", "learned"):
            drafts.start_from(learned.settings(present), present)
            drafts.record_learned(learned.weights, learned.why)
            st.switch_page(SCREENS["score"].script, query_params={})


def edges_card(book: Book, result: Mapping[str, Any], horizon_days: int) -> None:
    """Draw band edges supported by observed churn, and their churn at later cut-offs."""
    edges, present = result["edges"], result["settings"]
    if edges is None:
        with card("Keep the current band limits", "Limits are suggested where churn differs clearly from the average"):
            empty("No better limits found", "No limit separates enough customers with clearly higher or lower churn.", ":material/rule:")
        return
    title = f"Limits suggested by past churn: at risk below {edges.at_risk_below}, healthy from {edges.healthy_from}"
    caption = (
        f"Currently {present.at_risk_below} and {present.healthy_from}. Found on earlier test dates; the table shows churn on later ones"
    )
    with card(title, caption):
        note(
            f"At risk means churn of at least twice the average ({fmt.rate(edges.base)} in {horizon_days} days), Healthy at "
            f"most half of it."
        )
        later_churn = edges.judged.with_columns(band_chip())
        columns: Columns = {
            "band": 100,
            "customers": 90,
            "lost": column("lost", 60, format=WHOLE),
            "rate": 70,
            "low": 66,
            "high": 66,
        }
        table(later_churn, columns, key="evidence-edges", alt="Churn by suggested band at later test dates")
        if _lab_button(book, "Preview these limits in the Score lab", "edges"):
            drafts.start_from(edges.settings(present), present)
            st.switch_page(SCREENS["score"].script, query_params={})


def _lab_button(book: Book, label: str, key: str) -> bool:
    """Draw the button to the lab for viewers who may change settings; whether it was pressed."""
    return book.may("settings") and st.button(label, icon=SCREENS["score"].icon, key=f"to-lab-{key}")
