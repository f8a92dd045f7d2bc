"""Customer ids in the page address (`?customer=`): stripped text, never cast, and kept nowhere else."""

import polars as pl
import streamlit as st

from health.ui.columns import Columns
from health.ui.labels import unique_labels
from health.ui.screens import SCREENS
from health.ui.tables import table

NOT_FOUND = "Customer not found."


def address_customer() -> str:
    """Return the customer id in the address, or an empty text."""
    return st.query_params.get("customer", "").strip()


def open_client(customer_id: str) -> None:
    """Open the client screen of a customer."""
    st.switch_page(SCREENS["client"].script, query_params={"customer": customer_id})


def other_customers() -> None:
    """Open My customers where the address names no customer; below the error of one that was not found, draw the link."""
    screen = SCREENS["customers"]
    if not address_customer():
        st.switch_page(screen.script, query_params={})
    st.page_link(screen.script, label=f"Go to {screen.title}", icon=screen.icon, query_params={})


def customer_labels(names: pl.DataFrame) -> dict[str, str]:
    """Unique labels 'Name · id' by id. `names`: one row per customer (customer_id, name)."""
    return unique_labels(
        {
            customer_id: f"{name} · {customer_id}" if name not in (None, customer_id) else customer_id
            for customer_id, name in names.select("customer_id", "name").iter_rows()
        }
    )


def customer_picker(names: pl.DataFrame) -> str:
    """Draw the search for a customer and return the id in the address; a choice changes the address.

    `names`: one row per customer (customer_id, name). An id that is not among them is returned as it is; the caller reports it.
    """
    labels = customer_labels(names)
    ids, address_id = list(labels), address_customer()
    picked = st.selectbox(
        "Find a customer",
        ids,
        ids.index(address_id) if address_id in labels else None,
        format_func=labels.__getitem__,
        placeholder="Find by name or id",
        label_visibility="collapsed",
        width=300,
    )
    if picked and picked != address_id:
        st.query_params["customer"] = picked
        st.rerun()  # the search must start from the new address, or its next choice is lost
    return address_id


def customer_table(frame: pl.DataFrame, columns: Columns | list[str], *, key: str, alt: str, rows: int = 10, wrap: bool = False) -> None:
    """Draw a table of customers (`tables.table`); a chosen row opens the client. `frame`: among others customer_id."""
    chosen = table(frame, columns, key=key, alt=alt, rows=rows, choose=True, wrap=wrap)
    if chosen is not None:
        open_client(str(frame["customer_id"][chosen]))
