"""One customer: points earned of each weight, health over time, our prices beside the market's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl

if TYPE_CHECKING:
    from health.score.settings import Settings


def points_of_weight(points: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Points earned of each component's weight as a bar over its empty track; an unknown one is an outlined track.

    `points`: one row a component (label, weight, points 0..100 or null, earned = weight x points / 100, band of its points),
    as `insight.client.points_of` makes it.
    """
    return alt.layer(alt.Chart(points).mark_bar())


def health_line(line: pl.DataFrame, settings: Settings, events: pl.DataFrame | None = None, *, dark: bool = False) -> alt.LayerChart:
    """Health at month ends over the zones of the bands, the last value written; a gap where it is unknown.

    `line`: one row a month end (as_of, health or null), as `insight.client.line_of` makes it; `events`: (on, label), optional.
    """
    return alt.layer(alt.Chart(line).mark_line())


def price_against_market(prices: pl.DataFrame, *, dark: bool = False) -> alt.LayerChart:
    """Our unit price (dot) and the market's (upright bar) for each product, the gap written; per unit and month.

    `prices`: one row a line (product, unit_price, market or null), as `portfolio.client(...)["prices"]` holds it.
    """
    return alt.layer(alt.Chart(prices).mark_point())
