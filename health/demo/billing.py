"""Month by month: what is billed, when it is paid, how much of it is used."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo.calendar import Calendar, Flags, Floats, Ints
from health.demo.columns import dates, ids, money
from health.demo.columns import words as pick
from health.demo.customers import Customers
from health.demo.hazard import Leaving
from health.demo.lines import Lines
from health.demo.world import PRODUCTS

METRICS = ("gigabytes", "gigabytes", "minutes", "seat_hours")
ALLOWANCE = np.array([20, 400, 300, 160])


def billed_units(lines: Lines, customers: Customers, calendar: Calendar, leaving: Leaving) -> tuple[Ints, Ints, Ints]:
    """Customer, month and line in force on the first day of every month."""
    who, month = np.nonzero(in_force(customers, calendar, leaving))
    first = calendar.day(month)
    return who, month, np.maximum((lines.start[who] <= first[:, None]).sum(axis=1) - 1, 0)


def in_force(customers: Customers, calendar: Calendar, leaving: Leaving) -> Flags:
    """Is the customer there on the first day of each month on file (customer x month)?"""
    first = calendar.day(np.arange(calendar.months))
    there: Flags = (customers.start[:, None] <= first) & (first <= leaving.left[:, None])
    return there


def invoice_rows(
    rng: np.random.Generator, billed: tuple[Ints, Ints, Ints], lines: Lines, customers: Customers, calendar: Calendar
) -> pl.DataFrame:
    """One a month, due in 30 days; the delay is lognormal, longer for frail customers, and a few are forgotten or disputed."""
    who, month, line = billed
    size, issued = len(who), calendar.day(month)
    disputed = rng.random(size) < 0.008
    slow = np.where(disputed | (rng.random(size) < 0.012), 3.0, 1.0)
    paid = issued + (23 * np.exp(0.22 * customers.frailty[who] + rng.normal(0, 0.35, size)) * slow).astype(np.int64)
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "issued_on": dates(issued),
            "due_on": dates(issued + 30),
            "amount": money(lines.price[who, line] * lines.quantity[who, line]),
            "paid_on": dates(paid, paid <= calendar.last_day),
            "disputed": pl.Series(disputed),
            "written_off": pl.Series(np.zeros(size, dtype=bool)),
        }
    )


def usage_rows(
    rng: np.random.Generator, billed: tuple[Ints, Ints, Ints], odds: Floats, lines: Lines, customers: Customers, calendar: Calendar
) -> pl.DataFrame:
    """Share of the allowance used: the customer's habit, a little less where leaving is likelier."""
    who, month, line = billed
    habit = rng.normal(0.78, 0.12, len(customers))[who]
    share = np.clip(habit - 0.03 * (odds[who, month] + 4.6) + rng.normal(0, 0.05, len(who)), 0.03, 1.0)
    product = customers.product[who]
    licensed = lines.quantity[who, line] * ALLOWANCE[product]
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "month": dates(calendar.day(month)),
            "product": pick(PRODUCTS, product),
            "metric": pick(METRICS, product),
            "used": pl.Series(np.rint(licensed * share).astype(np.int64)),
            "licensed": pl.Series(licensed),
        }
    )
