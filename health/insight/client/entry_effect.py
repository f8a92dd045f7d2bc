"""Effect of a new entry on the customer's health, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health import format as fmt
from health.access import Book
from health.score import history, settings
from health.score.components import COMPONENTS

Row = Mapping[str, Any]


def score_state(book: Book, customer_id: str, day: date) -> dict[str, Any]:
    """Facts, points, health and band at the end of a day, with the weights of the customer's segment.

    Points in hundredths, as stored; empty where the customer has no score row. Raises NotFound outside the viewer's book.
    """
    with book.reading() as session:
        customer, in_force = book.own_id(session, customer_id), settings.in_force(session)
        scored = history.on_day(session, day, [customer])
    if scored.is_empty():
        return {}
    row = scored.row(0, named=True)
    return {**row, "weights": in_force.weights_of(row["score_segment"])}


def effect_sentence(before: Row, after: Row, saved_text: str) -> str:
    """State what was saved and how health changed between two score states.

    'Contact logged. Health 46 → 52 (contact frequency 40 → 74 points).', 'Contact logged. Health unchanged at 46.',
    or after a notice that the score is frozen.
    """
    health_before, health_after = (_health_text(row) for row in (before, after))
    if after.get("status") == "leaving":
        last_day = f"Last day {fmt.day(after['lost_on'])}; the" if before.get("status") != "leaving" else "The"
        return f"{saved_text}. {last_day} score is frozen as of {fmt.day(after['facts_as_of'])} ({health_after})."
    changes = [
        f"{c.lower_label} {_points_change(before.get(c.column), after.get(c.column))}"
        for c in COMPONENTS
        if after.get("weights", {}).get(c.key) and _points_text(before.get(c.column)) != _points_text(after.get(c.column))
    ]
    change_text = f" ({'; '.join(changes)})" if changes else ""
    if health_before == health_after:
        return f"{saved_text}. Health unchanged at {health_after}{change_text}."
    return f"{saved_text}. Health {health_before} → {health_after}{change_text}."


def new_day_sentence(newest: date, day: date) -> str:
    """Say that an entry moved the newest day on file, since all screens then count to that day; empty if it did not."""
    if day <= newest:
        return ""
    return f"All screens now show {fmt.day(day)}; before this entry, the newest data was of {fmt.day(newest)}."


def _health_text(row: Row) -> str:
    return "unknown" if not row or row["health"] is None or row["band"] in (None, "unknown") else fmt.health(row["health"] / 100)


def _points_text(points: int | None) -> str:
    return "unknown" if points is None else f"{points / 100:.0f}"


def _points_change(before: int | None, after: int | None) -> str:
    return f"{_points_text(before)} → {_points_text(after)} points"


def differences(before: Row, after: Row) -> pl.DataFrame:
    """One row per field with different values: what, seen, now (in words)."""
    values = [(name, before.get(name), after.get(name)) for name in after if name not in ("load_id", "line", "file", "recorded_at")]
    rows = [
        {"what": name.replace("_", " "), "seen": _value_text(was), "now": _value_text(now)}
        for name, was, now in values
        if _value_text(was) != _value_text(now)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("what", "seen", "now"), pl.String))


def _value_text(value: object) -> str:
    return fmt.UNKNOWN if value is None else str(value)
