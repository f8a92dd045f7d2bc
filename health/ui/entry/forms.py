"""Declarations of the entry forms: texts, and the columns asked for. Types, choices and help come from the tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from health.desk.entries import KINDS
from health.tables import TABLES
from health.ui.entry.context import Desk

Start = Callable[[Desk], Any]


@dataclass(frozen=True)
class Form:
    """Form of a new row of `table`, or of a step of an existing row.

    `asks`: columns asked for; `did`: what was saved ('Contact logged'); `starts`: start values; `given`: columns that the form
    sets itself; `why`: the reason recorded with a step; `about`: a line above the fields.
    """

    key: str
    table: str
    title: str
    icon: str
    asks: tuple[str, ...]
    did: str
    starts: Mapping[str, Start] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    about: str = ""


def _moment(desk: Desk) -> Any:
    return desk.moment


def _day(desk: Desk) -> Any:
    return desk.today


def _employee_id(desk: Desk) -> Any:
    return desk.book.viewer.employee_id


def _constant(word: str) -> Start:
    return lambda _: word


_NEW: dict[str, Form] = {
    form.key: form
    for form in (
        Form("contact", "interactions", "Log a contact", "add_call",
             ("occurred_at", "channel", "direction", "outcome", "employee_id", "contact_id", "purpose", "comment"), "Contact logged",
             {"occurred_at": _moment, "channel": _constant("call"), "direction": _constant("out"), "outcome": _constant("reached"),
              "employee_id": _employee_id}),
        Form("complaint", "complaints", "Record a complaint", "report",
             ("opened_at", "severity", "theme", "product", "employee_id", "comment"), "Complaint recorded",
             {"opened_at": _moment, "employee_id": _employee_id}),
        Form("promise", "promises", "Record a promise", "handshake",
             ("comment", "kind", "promised_on", "due_at", "contract_id"), "Promise recorded",
             {"kind": _constant("delivery"), "promised_on": _day}),
        Form("diary", "diary", "Plan a contact", "event", ("planned_on", "channel", "employee_id"), "Contact planned",
             {"channel": _constant("call"), "employee_id": _employee_id}),
        Form("survey", "surveys", "Record a survey answer", "thumbs_up_down",
             ("kind", "asked_on", "answered_on", "score", "scale_min", "scale_max", "contact_id", "comment"), "Survey answer recorded",
             {"kind": _constant("nps"), "answered_on": _day}),
        Form("referral", "referrals", "Record a referral", "group_add", ("made_on", "referred_id", "won_on"), "Referral recorded",
             {"made_on": _day}),
        Form("person", "contacts", "Add a contact person", "person_add", ("name", "role", "email", "phone", "is_primary", "active_from"),
             "Contact person added"),
        Form("exit", "exits", "Record notice", "logout", ("announced_on", "left_on", "reason", "competitor", "interviewed_on", "comment",
             "written_off"), "Notice recorded", {"announced_on": _day},
             about="From that day on the customer counts as leaving, and the score is frozen"),
        Form("renewal", "opportunities", "Record a renewal", "event_repeat", ("opened_on", "closed_on", "outcome", "monthly_value"),
             "Renewal recorded", {"opened_on": _day, "outcome": _constant("open")}, {"kind": "renewal"}),
    )
}  # fmt: skip

STEPS: dict[str, Form] = {
    form.key: form
    for form in (
        Form("answered", "complaints", "Mark as answered", "reply", ("first_response_at",), "Reply to the complaint recorded",
        {"first_response_at": _moment},
             why="answered"),
        Form("solved", "complaints", "Mark as solved", "task_alt", ("resolved_at", "comment"), "Complaint marked as solved",
        {"resolved_at": _moment},
             why="solved"),
        Form("reopened", "complaints", "Reopen", "restart_alt", ("reopened_at", "comment"), "Complaint reopened",
             {"reopened_at": _moment}, why="reopened"),
        Form("delivered", "promises", "Mark as kept", "task_alt", ("delivered_at",), "Promise marked as kept",
        {"delivered_at": _moment}, why="delivered"),
        Form("cancelled", "diary", "Cancel", "event_busy", ("cancelled_on",), "Planned contact cancelled",
        {"cancelled_on": _day}, why="cancelled"),
        Form("won", "referrals", "Mark as won", "celebration", ("won_on", "referred_id"), "Referral marked as won",
        {"won_on": _day}, why="won"),
        Form("interviewed", "exits", "Record exit interview", "record_voice_over", ("interviewed_on", "reason", "competitor", "comment"),
             "Exit interview recorded", {"interviewed_on": _day}, why="interviewed"),
        Form("reply", "surveys", "Record the answer", "thumbs_up_down", ("answered_on", "score", "scale_min", "scale_max", "comment"),
             "Survey answer recorded", {"answered_on": _day}, why="answered"),
        Form("closed", "opportunities", "Record the outcome", "event_available", ("closed_on", "outcome"), "Outcome recorded",
        {"closed_on": _day},
             why="closed"),
    )
}  # fmt: skip
"""Steps of existing rows, by key."""

LABELS = {
    "occurred_at": "When", "channel": "Channel", "direction": "Started by", "outcome": "Outcome", "employee_id": "Our contact",
    "contact_id": "Their contact", "comment": "Note", "opened_at": "Raised on", "first_response_at": "Answered on",
    "resolved_at": "Solved on",
    "reopened_at": "Reopened on", "promised_on": "Promised on", "due_at": "Due", "delivered_at": "Kept on",
    "contract_id": "Contract line", "planned_on": "Planned for", "cancelled_on": "Cancelled on", "referred_id": "Referred customer (id)",
    "won_on": "Customer since", "made_on": "Referred on", "announced_on": "Notice received on", "left_on": "Last day",
    "interviewed_on": "Exit interview on",
    "is_primary": "Primary contact", "scale_min": "Lowest score of the scale", "scale_max": "Highest score of the scale",
    "written_off": "Written off",
    "active_from": "Active from", "monthly_value": "Monthly value",
}  # fmt: skip
WORDS = {
    "in": "Customer",
    "out": "Us",
    "both": "Scheduled",
    "no_reply": "Not reached",
    "nps": "NPS",
    "csat": "CSAT",
    "ces": "Effort",
}


def label(column: str) -> str:
    """Label of a column's field."""
    return LABELS.get(column, column.replace("_", " ").capitalize())


def word(value: str) -> str:
    """Label of an allowed value."""
    return WORDS.get(value, value.replace("_", " ").capitalize())


def correctable_columns(table: str) -> tuple[str, ...]:
    """Columns of a table that can be corrected: all but its key, its customer and the time it was recorded."""
    fixed_columns = {*TABLES[table].key, "customer_id", "recorded_at"}
    return tuple(name for name in TABLES[table].names if name not in fixed_columns)


def plain_form(table: str) -> Form:
    """Form of a table without a form of its own: it asks for every column that can be corrected."""
    return Form(table, table, f"Record a {KINDS[table]}", "add", correctable_columns(table), f"{KINDS[table].capitalize()} recorded")


PLAIN_TABLES = tuple(name for name in KINDS if name not in {form.table for form in _NEW.values()})
"""Tables with a plain form."""
NEW: dict[str, Form] = _NEW | {name: plain_form(name) for name in PLAIN_TABLES}
"""Forms of new rows, by key."""
