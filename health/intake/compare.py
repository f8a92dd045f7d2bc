"""Compare accepted rows with the stored rows of the same key: added, changed or unchanged."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from health.columns import Table
from health.intake.check import CheckedRows

CHANGE, ADDED, CHANGED, UNCHANGED = "change", "added", "changed", "unchanged"
VALUES: dict[str, type[pl.DataType]] = {"line": pl.Int64, "key": pl.String, "field": pl.String, "before": pl.String, "after": pl.String}
_OLD = "#old"


@dataclass(frozen=True)
class Change:
    """Effect of a load on one table.

    `rows`: the table's columns after the load, `line` and `change`. `before`: the stored rows of the changed ones, in the same order."""

    checked: CheckedRows
    rows: pl.DataFrame
    before: pl.DataFrame

    @property
    def table(self) -> Table:
        """The table that would change."""
        return self.checked.extract.table

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows added, changed and unchanged."""
        counts = dict(self.rows[CHANGE].value_counts().iter_rows())
        return {kind: counts.get(kind, 0) for kind in (ADDED, CHANGED, UNCHANGED)}

    @property
    def fresh(self) -> pl.DataFrame:
        """The rows to write."""
        changed_rows = self.rows.filter(pl.col(CHANGE) != UNCHANGED) if self.counts[UNCHANGED] else self.rows
        return changed_rows.select(*self.table.stored, "line")

    @property
    def replaced(self) -> pl.DataFrame:
        """Keys of the stored rows that the load replaces."""
        return self.before.select(self.table.key)

    @property
    def values(self) -> pl.DataFrame:
        """One row per changed value, as text: line, key, field, before, after; sorted by line, then column order."""
        table, changed_rows = self.table, self.rows.filter(pl.col(CHANGE) == CHANGED)
        with_previous = changed_rows.hstack(self.before.select(pl.all().name.suffix(_OLD)))
        key = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in table.key], separator=", ").alias("key")
        changes_by_column = [
            with_previous.filter(pl.col(name).ne_missing(pl.col(name + _OLD))).select(
                "line",
                key,
                pl.lit(name).alias("field"),
                _as_text(with_previous, name + _OLD, "before"),
                _as_text(with_previous, name, "after"),
            )
            for name in table.stored
        ]
        return pl.concat([pl.DataFrame(schema=VALUES), *changes_by_column]).sort("line", maintain_order=True)


def _as_text(frame: pl.DataFrame, name: str, alias: str) -> pl.Expr:
    """A column as text, timestamps to the fraction of a second."""
    timed = isinstance(frame.schema[name], pl.Datetime)
    return (pl.col(name).dt.to_string("%Y-%m-%d %H:%M:%S%.f") if timed else pl.col(name).cast(pl.String)).alias(alias)


def compare(checked: CheckedRows, stored: pl.DataFrame) -> Change:
    """Compare with the stored rows of the same keys; columns missing from the file keep their stored values.

    So does the instant of a timestamp that the file repeats without an offset.
    """
    table, provided = checked.extract.table, checked.extract.given
    if stored.is_empty():
        return Change(checked, checked.accepted.with_columns(pl.lit(ADDED).alias(CHANGE)), stored.select(table.stored))
    value_columns = [name for name in table.stored if name not in table.key]
    before = stored.select(*table.key, *(pl.col(name).alias(name + _OLD) for name in value_columns), pl.lit(True).alias("#stored"))
    with_stored = checked.accepted.join(before, on=table.key, how="left", nulls_equal=True, maintain_order="left")
    with_stored = with_stored.with_columns(pl.col(name + _OLD).alias(name) for name in table.names if name not in (*table.key, *provided))
    with_stored = with_stored.with_columns(
        pl.when(pl.col(name) == pl.col(name + _OLD)).then(pl.coalesce(utc, utc + _OLD)).otherwise(utc).alias(utc)
        for name, utc in table.instants.items()
    )
    differs = pl.any_horizontal(pl.lit(False), *(pl.col(name).ne_missing(pl.col(name + _OLD)) for name in value_columns))
    change = pl.when(pl.col("#stored").is_null()).then(pl.lit(ADDED)).when(differs).then(pl.lit(CHANGED)).otherwise(pl.lit(UNCHANGED))
    with_stored = with_stored.with_columns(change.alias(CHANGE))
    previous_values = [pl.col(name if name in table.key else name + _OLD).alias(name) for name in table.stored]
    return Change(
        checked, with_stored.select(*table.stored, "line", CHANGE), with_stored.filter(pl.col(CHANGE) == CHANGED).select(previous_values)
    )
