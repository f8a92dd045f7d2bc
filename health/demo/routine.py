"""The daily business around a customer: plans, surveys, promises, referrals, opportunities.

Everything ends with the customer (`left`) and with the book; what was due or answered later is still open.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import Calendar, Floats, Ints
from health.demo.columns import SECONDS, blank_where_unknown, date_column, draw_positions, id_column, instant_column, money_column
from health.demo.columns import text_column as pick
from health.demo.customers import Customers
from health.demo.hazard import Departures
from health.demo.world import CADENCE_DAYS


def diary_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar, departures: Departures) -> pl.DataFrame:
    """A contact is planned every agreed number of days; 90 % are entered, those of a customer who gives notice are called off."""
    interval_days = CADENCE_DAYS[customers.tier]
    count = (calendar.last_day + 45 - calendar.first_day) // interval_days.min() + 1
    planned = (
        calendar.first_day
        + (rng.random(len(customers)) * interval_days).astype(np.int64)[:, None]
        + interval_days[:, None] * np.arange(count)
    )
    planned = planned - np.select([(planned + 3) % 7 == 5, (planned + 3) % 7 == 6], [1, -1], 0)
    created = np.maximum(planned - rng.integers(7, 46, planned.shape), calendar.first_day)
    entered = (rng.random(planned.shape) < 0.90) & (created <= calendar.last_day) & (planned > customers.start[:, None])
    entered &= (created >= customers.signed[:, None]) & (created < np.minimum(departures.announced, departures.left)[:, None])
    customer, contact_number = np.nonzero(entered)
    planned, created = planned[customer, contact_number], created[customer, contact_number]
    announced = departures.announced[customer]
    called_off = (rng.random(len(customer)) < 0.03) & (planned - 2 >= created) & (planned - 2 <= calendar.last_day)
    cancelled = np.where(called_off, np.minimum(planned - 2, announced), announced)
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "planned_on": date_column(planned),
            "created_on": date_column(created),
            "channel": pick(words.CHANNELS, draw_positions(rng, (0.5, 0.1, 0.25, 0.15), len(customer))),
            "employee_id": id_column("E", customers.owner[customer]),
            "cancelled_on": date_column(cancelled, called_off | ((planned > departures.left[customer]) & (announced <= calendar.last_day))),
        }
    )


def survey_rows(
    rng: np.random.Generator, odds: Floats, customers: Customers, people: Ints, calendar: Calendar, departures: Departures
) -> pl.DataFrame:
    """Asked every half year, 45 % answer: 8.2 - 0.55 (log odds + 4.6) + N(0, 1.6) on 0..10."""
    count = (calendar.last_day - calendar.first_day) // 182 + 1
    asked_on = calendar.first_day + rng.integers(0, 182, len(customers))[:, None] + 182 * np.arange(count)
    customer, survey_number = np.nonzero(
        (asked_on > customers.start[:, None] + 30) & (asked_on <= np.minimum(departures.left, calendar.last_day)[:, None])
    )
    asked_on, size = asked_on[customer, survey_number], len(customer)
    answered = asked_on + np.minimum(rng.exponential(4, size).astype(np.int64), 28)
    has_answer = (rng.random(size) < 0.45) & (answered <= np.minimum(departures.left[customer], calendar.last_day))
    mood = 8.2 - 0.55 * (odds[customer, calendar.month(asked_on)] + 4.6) + rng.normal(0, 1.6, size)
    score = np.clip(np.rint(mood), 0, 10)
    person = customers.number[customer] * 4 + (rng.random(size) * people[customer]).astype(np.int64)
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "kind": pick(("nps",), np.zeros(size, dtype=np.int64)),
            "asked_on": date_column(asked_on),
            "answered_on": date_column(answered, has_answer),
            "score": blank_where_unknown(pl.Series(score), has_answer),
            "scale_min": pl.Series(np.zeros(size)),
            "scale_max": pl.Series(np.full(size, 10.0)),
            "contact_id": id_column("P", person),
        }
    )


def promise_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar, departures: Departures) -> pl.DataFrame:
    """About one promise a year besides the handover; kept more often by skilled owners, forgotten in 4 %."""
    customer, promised = _draw_event_days(rng, 0.09, customers, calendar, departures)
    size = len(customer)
    given_days = rng.integers(1, 11, size)
    due = (promised + given_days) * SECONDS + 17 * 3600
    needed_days = (given_days + 1) * np.exp(rng.normal(-0.55, 0.6, size) - 0.2 * customers.skill[customer])
    delivered = (promised + needed_days.astype(np.int64)) * SECONDS + rng.integers(9 * 3600, 17 * 3600, size)
    is_kept = (rng.random(size) >= 0.04) & (delivered < (calendar.last_day + 1) * SECONDS)
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "kind": pick(("delivery", "callback", "other"), draw_positions(rng, (0.45, 0.40, 0.15), size)),
            "promised_on": date_column(promised),
            "due_at": instant_column(due),
            "delivered_at": instant_column(delivered, is_kept),
            "comment": pick(words.DELIVERIES, rng.integers(0, len(words.DELIVERIES), size)),
        }
    )


def referral_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar, departures: Departures) -> pl.DataFrame:
    """One new customer in ten was referred by an existing one; other referrals are not won."""
    newcomers = np.flatnonzero(customers.arrived & (rng.random(len(customers)) < 0.10))
    referrer = rng.integers(0, len(customers), len(newcomers))
    made_on = customers.signed[newcomers] - rng.integers(10, 60, len(newcomers))
    is_valid = (
        (made_on >= calendar.first_day)
        & (customers.start[referrer] < made_on)
        & (made_on < np.minimum(departures.announced, departures.left)[referrer])
    )
    customer, other_made_on = _draw_event_days(rng, 0.004, customers, calendar, departures)
    no_one = np.zeros(len(customer), dtype=np.int64)
    won = np.concatenate([np.ones(int(is_valid.sum()), dtype=bool), no_one > 0])
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[np.concatenate([referrer[is_valid], customer])]),
            "made_on": date_column(np.concatenate([made_on[is_valid], other_made_on])),
            "referred_id": id_column("C", np.concatenate([customers.number[newcomers[is_valid]], no_one]), won),
            "won_on": date_column(np.concatenate([customers.signed[newcomers[is_valid]], no_one]), won),
        }
    )


def opportunity_rows(rng: np.random.Generator, customers: Customers, calendar: Calendar, departures: Departures) -> pl.DataFrame:
    """A few upsell and cross-sell offers; a third are won, those not closed by the last day are open."""
    customer, opened = _draw_event_days(rng, 0.008, customers, calendar, departures)
    size = len(customer)
    closed = opened + rng.integers(7, 100, size)
    is_closed = closed <= np.minimum(calendar.last_day, departures.left[customer])
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "kind": pick(("upsell", "cross_sell"), draw_positions(rng, (0.6, 0.4), size)),
            "opened_on": date_column(opened),
            "closed_on": date_column(closed, is_closed),
            "outcome": pick(("won", "lost", "open"), np.where(is_closed, draw_positions(rng, (0.35, 0.65), size), 2)),
            "monthly_value": money_column(customers.revenue[customer] * rng.uniform(0.05, 0.30, size)),
        }
    )


def _draw_event_days(
    rng: np.random.Generator, rate_per_month: float, customers: Customers, calendar: Calendar, departures: Departures
) -> tuple[Ints, Ints]:
    """(customer, day) of events at a constant rate while the customer is active and has not given notice."""
    counts = rng.poisson(rate_per_month, (len(customers), calendar.months))
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    customer, month = cell // counts.shape[1], cell % counts.shape[1]
    day = calendar.working_day(month, rng.random(len(customer)))
    is_customer = (day > customers.start[customer]) & (day < np.minimum(departures.announced, departures.left)[customer])
    return customer[is_customer], day[is_customer]
