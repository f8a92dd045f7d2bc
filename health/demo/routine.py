"""The daily business around a customer: plans, surveys, promises, referrals, opportunities.

Everything ends with the customer (`left`) and with the book; what was due or answered later is still open.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import Calendar, Floats, Ints
from health.demo.columns import SECONDS, blank, dates, draw, ids, instants, money
from health.demo.columns import words as pick
from health.demo.customers import Customers
from health.demo.hazard import Leaving
from health.demo.world import CADENCE_DAYS


def diary_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar, leaving: Leaving) -> pl.DataFrame:
    """A contact is planned every agreed number of days; 90 % are entered, those of a customer who gives notice are called off."""
    every = CADENCE_DAYS[customers.tier]
    count = (calendar.last_day + 45 - calendar.first_day) // every.min() + 1
    planned = calendar.first_day + (rng.random(len(customers)) * every).astype(np.int64)[:, None] + every[:, None] * np.arange(count)
    planned = planned - np.select([(planned + 3) % 7 == 5, (planned + 3) % 7 == 6], [1, -1], 0)
    created = np.maximum(planned - rng.integers(7, 46, planned.shape), calendar.first_day)
    entered = (rng.random(planned.shape) < 0.90) & (created <= calendar.last_day) & (planned > customers.start[:, None])
    entered &= (created >= customers.signed[:, None]) & (created < np.minimum(leaving.said, leaving.left)[:, None])
    who, nth = np.nonzero(entered)
    planned, created = planned[who, nth], created[who, nth]
    said = leaving.said[who]
    dropped = (rng.random(len(who)) < 0.03) & (planned - 2 >= created) & (planned - 2 <= calendar.last_day)
    off = np.where(dropped, np.minimum(planned - 2, said), said)
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "planned_on": dates(planned),
            "created_on": dates(created),
            "channel": pick(words.CHANNELS, draw(rng, (0.5, 0.1, 0.25, 0.15), len(who))),
            "employee_id": ids("E", customers.owner[who]),
            "cancelled_on": dates(off, dropped | ((planned > leaving.left[who]) & (said <= calendar.last_day))),
        }
    )


def survey_rows(
    rng: np.random.Generator, odds: Floats, customers: Customers, people: Ints, calendar: Calendar, leaving: Leaving
) -> pl.DataFrame:
    """Asked every half year, 45 % answer: 8.2 - 0.55 (log odds + 4.6) + N(0, 1.6) on 0..10."""
    count = (calendar.last_day - calendar.first_day) // 182 + 1
    asked = calendar.first_day + rng.integers(0, 182, len(customers))[:, None] + 182 * np.arange(count)
    who, nth = np.nonzero((asked > customers.start[:, None] + 30) & (asked <= np.minimum(leaving.left, calendar.last_day)[:, None]))
    asked, size = asked[who, nth], len(who)
    answered = asked + np.minimum(rng.exponential(4, size).astype(np.int64), 28)
    known = (rng.random(size) < 0.45) & (answered <= np.minimum(leaving.left[who], calendar.last_day))
    mood = 8.2 - 0.55 * (odds[who, calendar.month(asked)] + 4.6) + rng.normal(0, 1.6, size)
    score = np.clip(np.rint(mood), 0, 10)
    person = customers.number[who] * 4 + (rng.random(size) * people[who]).astype(np.int64)
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "kind": pick(("nps",), np.zeros(size, dtype=np.int64)),
            "asked_on": dates(asked),
            "answered_on": dates(answered, known),
            "score": blank(pl.Series(score), known),
            "scale_min": pl.Series(np.zeros(size)),
            "scale_max": pl.Series(np.full(size, 10.0)),
            "contact_id": ids("P", person),
        }
    )


def promise_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar, leaving: Leaving) -> pl.DataFrame:
    """One a year or so beside the handover; kept in time more often by the skilled, forgotten in 4 %."""
    who, made = _some_days(rng, 0.09, customers, calendar, leaving)
    size = len(who)
    given_days = rng.integers(1, 11, size)
    due = (made + given_days) * SECONDS + 17 * 3600
    needed_days = (given_days + 1) * np.exp(rng.normal(-0.55, 0.6, size) - 0.2 * customers.skill[who])
    delivered = (made + needed_days.astype(np.int64)) * SECONDS + rng.integers(9 * 3600, 17 * 3600, size)
    known = (rng.random(size) >= 0.04) & (delivered < (calendar.last_day + 1) * SECONDS)
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "kind": pick(("delivery", "callback", "other"), draw(rng, (0.45, 0.40, 0.15), size)),
            "promised_on": dates(made),
            "due_at": instants(due),
            "delivered_at": instants(delivered, known),
            "comment": pick(words.DELIVERIES, rng.integers(0, len(words.DELIVERIES), size)),
        }
    )


def referral_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar, leaving: Leaving) -> pl.DataFrame:
    """One newcomer in ten was sent by somebody already there; most other referrals came to nothing."""
    new = np.flatnonzero(customers.arrived & (rng.random(len(customers)) < 0.10))
    by = rng.integers(0, len(customers), len(new))
    made = customers.signed[new] - rng.integers(10, 60, len(new))
    fits = (made >= calendar.first_day) & (customers.start[by] < made) & (made < np.minimum(leaving.said, leaving.left)[by])
    who, plain = _some_days(rng, 0.004, customers, calendar, leaving)
    none = np.zeros(len(who), dtype=np.int64)
    won = np.concatenate([np.ones(int(fits.sum()), dtype=bool), none > 0])
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[np.concatenate([by[fits], who])]),
            "made_on": dates(np.concatenate([made[fits], plain])),
            "referred_id": ids("C", np.concatenate([customers.number[new[fits]], none]), won),
            "won_on": dates(np.concatenate([customers.signed[new[fits]], none]), won),
        }
    )


def opportunity_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar, leaving: Leaving) -> pl.DataFrame:
    """A few offers of more; a third is won, those not closed by the book's end are open."""
    who, opened = _some_days(rng, 0.008, customers, calendar, leaving)
    size = len(who)
    closed = opened + rng.integers(7, 100, size)
    done = closed <= np.minimum(calendar.last_day, leaving.left[who])
    return pl.DataFrame(
        {
            "customer_id": ids("C", customers.number[who]),
            "kind": pick(("upsell", "cross_sell"), draw(rng, (0.6, 0.4), size)),
            "opened_on": dates(opened),
            "closed_on": dates(closed, done),
            "outcome": pick(("won", "lost", "open"), np.where(done, draw(rng, (0.35, 0.65), size), 2)),
            "monthly_value": money(customers.revenue[who] * rng.uniform(0.05, 0.30, size)),
        }
    )


def _some_days(rng: np.random.Generator, a_month: float, customers: Customers, calendar: Calendar, leaving: Leaving) -> tuple[Ints, Ints]:
    """Customers and days of events that come at a steady rate while the customer is there and has not given notice."""
    counts = rng.poisson(a_month, (len(customers), calendar.months))
    at = np.repeat(np.arange(counts.size), counts.ravel())
    who, month = at // counts.shape[1], at % counts.shape[1]
    day = calendar.working_day(month, rng.random(len(who)))
    there = (day > customers.start[who]) & (day < np.minimum(leaving.said, leaving.left)[who])
    return who[there], day[there]
