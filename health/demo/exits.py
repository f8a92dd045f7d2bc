"""What is told of those who left, and the truth."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import Floats, Ints
from health.demo.columns import blank, dates, ids, money
from health.demo.columns import words as pick
from health.demo.customers import Customers
from health.demo.hazard import Causes, Leaving
from health.demo.lines import Lines, of_line
from health.demo.world import World


def true_reason(causes: Causes, leaving: Leaving, world: World) -> Ints:
    """Position in words.REASONS of what weighed heaviest at the decision, against the book's mean; competitor when nothing did."""
    laws = world.laws
    parts = np.stack([laws.price * causes.gap, laws.complaints * causes.burden, laws.contact * causes.contact])
    weight = (parts - parts.mean(axis=(1, 2), keepdims=True))[:, np.arange(len(leaving.month)), leaving.month]
    return np.where(weight.max(axis=0) > 0.2, weight.argmax(axis=0), words.REASONS.index("competitor"))


def exit_rows(rng: np.random.Generator, leaving: Leaving, reason: Ints, lines: Lines, customers: Customers, world: World) -> pl.DataFrame:
    """Who said so: the stated reason is "price" in 40 % whatever the truth, else the true one in 60 %."""
    last_day = world.calendar.last_day
    who = np.flatnonzero(leaving.said <= last_day)
    size = len(who)
    stated = np.where(rng.random(size) < 0.6, reason[who], rng.integers(1, len(words.REASONS), size))
    stated = np.where(rng.random(size) < 0.4, words.REASONS.index("price"), stated)
    texts = [text for name in words.REASONS for text in words.EXITS[name]]
    asked = leaving.said[who] + rng.integers(4, 25, size)
    owed = of_line(lines.price * lines.quantity, lines.last(lines.start, leaving.left))[who]
    rival = np.isin(stated, (words.REASONS.index("competitor"), words.REASONS.index("price"))) & (rng.random(size) < 0.5)
    lost_money = (leaving.left[who] <= last_day - 60) & (rng.random(size) < 0.05)
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "announced_on": dates(leaving.said[who]),
            "left_on": dates(leaving.left[who]),
            "reason": pick(words.REASONS, stated),
            "comment": pick(texts, 3 * stated + rng.integers(0, 3, size), rng.random(size) < 0.6),
            "competitor": pick(words.COMPETITORS, rng.integers(0, len(words.COMPETITORS), size), rival),
            "interviewed_on": dates(asked, (asked <= last_day) & (rng.random(size) < 0.35)),
            "written_off": blank(money(owed), lost_money),
        }
    )


def truth_rows(odds: Floats, leaving: Leaving, reason: Ints, customers: Customers, world: World) -> pl.DataFrame:
    """One row per customer and month end: churn probability as known then, and the outcome (days as in docs/method.md, section 1)."""
    ends = world.calendar.ends[1:]
    size, months = len(customers), len(ends)
    who = np.repeat(np.arange(size), months)
    day = np.tile(ends, size)
    decided = np.where(leaving.silent, leaving.left, leaving.decided)
    exists = (customers.start[who] <= day) & (day < decided[who])
    at_end = odds[:, 1:].ravel()
    leaves = leaving.leaves[who]
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "month_end": dates(day),
            "exists": pl.Series(exists),
            "log_odds": blank(pl.Series(at_end), exists),
            "hazard": blank(pl.Series(1 / (1 + np.exp(-at_end))), exists),
            "decided_on": dates(decided[who], leaves),
            "lost_on": dates(leaving.left[who], leaves),
            "silent": pl.Series(leaving.silent[who]),
            "reason": pick(words.REASONS, reason[who], leaves),
        }
    )
