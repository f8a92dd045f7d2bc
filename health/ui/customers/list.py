"""The list of the viewer's customers: search, filters, saved views, and a table whose rows open the client."""

from collections.abc import Callable
from datetime import date

import polars as pl
import streamlit as st

from health import format as fmt
from health.access import Book
from health.desk.saved_views import saved_views
from health.insight import customers
from health.insight.customer_search import find, search_texts
from health.ui import cache, value_cache
from health.ui.as_of import day_fact, stale_note
from health.ui.cards import card, empty, note
from health.ui.columns import Columns, band_chip, column
from health.ui.customers.choices import SAVED_TEXT, SEARCH_KEY, address_filters, apply, filter_widgets
from health.ui.customers.saved_views import view_picker
from health.ui.feedback import show_message
from health.ui.links import customer_table
from health.ui.tables import download, search

HEIGHT = 700
ROWS = 14


@cache.cached
def read(book: Book, as_of: date) -> pl.DataFrame:
    """One row per customer, present or former, as `customers.customer_list`."""
    return customers.customer_list(cache.portfolio_at(book, as_of), value_cache.values(book, as_of))


@cache.shared(4)
def read_texts(book: Book, as_of: date, is_newest_day: bool) -> pl.DataFrame:
    """What the search reads, as `search_texts`."""
    return search_texts(book, as_of, is_newest_day)


def show(book: Book, as_of: date, set_facts: Callable[..., None]) -> None:
    """Draw the screen below its title. `set_facts`: of the screen's head."""
    with value_cache.waiting(book, as_of, HEIGHT):
        rows = read(book, as_of)
    state, present = cache.state(book), rows.filter("present")
    set_facts(day_fact(state, as_of), fmt.plural(present.height, "customer"), customers.total_mrr(present))
    stale_note(state, as_of)
    show_message()
    views = cache.read_cached(saved_views, book)
    filters = customers.known_choices(address_filters(views), rows)
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        query = search("Name, person, phone, note or event", SEARCH_KEY, 320, label="Search customers", persistent=True)
        with st.container(horizontal=True, width="content", vertical_alignment="bottom"):
            view_picker(book, views, filters | ({SAVED_TEXT: [query]} if query.strip() else {}))
            downloads = st.container(width="content")
    filter_widgets(customers.options(rows), filters)
    found = rows
    if query.strip():
        texts = read_texts(book, as_of, as_of == state.as_of)
        found = rows.join(find(texts, query), on="customer_id", how="inner", maintain_order="left")
    shown = customers.matching(found, filters)
    with downloads:
        download(shown.drop("present"), "my-customers.csv")
    _list(shown, present.height, bool(query.strip()), bool(filters))
    former = found.filter(status="lost").height
    if query.strip() and former and customers.FORMER not in filters.get("only", ()):
        note(f"{fmt.plural(former, 'match', 'matches')} among former customers: choose {customers.ONLY[customers.FORMER]} to see them.")


def _list(shown: pl.DataFrame, all_present: int, is_search: bool, is_filtered: bool) -> None:
    about = f"{customers.total_mrr(shown)}, largest first. Select a row to open the client."
    with card(customers.title(shown, all_present), about):
        if shown.is_empty():
            empty("No customers match", "Change the search or the filters.", ":material/search_off:")
        else:
            columns = _search_columns() if is_search else _columns()
            alt = "Customers with band, last contact, open complaints, notice day and value"
            customer_table(shown.with_columns(band_chip()), columns, key=f"customers-list-{is_search}", alt=alt, rows=ROWS, wrap=True)
        if is_search or is_filtered:
            st.button("Clear search and filters", icon=":material/filter_alt_off:", on_click=apply, args=({},), key="customers-clear")


def _columns() -> Columns:
    return {
        "name": 186, "band": 92, "health": column("health_number", 60), "last_contact_on": 96, "open_complaints": 92, "notice_by": 92,
        "mrr": 76, "lifetime_value": 104,
    }  # fmt: skip


def _search_columns() -> Columns:
    """Columns while a search is on: where the text was found instead of value and notice day."""
    return {"name": 186, "band": 92, "found_in": 272, "last_contact_on": 96, "open_complaints": 92, "mrr": 76}
