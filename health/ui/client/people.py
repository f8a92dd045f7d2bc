"""People view: contacts and what is missing to reach them, survey answers, referrals."""

from datetime import date
from typing import Any

from streamlit.column_config import CheckboxColumn, DateColumn, TextColumn

from health.access import Book
from health.insight import survey_results
from health.insight.client import people, referrals, surveys
from health.insight.client import rows as customer_rows
from health.ui import cache
from health.ui.client.context import Client, EntryList, entry_card
from health.ui.columns import column
from health.ui.survey_results import survey_results_view

_CONTACTS = EntryList(
    "contacts", "person", "Contact persons, the first to call on top",
    {
        "name": TextColumn("Name", width=136),
        "role": TextColumn("Role", width=96),
        "email": TextColumn("E-mail", width=190),
        "phone": TextColumn("Phone", width=122),
        "first": CheckboxColumn("Primary", width=76, help="The first person to call"),
        "last_on": column("last_contact_on", 100, help=None),
        "missing": TextColumn("Missing", width=112),
    },
    "Contact persons, how to reach them, and what is missing",
    ("No contact persons on file", "Add the person you speak with, with e-mail or phone."),
    "people", 6, wrap=True,
)  # fmt: skip
_SURVEYS = EntryList(
    "surveys", "survey", "Surveys sent and answers received, newest first",
    {
        "on": DateColumn("On", width=100, format="D MMM YYYY"),
        "kind": 70,
        "answer": 150,
        "person": column("who", 170),
        "comment": 330,
    },
    "Survey invitations and answers",
    ("No surveys on file", "An answer on file makes the satisfaction score available."),
    wrap=True,
)  # fmt: skip
_REFERRALS = EntryList(
    "referrals", "referral", "Referrals by this customer, newest first",
    {
        "made_on": DateColumn("Referred on", width=120, format="D MMM YYYY"),
        "sent": TextColumn("Referred customer", width=300),
        "state": TextColumn("Result", width=200),
    },
    "Referrals with their result",
    ("No referrals yet", "Satisfied customers seldom refer unless asked."),
)  # fmt: skip


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """Read what the view shows. Raises NotFound for an id outside the book."""
    rows = customer_rows.customer_rows(book, customer_id, ("contacts", "interactions", "surveys", "referrals"))
    names = dict(cache.portfolio_at(book, as_of).select("customer_id", "name").drop_nulls().iter_rows())
    return {
        "people": people.people(rows["contacts"], rows["interactions"], as_of),
        "faults": people.faults(book, customer_id, as_of),
        "survey_results": survey_results.summarize(rows["surveys"], as_of),
        "scored_answers": survey_results.scored_answers(rows["surveys"], as_of),
        "answers": surveys.answers(rows["surveys"], rows["contacts"], as_of),
        "referrals": referrals.referrals(rows["referrals"], names, as_of),
    }


def show(client: Client) -> None:
    """Draw the view."""
    data = read(client.book, client.id, client.as_of)
    faults = data["faults"]
    hint = f"To fix: {'; '.join(faults)}." if faults and client.is_customer else ""
    entry_card(client, _CONTACTS, data["people"], people.finding(data["people"], faults), hint=hint)
    entry_card(client, _SURVEYS, data["answers"], surveys.finding(data["answers"], client.as_of))
    survey_results_view(data["survey_results"], data["scored_answers"], key=f"survey-answers-{client.id}")
    entry_card(client, _REFERRALS, data["referrals"], referrals.finding(data["referrals"], client.row, client.as_of))
