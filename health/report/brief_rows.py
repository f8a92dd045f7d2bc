"""Rows of the brief's lists, as text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from health import format as fmt
from health.format import known
from health.report.safe_text import page_text

Row = Mapping[str, Any]
SEVERITY = {1: "Low", 2: "Medium", 3: "High", 4: "Critical"}
DIRECTION = {"in": "from customer", "out": "from us", "both": "scheduled"}
OUTCOME = {"reached": "reached", "no_reply": "no reply"}


def _entry(what: dict[str, Any], note: dict[str, Any], aside: str, late: bool = False) -> dict[str, Any]:
    return {"what": what, "note": note, "aside": page_text(aside), "late": late}


def part(row: Row) -> dict[str, Any]:
    """A part of the score, with its points as a bar in the colour of their band."""
    points = row["points"]
    aside = f"{fmt.health(points)}, weight {row['weight']}" if known(points) else f"{fmt.UNKNOWN}, weight {row['weight']}"
    return {
        "what": page_text(row["label"]),
        "points": points if known(points) else None,
        "aside": page_text(aside),
        "colour": fmt.band(row["band"]).mark.light,
    }


def contact(row: Row) -> dict[str, Any]:
    """'Call from us, review, reached', with its note."""
    outcome = OUTCOME.get(row["outcome"] or "", "")
    purpose = (row["purpose"] or "").replace("_", " ")
    what = ", ".join(filter(None, [f"{row['channel']} {DIRECTION[row['direction']]}".capitalize(), purpose, outcome]))
    return _entry(page_text(what), page_text(row["comment"] or ""), fmt.day(row["occurred_at"]))


def complaint(row: Row, day_end: datetime) -> dict[str, Any]:
    """Severity, theme and current deadline: for the answer, then for the solution."""
    unanswered = row["answered_at"] is None
    due = row["answer_due_at"] if unanswered else row["solution_due_at"]
    aside = _deadline_words("reply" if unanswered else "solution", due, day_end)
    return _entry(
        page_text(SEVERITY[row["severity"] or 2], row["theme"]),
        page_text(f"Open since {fmt.day(row['opened_at'])}"),
        aside,
        due <= day_end,
    )


def promise(row: Row, day_end: datetime) -> dict[str, Any]:
    """What was promised, and when it is due."""
    return _entry(
        page_text(row["comment"] or row["kind"]), page_text(""), _deadline_words("due", row["due_at"], day_end), row["due_at"] <= day_end
    )


def _deadline_words(label: str, due: datetime, day_end: datetime) -> str:
    """Text of a deadline: 'reply 3 days overdue', 'solution by 12 Oct 2026'."""
    if due > day_end:
        return f"{label} by {fmt.day(due)}" if label != "due" else f"due {fmt.day(due)}"
    days = (day_end.date() - due.date()).days
    late = f"{fmt.plural(days, 'day')} overdue" if days else "overdue since today"
    return late if label == "due" else f"{label} {late}"


def person(row: Row) -> dict[str, Any]:
    """Name, role and contact details; missing ones are named."""
    role = (row["role"] or "role unknown").replace("_", " ")
    missing = [f"no {name}" for name, value in (("phone", row["phone"]), ("e-mail", row["email"])) if not value]
    details = page_text(*(value for value in (row["phone"], row["email"]) if value), *missing)
    return _entry(page_text(row["name"]), details, f"{role}, first" if row["is_primary"] else role)


def price(row: Row) -> dict[str, Any]:
    """Our price of a line against the market's."""
    if not known(row["market"]):
        return _entry(page_text(row["product"]), page_text("No market price on file"), fmt.price(row["unit_price"]))
    gap = row["gap_pct"]
    gap_words = f"{fmt.signed(gap)}{fmt.SPACE}%" if round(gap) else "same as market"
    note = page_text(
        f"{fmt.price(row['unit_price'])} against market {fmt.price(row['market'])} in {fmt.month(row['month'])}", row["source"]
    )
    return _entry(page_text(row["product"]), note, gap_words)
