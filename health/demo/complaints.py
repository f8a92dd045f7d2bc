"""Complaints: frequency, severity, response and resolution times, and the resulting burden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import BURN_IN, Flags, Floats, Ints
from health.demo.columns import SECONDS, draw_positions, id_column, instant_column
from health.demo.columns import text_column as pick
from health.demo.customers import Customers
from health.demo.world import PRODUCTS, World

WEIGHT = np.array([1.0, 2.0, 4.0, 8.0])
ANSWER_MEDIAN_HOURS, ANSWER_LIMIT_HOURS = np.array([14, 9, 5, 2.5]), np.array([24, 16, 8, 4])
SOLUTION_MEDIAN_HOURS, SOLUTION_LIMIT_HOURS = np.array([70, 60, 45, 30]), np.array([240, 120, 72, 48])
HALF_LIFE_DAYS = 182.625
BURDEN_CAP = 20


@dataclass(frozen=True)
class Complaints:
    """All complaints of a chunk if nobody churned, one position each; times in seconds since 1970-01-01."""

    customer: Ints
    opened: Ints
    severity: Ints
    theme: Ints
    answered: Ints
    solved: Ints
    never_solved: Flags


def draw_complaints(rng: np.random.Generator, customers: Customers, world: World) -> Complaints:
    """Poisson(0.13 exp(0.45 temper - 0.25 skill)) a month, four times as many in an incident; 5 % are never solved."""
    calendar, skill = world.calendar, customers.skill
    incident = world.incident[customers.product, customers.region]
    rate = 0.13 * np.exp(0.45 * customers.temper - 0.25 * skill)[:, None] * np.where(incident, 4.0, 1.0)
    counts = rng.poisson(rate)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    customer, month = cell // counts.shape[1], cell % counts.shape[1]
    size = len(customer)
    month_start, next_month_start = calendar.day(month - BURN_IN), calendar.day(month - BURN_IN + 1)
    day = month_start + (rng.random(size) * (next_month_start - month_start)).astype(np.int64)
    opened = day * SECONDS + rng.integers(7 * 3600, 20 * 3600, size)
    severity = draw_positions(rng, (0.40, 0.35, 0.18, 0.07), size)
    theme = draw_positions(rng, words.THEME_SHARE, size)
    theme = np.where(incident[customer, month] & (rng.random(size) < 0.75), words.THEMES.index("outage"), theme)
    answer_hours = ANSWER_MEDIAN_HOURS[severity] * np.exp(rng.normal(0, 1, size) - 0.40 * skill[customer])
    solution_hours = SOLUTION_MEDIAN_HOURS[severity] * np.exp(rng.normal(0, 1.1, size) - 0.45 * skill[customer])
    answered = opened + (answer_hours * 3600).astype(np.int64)
    solved = answered + (solution_hours * 3600).astype(np.int64)
    is_customer = day >= customers.start[customer]
    values = (customer, opened, severity, theme, answered, solved, rng.random(size) < 0.05)
    return Complaints(*(value[is_customer] for value in values))


def complaint_burden(complaints: Complaints, customers: Customers, world: World) -> Floats:
    """Weight by severity plus 0.6 per missed deadline, halving every six months, capped (customer x month end)."""
    calendar, opened = world.calendar, complaints.opened
    weight = WEIGHT[complaints.severity]
    due_answer = opened + ANSWER_LIMIT_HOURS[complaints.severity] * 3600
    due_solution = opened + SOLUTION_LIMIT_HOURS[complaints.severity] * 3600
    late_answer = complaints.answered > due_answer
    late_solution = (complaints.solved > due_solution) | complaints.never_solved
    anchor, width = calendar.first_day, BURN_IN + calendar.months
    growth = np.exp2((opened / SECONDS - anchor) / HALF_LIFE_DAYS)
    total = np.zeros((len(customers), width))
    for second, share in ((opened, np.ones(len(opened))), (due_answer, 0.6 * late_answer), (due_solution, 0.6 * late_solution)):
        month = calendar.month(second // SECONDS) + BURN_IN
        in_range = month < width
        cell = complaints.customer[in_range] * width + month[in_range]
        total += np.bincount(cell, (weight * share * growth)[in_range], minlength=total.size).reshape(total.shape)
    faded = total.cumsum(axis=1)[:, BURN_IN - 1 :] * np.exp2(-(calendar.month_ends - anchor) / HALF_LIFE_DAYS)
    capped: Floats = np.minimum(faded, BURDEN_CAP)
    return capped


def complaint_rows(rng: np.random.Generator, complaints: Complaints, customers: Customers, world: World, left_on: Ints) -> pl.DataFrame:
    """The complaints on file; responses and resolutions after the last day are not known yet."""
    calendar, day = world.calendar, complaints.opened // SECONDS
    on_file = (day >= calendar.first_day) & (day <= np.minimum(left_on[complaints.customer], calendar.last_day))
    customer, severity, theme = complaints.customer[on_file], complaints.severity[on_file], complaints.theme[on_file]
    answered, solved = complaints.answered[on_file], complaints.solved[on_file]
    end = (calendar.last_day + 1) * SECONDS
    text_variant = rng.integers(0, 3, len(customer))
    texts = [text for name in words.THEMES for text in words.COMPLAINTS[name]]
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number[customer]),
            "opened_at": instant_column(complaints.opened[on_file]),
            "severity": pl.Series(severity + 1),
            "theme": pick(words.THEMES, theme),
            "first_response_at": instant_column(answered, answered < end),
            "resolved_at": instant_column(solved, (solved < end) & ~complaints.never_solved[on_file]),
            "product": pick(PRODUCTS, customers.product[customer]),
            "employee_id": id_column("E", customers.owner[customer]),
            "comment": pick(texts, 3 * theme + text_variant, rng.random(len(customer)) < 0.7),
        }
    )
