"""The one way a customer's id travels: as text in the address, `?customer=`, stripped and never cast; it is kept nowhere else."""

import polars as pl
import streamlit as st

from health.ui.labels import told_apart
from health.ui.screens import SCREENS

NOT_FOUND = "There is no such customer in your book."


def chosen_customer() -> str:
    """The id in the address, or an empty text."""
    return st.query_params.get("customer", "").strip()


def open_client(customer_id: str) -> None:
    """Goes to that customer's screen."""
    st.switch_page(SCREENS["client"].script, query_params={"customer": customer_id})


def customer_labels(names: pl.DataFrame) -> dict[str, str]:
    """'Name · id' by id, told apart. `names`: customer_id and name, one row a customer."""
    return told_apart({i: f"{name} · {i}" if name not in (None, i) else i for i, name in names.select("customer_id", "name").iter_rows()})


def customer_picker(names: pl.DataFrame) -> str:
    """Finds a customer by name or id and returns the id; the address follows, and the address alone decides where nothing was picked.

    `names`: customer_id and name, one row a customer. An id that is not among them is returned as it stands, for the reader to be told.
    """
    label = customer_labels(names)
    ids, chosen = list(label), chosen_customer()
    picked = st.selectbox(
        "Find a customer",
        ids,
        ids.index(chosen) if chosen in label else None,
        format_func=label.__getitem__,
        placeholder="Find by name or id",
        label_visibility="collapsed",
        width=300,
    )
    if picked and picked != chosen:
        st.query_params["customer"] = picked
        st.rerun()  # so that the finder starts from the new address: else its next choice would be lost
    return chosen
