"""Contacts: talks, calls nobody answered, newsletters, the first call to a new customer, and calls about complaints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import BURN_IN, Calendar, Floats, Ints
from health.demo.columns import SECONDS, blank, draw, ids, instants
from health.demo.columns import words as pick
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

    who: Ints
    second: Ints
    kind: Ints

    @property
    def day(self) -> Ints:
        """The day of each contact."""
        return self.second // SECONDS


def draw_contacts(rng: np.random.Generator, customers: Customers, complaints: Complaints, felt: Floats, calendar: Calendar) -> Contacts:
    """Talks are Poisson(1.05 x days / agreed days x exp(attention)) a month, unanswered calls half as many, newsletters 90 %."""
    days = np.diff(calendar.day(np.append(calendar.lived, calendar.months)))
    rate = 1.05 * days / CADENCE_DAYS[customers.tier][:, None] * np.exp(felt)
    batches = []
    for kind, mean in ((TALK, rate), (UNANSWERED, rate / 2)):
        who, month = _expand(rng.poisson(mean))
        day = calendar.working_day(month - BURN_IN, rng.random(len(who)))
        batches.append((who, day * SECONDS + rng.integers(8 * 3600, 18 * 3600, len(who)), kind))
    who, month = np.nonzero(rng.random(rate.shape) < 0.90)
    day = calendar.working_day(month - BURN_IN, np.full(len(who), 0.45))
    batches.append((who, day * SECONDS + 7 * 3600 + rng.integers(0, 900, len(who)), NEWSLETTER))
    who = np.flatnonzero(customers.arrived & (rng.random(len(customers)) < 0.92))
    later = rng.choice(np.array([0, 1, 2, 4]), len(who), p=[0.25, 0.55, 0.12, 0.08])
    batches.append((who, (customers.signed[who] + later) * SECONDS + rng.integers(15 * 3600, 18 * 3600, len(who)), HANDOVER))
    spoken = rng.random(len(complaints.who)) < 0.6
    batches.append((complaints.who[spoken], complaints.opened[spoken], COMPLAINT))
    whose, seconds, kinds = zip(*batches, strict=True)
    who, second = np.concatenate(whose), np.concatenate(seconds)
    sort = np.repeat(kinds, [len(batch) for batch in whose])
    day = second // SECONDS
    begun = (day >= np.where(sort == HANDOVER, customers.signed[who], customers.start[who])) & (day <= calendar.last_day)
    return Contacts(who[begun], second[begun], sort[begun])


def days_since_talk(contacts: Contacts, customers: Customers, calendar: Calendar) -> Ints:
    """Days since the customer last took part, since the start if never (customer x month end)."""
    last = np.full((len(customers), BURN_IN + calendar.months + 1), np.iinfo(np.int64).min)
    two_way = np.isin(contacts.kind, (TALK, HANDOVER, COMPLAINT))
    np.maximum.at(last, (contacts.who[two_way], calendar.month(contacts.day[two_way]) + BURN_IN + 1), contacts.day[two_way])
    last[:, 0] = np.maximum(customers.start, calendar.day(np.array(-BURN_IN)))
    since: Ints = calendar.ends - np.maximum.accumulate(last, axis=1)[:, BURN_IN:]
    return np.maximum(since, 0)


def interaction_rows(
    rng: np.random.Generator, contacts: Contacts, customers: Customers, people: Ints, calendar: Calendar, left: Ints
) -> pl.DataFrame:
    """The contacts on file: 12 % of the human ones were never logged, 7 % were held by a colleague of the owner."""
    size = len(contacts.who)
    on_file = (contacts.kind == NEWSLETTER) | (rng.random(size) >= 0.12) | (contacts.kind >= HANDOVER)
    on_file &= (contacts.day >= calendar.first_day) & (contacts.day <= left[contacts.who])
    who, second, kind = contacts.who[on_file], contacts.second[on_file], contacts.kind[on_file]
    size, human = len(who), kind != NEWSLETTER
    channel = draw(rng, (0.42, 0.28, 0.12, 0.10, 0.08), size)
    channel = np.select([kind == NEWSLETTER, kind >= UNANSWERED], [5, channel % 2], channel)
    direction = np.where(kind == TALK, draw(rng, (0.60, 0.25, 0.15), size), np.where(kind == COMPLAINT, 1, 0))
    purpose = draw(rng, (0.26, 0.30, 0.20, 0.12, 0.12), size)
    purpose = np.select([kind == HANDOVER, kind == COMPLAINT, kind == NEWSLETTER], [5, 6, 4], purpose)
    colleague = (rng.random(size) < 0.07) & (kind <= UNANSWERED)
    employee = np.where(colleague, rng.integers(0, EMPLOYEES, size), customers.owner[who])
    person = customers.number[who] * 4 + (rng.random(size) ** 2 * people[who]).astype(np.int64)
    waited = np.minimum(np.exp(rng.normal(4.0, 0.9, size)), 3600).astype(np.int64)
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "occurred_at": instants(second),
            "channel": pick(CHANNELS, channel),
            "direction": pick(DIRECTIONS, direction),
            "outcome": pick(OUTCOMES, (kind == UNANSWERED).astype(np.int64), human),
            "automated": pl.Series(~human),
            "purpose": pick(PURPOSES, purpose),
            "employee_id": ids("E", employee, human),
            "contact_id": ids("P", person, human & (rng.random(size) < 0.85)),
            "wait_seconds": blank(pl.Series(waited), (direction == 1) & (channel == 0)),
            "comment": pick(words.NOTES, rng.integers(0, len(words.NOTES), size), (kind == TALK) & (rng.random(size) < 0.12)),
        }
    )


def _expand(counts: Ints) -> tuple[Ints, Ints]:
    """Row and column of every counted event."""
    at = np.repeat(np.arange(counts.size), counts.ravel())
    return at // counts.shape[1], at % counts.shape[1]
