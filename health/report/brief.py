"""One-page client brief to read before a call: score, recent contacts, open items, next steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from health import format as fmt
from health.format import known
from health.insight.notice import notice_note
from health.report import brief_rows as rows
from health.report.brief_rows import Row
from health.report.pdf import FONTS, typeset
from health.report.safe_text import one_line, page_text, sentence

Rows = pl.DataFrame | None
REASONS, STEPS, CONTACTS, OTHERS, LINES = 4, 6, 6, 5, 2
"""Most rows per list, and lines per row; further rows are counted, not printed."""


@dataclass(frozen=True)
class Brief:
    """Content of the brief as of a day. A frame that is None is a table without rows in the book: unknown, not empty.

    `customer`: its row of `portfolio.build`; `odds`: churn of its band in words; `points`: of `insight.client.points.points_of`; `worth`:
    its row of `lifetime.value`; `reasons` and `steps`: in words, most important first. Frames: `contacts` (staged interactions), `people`
    (contacts), open `complaints` (opened_at, severity, theme, answered_at, answer_due_at, solution_due_at), open `promises` (comment, kind,
    due_at), `prices` of `portfolio.client` (product, unit_price, market, gap_pct, month, source).
    """

    customer: Row
    as_of: date
    odds: str
    points: pl.DataFrame
    worth: Row | None
    reasons: Sequence[str]
    steps: Sequence[str]
    contacts: Rows
    complaints: Rows
    promises: Rows
    people: Rows
    prices: Rows
    reader: str


def pdf(brief: Brief, fonts: Path = FONTS) -> bytes:
    """The brief as PDF: one A4 page, tagged for screen readers, same bytes for the same brief.

    Long text ends in an ellipsis, and long lists state how many rows are left out.
    """
    return typeset("brief", page_content(brief), fonts)


def page_content(brief: Brief) -> dict[str, Any]:
    """Content of the page by section, as the layout expects it."""
    customer, day_end = brief.customer, datetime.combine(brief.as_of, time.max)
    identity = ["Customer", customer["customer_id"], *(customer[name] for name in ("segment", "region") if customer[name])]
    tier = f"tier {customer['tier']}" if customer["tier"] else "no tier"
    owner = customer["owner_name"] or customer["owner"]
    return {
        "title": f"Brief: {one_line(customer['name'])[:80]}",
        "author": one_line(brief.reader),
        "colours": _colours(),
        "name": page_text(one_line(customer["name"]) or customer["customer_id"]),
        "as_of": f"as of {fmt.day(brief.as_of)}",
        "who": page_text(" ".join(identity[:2]), *identity[2:], tier, f"owner: {owner}" if owner else "no owner"),
        "band": _band(customer["band"], brief.odds),
        "figures": _figures(brief),
        "reasons": _list("Why now", brief.reasons, REASONS, sentence, "No particular reason"),
        "parts": _frame(
            "Components of the score", brief.points, len(brief.points), rows.part, "No component of the score is available yet"
        ),
        "steps": _list("What to do", brief.steps, STEPS, sentence, "Nothing to do"),
        "contacts": _frame(
            "Latest personal contacts", _newest(brief.contacts, day_end), CONTACTS, rows.contact, "None on file", "interactions"
        ),
        "complaints": _frame(
            "Open complaints",
            _sorted_by(brief.complaints, "opened_at"),
            OTHERS,
            lambda row: rows.complaint(row, day_end),
            "None open",
            "complaints",
        ),
        "promises": _frame(
            "Open promises",
            _sorted_by(brief.promises, "due_at"),
            OTHERS,
            lambda row: rows.promise(row, day_end),
            "None open",
            "promises",
        ),
        "people": _frame("Contact persons", _primary_first(brief.people, brief.as_of), OTHERS, rows.person, "None on file", "contacts")
        | {"lines": 1},
        "prices": _frame("Our price and the market price", brief.prices, OTHERS, rows.price, "No contract line in force") | {"lines": 1},
        "foot": f"Printed for {one_line(brief.reader)[:60]}. For internal use only. - = unknown.",
    }


def _colours() -> dict[str, str]:
    theme, late = fmt.theme(), fmt.band("at_risk").text.light
    names = {
        "text": "textColor",
        "muted": "grayTextColor",
        "rule": "borderColor",
        "track": "secondaryBackgroundColor",
        "accent": "primaryColor",
    }
    return {name: theme[key] for name, key in names.items() if key in theme} | {"late": late}


def _band(key: str | None, odds: str) -> dict[str, Any]:
    band = fmt.band(key or "unknown")
    shape = "hollow" if band.key == "unknown" else band.shape
    tones = {"mark": band.mark.light, "text": band.text.light, "tint": band.tint.light}
    return {"shape": shape, "words": sentence(odds)} | tones


def _figures(brief: Brief) -> list[dict[str, str]]:
    """Key figures of the client: health, MRR, renewal, lifetime value, churn probability."""
    customer, worth = brief.customer, brief.worth or {}
    score = f"{fmt.health(customer['health'])} of 100" if known(customer["health"]) else fmt.UNKNOWN
    range_text = f"{fmt.health(customer['low'])} to {fmt.health(customer['high'])}, " if known(customer["health"]) else ""
    value, bounds = worth.get("lifetime_value"), (worth.get("low"), worth.get("high"))
    spread = fmt.money_range(*bounds) if all(map(known, bounds)) else worth.get("why") or "no range"
    churn_probability = worth.get("p_leave_12m")
    return [
        _figure("Health", score, f"{range_text}coverage {fmt.health(customer['coverage'])}"),
        _figure(
            "MRR",
            fmt.money(customer["mrr"]),
            f"{fmt.money(12 * customer['mrr'])} a year" if known(customer["mrr"]) else "no price on file",
        ),
        _figure("Renewal", fmt.day(customer["renewal_on"]), notice_note(customer, brief.as_of)),
        _figure("Lifetime value", fmt.short_money(value), spread if known(value) else worth.get("why") or "not available"),
        _figure(
            "Churn, 12 months", fmt.share(churn_probability), "this customer, forecast" if known(churn_probability) else "not available"
        ),
    ]


def _figure(label: str, value: str, note: str) -> dict[str, str]:
    return {"label": label, "value": value, "note": note}


def _list(title: str, items: Sequence[Any], max_rows: int, format_row: Callable[[Any], Any], empty: str) -> dict[str, Any]:
    """Section of a list: its first rows, and how many are left out."""
    return {
        "title": title,
        "rows": [format_row(item) for item in items[:max_rows]],
        "more": max(0, len(items) - max_rows),
        "lines": LINES,
        "empty": None if items else empty,
    }


def _frame(title: str, frame: Rows, max_rows: int, format_row: Callable[[Row], Any], empty: str, table: str = "") -> dict[str, Any]:
    """Section of a frame's rows; without a frame it says that the table is not loaded."""
    if frame is None:
        return _list(title, [], max_rows, format_row, f"Not available: no {table} loaded" if table else "Not available")
    section = _list(title, frame.head(max_rows).to_dicts(), max_rows, format_row, empty)
    return section | {"more": max(0, frame.height - max_rows)}


def _sorted_by(frame: Rows, column: str) -> Rows:
    return None if frame is None else frame.sort(column, maintain_order=True)


def _newest(contacts: Rows, day_end: datetime) -> Rows:
    """Contacts by people up to the day, newest first."""
    if contacts is None:
        return None
    human_contacts = contacts.filter(pl.col("human"), pl.col("occurred_at") <= day_end)
    return human_contacts.sort("occurred_at", "interaction_id", descending=True)


def _primary_first(people: Rows, as_of: date) -> Rows:
    """Contacts active on the day, the primary one first, then decision makers."""
    if people is None:
        return None
    current = people.filter((pl.col("active_to") > as_of).fill_null(True), (pl.col("active_from") <= as_of).fill_null(True))
    return current.sort(
        pl.col("is_primary").fill_null(False), pl.col("role") == "decision_maker", "contact_id", descending=[True, True, False]
    )
