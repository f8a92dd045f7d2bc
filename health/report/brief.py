"""One-page client brief to read before a call: score, recent contacts, open items, next steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from health import format as fmt
from health.format import known
from health.report import brief_rows as rows
from health.report.brief_rows import Row
from health.report.pdf import FONTS, typeset
from health.report.safe_text import one_line, page_text, sentence

Rows = pl.DataFrame | None
REASONS, STEPS, CONTACTS, OTHERS, LINES = 4, 6, 6, 5, 2
"""Rows per list, and lines per row; further rows are counted, not printed."""


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
    return typeset("brief", sheet(brief), fonts)


def sheet(brief: Brief) -> dict[str, Any]:
    """Content of the page, section by section, as the layout expects it."""
    c, end = brief.customer, datetime.combine(brief.as_of, time.max)
    who = ["Client", c["customer_id"], *(c[name] for name in ("segment", "region") if c[name])]
    tier = f"tier {c['tier']}" if c["tier"] else "no tier"
    owner = c["owner_name"] or c["owner"]
    return {
        "title": f"Brief: {one_line(c['name'])[:80]}",
        "author": one_line(brief.reader),
        "colours": _colours(),
        "name": page_text(one_line(c["name"]) or c["customer_id"]),
        "as_of": f"as of {fmt.day(brief.as_of)}",
        "who": page_text(" ".join(who[:2]), *who[2:], tier, f"looked after by {owner}" if owner else "looked after by nobody"),
        "band": _band(c["band"], brief.odds),
        "figures": _figures(brief),
        "reasons": _list("Why now", brief.reasons, REASONS, sentence, "No reason stands out"),
        "parts": _frame("The score, part by part", brief.points, len(brief.points), rows.part, "No part of the score is known yet"),
        "steps": _list("What to do", brief.steps, STEPS, sentence, "Nothing is due"),
        "contacts": _frame(
            "Last contacts, newsletters aside", _newest(brief.contacts, end), CONTACTS, rows.contact, "None on file", "interactions"
        ),
        "complaints": _frame(
            "Complaints still open",
            _first(brief.complaints, "opened_at"),
            OTHERS,
            lambda r: rows.complaint(r, end),
            "None is open",
            "complaints",
        ),
        "promises": _frame(
            "Promises still open", _first(brief.promises, "due_at"), OTHERS, lambda r: rows.promise(r, end), "None is open", "promises"
        ),
        "people": _frame("People known", _primary_first(brief.people, brief.as_of), OTHERS, rows.person, "Nobody is on file", "contacts")
        | {"lines": 1},
        "prices": _frame("Our price and the market's", brief.prices, OTHERS, rows.price, "No line in force") | {"lines": 1},
        "foot": f"Printed for {one_line(brief.reader)[:60]}. For use within the house only. A dash is what is not known.",
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
    c, worth = brief.customer, brief.worth or {}
    score = f"{fmt.health(c['health'])} of 100" if known(c["health"]) else fmt.UNKNOWN
    between = f"{fmt.health(c['low'])} to {fmt.health(c['high'])}, " if known(c["health"]) else ""
    value, ends = worth.get("lifetime_value"), (worth.get("low"), worth.get("high"))
    spread = f"{fmt.short_money(ends[0])} to {fmt.short_money(ends[1])}" if all(map(known, ends)) else worth.get("why") or "no range"
    leaves = worth.get("p_leave_12m")
    return [
        _figure("Health", score, f"{between}coverage {fmt.health(c['coverage'])}"),
        _figure("MRR", fmt.money(c["mrr"]), f"{fmt.money(12 * c['mrr'])} a year" if known(c["mrr"]) else "no line is priced"),
        _figure("Renewal", fmt.day(c["renewal_on"]), _ahead(c["renewal_on"], brief.as_of)),
        _figure("Lifetime value", fmt.short_money(value), spread if known(value) else worth.get("why") or "not foreseen"),
        _figure("Leaves in 12 months", fmt.share(leaves), "as foreseen" if known(leaves) else "not foreseen"),
    ]


def _figure(label: str, value: str, note: str) -> dict[str, str]:
    return {"label": label, "value": value, "note": note}


def _ahead(on: date | None, as_of: date) -> str:
    return "no end is agreed" if on is None else f"in {fmt.plural((on - as_of).days, 'day')}"


def _list(title: str, found: Sequence[Any], most: int, row: Callable[[Any], Any], empty: str) -> dict[str, Any]:
    return {
        "title": title,
        "rows": [row(r) for r in found[:most]],
        "more": max(0, len(found) - most),
        "lines": LINES,
        "empty": None if found else empty,
    }


def _frame(title: str, found: Rows, most: int, row: Callable[[Row], Any], empty: str, table: str = "") -> dict[str, Any]:
    """A section of a frame's rows; None says that the table has no rows."""
    if found is None:
        return _list(title, [], most, row, f"Not known: no {table} are loaded" if table else "Not known")
    cut = _list(title, found.head(most).to_dicts(), most, row, empty)
    return cut | {"more": max(0, found.height - most)}


def _first(found: Rows, by: str) -> Rows:
    return None if found is None else found.sort(by, maintain_order=True)


def _newest(found: Rows, end: datetime) -> Rows:
    if found is None:
        return None
    by_people = found.filter(pl.col("human"), pl.col("occurred_at") <= end)
    return by_people.sort("occurred_at", "interaction_id", descending=True)


def _primary_first(found: Rows, as_of: date) -> Rows:
    if found is None:
        return None
    there = found.filter((pl.col("active_to") > as_of).fill_null(True), (pl.col("active_from") <= as_of).fill_null(True))
    return there.sort(
        pl.col("is_primary").fill_null(False), pl.col("role") == "decision_maker", "contact_id", descending=[True, True, False]
    )
