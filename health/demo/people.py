"""The people: those at the customers, and the staff."""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import Calendar, Ints
from health.demo.columns import blank, dates, ids
from health.demo.columns import words as pick
from health.demo.customers import OWNERS_A_REGION, Customers
from health.demo.world import EMPLOYEES, REGIONS


def contact_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar) -> tuple[pl.DataFrame, Ints]:
    """One to four people each (a fifth of the particulars missing), and how many each customer has."""
    people = 1 + rng.binomial(3, np.array([0.7, 0.4, 0.2])[customers.tier])
    who = np.repeat(np.arange(len(customers)), people)
    rank = np.arange(len(who)) - np.repeat(people.cumsum() - people, people)
    given, family = rng.integers(0, len(words.GIVEN), len(who)), rng.integers(0, len(words.FAMILY), len(who))
    role = np.where(rank == 0, 0, rng.integers(1, 5, len(who)))
    left = calendar.first_day + (rng.random(len(who)) * (calendar.last_day - calendar.first_day)).astype(np.int64)
    number = customers.number[who] * 4 + rank
    domain = ids("c", customers.number[who]).str.to_lowercase() + ".example"
    roles = ("decision_maker", "user", "technical", "billing", "other")
    frame = pl.DataFrame(
        {
            "contact_id": ids("P", number),
            "customer_id": ids("C", customers.number[who]),
            "name": pick(words.GIVEN, given) + " " + pick(words.FAMILY, family),
            "role": pick(roles, role, rng.random(len(who)) >= 0.20),
            "email": blank("p" + pl.Series(rank).cast(pl.String) + "@" + domain, rng.random(len(who)) >= 0.20),
            "phone": ids("+49 555 ", rng.integers(0, 10_000_000, len(who)), rng.random(len(who)) >= 0.20),
            "is_primary": pl.Series(rank == 0),
            "active_from": dates(customers.signed[who], customers.arrived[who]),
            "active_to": dates(left, (rng.random(len(who)) < 0.06) & ~customers.arrived[who]),
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
            "employee_id": ids("E", number),
            "name": pick(words.GIVEN, number * 11 % len(words.GIVEN)) + " " + pick(words.FAMILY, at),
            "team": pick(words.TEAMS, team),
            "email": "staff" + pl.Series(number).cast(pl.String) + "@reseller.example",
        }
    )
