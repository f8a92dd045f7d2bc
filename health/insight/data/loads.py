"""History of loads: number, frequency, refusals and warnings."""

from datetime import date, datetime
from itertools import pairwise
from statistics import median

import polars as pl

from health import format as fmt
from health.intake.reading.sheet import CORRECTION_COLUMNS
from health.warehouse.lineage import DESK

COUNTS = ["read", "accepted", "refused", "skipped", "added", "changed", "unchanged"]


def file_loads(loads: pl.DataFrame) -> pl.DataFrame:
    """Loads of files, without rows entered by hand."""
    return loads.filter(pl.col("origin") != DESK)


def loads_in_force(loads: pl.DataFrame) -> pl.DataFrame:
    """Loads of files that were not undone."""
    return file_loads(loads).filter(pl.col("undone_at").is_null())


def group_by_day(loads: pl.DataFrame) -> pl.DataFrame:
    """Loads as listed, newest first; entries by one author on one day become one row without number and hash.

    `loads`: as in the ledger. Of a grouped row `loaded_at` is the newest entry's; `undone_at` is set where all entries were taken back.
    """
    desk_rows, undone = loads.filter(pl.col("origin") == DESK), pl.col("undone_at")
    day_rows = desk_rows.group_by(pl.col("loaded_at").dt.date().alias("day"), "origin", "actor", "who").agg(
        pl.len().alias("entries"), undone.count().alias("back"), pl.col("loaded_at").max(), pl.col("load_id").max().alias("newest"),
        pl.when(undone.null_count() == 0).then(undone.max()).alias("undone_at"), pl.col("tables").unique().sort().str.join(", "),
        pl.col(COUNTS).sum(),
    )  # fmt: skip
    noun = pl.when(pl.col("entries") == 1).then(pl.lit("entry")).otherwise(pl.lit("entries"))
    undone_text = pl.when(pl.col("back") > 0).then(pl.format(", {} undone", "back")).otherwise(pl.lit(""))
    labelled = day_rows.with_columns(pl.format("{} {} entered by {}{}", "entries", noun, "who", undone_text).alias("file"))
    file_rows = file_loads(loads).with_columns(pl.col("load_id").alias("newest"))
    return pl.concat([file_rows, labelled.drop("day", "entries", "back")], how="diagonal").sort("newest", descending=True).drop("newest")


def tables_text(most: int = 3) -> pl.Expr:
    """The tables of a load by name, or how many where they are more than `most`."""
    names = pl.col("tables").str.split(", ")
    return pl.when(names.list.len() > most).then(pl.format("{} tables", names.list.len())).otherwise("tables").alias("tables")


def desk_entries(loads: pl.DataFrame, day: date, actor: str) -> pl.DataFrame:
    """Loads of entries by one author on one day, newest first."""
    return loads.filter(pl.col("origin") == DESK, pl.col("loaded_at").dt.date() == day, pl.col("actor") == actor)


def days_since_last_load(loads: pl.DataFrame, now: datetime) -> tuple[int | None, int | None]:
    """Days since the newest load in force, and the median days between loads (None under three loads).

    `loads`: origin, loaded_at, undone_at.
    """
    load_times = loads_in_force(loads)["loaded_at"].sort()
    if load_times.is_empty():
        return None, None
    newest: datetime = load_times[-1]
    day_gaps = [(b.date() - a.date()).days for a, b in pairwise(load_times.to_list())]
    return max(0, (now.date() - newest.date()).days), round(median(day_gaps)) if len(day_gaps) > 1 else None


def finding(loads: pl.DataFrame) -> str:
    """Title: number of loads, newest day, loads undone, rows refused and rows entered by hand."""
    desk_count = loads.height - file_loads(loads).height
    loads = file_loads(loads)
    if loads.is_empty():
        return f"No file loaded yet, {fmt.plural(desk_count, 'row')} entered by hand" if desk_count else "Nothing loaded yet"
    undone = loads["undone_at"].drop_nulls().len()
    refused = int(loads_in_force(loads)["refused"].fill_null(0).sum())
    parts = [fmt.plural(loads.height, "load"), f"latest on {fmt.day(loads['loaded_at'].max())}"]  # type: ignore[arg-type]
    parts += [f"{fmt.count(undone)} undone"] if undone else []
    parts += [f"{fmt.plural(refused, 'row')} refused"] if refused else []
    parts += [f"{fmt.plural(desk_count, 'row')} entered by hand"] if desk_count else []
    return ", ".join(parts)


def warned_finding(kinds: pl.DataFrame) -> str:
    """Title from one row per table and kind of warning: table_name, kind, rows."""
    rows = int(kinds["rows"].sum())
    return f"{fmt.plural(rows, 'row')} loaded with a warning" if rows else "No rows were loaded with a warning"


def refused_cells(refused: pl.DataFrame) -> pl.DataFrame:
    """Refused rows as listed: line, table, reasons, cells (as in the file, joined). `refused`: from `ledger.refused`."""
    cell_columns = [pl.col(name).fill_null("") for name in refused.columns if name not in CORRECTION_COLUMNS]
    return refused.select(*CORRECTION_COLUMNS, (pl.concat_str(cell_columns, separator=", ") if cell_columns else pl.lit("")).alias("cells"))
