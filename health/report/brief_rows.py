"""One row of each list of a brief, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from health import format as fmt
from health.format import known
from health.report.safe_text import told

Row = Mapping[str, Any]
SEVERITY = {1: "Low", 2: "Medium", 3: "High", 4: "Critical"}
BEGAN = {"in": "from them", "out": "from us", "both": "by both"}
OUTCOME = {"reached": "reached", "no_reply": "no reply"}


def _entry(what: dict[str, Any], note: dict[str, Any], aside: str, late: bool = False) -> dict[str, Any]:
    return {"what": what, "note": note, "aside": told(aside), "late": late}


def part(row: Row) -> dict[str, Any]:
    """A part of the score: its points as a bar in the colour of their band."""
    points = row["points"]
    aside = f"{fmt.health(points)}, weight {row['weight']}" if known(points) else f"{fmt.UNKNOWN}, weight {row['weight']}"
    return {
        "what": told(row["label"]),
        "points": points if known(points) else None,
        "aside": told(aside),
        "colour": fmt.band(row["band"]).mark.light,
    }


def contact(row: Row) -> dict[str, Any]:
    """'Call from us, review, reached', with the note made of it."""
    outcome = OUTCOME.get(row["outcome"] or "", "")
    purpose = (row["purpose"] or "").replace("_", " ")
    what = ", ".join(filter(None, [f"{row['channel']} {BEGAN[row['direction']]}".capitalize(), purpose, outcome]))
    return _entry(told(what), told(row["comment"] or ""), fmt.day(row["occurred_at"]))


def complaint(row: Row, end: datetime) -> dict[str, Any]:
    """Its severity and theme, and the clock that runs: until it is answered, then until it is solved."""
    waits = row["answered_at"] is None
    due = row["answer_due_at"] if waits else row["solution_due_at"]
    aside = _clock("answer" if waits else "solution", due, end)
    return _entry(
        told(SEVERITY[row["severity"] or 2], row.get("theme") or "unsorted"),
        told(f"Open since {fmt.day(row['opened_at'])}"),
        aside,
        due <= end,
    )


def promise(row: Row, end: datetime) -> dict[str, Any]:
    """What was promised, and by when."""
    return _entry(told(row["comment"] or row["kind"]), told(""), _clock("due", row["due_at"], end), row["due_at"] <= end)


def _clock(what: str, due: datetime, end: datetime) -> str:
    """'answer 3 days late', 'solution by 12 Oct 2026'."""
    if due > end:
        return f"{what} by {fmt.day(due)}" if what != "due" else f"due {fmt.day(due)}"
    days = (end.date() - due.date()).days
    late = f"{fmt.plural(days, 'day')} late" if days else "late since today"
    return late if what == "due" else f"{what} {late}"


def person(row: Row) -> dict[str, Any]:
    """Who, in which role, and how to reach them; what is missing is named."""
    role = (row["role"] or "role not known").replace("_", " ")
    missing = [f"no {name}" for name, value in (("phone", row["phone"]), ("e-mail", row["email"])) if not value]
    reach = told(*(value for value in (row["phone"], row["email"]) if value), *missing)
    return _entry(told(row["name"]), reach, f"{role}, first" if row["is_primary"] else role)


def price(row: Row) -> dict[str, Any]:
    """Our price of a line beside the market's."""
    if not known(row["market"]):
        return _entry(told(row["product"]), told("No market price is known"), fmt.price(row["unit_price"]))
    gap = row["gap_pct"]
    beside = f"{fmt.signed(gap)}{fmt.SPACE}%" if round(gap) else "as the market"
    note = told(f"{fmt.price(row['unit_price'])} against {fmt.price(row['market'])} in {fmt.month(row['month'])}", row["source"])
    return _entry(told(row["product"]), note, beside)
