"""The churn law of the demo, and what all customers share: market prices, incidents, staff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from health.demo.calendar import BURN_IN, Calendar, Flags, Floats, Ints

PRICES_BACK = 48

TIERS = ("A", "B", "C")
CADENCE_DAYS = np.array([30, 45, 90])
REGIONS = ("north", "south", "east", "west", "centre")
PRODUCTS = ("mobile", "internet", "voice", "cloud")
PRODUCT_SHARE = np.array([0.34, 0.30, 0.20, 0.16])
PRODUCT_PRICE = np.array([24.0, 62.0, 14.0, 38.0])
EMPLOYEES = 33


@dataclass(frozen=True)
class Laws:
    """What each fact adds to the log odds of deciding to leave within the coming month."""

    base: float = -5.60
    window: float = 1.65
    rolling: float = 0.95
    contact: float = 0.70
    complaints: float = 0.28
    price: float = 6.5
    years: float = -0.55
    incident: float = 0.45
    season: float = 0.25
    frailty: float = 0.40


WORLDS: dict[str, Laws] = {
    "demo": Laws(),
    "null": Laws(-4.1, 0, 0, 0, 0, 0, 0, 0, 0, frailty=0.8),
    "contact-only": Laws(-4.5, 0, 0, 1.3, 0, 0, 0, 0, 0, 0),
}


@dataclass(frozen=True)
class World:
    """What all customers share. Arrays by product, region and month (market from -PRICES_BACK, incidents from -BURN_IN)."""

    laws: Laws
    calendar: Calendar
    market: Floats
    published: Floats
    incident: Flags
    skill: Floats

    def price(self, product: Ints, region: Ints, month: Ints) -> Floats:
        """The true market price per unit and month."""
        prices: Floats = self.market[product, region, month + PRICES_BACK]
        return prices


def draw_world(name: str, calendar: Calendar, seed: int) -> World:
    """Market prices follow a random walk; 8 % of the published ones are missing (nan), the others carry 1 % noise."""
    rng, months = np.random.default_rng([seed, 0]), calendar.months
    shape = (len(PRODUCTS), len(REGIONS))
    steps = rng.normal(-0.004, 0.008, (*shape, PRICES_BACK + months))
    level = np.log(PRODUCT_PRICE)[:, None, None] + rng.normal(0, 0.03, shape)[:, :, None]
    market = np.exp(level + steps.cumsum(axis=2) - steps[:, :, :PRICES_BACK].sum(axis=2, keepdims=True))
    published = market[:, :, PRICES_BACK:] * (1 + rng.normal(0, 0.01, (*shape, months)))
    published[rng.random(published.shape) < 0.08] = np.nan
    incident = rng.random((*shape, BURN_IN + months)) < 0.03
    skill = rng.normal(0, 1, EMPLOYEES)
    return World(WORLDS[name], calendar, market, published, incident, (skill - skill.mean()) / skill.std())
