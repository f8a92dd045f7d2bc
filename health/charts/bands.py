"""The book by band: shares over time, and where the revenue at risk sits."""

import altair as alt
import polars as pl


def bands_over_time(shares: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Share of customers in each band, stacked, with today's shares written at the right.

    `shares`: one row a month end and band (as_of, band, customers, share 0..1), as `insight.overview.band_shares` makes it.
    """
    return alt.layer(alt.Chart(shares).mark_area())


def risk_heat(heat: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """MRR of at-risk customers, in thousands, by segment (columns) and heaviest driver (rows), both sorted by MRR.

    `heat`: one row a segment and driver (segment, driver, mrr), as `insight.overview.risk_by_driver` makes it.
    """
    return alt.layer(alt.Chart(heat).mark_rect())
