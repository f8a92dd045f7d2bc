"""Frames in, `alt.Chart` out. Show them with `st.altair_chart(chart, theme=None, alt=chart.description)`; titles are not in them.

Each chart takes `dark` because Vega cannot see the page's theme; an empty frame gives a chart that says so.
"""

from health.charts.bands import bands_over_time, risk_heat
from health.charts.bars import book_by, refused_by_reason
from health.charts.bridge import bridge
from health.charts.client import health_line, points_of_weight, price_against_market
from health.charts.client_lanes import agreed_in_time
from health.charts.data import rows_by_month
from health.charts.evidence import calibration, churn_by_band, gains_curve, lost_by_band, model_comparison
from health.charts.method import component_curve
from health.charts.retention import cohorts, forecast, predicted_and_actual, survival_curves
from health.charts.surveys import survey_trend
from health.charts.value import negotiation_curve, value_against_health, value_change, value_spread
from health.charts.warning import warning_curve
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
    "predicted_and_actual",
    "gains_curve",
    "health_line",
    "lost_by_band",
    "model_comparison",
    "overdue",
    "points_of_weight",
    "price_against_market",
    "refused_by_reason",
    "risk_heat",
    "negotiation_curve",
    "rows_by_month",
    "survey_trend",
    "survival_curves",
    "value_against_health",
    "value_change",
    "value_spread",
    "warning_curve",
]
