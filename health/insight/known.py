"""What a book knows already, and what each missing table would add."""

from dataclasses import dataclass
from datetime import date

import polars as pl


@dataclass(frozen=True)
class Gap:
    """A component that is unknown for `unknown` of `of` customers, and the table that would make it known."""

    key: str
    label: str
    weight: int
    table: str
    unknown: int
    of: int

    @property
    def remedy(self) -> str:
        """'Load interactions: +30'."""
        return f"Load {self.table}: +{self.weight}"


def coverage_gaps(now: pl.DataFrame, weights: dict[str, int]) -> list[Gap]:
    """The components that are unknown for at least one customer, the most missing weight first. `weights`: by component, of the settings."""
    return []


def coverage_sentence(now: pl.DataFrame, weights: dict[str, int], coverage_least: int) -> str | None:
    """Why most bands are unknown and what would mend it, in a sentence; None where most customers have a band."""
    return None


@dataclass(frozen=True)
class Known:
    """What needs no score: customers (active or leaving), their MRR, how many are gone, and renewals ahead."""

    customers: int
    mrr: float | None
    gone: int
    renewals: dict[int, int]
    renewals_mrr: dict[int, float]


def what_is_known(now: pl.DataFrame, as_of: date) -> Known:
    """Counts of the book; `renewals` by days ahead: within 30, 60, 90."""
    return Known(0, None, 0, {}, {})


def book_by(now: pl.DataFrame, column: str) -> pl.DataFrame:
    """One row a value of a column of the book (segment, region, tier, ...): column, customers, mrr; a blank reads 'Not given'."""
    return pl.DataFrame(schema={column: pl.Utf8, "customers": pl.Int64, "mrr": pl.Float64})
