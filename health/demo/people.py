"""The people: those at the customers, and the staff."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import Calendar, Ints
from health.demo.columns import blank_where_unknown, date_column, id_column
from health.demo.columns import text_column as pick
from health.demo.customers import OWNERS_A_REGION, Customers
from health.demo.world import EMPLOYEES, REGIONS


def contact_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar) -> tuple[pl.DataFrame, Ints]:
    """One to four people each (a fifth of the particulars missing), and how many each customer has."""
    people = 1 + rng.binomial(3, np.array([0.7, 0.4, 0.2])[customers.tier])
    customer = np.repeat(np.arange(len(customers)), people)
    rank = np.arange(len(customer)) - np.repeat(people.cumsum() - people, people)
    given_name, family = rng.integers(0, len(words.GIVEN), len(customer)), rng.integers(0, len(words.FAMILY), len(customer))
    role = np.where(rank == 0, 0, rng.integers(1, 5, len(customer)))
    left_on = calendar.first_day + (rng.random(len(customer)) * (calendar.last_day - calendar.first_day)).astype(np.int64)
    number = customers.number[customer] * 4 + rank
    domain = id_column("c", customers.number[customer]).str.to_lowercase() + ".example"
    roles = ("decision_maker", "user", "technical", "billing", "other")
    frame = pl.DataFrame(
        {
            "contact_id": id_column("P", number),
            "customer_id": id_column("C", customers.number[customer]),
            "name": pick(words.GIVEN, given_name) + " " + pick(words.FAMILY, family),
            "role": pick(roles, role, rng.random(len(customer)) >= 0.20),
            "email": blank_where_unknown("p" + pl.Series(rank).cast(pl.String) + "@" + domain, rng.random(len(customer)) >= 0.20),
            "phone": id_column("+49 555 ", rng.integers(0, 10_000_000, len(customer)), rng.random(len(customer)) >= 0.20),
            "is_primary": pl.Series(rank == 0),
            "active_from": date_column(customers.signed[customer], customers.arrived[customer]),
            "active_to": date_column(left_on, (rng.random(len(customer)) < 0.06) & ~customers.arrived[customer]),
        }
    )
    return frame, people


def employee_rows() -> pl.DataFrame:
    """The staff: the accounts' owners sit in the team of their region, those left over at the service desk."""
    number = np.arange(EMPLOYEES)
    team = np.where(number < OWNERS_A_REGION * len(REGIONS), number % len(REGIONS), len(REGIONS))
    at = number * 7 % len(words.FAMILY)
    return pl.DataFrame(
        {
            "employee_id": id_column("E", number),
            "name": pick(words.GIVEN, number * 11 % len(words.GIVEN)) + " " + pick(words.FAMILY, at),
            "team": pick(words.TEAMS, team),
            "email": "staff" + pl.Series(number).cast(pl.String) + "@reseller.example",
        }
    )
