"""Effect of a file on the bands, in words and as a table."""

import polars as pl

from health import format as fmt
from health.insight.titles import first_that_fits
from health.intake.effect import Effect

WORST_FIRST = ("leaving", "at_risk", "unknown", "watch", "healthy")


def title(effect: Effect) -> str:
    """Title: number of customers whose band would change, and how many of them for the worse."""
    changed, new = effect.crossed, effect.of_kind("new").height
    if changed.is_empty():
        return first_that_fits(f"{fmt.plural(new, 'new customer')}; no other customer changes band") if new else "No customer changes band"
    newly_scored = changed.filter(pl.col("band_before") == "unknown")
    if newly_scored.height > changed.height / 2:
        bands = newly_scored["band_after"].value_counts(sort=True, name="n").sort("n", "band_after", descending=[True, False])
        band_counts = ", ".join(f"{fmt.count(n)} {fmt.band(band).word.lower()}" for band, n in bands.iter_rows())
        scored_text = f"{fmt.plural(newly_scored.height, 'customer')} would get a band"
        return first_that_fits(
            f"{scored_text}: {band_counts}", f"{fmt.count(newly_scored.height)} would get a band: {band_counts}", scored_text
        )
    rank_by_band = {band: n for n, band in enumerate(WORST_FIRST)}
    downgrades = changed.filter(
        _rank("band_after", rank_by_band) < _rank("band_before", rank_by_band), *(_is_scored(c) for c in ("band_after", "band_before"))
    )
    head = f"{fmt.plural(changed.height, 'customer')} would change band"
    return first_that_fits(f"{head}, {fmt.count(downgrades.height)} of them to a worse one", head)


def _rank(column: str, rank: dict[str, int]) -> pl.Expr:
    return pl.col(column).replace_strict(rank, default=None, return_dtype=pl.Int64)


def _is_scored(column: str) -> pl.Expr:
    return pl.col(column) != "unknown"


def comparison_text(effect: Effect) -> str:
    """Describe the comparison: days, customers checked, new ones and those no longer scored."""
    before, after = effect.as_of_before, effect.as_of_after
    days_text = f"scores as of {fmt.day(before)}" if before == after else f"scores as of {fmt.day(before)} compared with {fmt.day(after)}"
    if before is None:
        days_text = f"first scores, as of {fmt.day(after)}"
    other_changes = [(effect.of_kind("new").height, "new"), (effect.of_kind("left").height, "no longer scored")]
    others_text = "".join(f"; {fmt.count(n)} {words}" for n, words in other_changes if n)
    return f"{fmt.plural(effect.looked_at, 'customer')} checked, {days_text}{others_text}; nothing is saved yet"


def effect_table(effect: Effect) -> pl.DataFrame:
    """Customers whose band changes, largest fall first, then new ones and those no longer scored.

    customer, before and after (chips), health_before, health_after, points, moved_by, time_alone (points due to the passing of days up to
    the file's newest day).
    """
    frame = pl.concat([effect.crossed, effect.of_kind("new"), effect.of_kind("left")])
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
