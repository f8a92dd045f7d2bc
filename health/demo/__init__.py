"""Generator of a telecom reseller whose true churn probability is known (docs/method.md, section 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from health.demo.book import number_rows, simulate_chunk
from health.demo.calendar import Calendar
from health.demo.contract_life import without_paused_invoices
from health.demo.contracts import market_rows
from health.demo.currency_mix import with_currencies
from health.demo.cut import cut_tables
from health.demo.people import employee_rows
from health.demo.world import WORLDS, draw_world

__all__ = ["WORLDS", "Company", "generate", "with_currencies"]

CHUNK = 10_000
UNTIL = date(2026, 10, 31)
"""The last day of the company unless another is given, so that tests and measurements always see the same one."""


@dataclass(frozen=True)
class Company:
    """The tables a reseller would provide, and the true probabilities, which the product must not read.

    `truth`: one row per customer and month end with `exists` (active and undecided), `hazard` and `log_odds` of deciding in the month
    that follows, as known at the month end (null where it does not exist), `decided_on`, `lost_on`, `silent` and the true `reason`.
    """

    tables: dict[str, pl.DataFrame]
    truth: pl.DataFrame


def generate(customers: int = 2000, months: int = 36, seed: int = 7, world: str = "demo", until: date = UNTIL) -> Company:
    """Generate `customers` over `months` months, the last of which is that of `until`; deterministic for the same arguments.

    Where `until` is not the last day of its month, what happens after it is not on file: the book of the whole month is cut there.

    Raises ValueError for an unknown world, or a size or length below 1.
    """
    if world not in WORLDS:
        raise ValueError(f"world {world!r} is unknown; choose one of {', '.join(WORLDS)}")
    if customers < 1 or months < 1:
        raise ValueError(f"customers ({customers}) and months ({months}) must be at least 1")
    calendar = Calendar(months, np.datetime64(until, "M"))
    shared = draw_world(world, calendar, seed)
    starts = range(0, customers, CHUNK)
    chunks = [
        simulate_chunk(shared, seed, nth, first_number, min(CHUNK, customers - first_number)) for nth, first_number in enumerate(starts)
    ]
    tables = {name: number_rows(name, pl.concat([chunk[name] for chunk in chunks])) for name in chunks[0]}
    truth = tables.pop("truth")
    tables["contracts"] = pl.concat([tables["contracts"], tables.pop("trials")], how="diagonal")
    tables["invoices"] = without_paused_invoices(tables["invoices"], tables["contracts"])
    tables |= {"employees": employee_rows(), "market_prices": market_rows(shared)}
    if np.datetime64(until, "D").astype(np.int64) < calendar.last_day:
        tables, truth = cut_tables(tables, until), truth.filter(pl.col("month_end") <= until)
    return Company({"employees": tables.pop("employees"), **tables}, truth)
