"""Monthly churn probability, and which customers leave when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from health.demo.calendar import BURN_IN, Flags, Floats, Ints
from health.demo.customers import Customers
from health.demo.lines import NOTICE_DAYS, Lines, value_of_line
from health.demo.world import CADENCE_DAYS, World

NEVER = np.iinfo(np.int32).max
SILENT_SHARE = 0.30


@dataclass(frozen=True)
class Causes:
    """Causes of the decision, as known at each month end (customer x month end)."""

    window: Flags
    contact: Floats
    burden: Floats
    gap: Floats
    incident: Flags

    def log_odds(self, lines: Lines, customers: Customers, world: World) -> Floats:
        """The churn law (docs/method.md, section 9): log odds of a decision in the month after each month end."""
        laws, calendar = world.laws, world.calendar
        years = np.maximum(calendar.month_ends - customers.start[:, None], 0) / 365.25
        coming = (calendar.first_month + np.arange(calendar.months + 1)).astype(np.int64) % 12
        odds: Floats = laws.base + laws.window * self.window + laws.rolling * lines.rolling[:, None] + laws.contact * self.contact
        odds = odds + laws.complaints * self.burden + laws.price * self.gap + laws.years * np.log2(1 + years)
        odds = odds + laws.incident * self.incident + laws.season * np.isin(coming, (0, 8)) + laws.frailty * customers.frailty[:, None]
        return odds


@dataclass(frozen=True)
class Departures:
    """Per customer, as day numbers (NEVER: stays): decision, announcement, last day; and the month of the decision."""

    decided: Ints
    announced: Ints
    left: Ints
    month: Ints

    @property
    def has_left(self) -> Flags:
        """Whether each customer leaves."""
        return self.decided < NEVER

    @property
    def silent(self) -> Flags:
        """Whether each customer leaves without notice."""
        without_word: Flags = self.has_left & (self.announced == NEVER)
        return without_word


def contact_excess(days_since: Ints, customers: Customers) -> Floats:
    """Days since the last talk over the agreed days, at most 4, minus 1."""
    excess: Floats = np.minimum(days_since / CADENCE_DAYS[customers.tier][:, None], 4) - 1
    return excess


def recent_incident(customers: Customers, world: World) -> Flags:
    """Whether the customer's product and region had an incident within the last three months (customer x month end)."""
    recent_months = world.incident[customers.product, customers.region][:, BURN_IN - 3 :]
    return recent_months[:, :-2] | recent_months[:, 1:-1] | recent_months[:, 2:]


def draw_departures(rng: np.random.Generator, odds: Floats, window: Flags, lines: Lines, customers: Customers, world: World) -> Departures:
    """The first month with u < hazard ends a history: in the window at the agreed end (30 % silent), otherwise 30 days after notice."""
    calendar, size = world.calendar, len(customers)
    hazard = 1 / (1 + np.exp(-odds[:, :-1]))
    decides = (rng.random(hazard.shape) < hazard) & (customers.start[:, None] <= calendar.month_ends[:-1])
    has_left, month = decides.any(axis=1), decides.argmax(axis=1)
    current = lines.last_line(lines.start, calendar.month_ends[month])
    renewing = window[np.arange(size), month]
    month_start, latest = calendar.day(month), calendar.day(month + 1) - 1
    # a customer leaving at the agreed end decides before the day a renewal would have been signed
    limit = np.where(renewing, np.minimum(value_of_line(lines.signed, current + 1), latest), latest)
    decided = month_start + (rng.random(size) * (limit - month_start + 1)).astype(np.int64)
    last_signed_line = lines.last_line(lines.signed, decided - 1)
    notice_end = np.maximum(decided + NOTICE_DAYS, value_of_line(lines.start, last_signed_line) + NOTICE_DAYS - 1)
    left_on = np.where(renewing, value_of_line(lines.end, last_signed_line), notice_end).astype(np.int64)
    silent = renewing & (rng.random(size) < SILENT_SHARE)
    return Departures(
        decided=np.where(has_left, decided, NEVER),
        announced=np.where(has_left & ~silent, decided, NEVER),
        left=np.where(has_left, left_on, NEVER),
        month=np.where(has_left, month, -1),
    )
