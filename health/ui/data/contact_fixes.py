"""List of contact details to fix: choose a kind, search, open the client, download."""

import polars as pl
import streamlit as st
from streamlit.column_config import TextColumn

from health import format as fmt
from health.insight.data import contact_faults
from health.ui.cards import empty, note
from health.ui.columns import Columns, column
from health.ui.links import customer_table
from health.ui.tables import download, search


def fix_list(fixes: pl.DataFrame, loaded: bool) -> None:
    """Draw the faults, most revenue first; a chosen row opens the client. `loaded`: whether any contacts are loaded."""
    if not loaded:
        return note("Load the table contacts to see which customers cannot be reached.")
    if fixes.is_empty():
        return empty("Nothing to fix", "Every active customer has a primary contact who can be reached.", ":material/check_circle:")
    matches = _matching(fixes)
    columns: Columns = {
        "customer": column("name", 160),
        "mrr": 66,
        "wrong": TextColumn("What is wrong", width=126),
        "contact": TextColumn("Contact", width=116),
        "detail": TextColumn("Detail", width=190),
        "what_to_do": 130,
        "owner": column("owner_name", 92),
    }
    customer_table(matches, columns, key="fixes", alt="Contact details to fix, highest revenue first", wrap=True)
    return note(contact_faults.RULES)


def _matching(fixes: pl.DataFrame) -> pl.DataFrame:
    counts = contact_faults.count_by_fault(fixes)
    labels = {f.key: f"{f.label} {fmt.count(counts[f.key])}" for f in contact_faults.FAULTS if f.key in counts}
    fault = st.pills("Kind", list(labels), format_func=labels.__getitem__, label_visibility="collapsed", key="fault")
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        query = search("Customer, contact or owner", "sought-fix")
        matches = contact_faults.filter_fixes(fixes, fault, query)
        download(matches, "contact-details.csv", f"Download {fmt.plural(matches.height, 'row')}", "download-fixes")
    return matches
