"""A client to print: a plain one, and one made to burst the page."""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from health.report.brief import Brief

AS_OF = date(2026, 10, 31)
NOON = datetime(2026, 10, 31, 12)
HOSTILE = '#link("https://evil.example") *bold* $x$ \\u{1f} `#panic()` <label> @ref // gone /* gone'
HEBREW, ARABIC, EMOJI = "חברת הבדיקה", "شركة الاختبار", "🦊"


def customer(name: str, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": "C1001", "name": name, "segment": "Enterprise", "region": "north", "tier": "A", "owner": "E1",
        "owner_name": "Jo Peeters", "band": "at_risk", "health": 46.9, "low": 40.1, "high": 60.2, "coverage": 80.0, "mrr": 13515.2,
        "renewal_on": date(2026, 12, 11), "notice_by": date(2026, 11, 11), "notice_assumed": True, "renews_on": None,
    } | more  # fmt: skip


def brief(name: str = "Amberley Clinics", times: int = 1, words: str = "Router swap", **more: Any) -> Brief:
    """`times`: rows of each list; `words`: what people wrote in them."""
    many = range(times)
    contacts = [
        {"interaction_id": f"I{n:03}", "occurred_at": NOON - timedelta(days=n), "channel": "call", "direction": "out", "outcome": "reached",
         "purpose": "review", "comment": words, "human": True} for n in many
    ]  # fmt: skip
    aside = [{"channel": "newsletter", "human": False}, {"human": False}, {"occurred_at": NOON + timedelta(days=1)}]
    contacts += [contacts[0] | {"interaction_id": "X"} | one for one in aside]
    complaints = [
        {"opened_at": NOON - timedelta(days=5), "severity": 4, "theme": words, "answered_at": [None, NOON][n % 2],
         "answer_due_at": NOON - timedelta(days=3), "solution_due_at": NOON + timedelta(days=2)} for n in many
    ]  # fmt: skip
    promises = [{"comment": words, "kind": "delivery", "due_at": NOON + timedelta(days=[-4, 9][n % 2])} for n in many]
    people = [
        {"contact_id": f"P{n}", "name": words, "role": "decision_maker", "phone": None, "email": f"p{n}@amberley.example",
         "is_primary": n == 0, "active_from": None, "active_to": None} for n in many
    ]  # fmt: skip
    prices = [
        {"product": words, "unit_price": 24.9, "market": 23.1, "gap_pct": 7.79, "month": date(2026, 9, 1), "source": "price survey"}
        for _ in many
    ]
    points = [
        ("Contact frequency", 30, 38.2, "at_risk"),
        ("Complaints", 30, 61.0, "watch"),
        ("Price", 20, None, "unknown"),
        ("Tenure", 20, 88.0, "healthy"),
    ] + [("Satisfaction", 0, 50.0, "watch")] * (5 if times > 9 else 0)
    facts: dict[str, Any] = {
        "customer": customer(name), "as_of": AS_OF, "odds": "At risk: 18 % left within 90 days (1,450 cases)",
        "points": pl.DataFrame(points, schema=["label", "weight", "points", "band"], orient="row"),
        "worth": {"lifetime_value": 336_000.0, "low": 41_000.0, "high": 610_000.0, "p_leave_12m": 0.34, "why": None},
        "reasons": [f"{words}: last contact 94 days ago, agreed every 30"] * times, "steps": [f"Call about: {words}"] * times,
        "contacts": pl.DataFrame(contacts), "complaints": pl.DataFrame(complaints),
        "promises": pl.DataFrame(promises),
        "people": pl.DataFrame(people, schema_overrides={"active_from": pl.Date, "active_to": pl.Date}),
        "prices": pl.DataFrame(prices), "reader": "Jo Peeters",
    }  # fmt: skip
    return Brief(**(facts | more))
