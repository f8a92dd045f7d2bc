"""Customers: tier, region, tenure, size, and how closely they are looked after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from health.demo import words
from health.demo.calendar import BURN_IN, Calendar, Flags, Floats, Ints
from health.demo.columns import date_column, draw_positions, id_column
from health.demo.columns import text_column as pick
from health.demo.world import EMPLOYEES, PRODUCT_SHARE, REGIONS, TIERS, World

OWNERS_A_REGION = EMPLOYEES // len(REGIONS)


@dataclass(frozen=True)
class Customers:
    """A chunk of customers, one position each; `number` is unique over all chunks."""

    number: Ints
    tier: Ints
    region: Ints
    product: Ints
    owner: Ints
    start_month: Ints
    start_of_month: Ints
    start: Ints
    signed: Ints
    arrived: Flags
    revenue: Floats
    frailty: Floats
    temper: Floats
    skill: Floats

    def __len__(self) -> int:
        return len(self.number)


def draw_customers(rng: np.random.Generator, world: World, first_number: int, size: int) -> Customers:
    """62 % exist on day one with tenure exp(40 months, cap 140); the others arrive evenly over the months on file."""
    calendar = world.calendar
    tier = draw_positions(rng, (0.15, 0.35, 0.50), size)
    region = rng.integers(0, len(REGIONS), size)
    product = draw_positions(rng, tuple(PRODUCT_SHARE), size)
    owner = region + len(REGIONS) * rng.integers(0, OWNERS_A_REGION, size)
    arrived = rng.random(size) >= 0.62
    tenure = np.minimum(rng.exponential(40, size), 140).astype(np.int64)
    start_month = np.where(arrived, rng.integers(0, calendar.months, size), -1 - tenure)
    start_of_month = np.where(rng.random(size) < 0.5, 1, rng.integers(1, 29, size))
    start = calendar.day(start_month, start_of_month)
    signed = start - rng.integers(3, 21, size)
    signed = np.where(arrived, np.maximum(signed, calendar.first_day), signed)
    revenue = np.array([2500.0, 800.0, 250.0])[tier] * np.exp(rng.normal(0, 0.5, size))
    frailty, temper = rng.normal(0, 1, (2, size))
    number = first_number + np.arange(size)
    skill = world.skill[owner]
    return Customers(
        number, tier, region, product, owner, start_month, start_of_month, start, signed, arrived, revenue, frailty, temper, skill
    )


def attention(rng: np.random.Generator, customers: Customers, calendar: Calendar) -> Floats:
    """How closely each customer is looked after in each simulated month: the owner's skill plus a slow random swing."""
    swing = np.empty((len(customers), BURN_IN + calendar.months))
    swing[:, 0] = rng.normal(0, 1, len(customers))
    steps = rng.normal(0, np.sqrt(1 - 0.94**2), swing.shape)
    for month in range(1, swing.shape[1]):
        swing[:, month] = 0.94 * swing[:, month - 1] + steps[:, month]
    closeness: Floats = 0.30 * customers.skill[:, None] + 0.55 * swing
    return closeness


def customer_rows(rng: np.random.Generator, customers: Customers) -> pl.DataFrame:
    """The customers table; one in fifty belongs to a group led by an earlier customer."""
    size = len(customers)
    in_group = (rng.random(size) < 0.02) & (np.arange(size) > 0)
    parent = customers.number[0] + (rng.random(size) * np.arange(size)).astype(np.int64)
    segment = np.minimum(customers.tier + (rng.random(size) < 0.15), len(words.SEGMENTS) - 1)
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number),
            "name": _names(customers.number),
            "customer_since": date_column(customers.start),
            "tier": pick(TIERS, customers.tier),
            "segment": pick(words.SEGMENTS, segment),
            "region": pick(REGIONS, customers.region),
            "owner": id_column("E", customers.owner),
            "parent_id": id_column("C", parent, in_group),
        }
    )


def _names(number: Ints) -> pl.Series:
    """A distinct name for every number: each combination of words once, then again with a branch number."""
    name_parts = (words.STEMS, words.ENDINGS, words.TRADES, words.FORMS)
    combinations = int(np.prod([len(words_of_part) for words_of_part in name_parts]))
    combination = (number * 104_729 + 7_919) % combinations
    stem, ending, trade, form = np.unravel_index(combination, [len(words_of_part) for words_of_part in name_parts])
    other_script = pl.Series(stem >= words.COMPOUNDING)
    first_word = pl.when(other_script).then(pick(words.APART, ending)).otherwise(pick(words.ENDINGS, ending))
    branch = pl.Series(number // combinations + 1)
    branch_text = pl.when(branch > 1).then(" " + branch.cast(pl.String)).otherwise(pl.lit(""))
    name = pl.concat_str(
        pick(words.STEMS, stem), first_word, pl.lit(" "), pick(words.TRADES, trade), pl.lit(" "), pick(words.FORMS, form), branch_text
    )
    return pl.select(name).to_series()
