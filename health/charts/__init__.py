"""Frames in, `alt.Chart` out. Show them with `st.altair_chart(chart, theme=None, alt=chart.description)`; titles are not in them.

Each chart takes `dark` because Vega cannot see the page's theme; an empty frame gives a chart that says so.
"""

from health.charts.bands import bands_over_time, risk_heat
from health.charts.bars import book_by, refused_by_reason
from health.charts.bridge import bridge
from health.charts.client import health_line, points_of_weight, price_against_market
from health.charts.client_lanes import agreed_in_time
from health.charts.data import rows_by_month
from health.charts.evidence import calibration, churn_by_band, gains_curve, lost_by_band, models_beside
from health.charts.method import component_curve
from health.charts.retention import cohorts, forecast, foreseen_beside_made, staying
from health.charts.value import room, value_against_health, value_moved, value_spread
from health.charts.week import overdue

__all__ = [
    "agreed_in_time",
    "bands_over_time",
    "book_by",
    "bridge",
    "calibration",
    "churn_by_band",
    "cohorts",
    "component_curve",
    "forecast",
    "foreseen_beside_made",
    "gains_curve",
    "health_line",
    "lost_by_band",
    "models_beside",
    "overdue",
    "points_of_weight",
    "price_against_market",
    "refused_by_reason",
    "risk_heat",
    "room",
    "rows_by_month",
    "staying",
    "value_against_health",
    "value_moved",
    "value_spread",
]
