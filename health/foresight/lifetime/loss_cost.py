"""Cost of losing a customer, as a range with its parts (docs/method.md, Cost of a loss).

Low and mid take the cheaper of replacing the customer and doing without it, high the dearer: never both, which would count it twice.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

from health.foresight.lifetime.assumptions import Range

COST_COLUMNS: Any = {"part": pl.String, "low": pl.Float64, "mid": pl.Float64, "high": pl.Float64}
Amounts = tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class Loss:
    """Inputs for one customer.

    margin: money a month; value, new_value: lifetime value of it and of a new one, money; keeping_cost and revenue: money a year;
    receivables: money owed.
    """

    margin: float
    value: float
    new_value: float
    keeping_cost: float
    revenue: float
    receivables: float
    write_off_share: float


@dataclass(frozen=True)
class Cost:
    """The range, and one row per part: part, low, mid, high (money; null where that end of the range takes the other route). Parts add
    up."""

    low: float
    mid: float
    high: float
    parts: pl.DataFrame


def cost(loss: Loss, replacing: Range, gap_months: Range, reputation: Range) -> Cost:
    """Low, mid and high cost of losing the customer.

    `replacing` in years of keeping cost, `gap_months` without its margin, `reputation` as a share of its yearly revenue. Negative values
    count as 0.
    """
    shortfall, value = max(0.0, loss.value - loss.new_value), max(0.0, loss.value)
    replacement: dict[str, Range] = {
        "Winning a new customer": _scaled(replacing, loss.keeping_cost),
        "Margin lost until then": _scaled(gap_months, max(0.0, loss.margin)),
        "Lower value of the replacement": (shortfall, shortfall, shortfall),
    }
    low, mid, high = (sum(amounts[position] for amounts in replacement.values()) for position in range(3))
    replacement_counts = (low <= value, mid <= value, high > value)
    write_off = loss.receivables * loss.write_off_share
    rows: list[tuple[str, *Amounts]] = [
        *((part, *_counted_ends(replacement_counts, amounts)) for part, amounts in replacement.items()),
        (
            "Value lost if not replaced",
            *_counted_ends(tuple(not is_replaced for is_replaced in replacement_counts), (value, value, value)),
        ),
        ("Receivables written off", write_off, write_off, write_off),
        ("Lost prospects", *_scaled(reputation, loss.revenue)),
    ]
    parts = pl.DataFrame(rows, schema=COST_COLUMNS, orient="row")
    return Cost(float(parts["low"].sum()), float(parts["mid"].sum()), float(parts["high"].sum()), parts)


def _scaled(times: Range, amount: float) -> Range:
    low, mid, high = times
    return low * amount, mid * amount, high * amount


def _counted_ends(is_counted: tuple[bool, ...], amounts: Range) -> Amounts:
    low, mid, high = (amount if included else None for included, amount in zip(is_counted, amounts, strict=True))
    return low, mid, high
