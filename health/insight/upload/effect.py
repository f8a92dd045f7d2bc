"""What a file would do to the bands, in words and as rows for a screen."""

import polars as pl

from health import format as fmt
from health.insight.titles import first_that_fits
from health.intake.effect import Effect

WORST_FIRST = ("leaving", "at_risk", "unknown", "watch", "healthy")


def title(seen: Effect) -> str:
    """The finding: how many would change band, and how many of them downward."""
    crossed, new = seen.crossed, seen.of_kind("new").height
    if crossed.is_empty():
        return (
            first_that_fits(f"{fmt.plural(new, 'customer')} would be new; nobody else changes band") if new else "Nobody would change band"
        )
    found = crossed.filter(pl.col("band_before") == "unknown")
    if found.height > crossed.height / 2:
        bands = found["band_after"].value_counts(sort=True, name="n").sort("n", "band_after", descending=[True, False])
        parts = ", ".join(f"{fmt.count(n)} {fmt.band(band).word.lower()}" for band, n in bands.iter_rows())
        leave = f"{fmt.plural(found.height, 'customer')} would leave unknown"
        return first_that_fits(f"{leave}: {parts}", f"{fmt.count(found.height)} would leave unknown: {parts}", leave)
    rank = {band: n for n, band in enumerate(WORST_FIRST)}
    fell = crossed.filter(_rank("band_after", rank) < _rank("band_before", rank), *(_scored(c) for c in ("band_after", "band_before")))
    crossing = f"{fmt.plural(crossed.height, 'customer')} would change band"
    return first_that_fits(f"{crossing}, {fmt.count(fell.height)} of them downward", crossing)


def _rank(column: str, rank: dict[str, int]) -> pl.Expr:
    return pl.col(column).replace_strict(rank, default=None, return_dtype=pl.Int64)


def _scored(column: str) -> pl.Expr:
    return pl.col(column) != "unknown"


def comparison_text(seen: Effect) -> str:
    """What is set against what: the days, who else would come or go, and how many customers were looked at."""
    before, after = seen.as_of_before, seen.as_of_after
    days = f"the score of {fmt.day(before)}" if before == after else f"{fmt.day(before)}, the newest day on file, against {fmt.day(after)}"
    if before is None:
        days = f"no score yet against {fmt.day(after)}"
    others = [(seen.of_kind("new").height, "new"), (seen.of_kind("left").height, "no longer scored")]
    more = "".join(f"; {fmt.count(n)} {words}" for n, words in others if n)
    return f"{fmt.plural(seen.looked_at, 'customer')} looked at, {days}{more}; nothing is written yet"


def effect_table(seen: Effect) -> pl.DataFrame:
    """Those whose band changes, those who fall most first, then the new and those who go: customer, before and after as chips, health
    before and after, points, moved_by, and time_alone (the points that the mere passing of days to the file's newest day takes or gives).
    """
    frame = pl.concat([seen.crossed, seen.of_kind("new"), seen.of_kind("left")])
    return frame.select(
        pl.coalesce("name", "customer_id").alias("customer"),
        *(
            pl.col(f"band_{when}").map_elements(lambda band: [fmt.chip(band)], pl.List(pl.String)).alias(when)
            for when in ("before", "after")
        ),
        *((pl.col(f"health_{when}") // 100).alias(f"health_{when}") for when in ("before", "after")),
        *((pl.col(name) / 100).round(0).cast(pl.Int64).alias(to) for name, to in (("points", "points"), ("aged", "time_alone"))),
        pl.col("moved_by").fill_null("").str.head(1).str.to_uppercase() + pl.col("moved_by").fill_null("").str.slice(1),
    )
