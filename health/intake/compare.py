"""What a load would change: each accepted row is added, changed or unchanged against the stored row of the same key."""

from dataclasses import dataclass

import polars as pl

from health.intake.check import Checked
from health.tables import Table

OLD, CHANGE = "#old", "change"


@dataclass(frozen=True)
class Change:
    """`rows`: the table's columns, line, change (added, changed, unchanged) and, with OLD behind the name, what is stored now."""

    checked: Checked
    rows: pl.DataFrame

    @property
    def table(self) -> Table:
        """The table that would change."""
        return self.checked.extract.table

    def count(self, change: str) -> int:
        """Rows added, changed or unchanged."""
        return self.rows.filter(pl.col(CHANGE) == change).height

    @property
    def fresh(self) -> pl.DataFrame:
        """The rows to write."""
        return self.rows.filter(pl.col(CHANGE) != "unchanged").select(*self.table.names, "line")

    @property
    def replaced(self) -> pl.DataFrame:
        """The keys of the stored rows that would give way."""
        return self.rows.filter(pl.col(CHANGE) == "changed").select(self.table.key)


def compare(checked: Checked, stored: pl.DataFrame) -> Change:
    """Against the stored rows of the table; a column that the file does not speak of keeps its stored value."""
    table, given = checked.extract.table, checked.extract.given
    rest = [name for name in table.names if name not in table.key]
    before = stored.select(*table.key, *(pl.col(name).alias(name + OLD) for name in rest), pl.lit(True).alias("#stored"))
    joined = checked.accepted.join(before, on=table.key, how="left", nulls_equal=True, maintain_order="left")
    joined = joined.with_columns(pl.col(name + OLD).alias(name) for name in rest if name not in given)
    differs = pl.any_horizontal(pl.lit(False), *(pl.col(name).ne_missing(pl.col(name + OLD)) for name in rest))
    change = pl.when(pl.col("#stored").is_null()).then(pl.lit("added")).when(differs).then(pl.lit("changed")).otherwise(pl.lit("unchanged"))
    return Change(checked, joined.with_columns(change.alias(CHANGE)).drop("#stored"))
