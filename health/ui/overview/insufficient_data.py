"""Overview of a book with too little data to score: why, what each missing table adds, and what is known. No trend, no rate."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import charts
from health import format as fmt
from health.insight import titles
from health.insight.overview.data_available import Gap, PortfolioSummary, mrr_by
from health.portfolio import State
from health.ui.cards import card, chart, note, number, strip
from health.ui.overview.lists import all_customers_table
from health.ui.screens import SCREENS
from health.ui.viewer import may_load


def insufficient_data_view(state: State, page: Mapping[str, Any], as_of: date) -> None:
    """Draw the overview of such a book. `page`: the screen's content."""
    if state.assumption:
        st.info(fmt.plain(state.assumption), icon=":material/event:")
    _known_numbers(page["known"], as_of)
    with card("Why there is no score yet", "Missing data never counts as zero"):
        st.markdown(fmt.plain(page["why_unknown"]))
        _remedies(page["gaps"])
    left, right = st.columns(2)
    with left:
        _revenue_card(mrr_by(page["now"], "segment"), "segment")
    with right:
        _revenue_card(page["products"], "product")
    with card("All customers", "Largest MRR first. Choose a row to open the client."):
        all_customers_table(page["now"])


def _remedies(gaps: Sequence[Gap]) -> None:
    """Draw what each missing table adds."""
    for place, gap in zip(st.columns(len(gaps)), gaps, strict=True):
        with place.container(border=True, gap=None, height="stretch"):
            st.markdown(f"**{fmt.plain(gap.remedy)}**")
            note(f"{gap.label}: unknown for {fmt.count(gap.unknown_customers)} of {fmt.plural(gap.weighed_customers, 'customer')}")
    if may_load():
        st.page_link(SCREENS["upload"].script, label="Go to Upload", icon=SCREENS["upload"].icon)


def _revenue_card(frame: pl.DataFrame, column: str) -> None:
    with card(titles.mrr_by(frame, column, column), f"MRR of active and leaving customers, by {column}"):
        chart(charts.book_by, frame, column)


def _known_numbers(data_available: PortfolioSummary, as_of: date) -> None:
    """Draw customers, revenue, churned customers and renewals ahead."""
    renewals = [
        number(
            f"Notice in {days} days",
            fmt.count(customers),
            fmt.short_money(data_available.renewals_mrr.get(days)),
            f"Contracts whose last day for notice is within {days} days after {fmt.day(as_of)}, and their MRR",
        )
        for days, customers in data_available.renewals.items()
        if customers or data_available.mrr is not None
    ]
    strip(
        [
            number("Customers", fmt.count(data_available.customers), "active or leaving", "Customers with a contract in force"),
            number(
                "MRR",
                fmt.short_money(data_available.mrr),
                "a month",
                "Monthly recurring revenue: price x quantity of all contract lines in force",
            ),
            number("Churned", fmt.count(data_available.gone), "so far", "Customers known to have left"),
            *renewals,
        ]
    )
    note("Trends and the churn rate appear once most customers have a score.", small=False)
