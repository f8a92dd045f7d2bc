"""Recorded exits of churned customers, and the truth."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import Floats, Ints
from health.demo.columns import blank_where_unknown, date_column, id_column, money_column
from health.demo.columns import text_column as pick
from health.demo.customers import Customers
from health.demo.hazard import Causes, Departures
from health.demo.lines import Lines, value_of_line
from health.demo.world import World


def true_reasons(causes: Causes, departures: Departures, world: World) -> Ints:
    """Position in words.REASONS of the largest cause at the decision, against the mean of all; competitor if none is large."""
    laws = world.laws
    causes_weighed = np.stack([laws.price * causes.gap, laws.complaints * causes.burden, laws.contact * causes.contact])
    weight = (causes_weighed - causes_weighed.mean(axis=(1, 2), keepdims=True))[:, np.arange(len(departures.month)), departures.month]
    return np.where(weight.max(axis=0) > 0.2, weight.argmax(axis=0), words.REASONS.index("competitor"))


def exit_rows(
    rng: np.random.Generator, departures: Departures, reason: Ints, lines: Lines, customers: Customers, world: World
) -> pl.DataFrame:
    """Announced exits: the stated reason is "price" in 40 % whatever the truth, else the true one in 60 %."""
    last_day = world.calendar.last_day
    customer = np.flatnonzero(departures.announced <= last_day)
    size = len(customer)
    stated_reason = np.where(rng.random(size) < 0.6, reason[customer], rng.integers(1, len(words.REASONS), size))
    stated_reason = np.where(rng.random(size) < 0.4, words.REASONS.index("price"), stated_reason)
    texts = [text for name in words.REASONS for text in words.EXITS[name]]
    interviewed = departures.announced[customer] + rng.integers(4, 25, size)
    amount_owed = value_of_line(lines.price * lines.quantity, lines.last_line(lines.start, departures.left))[customer]
    rival = np.isin(stated_reason, (words.REASONS.index("competitor"), words.REASONS.index("price"))) & (rng.random(size) < 0.5)
    lost_money = (departures.left[customer] <= last_day - 60) & (rng.random(size) < 0.05)
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "announced_on": date_column(departures.announced[customer]),
            "left_on": date_column(departures.left[customer]),
            "reason": pick(words.REASONS, stated_reason),
            "comment": pick(texts, 3 * stated_reason + rng.integers(0, 3, size), rng.random(size) < 0.6),
            "competitor": pick(words.COMPETITORS, rng.integers(0, len(words.COMPETITORS), size), rival),
            "interviewed_on": date_column(interviewed, (interviewed <= last_day) & (rng.random(size) < 0.35)),
            "written_off": blank_where_unknown(money_column(amount_owed), lost_money),
        }
    )


def truth_rows(odds: Floats, departures: Departures, reason: Ints, customers: Customers, world: World) -> pl.DataFrame:
    """One row per customer and month end: churn probability as known then, and the outcome (days as in docs/method.md, section 1)."""
    month_ends = world.calendar.month_ends[1:]
    size, months = len(customers), len(month_ends)
    customer = np.repeat(np.arange(size), months)
    day = np.tile(month_ends, size)
    decided = np.where(departures.silent, departures.left, departures.decided)
    exists = (customers.start[customer] <= day) & (day < decided[customer])
    at_end = odds[:, 1:].ravel()
    has_left = departures.has_left[customer]
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "month_end": date_column(day),
            "exists": pl.Series(exists),
            "log_odds": blank_where_unknown(pl.Series(at_end), exists),
            "hazard": blank_where_unknown(pl.Series(1 / (1 + np.exp(-at_end))), exists),
            "decided_on": date_column(decided[customer], has_left),
            "lost_on": date_column(departures.left[customer], has_left),
            "silent": pl.Series(departures.silent[customer]),
            "reason": pick(words.REASONS, reason[customer], has_left),
        }
    )
