"""Generator of a telecom reseller whose true churn probability is known (docs/method.md, section 9)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from health.demo.book import number_rows, simulate_chunk
from health.demo.contract_life import without_paused_invoices
from health.demo.contracts import market_rows
from health.demo.people import employee_rows
from health.demo.world import WORLDS, draw_world

__all__ = ["WORLDS", "Company", "generate"]

CHUNK = 10_000


@dataclass(frozen=True)
class Company:
    """The tables a reseller would provide, and the true probabilities, which the product must not read.

    `truth`: one row per customer and month end with `exists` (active and undecided), `hazard` and `log_odds` of deciding in the month
    that follows, as known at the month end (null where it does not exist), `decided_on`, `lost_on`, `silent` and the true `reason`.
    """

    tables: dict[str, pl.DataFrame]
    truth: pl.DataFrame


def generate(customers: int = 2000, months: int = 36, seed: int = 7, world: str = "demo") -> Company:
    """Generate `customers` over `months` months ending on 2026-10-31; deterministic for the same arguments.

    Raises ValueError for an unknown world, or a size or length below 1.
    """
    if world not in WORLDS:
        raise ValueError(f"world {world!r} is unknown; choose one of {', '.join(WORLDS)}")
    if customers < 1 or months < 1:
        raise ValueError(f"customers ({customers}) and months ({months}) must be at least 1")
    shared = draw_world(world, months, seed)
    starts = range(0, customers, CHUNK)
    chunks = [
        simulate_chunk(shared, seed, nth, first_number, min(CHUNK, customers - first_number)) for nth, first_number in enumerate(starts)
    ]
    tables = {name: number_rows(name, pl.concat([chunk[name] for chunk in chunks])) for name in chunks[0]}
    truth = tables.pop("truth")
    tables["contracts"] = pl.concat([tables["contracts"], tables.pop("trials")], how="diagonal")
    tables["invoices"] = without_paused_invoices(tables["invoices"], tables["contracts"])
    return Company({"employees": employee_rows(), **tables, "market_prices": market_rows(shared)}, truth)
