"""The loads so far: how many, how often, what was refused and what was warned of."""

from datetime import datetime
from itertools import pairwise
from statistics import median

import polars as pl

from health import format as say
from health.intake.reading.sheet import MENDED


def in_force(loads: pl.DataFrame) -> pl.DataFrame:
    """The loads that were not undone."""
    return loads.filter(pl.col("undone_at").is_null())


def since_last(loads: pl.DataFrame, now: datetime) -> tuple[int | None, int | None]:
    """Days since the newest load in force, and the usual days between two of them (None under three loads).

    `loads`: loaded_at, undone_at.
    """
    live = in_force(loads)["loaded_at"].sort()
    if live.is_empty():
        return None, None
    newest: datetime = live[-1]
    days = [(b.date() - a.date()).days for a, b in pairwise(live.to_list())]
    return max(0, (now.date() - newest.date()).days), round(median(days)) if len(days) > 1 else None


def finding(loads: pl.DataFrame) -> str:
    """How many loads, the newest day, and how many were undone."""
    if loads.is_empty():
        return "No load yet"
    undone = loads["undone_at"].drop_nulls().len()
    refused = int(in_force(loads)["refused"].fill_null(0).sum())
    parts = [say.plural(loads.height, "load"), f"the last on {say.day(loads['loaded_at'].max())}"]  # type: ignore[arg-type]
    parts += [f"{say.count(undone)} undone"] if undone else []
    parts += [f"{say.plural(refused, 'row')} refused"] if refused else []
    return ", ".join(parts)


def warned_finding(kinds: pl.DataFrame) -> str:
    """From one row a table and kind: table_name, kind, rows."""
    rows = int(kinds["rows"].sum())
    return f"{say.plural(rows, 'warning')} on rows that were loaded" if rows else "No row was loaded with a warning"


def cells(refused: pl.DataFrame) -> pl.DataFrame:
    """Refused rows for a screen: line, table, reasons, cells (the file's own, in one text). `refused` as `ledger.refused` yields it."""
    own = [pl.col(name).fill_null("") for name in refused.columns if name not in MENDED]
    return refused.select(*MENDED, (pl.concat_str(own, separator=", ") if own else pl.lit("")).alias("cells"))
