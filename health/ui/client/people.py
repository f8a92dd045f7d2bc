"""People: whom we know there and what is missing to reach them, what they answered, whom they sent us."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import CheckboxColumn, DateColumn, TextColumn

from health.access import Book
from health.insight.client import people, referrals, surveys
from health.insight.client import rows as own
from health.ui import cache, entry
from health.ui.cards import card, note
from health.ui.client.context import Client, written
from health.ui.columns import Columns, column


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """What the view shows. NotFound for an id outside the book."""
    rows = own.rows(book, customer_id, ("contacts", "interactions", "surveys", "referrals"))
    names = dict(cache.portfolio_at(book, as_of).select("customer_id", "name").drop_nulls().iter_rows())
    return {
        "people": people.people(rows["contacts"], rows["interactions"], as_of),
        "faults": people.faults(book, customer_id, as_of),
        "answers": surveys.answers(rows["surveys"], rows["contacts"], as_of),
        "referrals": referrals.referrals(rows["referrals"], names, as_of),
    }


def show(shown: Client) -> None:
    """Draws it."""
    told = read(shown.book, shown.id, shown.as_of)
    _people(shown, told["people"], told["faults"])
    left, right = st.columns(2)
    with left:
        _answers(shown, told["answers"])
    with right:
        _referrals(shown, told["referrals"])


def _people(shown: Client, known: pl.DataFrame, faults: list[str]) -> None:
    with card(people.finding(known, faults), "Whom we know there, the first to call on top"):
        entry.new(shown.desk, "person")
        if faults and shown.there:
            note(f"To mend: {'; '.join(faults)}.", small=False)
        columns: Columns = {
            "name": TextColumn("Name", width=180),
            "role": TextColumn("Role", width=120),
            "email": TextColumn("E-mail", width=200),
            "phone": TextColumn("Phone", width=130),
            "first": CheckboxColumn("First to call", width=84),
            "last_on": DateColumn("Spoken with", width=104, format="D MMM YYYY"),
            "missing": TextColumn("Missing", width=150),
        }
        none = "Nobody is known here", "Add the person you speak with, with an e-mail or a phone."
        written(shown, "contacts", known, columns, "People known, how to reach them, and what is missing", none, "people", 8)


def _answers(shown: Client, answered: pl.DataFrame) -> None:
    with card(surveys.finding(answered, shown.as_of), "What they were asked and answered, newest first"):
        entry.new(shown.desk, "survey")
        columns: Columns = {
            "on": DateColumn("On", width=92, format="D MMM YYYY"),
            "kind": 52,
            "answer": 108,
            "person": column("who", 92),
            "comment": 92,
        }
        none = "Nothing was asked", "An answer on file makes satisfaction known."
        written(shown, "surveys", answered, columns, "Survey invitations and answers", none)


def _referrals(shown: Client, made: pl.DataFrame) -> None:
    with card(referrals.finding(made, shown.row, shown.as_of), "Whom they sent us, newest first"):
        entry.new(shown.desk, "referral")
        columns: Columns = {
            "made_on": DateColumn("Made on", width=100, format="D MMM YYYY"),
            "sent": TextColumn("Whom", width=170),
            "state": column("became", 150),
        }
        none = "Nobody was sent yet", "Whoever is content and was never asked rarely sends anybody."
        written(shown, "referrals", made, columns, "Referrals and what became of them", none)
