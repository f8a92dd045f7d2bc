"""Monthly invoices, payments and usage."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo.calendar import Calendar, Flags, Floats, Ints
from health.demo.columns import date_column, id_column, money_column
from health.demo.columns import text_column as pick
from health.demo.customers import Customers
from health.demo.hazard import Departures
from health.demo.lines import Lines
from health.demo.world import PRODUCTS

METRICS = ("gigabytes", "gigabytes", "minutes", "seat_hours")
ALLOWANCE = np.array([20, 400, 300, 160])


def billed_units(lines: Lines, customers: Customers, calendar: Calendar, departures: Departures) -> tuple[Ints, Ints, Ints]:
    """(customer, month, line in force on the first day of the month), one position per billed month."""
    customer, month = np.nonzero(is_customer(customers, calendar, departures))
    first_days = calendar.day(month)
    return customer, month, np.maximum((lines.start[customer] <= first_days[:, None]).sum(axis=1) - 1, 0)


def is_customer(customers: Customers, calendar: Calendar, departures: Departures) -> Flags:
    """Whether the customer is active on the first day of each month on file (customer x month)."""
    first_days = calendar.day(np.arange(calendar.months))
    present: Flags = (customers.start[:, None] <= first_days) & (first_days <= departures.left[:, None])
    return present


def invoice_rows(
    rng: np.random.Generator, billed: tuple[Ints, Ints, Ints], lines: Lines, customers: Customers, calendar: Calendar
) -> pl.DataFrame:
    """One invoice per month, due in 30 days; lognormal delay, longer for frail customers; a few are forgotten or disputed."""
    customer, month, line = billed
    size, issued = len(customer), calendar.day(month)
    disputed = rng.random(size) < 0.008
    slowness = np.where(disputed | (rng.random(size) < 0.012), 3.0, 1.0)
    paid_on = issued + (23 * np.exp(0.22 * customers.frailty[customer] + rng.normal(0, 0.35, size)) * slowness).astype(np.int64)
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "issued_on": date_column(issued),
            "due_on": date_column(issued + 30),
            "amount": money_column(lines.price[customer, line] * lines.quantity[customer, line]),
            "paid_on": date_column(paid_on, paid_on <= calendar.last_day),
            "disputed": pl.Series(disputed),
            "written_off": pl.Series(np.zeros(size, dtype=bool)),
        }
    )


def usage_rows(
    rng: np.random.Generator, billed: tuple[Ints, Ints, Ints], odds: Floats, lines: Lines, customers: Customers, calendar: Calendar
) -> pl.DataFrame:
    """Usage: the customer's usual share of the allowance, slightly lower where churn is more likely."""
    customer, month, line = billed
    habit = rng.normal(0.78, 0.12, len(customers))[customer]
    share = np.clip(habit - 0.03 * (odds[customer, month] + 4.6) + rng.normal(0, 0.05, len(customer)), 0.03, 1.0)
    product = customers.product[customer]
    licensed = lines.quantity[customer, line] * ALLOWANCE[product]
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "month": date_column(calendar.day(month)),
            "product": pick(PRODUCTS, product),
            "metric": pick(METRICS, product),
            "used": pl.Series(np.rint(licensed * share).astype(np.int64)),
            "licensed": pl.Series(licensed),
        }
    )
