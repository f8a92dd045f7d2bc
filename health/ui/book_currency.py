"""The currency of the book: shown beside the settings, and asked about when the first file with amounts names another."""

from datetime import datetime

import streamlit as st

from health import currency
from health.access import Book
from health.intake.currencies import other_currency
from health.intake.reading.sheet import Sheet
from health.score import history, settings
from health.ui import cache
from health.ui.cards import card, note
from health.ui.feedback import attempt, keep_message


@cache.cached
def _amounts_on_file(book: Book) -> bool:
    with book.reading() as session:
        return any(map(session.count, settings.TABLES_WITH_MONEY))


def currency_card(book: Book) -> None:
    """Draw the currency of the book, and its choice while no amount is on file."""
    with card(f"Currency: {currency.code()}", "Of every amount without a currency of its own; others are converted by the table rates"):
        if _amounts_on_file(book):
            note("It can be changed only while no amounts are on file.")
            return
        others = [code for code in currency.SYMBOLS if code != currency.code()]
        chosen = st.selectbox("Another currency", others, index=None, placeholder="Choose a currency", key="book-currency")
        if st.button("Save currency", icon=":material/save:", disabled=not (chosen and book.may("settings"))) and chosen:
            _save(book, chosen)


def ask_currency(book: Book, sheet: Sheet) -> None:
    """Ask whether the book is in the currency that its first file with amounts names; draws nothing otherwise."""
    with book.reading() as session:
        other = other_currency(session, sheet)
    if other is None or not book.may("settings"):
        return
    with card(
        f"Are your amounts in {other}?", f"The file names {other}; your currency is {currency.code()}, and no amounts are on file yet"
    ):
        if st.button(f"Yes, use {other} for all amounts", icon=":material/check:", key="use-currency"):
            _save(book, other)
        note(f"If not, load exchange rates from {other} to {currency.code()} first; rows without a rate are refused.")


def _save(book: Book, chosen: str) -> None:
    with attempt():
        with book.writing("settings") as session:
            settings.choose_currency(session, chosen, book.viewer.author, datetime.now())
            history.refresh(session, ())
        for name in ("preview", "effect", "editing"):
            st.session_state.pop(name, None)
        keep_message(f"Your currency is now {chosen}.")
