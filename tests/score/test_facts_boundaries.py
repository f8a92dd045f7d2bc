"""Every window and deadline of the facts at its edge: rows dated exactly on it and one off, against the naive reading of the method.

Each customer has rows of one table whose days lie 0, 29 to 31, 59 to 61, 89 to 91, ... 729 to 731 days before the day asked for, drawn by
a fixed seed, so that a comparison turned or a number moved by one changes somebody's figure.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import polars as pl
import pytest

from health.score import history, settings
from health.warehouse import Warehouse, facts
from tests.books import rows, unscored
from tests.oracle import Oracle
from tests.score.naive import differences, fact_differences, oracle_of

DAY = date(2025, 7, 31)
DAYS = [DAY - timedelta(days=60), DAY - timedelta(days=1), DAY]
EDGES = [0, 1, 2, 7, 30, 60, 90, 120, 180, 183, 186, 270, 365, 540, 730]
BACK = sorted({edge + off for edge in EDGES for off in (-1, 0, 1)})
"""Days before DAY; -1 is the day after it."""
Row = dict[str, Any]
Book = dict[str, list[Row]]


def on(back: int) -> date:
    return DAY - timedelta(days=back)


def at(back: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(on(back), time(hour, minute))


class Draw(random.Random):
    """Choices near the edges."""

    def back(self) -> int:
        return self.choice(BACK)

    def maybe(self, value: Any, share: float = 0.5) -> Any:
        return value if self.random() < share else None


def talks(draw: Draw) -> Book:
    kinds = [
        {"channel": c, "direction": d, "outcome": o, "automated": a}
        for c, d, o, a in product(
            ("call", "visit", "video", "newsletter", "email"),
            ("in", "out", "both"),
            ("reached", "no_reply", "unknown", None),
            (None, True, False),
        )
    ]
    return {
        "interactions": [
            draw.choice(kinds)
            | {
                "occurred_at": at(draw.back(), draw.choice((0, 10, 23))),
                "contact_id": draw.choice((None, "P1", "P2", "P3")),
                "purpose": draw.choice((None, "review", "review", "complaint")),
            }
            for _ in range(draw.randint(1, 12))
        ]
    }


def rhythm(draw: Draw) -> Book:
    """Two-way contacts with even and uneven gaps: three to ten of them."""
    day, found = draw.choice((0, 1, 7, 400)), []
    for _ in range(draw.randint(4, 11)):
        found.append({"channel": "call", "direction": "in", "occurred_at": at(day)})
        day += draw.choice((1, 3, 6, 7, 8, 30))
    return {"interactions": found}


def diary(draw: Draw) -> Book:
    planned = [draw.back() for _ in range(draw.randint(1, 5))]
    entries = [
        {
            "planned_on": on(p),
            "created_on": draw.maybe(on(p + draw.choice((-4, -3, -2, 0, 30)))),
            "cancelled_on": draw.maybe(on(p + draw.choice((-4, -3, -2, 0, 10))), 0.3),
        }
        for p in planned
    ]
    kept = [p + draw.choice((-4, -3, -2, 0, 6, 7, 8)) for p in planned]
    return {"diary": entries, "interactions": [{"channel": "call", "direction": "in", "occurred_at": at(k)} for k in kept[:3]]}


HOURS = {1: (24, 240), 2: (16, 120), 3: (8, 72), 4: (4, 48), None: (16, 120)}


def complaints(draw: Draw) -> Book:
    found = []
    for _ in range(draw.randint(1, 4)):
        severity = draw.choice((1, 2, 3, 4, 4, None))
        opened = at(draw.back() + draw.choice((0, 0, 2, 5, 10)), draw.choice((0, 10, 20)))
        answer, solution = HOURS[severity]
        off = [timedelta(minutes=draw.choice((-1, 0, 1))), timedelta(minutes=draw.choice((-1, 0, 1)))]
        answered = draw.choice(
            (None, opened + timedelta(hours=answer) + off[0], opened + timedelta(hours=1), datetime.combine(on(0), time(9)))
        )
        solved = draw.choice(
            (None, opened + timedelta(hours=solution) + off[1], at(draw.back(), 12), opened + timedelta(hours=answer) + off[1])
        )
        if answered is not None and answered < opened:
            answered = opened
        if solved is not None and solved < opened:
            solved = opened
        reopened = None
        if solved is not None and draw.random() < 0.4:
            reopened = solved + draw.choice(
                (timedelta(0), timedelta(minutes=-1), timedelta(days=1), timedelta(days=30), timedelta(days=180))
            )
        found.append(
            {
                "opened_at": opened,
                "severity": severity,
                "theme": draw.choice((None, "outage", "bill")),
                "first_response_at": answered,
                "resolved_at": solved,
                "reopened_at": reopened and max(reopened, opened),
            }
        )
    return {"complaints": found}


def surveys(draw: Draw) -> Book:
    scales = ((None, None), (0, 10), (1, 5), (1, None), (5, 5))
    found = []
    for _ in range(draw.randint(1, 5)):
        low, high = draw.choice(scales)
        score = draw.choice((None, 1, 2, 3, 4, 5, 7, 12))
        found.append(
            {
                "kind": draw.choice(("nps", "csat")),
                "asked_on": None,
                "answered_on": on(draw.back()),
                "score": score,
                "scale_min": low,
                "scale_max": high,
                "contact_id": draw.choice((None, "P1", "P2")),
            }
        )
    return {"surveys": found}


def invoices(draw: Draw) -> Book:
    found = []
    for _ in range(draw.randint(1, 9)):
        due = draw.back()
        paid = draw.choice((None, None, due, due - 1, due + 1, due - 2, due - 59, due - 60, due - 61, draw.back()))
        issued = max(due + draw.choice((0, 14, 30)), due if paid is None else max(due, paid))
        found.append(
            {
                "issued_on": on(issued),
                "due_on": on(due),
                "paid_on": None if paid is None else on(paid),
                "amount": draw.choice((Decimal("10.00"), Decimal("99.99"), Decimal("0.00"), Decimal("-5.00"))),
                "disputed": draw.choice((None, False, True)),
                "written_off": draw.choice((None, False, True)),
            }
        )
    return {"invoices": found}


def buyer(draw: Draw) -> Book:
    """No contract: invoices alone, with the silence of the last purchase near its limit."""
    usual = draw.choice((20, 59, 60, 61, 70))
    last = draw.choice((0, 1, 89, 90, 91, 179, 180, 181, 3 * usual - 1, 3 * usual, 3 * usual + 1))
    days = [last + n * usual for n in range(draw.randint(1, 4))]
    bought = [{"issued_on": on(d), "due_on": on(d - 14), "paid_on": on(d - 3), "amount": Decimal("30.01")} for d in days]
    left = min(draw.choice((last, last - 1, draw.back())), last)
    announced = min(last, left + draw.choice((0, 5)))
    said = [{"announced_on": on(announced), "left_on": on(left), "reason": draw.choice(("price", "merged"))}]
    return {"contracts": [], "invoices": bought, "exits": said if draw.random() < 0.4 else []}


def contracts(draw: Draw) -> Book:
    """Lines that follow each other within and beyond the grace, notices, terminations and exits."""
    found, start = [], draw.choice((400, 731, 200, 31))
    for n in range(draw.randint(1, 3)):
        end = draw.choice((None, start - 30, -30, -270, 0, 1, 29, 30, 31, draw.back()))
        if end is not None and end > start:
            end = start
        notice = draw.maybe(min(draw.back(), start - 1), 0.3)
        ended = draw.choice((None, None, None, draw.back()))
        if ended is not None:
            ended = min(ended, start)
        found.append(
            {
                "contract_id": f"L{n}",
                "start_on": on(start),
                "end_on": None if end is None else on(end),
                "notice_on": None if notice is None else on(notice),
                "terminated_on": None if ended is None else on(ended),
                "notice_days": draw.choice((None, 0, 29, 30, 31)),
                "signed_on": draw.choice((None, on(start + 10), on(start + 1))),
                "quantity": draw.choice((None, 1, 3)),
                "product": draw.choice(("mobile", "line")),
                "unit_price": Decimal("10.50"),
                "unit_cost": draw.choice((None, Decimal("4.25"))),
            }
        )
        start = max(-20, (end if end is not None else start - 100) - draw.choice((0, 1, 29, 30, 31, 32)))
    exits = []
    first = found[0]
    if draw.random() < 0.5 and (first["end_on"] is None or first["end_on"] > first["start_on"] + timedelta(days=3)):
        over = (DAY - first["end_on"]).days + 1 if first["end_on"] else -1
        announced = max(min(draw.back(), (DAY - first["start_on"]).days - 1), over)
        first |= {"terminated_on": None}
        found = [first] if draw.random() < 0.7 else [first, first | {"contract_id": "L8", "end_on": None, "notice_on": None}]
        exits = [
            {
                "announced_on": on(announced),
                "left_on": draw.maybe(on(max(announced - draw.choice((0, 1, 30, 60)), over - 1 if first["end_on"] else -99))),
                "reason": draw.choice(("price", "merged", "insolvency")),
            }
        ]
    return {"contracts": found, "exits": exits}


def people(draw: Draw) -> Book:
    found = []
    for _ in range(draw.randint(0, 4)):
        since = draw.back()
        found.append(
            {
                "name": "Ida",
                "role": draw.choice((None, "decision_maker", "user")),
                "email": draw.choice((None, " ", "i@x.example")),
                "phone": draw.choice((None, "", "+44")),
                "is_primary": draw.choice((None, True, False)),
                "active_from": draw.maybe(on(since), 0.7),
                "active_to": draw.maybe(on(draw.choice((since, since - 1, 0, 1, -1))), 0.4),
            }
        )
    spoken = [
        {"channel": "call", "direction": "in", "occurred_at": at(draw.back()), "contact_id": draw.choice((None, "P1", "P2"))}
        for _ in range(draw.randint(0, 4))
    ]
    sent = [{"made_on": on(draw.back())} for _ in range(draw.randint(0, 3))]
    return {"contacts": found, "interactions": spoken, "referrals": sent}


def promises(draw: Draw) -> Book:
    found = []
    for _ in range(draw.randint(1, 5)):
        due = draw.back()
        kept = draw.choice((None, at(due, 17), at(due, 17, 1), at(due, 16, 59), at(due + 1), at(due - 1)))
        found.append(
            {
                "kind": draw.choice(("delivery", "callback", "handover")),
                "promised_on": on(due + draw.choice((0, 1, 20, -1))),
                "due_at": at(due, 17),
                "delivered_at": kept,
            }
        )
    return {"promises": found}


def newcomer(draw: Draw) -> Book:
    """A first contract, whose handover is promised without a row."""
    signed = draw.choice((0, 1, 2, 90, 91, 92, 364, 365, 366, 720))
    called = {
        "channel": draw.choice(("call", "newsletter")),
        "direction": draw.choice(("out", "both", "in")),
        "occurred_at": at(signed - draw.choice((-1, 0, 1, 2)), draw.choice((0, 23))),
    }
    since = draw.choice((None, on(signed), on(signed + 1), on(signed - 1)))
    told = [{"kind": "handover", "promised_on": on(signed - draw.choice((0, 5, 30))), "due_at": at(signed - 31), "delivered_at": None}]
    line = {
        "contract_id": "L0",
        "start_on": on(signed - draw.choice((0, 9))),
        "signed_on": on(signed),
        "product": "mobile",
        "unit_price": Decimal("10.00"),
    }
    return {"contracts": [line], "interactions": [called], "promises": draw.maybe(told, 0.3) or [], "since": [{"customer_since": since}]}


def usage(draw: Draw) -> Book:
    months = draw.sample(range(0, 9), draw.randint(1, 8))
    return {
        "usage": [
            {
                "month": (DAY.replace(day=1) - timedelta(days=30 * m)).replace(day=draw.choice((1, 28))),
                "product": p,
                "metric": "lines",
                "used": draw.choice((None, Decimal("5"), Decimal("8.5"), Decimal("0"))),
                "licensed": draw.choice((None, Decimal("10"), Decimal("0"))),
            }
            for m in months
            for p in draw.choice((("mobile",), ("mobile", "line")))
        ]
    }


def priced(draw: Draw) -> Book:
    """A product of its own with market prices at the edges of months and of observation."""
    return {
        "contracts": [
            {"contract_id": "L0", "start_on": on(731), "product": "OWN", "unit_price": Decimal("10.90"), "quantity": 2},
            {"contract_id": "L1", "start_on": on(500), "product": "other", "unit_price": draw.choice((Decimal("21.80"), Decimal("21.81")))},
        ],
        "market_prices": [
            {
                "product": "OWN",
                "region": draw.choice((None, "north", "south")),
                "source": f"s{n}",
                "price": Decimal(draw.choice(("10.00", "12.34"))),
                "month": draw.choice((DAY.replace(day=1), date(2025, 8, 1), date(2025, 6, 1), date(2024, 7, 1), date(2024, 6, 1))),
                "observed_on": draw.choice((None, DAY, on(1), on(-1), on(60))),
            }
            for n in range(draw.randint(1, 4))
        ],
    }


KINDS: dict[str, tuple[Callable[[Draw], Book], int]] = {
    "talks": (talks, 80),
    "rhythm": (rhythm, 30),
    "diary": (diary, 60),
    "complaints": (complaints, 140),
    "surveys": (surveys, 70),
    "invoices": (invoices, 80),
    "buyer": (buyer, 70),
    "contracts": (contracts, 140),
    "people": (people, 80),
    "promises": (promises, 60),
    "newcomer": (newcomer, 80),
    "usage": (usage, 60),
    "priced": (priced, 60),
}
IDS = {
    "contracts": "contract_id",
    "interactions": "interaction_id",
    "complaints": "complaint_id",
    "surveys": "survey_id",
    "invoices": "invoice_id",
    "promises": "promise_id",
    "diary": "diary_id",
    "contacts": "contact_id",
    "referrals": "referral_id",
}


def tables(seed: int = 5) -> dict[str, pl.DataFrame]:
    """The customers of every kind with their rows."""
    draw, every, customers = Draw(seed), defaultdict(list), []
    base = {"contract_id": "L9", "start_on": on(740), "product": "mobile", "unit_price": Decimal("10.00")}
    for kind, (made, count) in KINDS.items():
        for n in range(count):
            one = f"{kind} {n}"
            given = {"contracts": [base]} | made(draw)
            more = given.pop("since", [{}])[0]
            customers.append(
                {"customer_id": one, "name": one, "tier": draw.choice(("A", "B", "C", None)), "region": draw.choice(("north", None))} | more
            )
            for table, found in given.items():
                for k, row in enumerate(found):
                    own = {IDS[table]: f"{one} {k} {row.get(IDS[table], '')}"} if table in IDS else {}
                    owned = {"product": one} if row.get("product") == "OWN" else {}
                    every[table].append({"customer_id": one} | row | own | owned)
    every["interactions"].append(
        {"customer_id": "talks 0", "interaction_id": "first", "occurred_at": at(800), "channel": "call", "direction": "in"}
    )
    whole = {"customers": rows("customers", *customers)}
    for table, found in every.items():
        keys = {"exits": ["customer_id", "announced_on"], "usage": ["customer_id", "month", "product", "metric"]}.get(table)
        frame = rows(table, *found)
        whole[table] = frame if keys is None else frame.unique(keys, keep="first", maintain_order=True)
    return whole


@pytest.fixture(scope="module")
def book() -> tuple[Warehouse, Oracle]:
    made = tables()
    return unscored(made), oracle_of(made)


def test_every_fact_is_that_of_the_naive_reading_exactly_at_its_edges(book: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = book
    with warehouse.reading() as session:
        found = facts.at(session, DAYS, settings.DEFAULT.terms)
    assert fact_differences(oracle, found) == []


def test_every_score_is_that_of_the_naive_reading_exactly_at_its_edges(book: tuple[Warehouse, Oracle]) -> None:
    warehouse, oracle = book
    with warehouse.reading() as session:
        scored = history.score_at(session, DAYS[2:], settings.DEFAULT)
    billed = scored.filter(~pl.col("customer_id").str.starts_with("buyer"))  # without contracts, what is billed is known as mrr alone
    assert billed.height > 900 and differences(oracle, billed) == []
