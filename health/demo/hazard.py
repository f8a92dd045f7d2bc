"""The chance of deciding to leave, month by month, and who leaves when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from health.demo.calendar import BURN_IN, Flags, Floats, Ints
from health.demo.customers import Customers
from health.demo.lines import NOTICE_DAYS, Lines, of_line
from health.demo.world import CADENCE_DAYS, World

NEVER = np.iinfo(np.int32).max
SILENT_SHARE = 0.30


@dataclass(frozen=True)
class Causes:
    """What moves the decision, as known at each month end (customer x month end)."""

    window: Flags
    contact: Floats
    burden: Floats
    gap: Floats
    incident: Flags

    def log_odds(self, lines: Lines, customers: Customers, world: World) -> Floats:
        """The churn law (docs/method.md, section 9): log odds of a decision in the month after each month end."""
        laws, calendar = world.laws, world.calendar
        years = np.maximum(calendar.ends - customers.start[:, None], 0) / 365.25
        coming = (calendar.first_month + np.arange(calendar.months + 1)).astype(np.int64) % 12
        odds: Floats = laws.base + laws.window * self.window + laws.rolling * lines.rolling[:, None] + laws.contact * self.contact
        odds = odds + laws.complaints * self.burden + laws.price * self.gap + laws.years * np.log2(1 + years)
        odds = odds + laws.incident * self.incident + laws.season * np.isin(coming, (0, 8)) + laws.frailty * customers.frailty[:, None]
        return odds


@dataclass(frozen=True)
class Leaving:
    """Per customer, as day numbers (NEVER = stays): the decision, the day it is said, the last day, and the month of the decision."""

    decided: Ints
    said: Ints
    left: Ints
    month: Ints

    @property
    def leaves(self) -> Flags:
        """Who leaves."""
        return self.decided < NEVER

    @property
    def silent(self) -> Flags:
        """Who leaves without a word."""
        without_word: Flags = self.leaves & (self.said == NEVER)
        return without_word


def contact_excess(days_since: Ints, customers: Customers) -> Floats:
    """Days since the last talk over the agreed days, at most 4, minus 1."""
    excess: Floats = np.minimum(days_since / CADENCE_DAYS[customers.tier][:, None], 4) - 1
    return excess


def recent_incident(customers: Customers, world: World) -> Flags:
    """Was there an incident in the customer's product and region within the last three months (customer x month end)?"""
    seen = world.incident[customers.product, customers.region][:, BURN_IN - 3 :]
    return seen[:, :-2] | seen[:, 1:-1] | seen[:, 2:]


def draw_leaving(rng: np.random.Generator, odds: Floats, window: Flags, lines: Lines, customers: Customers, world: World) -> Leaving:
    """The first month with u < hazard ends a history: in the window at the agreed end (30 % silent), otherwise 30 days after notice."""
    calendar, size = world.calendar, len(customers)
    hazard = 1 / (1 + np.exp(-odds[:, :-1]))
    hit = (rng.random(hazard.shape) < hazard) & (customers.start[:, None] <= calendar.ends[:-1])
    leaves, month = hit.any(axis=1), hit.argmax(axis=1)
    current = lines.last(lines.start, calendar.ends[month])
    renewing = window[np.arange(size), month]
    first, latest = calendar.day(month), calendar.day(month + 1) - 1
    # whoever leaves at the agreed end decides before the day a successor would have been signed
    limit = np.where(renewing, np.minimum(of_line(lines.signed, current + 1), latest), latest)
    decided = first + (rng.random(size) * (limit - first + 1)).astype(np.int64)
    bound = lines.last(lines.signed, decided - 1)
    ahead = np.maximum(decided + NOTICE_DAYS, of_line(lines.start, bound) + NOTICE_DAYS - 1)
    left = np.where(renewing, of_line(lines.end, bound), ahead).astype(np.int64)
    silent = renewing & (rng.random(size) < SILENT_SHARE)
    return Leaving(
        decided=np.where(leaves, decided, NEVER),
        said=np.where(leaves & ~silent, decided, NEVER),
        left=np.where(leaves, left, NEVER),
        month=np.where(leaves, month, -1),
    )
