"""Rows by table and month, and months with missing rows; small data sets raise no gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low

import polars as pl

from health import format as fmt
from health.insight.rates import months_back
from health.tables import TABLES

SHOWN_MONTHS = 24
BASE_MONTHS, FEWEST_USUAL, FEW = 6, 20, 4
RULE = (
    f"A gap is a month with less than a quarter of the usual number of rows (the median of the {BASE_MONTHS} months before). "
    f"Not checked: tables with fewer than {FEWEST_USUAL} rows in a usual month, and start and signing dates, which come in waves. "
    "Monthly tables may be one month behind."
)


@dataclass(frozen=True)
class Gap:
    """Consecutive months of a table with far fewer rows than usual.

    `last`: None if the gap lasts to the newest full month; `rows`: in all its months; `usual`: in one month.
    """

    table: str
    first: date
    last: date | None
    months: int
    rows: int
    usual: int

    @property
    def words(self) -> str:
        """Describe the gap: 'interactions: 12 rows in March 2026 (usual: about 940)'."""
        name, first = _table_label(self.table), f"{self.first:%B %Y}"
        rows = f"{fmt.plural(self.rows, 'row')}" if self.rows else "no rows"
        if self.last is None:
            return f"{name}: {rows} since {first} (usual: about {fmt.count(self.usual)} a month)"
        if self.months == 1:
            return f"{name}: {rows} in {first} (usual: about {fmt.count(self.usual)})"
        return f"{name}: {rows} from {first} to {self.last:%B %Y} (usual: about {fmt.count(self.usual)} a month)"

    @property
    def missing(self) -> int:
        """Rows missing compared with usual months."""
        return self.months * self.usual - self.rows


def _table_label(table: str) -> str:
    return table.replace("_", " ")


def full_month(newest: date) -> date:
    """First day of the newest month that is complete on that day."""
    end = months_back(newest, 0)
    return (end if end == newest else months_back(newest, 1)).replace(day=1)


def _months_between(first: date, last: date) -> list[date]:
    """First days of the months from `first` to `last`; empty where `last` is earlier."""
    return pl.date_range(first, last, "1mo", eager=True).to_list() if first <= last else []


def gaps(counts: pl.DataFrame, newest: date) -> list[Gap]:
    """Gaps of all judged tables, most missing rows first.

    `counts`: table_name, month, rows; `newest`: the newest day on file.
    """
    table_gaps = [
        gap
        for (name,), rows in counts.drop_nulls("month").group_by("table_name")
        if is_judged(str(name))
        for gap in _gaps_of_table(str(name), dict(rows.select("month", "rows").iter_rows()), _last_judged_month(str(name), newest))
    ]
    return sorted(table_gaps, key=lambda gap: (-gap.missing, gap.table, gap.first))


def is_judged(table: str) -> bool:
    """Whether months of the table are compared; not where its date is a start or a signing."""
    events = [c for c in TABLES[table].columns if c.event]
    return not (events and events[0].opening)


def _last_judged_month(table: str, newest: date) -> date:
    """Newest complete month; one month earlier for tables by month."""
    full = full_month(newest)
    return months_back(full, 1).replace(day=1) if any(c.name == "month" for c in TABLES[table].columns) else full


def _gaps_of_table(table: str, rows: dict[date, int], last_month: date) -> list[Gap]:
    """Gaps of one table up to `last_month`.

    A gap ends with the first month that has a quarter of the usual rows; its own months do not count as usual.
    """
    closed_gaps: list[Gap] = []
    usual_counts: list[int] = []
    low_months: list[date] = []

    def close(last: date | None) -> None:
        if low_months:
            closed_gaps.append(
                Gap(
                    table,
                    low_months[0],
                    last,
                    len(low_months),
                    sum(rows.get(m, 0) for m in low_months),
                    median_low(usual_counts[-BASE_MONTHS:]),
                )
            )
            low_months.clear()

    for month in _months_between(min(rows), last_month):
        if _has_few_rows(rows.get(month, 0), usual_counts):
            low_months.append(month)
        else:
            close(months_back(month, 1).replace(day=1))
            usual_counts.append(rows.get(month, 0))
    close(None)
    return closed_gaps


def _has_few_rows(rows: int, usual: Sequence[int]) -> bool:
    """Whether the rows are under a quarter of the median of the last six usual months."""
    base = median_low(usual[-BASE_MONTHS:]) if len(usual) >= BASE_MONTHS else 0
    return base >= FEWEST_USUAL and FEW * rows < base


def finding(month_gaps: Sequence[Gap], counts: pl.DataFrame) -> str:
    """Title of the months: the largest gap, or that there is none."""
    if len(month_gaps) > 1:
        return f"{len(month_gaps)} gaps in the data; largest: {month_gaps[0].words}"
    if month_gaps:
        return month_gaps[0].words[:1].upper() + month_gaps[0].words[1:]
    judged_counts = (
        counts.drop_nulls("month").filter(pl.col("rows") >= FEWEST_USUAL).group_by("table_name").len().filter(pl.col("len") > BASE_MONTHS)
    )
    return (
        "No gaps: every month has the usual number of rows"
        if any(map(is_judged, judged_counts["table_name"]))
        else "Not enough data yet to detect gaps"
    )


def month_grid(counts: pl.DataFrame, month_gaps: Sequence[Gap], newest: date) -> pl.DataFrame:
    """One row per table and month of the last two years: table_name, month, rows, share, full, gap.

    Tables in the declared order. `share`: of the table's largest month shown; `full`: the month is complete; `gap`: the month is in a gap.
    """
    last = newest.replace(day=1)
    tables = [name for name in TABLES if name in set(counts.drop_nulls("month")["table_name"])]
    earliest = counts["month"].min()
    first = max(months_back(newest, SHOWN_MONTHS - 1).replace(day=1), earliest if isinstance(earliest, date) else last)
    grid = pl.DataFrame({"table_name": tables}, schema={"table_name": pl.String}).join(
        pl.DataFrame({"month": _months_between(first, last)}, schema={"month": pl.Date}), how="cross", maintain_order="left_right"
    )
    gap_months = [(gap.table, month) for gap in month_gaps for month in _months_between(gap.first, gap.last or full_month(newest))]
    gap_marks = pl.DataFrame(gap_months, schema={"table_name": pl.String, "month": pl.Date}, orient="row").with_columns(
        pl.lit(True).alias("gap")
    )
    return (
        grid.join(counts, on=["table_name", "month"], how="left", maintain_order="left")
        .join(gap_marks, on=["table_name", "month"], how="left", maintain_order="left")
        .with_columns(pl.col("rows").fill_null(0), pl.col("gap").fill_null(False), (pl.col("month") <= full_month(newest)).alias("full"))
        .with_columns((pl.col("rows") / pl.col("rows").max().over("table_name")).fill_nan(0.0).alias("share"))
    )


def usual_rows(picture: pl.DataFrame) -> dict[str, int]:
    """Median rows by table over the complete months shown, without gaps."""
    full_months = picture.filter(pl.col("full") & ~pl.col("gap")).group_by("table_name", maintain_order=True).agg(pl.col("rows").median())
    return {name: round(rows) for name, rows in full_months.iter_rows()}
