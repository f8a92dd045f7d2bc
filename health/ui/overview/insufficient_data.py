"""A book too thin to score: why, what each missing table would add, and what is known all the same. No trend and no rate is claimed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import charts
from health import format as fmt
from health.insight import titles
from health.insight.overview.data_available import Gap, Known, book_by
from health.portfolio import State
from health.ui.cards import card, chart, note, number, strip
from health.ui.overview.lists import customers_table
from health.ui.screens import SCREENS
from health.ui.viewer import may_load


def thin_book(state: State, told: Mapping[str, Any], as_of: date) -> None:
    """The overview of such a book; `told`: the page's read."""
    if state.assumption:
        st.info(fmt.plain(state.assumption), icon=":material/event:")
    _known(told["known"], as_of)
    with card("Why there is no score yet", "What is known stays; what is missing is never counted as zero"):
        st.markdown(fmt.plain(told["why_unknown"]))
        _remedies(told["gaps"])
    left, right = st.columns(2)
    with left:
        _by(book_by(told["now"], "segment"), "segment")
    with right:
        _by(told["products"], "product")
    with card("Everybody in the book", "Largest MRR first. Choose a row to open the client."):
        customers_table(told["now"])


def _remedies(gaps: Sequence[Gap]) -> None:
    for place, gap in zip(st.columns(len(gaps)), gaps, strict=True):
        with place.container(border=True, gap=None, height="stretch"):
            st.markdown(f"**{fmt.plain(gap.remedy)}**")
            note(f"{gap.label}, unknown for {fmt.count(gap.unknown)} of {fmt.count(gap.of)}")
    if may_load():
        st.page_link(SCREENS["upload"].script, label="Go to Upload", icon=SCREENS["upload"].icon)


def _by(frame: pl.DataFrame, column: str) -> None:
    with card(titles.book_by(frame, column, column), f"MRR of customers active or leaving, by {column}"):
        chart(charts.book_by, frame, column)


def _known(known: Known, as_of: date) -> None:
    ahead = [
        number(
            f"Ends in {days} days",
            fmt.count(n),
            fmt.short_money(known.renewals_mrr.get(days)),
            f"Agreed ends up to {days} days after {fmt.day(as_of)}, and their MRR",
        )
        for days, n in known.renewals.items()
    ]
    strip(
        [
            number("Customers", fmt.count(known.customers), "active or leaving", "Customers with a line in force"),
            number("MRR", fmt.short_money(known.mrr), "billed a month", "Sum of price x quantity of the lines in force"),
            number("Gone", fmt.count(known.gone), "lost so far", "Customers known to have left"),
            *ahead,
        ]
    )
    note("No trend and no churn rate is shown: nothing was observed before the day of this extract.", small=False)
