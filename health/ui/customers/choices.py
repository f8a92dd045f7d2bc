"""The chosen filters: in the address, so that a list can be shared, and as widgets. The search text is never in the address."""

from collections.abc import Mapping

import streamlit as st

from health.desk.saved_views import SavedView
from health.insight import customers
from health.insight.customers import Filters

SEARCH_KEY, SAVED_TEXT = "customers-search", "text"
_NO_FILTER = "all"
"""In the address of a list without filters, which would otherwise open with the default view."""


def address_filters(views: list[SavedView]) -> Filters:
    """The filters in the address; those of the default view where the address has none."""
    given = {key: st.query_params.get_all(key) for key in customers.FILTERS}
    default = next((view for view in views if view.is_default), None)
    if default is None or any(given.values()) or _NO_FILTER in st.query_params:
        return given
    st.session_state.setdefault(SEARCH_KEY, _text(default.filters))
    return default.filters


def apply(filters: Filters) -> None:
    """Choose these filters and their search text. A callback: the address must be written before the page is drawn."""
    st.session_state[SEARCH_KEY] = _text(filters)
    _write_address(filters)


def _text(filters: Filters) -> str:
    return next(iter(filters.get(SAVED_TEXT, ())), "")


def _write_address(filters: Filters) -> None:
    for key in customers.FILTERS:
        st.query_params[key] = list(filters.get(key, ()))
    if any(filters.get(key) for key in customers.FILTERS):
        st.query_params.pop(_NO_FILTER, None)
    else:
        st.query_params[_NO_FILTER] = "1"


def filter_widgets(options: Mapping[str, Mapping[str, str]], filters: Filters) -> None:
    """Draw the filters with these choices; a change writes the address, which alone decides."""
    for key in customers.FILTERS:
        chosen = list(filters.get(key, ()))
        st.session_state[_key(key)] = next(iter(chosen), None) if key == "silent" else chosen
    with st.container(horizontal=True, vertical_alignment="center"):
        if "band" in options:
            _pills("band", "Band", options["band"])
        _pills("only", "Only", customers.ONLY)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Last contact", list(customers.SILENT_DAYS), format_func=customers.SILENT_DAYS.__getitem__, key=_key("silent"), width=190,
            placeholder="Any last contact", label_visibility="collapsed", on_change=_keep,
        )  # fmt: skip
        for key, labels in options.items():
            if key != "band":
                st.multiselect(
                    customers.VALUE_FILTERS[key], list(labels), format_func=labels.__getitem__, key=_key(key), width=150,
                    placeholder=customers.VALUE_FILTERS[key], label_visibility="collapsed", on_change=_keep,
                )  # fmt: skip


def _pills(key: str, label: str, labels: Mapping[str, str]) -> None:
    st.pills(
        label, list(labels), selection_mode="multi", format_func=labels.__getitem__, key=_key(key), label_visibility="collapsed",
        on_change=_keep,
    )  # fmt: skip


def _key(key: str) -> str:
    return f"customers-{key}"


def _keep() -> None:
    """Write what the widgets hold into the address."""
    held = {key: st.session_state.get(_key(key)) for key in customers.FILTERS}
    _write_address({key: [value] if isinstance(value, str) else value or [] for key, value in held.items()})
