"""Contract lines as they would follow each other if nobody churned: terms, signings, prices against the market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from health.demo.calendar import Flags, Floats, Ints
from health.demo.columns import draw_positions
from health.demo.customers import Customers
from health.demo.world import PRODUCT_PRICE, World

Value = TypeVar("Value", np.int64, np.float64)

LEAST_LEAD_DAYS = 21
WINDOW_MONTHS = 3
NOTICE_DAYS = 30


@dataclass(frozen=True)
class Lines:
    """All lines a chunk would have if nobody churned: customer x line. A rolling line is replaced by a newly priced one after `end`."""

    rolling: Flags
    start: Ints
    end: Ints
    signed: Ints
    price: Floats
    market: Floats
    quantity: Ints

    def last_line(self, line_days: Ints, day: Ints) -> Ints:
        """Position of the last line with `line_days` (starts or signings) on or before the day, per customer."""
        position: Ints = np.maximum((line_days <= day[:, None]).sum(axis=1) - 1, 0)
        return position


def value_of_line(values: npt.NDArray[Value], line: Ints) -> npt.NDArray[Value]:
    """The value of one line per customer."""
    return np.take_along_axis(values, line[:, None], axis=1)[:, 0]


def draw_lines(rng: np.random.Generator, customers: Customers, world: World) -> Lines:
    """Terms 12, 24, 36 months or rolling (re-priced every 24); the premium over market shrinks to 0.6 at each renewal."""
    calendar, size = world.calendar, len(customers)
    term_kind = draw_positions(rng, (0.45, 0.25, 0.12, 0.18), size)
    term, rolling = np.array([12, 24, 36, 24])[term_kind], term_kind == 3
    months_served = -customers.start_month - (customers.start_of_month > 1)
    term_number = np.where(customers.arrived, 0, months_served // term)[:, None] + np.arange((calendar.months + 6) // 12 + 3)
    month = customers.start_month[:, None] + term_number * term[:, None]
    start = calendar.day(month, customers.start_of_month[:, None])
    end = calendar.day(month + term[:, None], customers.start_of_month[:, None]) - 1
    # signing falls in the month after the last month end of the renewal window, so a line signed in time is never undone
    latest = start - 1 - LEAST_LEAD_DAYS
    earliest = calendar.day(calendar.month(latest))
    signed = earliest + (rng.random(start.shape) * (latest - earliest + 1)).astype(np.int64)
    signed = np.where(term_number == 0, customers.signed[:, None], signed)
    product, region = customers.product[:, None], customers.region[:, None]
    market = world.price(product, region, np.minimum(month, calendar.months - 1))
    premium = rng.normal(0.04, 0.08, size)[:, None] * 0.6**term_number
    growth = np.exp(rng.normal(0.02, 0.12, start.shape).cumsum(axis=1))
    quantity = np.maximum(1, np.rint(customers.revenue[:, None] / PRODUCT_PRICE[product] * growth)).astype(np.int64)
    return Lines(rolling, start, end, signed, np.round(market * (1 + premium), 2), market, quantity)


def price_gap(lines: Lines, customers: Customers, world: World) -> Floats:
    """Own price over the true market price, minus 1, at every month end (customer x month end)."""
    month_ends = world.calendar.month_ends
    gap = np.empty((len(customers), len(month_ends)))
    for position, day in enumerate(month_ends):
        own_price = value_of_line(lines.price, lines.last_line(lines.start, np.full(len(customers), day)))
        gap[:, position] = own_price / world.price(customers.product, customers.region, np.full(len(customers), position - 1)) - 1
    return gap


def renewal_window(lines: Lines, world: World) -> Flags:
    """Is a fixed term within the last three month ends before its successor would be signed (customer x month end)?"""
    months = np.arange(world.calendar.months + 1)
    inside = np.zeros((len(lines.rolling), len(months)), dtype=bool)
    for line in range(1, lines.start.shape[1]):
        ahead = world.calendar.month(lines.signed[:, line])[:, None] - months
        inside |= (ahead >= 0) & (ahead < WINDOW_MONTHS)
    return inside & ~lines.rolling[:, None]
