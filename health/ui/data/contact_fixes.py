"""The fix-list of contact details on screen: choose a kind, search, open the client, take the list along."""

import polars as pl
import streamlit as st
from streamlit.column_config import TextColumn

from health import format as fmt
from health.insight.data import contact_faults
from health.ui.cards import empty, note
from health.ui.columns import Columns, column
from health.ui.links import open_client
from health.ui.tables import download, search, table


def fix_list(fixes: pl.DataFrame, loaded: bool) -> None:
    """The faults, the most revenue first; a chosen row opens the client. `loaded`: whether there are contacts at all."""
    if not loaded:
        return note("Load the table contacts to see who cannot be reached.")
    if fixes.is_empty():
        return empty("Nothing is to mend", "Everybody has a primary contact and can be reached.", ":material/check_circle:")
    found = _chosen(fixes)
    columns: Columns = {
        "customer": column("name", 170),
        "mrr": 66,
        "wrong": TextColumn("What is wrong", width=132),
        "contact": TextColumn("Contact", width=116),
        "detail": TextColumn("Detail", width=250),
        "mend": column("what_to_do", 160),
        "owner": column("owner_name", 100),
    }
    row = table(found, columns, key="fixes", alt="Contact details to mend, the most revenue first", choose=True)
    note(contact_faults.RULES)
    if row is not None:
        open_client(found["customer_id"][row])
    return None


def _chosen(fixes: pl.DataFrame) -> pl.DataFrame:
    counted = contact_faults.by_fault(fixes)
    label = {f.key: f"{f.label} {fmt.count(counted[f.key])}" for f in contact_faults.FAULTS if f.key in counted}
    fault = st.pills("Kind", list(label), format_func=label.__getitem__, label_visibility="collapsed", key="fault")
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        words = search("Customer, contact or owner", "sought-fix")
        found = contact_faults.sought(fixes, fault, words)
        download(found, "contact-details.csv", f"Download {fmt.plural(found.height, 'row')}", "download-fixes")
    return found
