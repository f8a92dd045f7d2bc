"""A book too thin to score: why, what each missing table would add, and what is known all the same. No trend and no rate is claimed."""

from datetime import date

import polars as pl
import streamlit as st

from health import charts
from health import format as say
from health.insight import findings
from health.insight.known import Gap, Known, book_by
from health.portfolio import State
from health.ui.book import customers_table
from health.ui.cards import card, chart, note, number, strip
from health.ui.screens import SCREENS
from health.ui.theme import dark
from health.ui.viewer import may_load


def thin_book(state: State, now: pl.DataFrame, known: Known, gaps: list[Gap], as_of: date, why: str) -> None:
    """The overview of such a book."""
    if state.assumption:
        st.info(say.plain(state.assumption), icon=":material/event:")
    _known(known, as_of)
    left, right = st.columns(2)
    with left, card("Why there is no score yet", "A band needs more than what is loaded"):
        st.markdown(say.plain(why))
        for gap in gaps:
            st.markdown(f":material/add_circle: **{say.plain(gap.remedy)}** :gray[{say.plain(gap.label)}, unknown for {say.share_of(gap.unknown, gap.of)}]")
        if may_load():
            st.page_link(SCREENS["upload"].script, label="Go to Upload", icon=SCREENS["upload"].icon)
    with right:
        _by(book_by(now, "segment"), "segment", "contract or segment")
    with card("Everybody in the book", "Largest MRR first. Choose a row to open the client."):
        customers_table(now)


def _by(frame: pl.DataFrame, column: str, words: str) -> None:
    with card(findings.book_by(frame, column, words), f"MRR of customers active or leaving, by {words}"):
        chart(charts.book_by(frame, column, dark=dark()))


def _known(known: Known, as_of: date) -> None:
    ahead = [number(f"Ends in {days} days", say.count(n), say.short_money(known.renewals_mrr.get(days)), f"Agreed ends up to {days} days after {say.day(as_of)}, and their MRR")
             for days, n in known.renewals.items()]  # fmt: skip
    strip(
        [
            number("Customers", say.count(known.customers), "active or leaving", "Customers with a line in force"),
            number("MRR", say.short_money(known.mrr), "billed a month", "Sum of price x quantity of the lines in force"),
            number("Gone", say.count(known.gone), "lost so far", "Customers known to have left"),
            *ahead,
        ]
    )
    note("No trend and no churn rate is shown: nothing was observed before the day of this extract.", small=False)
