"""Contacts: talks, unanswered calls, newsletters, handover calls to new customers, and calls about complaints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import BURN_IN, Calendar, Floats, Ints
from health.demo.columns import SECONDS, blank_where_unknown, draw_positions, id_column, instant_column
from health.demo.columns import text_column as pick
from health.demo.complaints import Complaints
from health.demo.customers import Customers
from health.demo.world import CADENCE_DAYS, EMPLOYEES

CHANNELS = (*words.CHANNELS, "newsletter")
PURPOSES = (*words.PURPOSES, "handover", "complaint")
DIRECTIONS = ("out", "in", "both")
OUTCOMES = ("reached", "no_reply", "unknown")
TALK, UNANSWERED, NEWSLETTER, HANDOVER, COMPLAINT = range(5)


@dataclass(frozen=True)
class Contacts:
    """Every contact that took place, one position each, on file or not."""

    customer: Ints
    second: Ints
    kind: Ints

    @property
    def day(self) -> Ints:
        """The day of each contact."""
        return self.second // SECONDS


def draw_contacts(
    rng: np.random.Generator, customers: Customers, complaints: Complaints, attention: Floats, calendar: Calendar
) -> Contacts:
    """Talks are Poisson(1.05 x days / agreed days x exp(attention)) a month, unanswered calls half as many, newsletters 90 %."""
    days = np.diff(calendar.day(np.append(calendar.simulated_months, calendar.months)))
    rate = 1.05 * days / CADENCE_DAYS[customers.tier][:, None] * np.exp(attention)
    batches = []
    for kind, mean in ((TALK, rate), (UNANSWERED, rate / 2)):
        customer, month = _event_positions(rng.poisson(mean))
        day = calendar.working_day(month - BURN_IN, rng.random(len(customer)))
        batches.append((customer, day * SECONDS + rng.integers(8 * 3600, 18 * 3600, len(customer)), kind))
    customer, month = np.nonzero(rng.random(rate.shape) < 0.90)
    day = calendar.working_day(month - BURN_IN, np.full(len(customer), 0.45))
    batches.append((customer, day * SECONDS + 7 * 3600 + rng.integers(0, 900, len(customer)), NEWSLETTER))
    customer = np.flatnonzero(customers.arrived & (rng.random(len(customers)) < 0.92))
    days_later = rng.choice(np.array([0, 1, 2, 4]), len(customer), p=[0.25, 0.55, 0.12, 0.08])
    batches.append(
        (customer, (customers.signed[customer] + days_later) * SECONDS + rng.integers(15 * 3600, 18 * 3600, len(customer)), HANDOVER)
    )
    called = rng.random(len(complaints.customer)) < 0.6
    batches.append((complaints.customer[called], complaints.opened[called], COMPLAINT))
    customers_by_batch, seconds, kinds = zip(*batches, strict=True)
    customer, second = np.concatenate(customers_by_batch), np.concatenate(seconds)
    kind_of_contact = np.repeat(kinds, [len(batch) for batch in customers_by_batch])
    day = second // SECONDS
    is_valid = (day >= np.where(kind_of_contact == HANDOVER, customers.signed[customer], customers.start[customer])) & (
        day <= calendar.last_day
    )
    return Contacts(customer[is_valid], second[is_valid], kind_of_contact[is_valid])


def days_since_talk(contacts: Contacts, customers: Customers, calendar: Calendar) -> Ints:
    """Days since the customer last took part, since the start if never (customer x month end)."""
    last_talk = np.full((len(customers), BURN_IN + calendar.months + 1), np.iinfo(np.int64).min)
    two_way = np.isin(contacts.kind, (TALK, HANDOVER, COMPLAINT))
    np.maximum.at(last_talk, (contacts.customer[two_way], calendar.month(contacts.day[two_way]) + BURN_IN + 1), contacts.day[two_way])
    last_talk[:, 0] = np.maximum(customers.start, calendar.day(np.array(-BURN_IN)))
    days_since: Ints = calendar.month_ends - np.maximum.accumulate(last_talk, axis=1)[:, BURN_IN:]
    return np.maximum(days_since, 0)


def interaction_rows(
    rng: np.random.Generator, contacts: Contacts, customers: Customers, people: Ints, calendar: Calendar, left_on: Ints
) -> pl.DataFrame:
    """The contacts on file: 12 % of those made by people were never logged, 7 % were made by a colleague of the owner."""
    size = len(contacts.customer)
    on_file = (contacts.kind == NEWSLETTER) | (rng.random(size) >= 0.12) | (contacts.kind >= HANDOVER)
    on_file &= (contacts.day >= calendar.first_day) & (contacts.day <= left_on[contacts.customer])
    customer, second, kind = contacts.customer[on_file], contacts.second[on_file], contacts.kind[on_file]
    size, human = len(customer), kind != NEWSLETTER
    channel = draw_positions(rng, (0.42, 0.28, 0.12, 0.10, 0.08), size)
    channel = np.select([kind == NEWSLETTER, kind >= UNANSWERED], [5, channel % 2], channel)
    direction = np.where(kind == TALK, draw_positions(rng, (0.60, 0.25, 0.15), size), np.where(kind == COMPLAINT, 1, 0))
    purpose = draw_positions(rng, (0.26, 0.30, 0.20, 0.12, 0.12), size)
    purpose = np.select([kind == HANDOVER, kind == COMPLAINT, kind == NEWSLETTER], [5, 6, 4], purpose)
    colleague = (rng.random(size) < 0.07) & (kind <= UNANSWERED)
    employee = np.where(colleague, rng.integers(0, EMPLOYEES, size), customers.owner[customer])
    person = customers.number[customer] * 4 + (rng.random(size) ** 2 * people[customer]).astype(np.int64)
    waited = np.minimum(np.exp(rng.normal(4.0, 0.9, size)), 3600).astype(np.int64)
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "occurred_at": instant_column(second),
            "channel": pick(CHANNELS, channel),
            "direction": pick(DIRECTIONS, direction),
            "outcome": pick(OUTCOMES, (kind == UNANSWERED).astype(np.int64), human),
            "automated": pl.Series(~human),
            "purpose": pick(PURPOSES, purpose),
            "employee_id": id_column("E", employee, human),
            "contact_id": id_column("P", person, human & (rng.random(size) < 0.85)),
            "wait_seconds": blank_where_unknown(pl.Series(waited), (direction == 1) & (channel == 0)),
            "comment": pick(words.NOTES, rng.integers(0, len(words.NOTES), size), (kind == TALK) & (rng.random(size) < 0.12)),
        }
    )


def _event_positions(counts: Ints) -> tuple[Ints, Ints]:
    """Row and column of every counted event."""
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    return cell // counts.shape[1], cell % counts.shape[1]
