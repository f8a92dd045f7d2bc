"""Actions on a listed customer: done, snoozed, handed over or reopened. A ledger; rows are never deleted.

A handover opens one customer to one colleague, in the one filter of every screen and export (`queries/own_customers`): both see it until it
is done or taken back. If the owner changes meanwhile, the handover is void: the new owner has the customer, the colleague no longer sees
it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from health import format as fmt
from health.access import Book
from health.errors import InvalidInput
from health.score import settings
from health.warehouse import Session

DONE, SNOOZED, HANDED_OVER, REOPENED = "done", "snoozed", "handed", "reopened"
LONGEST_DAYS = 90
"""Longest snooze in days."""
ACTION_COLUMNS: dict[str, Any] = {
    "action_id": pl.Int64, "customer_id": pl.String, "kind": pl.String, "until_on": pl.Date, "to_employee": pl.String, "to_role": pl.String,
    "of_owner": pl.String, "reason": pl.String, "seen": pl.String, "author": pl.String, "made_at": pl.Datetime("us"),
}  # fmt: skip
"""Columns of the ledger.

`seen`: keys of the urgent triggers that the author saw, joined by line breaks; any other trigger brings the customer back.
"""


@dataclass(frozen=True)
class ActionResult:
    """Result of an action: its number and a message."""

    action_id: int
    words: str


def mark_done(book: Book, customer_id: str, as_of: date, now: datetime, seen: Sequence[str] = ()) -> ActionResult:
    """Mark a customer as done for one agreed contact interval; a new urgent trigger brings it back earlier.

    `as_of`: current day of the data; `seen`: trigger keys of the row looked at. Raises Forbidden, NotFound.
    """
    with book.writing("write") as session:
        customer = book.own_id(session, customer_id)
        until = as_of + timedelta(days=_agreed_days(session, customer))
        name = _name(session, customer)
        number = _record_action(session, book, customer, DONE, now, seen, until_on=until)
    return ActionResult(number, f"{name}: marked as done. {_return_text(until)}")


def snooze(book: Book, customer_id: str, until_on: date, reason: str, as_of: date, now: datetime, seen: Sequence[str] = ()) -> ActionResult:
    """Snooze a customer until a day, with a reason; a new urgent trigger brings it back earlier.

    Raises Forbidden, NotFound, and InvalidInput without a reason or for a day not within the next 90.
    """
    with book.writing("write") as session:
        customer = book.own_id(session, customer_id)
        _require_reason(reason, "snoozed")
        _require_future_day(until_on, as_of)
        if (until_on - as_of).days > LONGEST_DAYS:
            raise InvalidInput(f"A customer can be snoozed for at most {LONGEST_DAYS} days; choose a day up to {_last_snooze_day(as_of)}.")
        name = _name(session, customer)
        number = _record_action(session, book, customer, SNOOZED, now, seen, reason, until_on=until_on)
    return ActionResult(number, f"{name}: snoozed. {_return_text(until_on)}")


def hand_over(book: Book, customer_id: str, to: Book, reason: str, now: datetime) -> ActionResult:
    """Hand a customer over to a colleague, who may read and write it from now on. `to`: the colleague's book.

    Raises Forbidden, NotFound, and InvalidInput without a reason, for oneself, for a colleague without the right to write, or for an
    unknown employee.
    """
    with book.writing("write") as session:
        customer, colleague = book.own_id(session, customer_id), to.viewer.author
        _require_reason(reason, "handed over")
        if colleague == book.viewer.author:
            raise InvalidInput(f"{customer} is already with you; choose a colleague.")
        if not to.may("write"):
            raise InvalidInput(f"{to.viewer.name} has read-only access; choose an account manager or an analyst.")
        if not to.viewer.whole_book and not _is_colleague(session, colleague):
            raise InvalidInput(f"{colleague} is neither an employee nor the owner of a customer; choose a colleague.")
        owner = session.alike("customers", pl.DataFrame({"customer_id": [customer]}))["owner"][0]
        name = _name(session, customer)
        number = _record_action(
            session, book, customer, HANDED_OVER, now, (), reason, to_employee=colleague, to_role=to.viewer.role, of_owner=owner
        )
    return ActionResult(number, f"{name}: handed over to {to.viewer.name}.")


def _is_colleague(session: Session, employee_id: str) -> bool:
    sources = (("employees", "employee_id"), ("customers", "owner"))
    return any(session.alike(table, pl.DataFrame({name: [employee_id]})).height for table, name in sources)


def reopen(book: Book, customer_id: str, now: datetime) -> ActionResult:
    """Take back the last action, so that the customer is on its owner's list again. Raises Forbidden, NotFound, InvalidInput."""
    with book.writing("write") as session:
        customer = book.own_id(session, customer_id)
        latest_action = session.alike("actions", pl.DataFrame({"customer_id": [customer]})).sort("action_id").tail(1)
        if latest_action.is_empty() or latest_action["kind"][0] == REOPENED:
            raise InvalidInput(f"There is no action on {customer} to undo.")
        name = _name(session, customer)
        number = _record_action(session, book, customer, REOPENED, now)
    return ActionResult(number, f"{name}: back on the list.")


def latest_actions(session: Session) -> pl.DataFrame:
    """One row per customer with an action, sorted by id: the latest action, which is in force.

    `seen` is a list; author_name and to_name: names, or the id where no name is on file.
    """
    newest = session.rows("actions").sort("action_id").unique("customer_id", keep="last", maintain_order=True)
    employees = session.rows("employees").sort("employee_id")
    names = dict(employees.select("employee_id", "name").iter_rows())
    name_columns = [pl.col(i).replace(names).alias(name) for i, name in (("author", "author_name"), ("to_employee", "to_name"))]
    return newest.with_columns(pl.col("seen").fill_null("").str.split("\n"), *name_columns).sort("customer_id")


def _record_action(
    session: Session, book: Book, customer_id: str, kind: str, now: datetime, seen: Sequence[str] = (), reason: str = "", **columns: Any
) -> int:  # fmt: skip
    number = int(session.rows("actions").select(pl.col("action_id").max().fill_null(0) + 1).item())
    row = {
        "action_id": number, "customer_id": customer_id, "kind": kind, "reason": reason.strip() or None, "seen": "\n".join(seen),
        "author": book.viewer.author, "made_at": now,
    }  # fmt: skip
    session.insert("actions", pl.DataFrame([row | columns], schema=ACTION_COLUMNS))
    return number


def _name(session: Session, customer_id: str) -> str:
    names = session.alike("customers", pl.DataFrame({"customer_id": [customer_id]}))["name"]
    return str(names[0] or customer_id) if names.len() else customer_id


def _return_text(day: date) -> str:
    return f"Back on your list on {fmt.day(day)}, or sooner if something urgent comes up."


def _agreed_days(session: Session, customer_id: str) -> int:
    tier = session.alike("customers", pl.DataFrame({"customer_id": [customer_id]}))["tier"][0]
    in_force = settings.in_force(session)
    return in_force.cadence_days.get(tier or "", in_force.default_cadence_days)


def _require_reason(reason: str, action_text: str) -> None:
    if not reason.strip():
        raise InvalidInput(f"A customer cannot be {action_text} without a reason; enter one.")


def _require_future_day(until: date, as_of: date) -> None:
    if until <= as_of:
        raise InvalidInput(f"Choose a future day, {fmt.day(as_of + timedelta(days=1))} or later.")


def _last_snooze_day(as_of: date) -> str:
    return fmt.day(as_of + timedelta(days=LONGEST_DAYS))
