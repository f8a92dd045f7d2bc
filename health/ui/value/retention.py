"""Retention: survival curves, cohorts, renewals, forecast with past forecasts, and upsell candidates."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.errors import InsufficientData
from health.foresight.survival import kaplan_meier
from health.insight import retention_forecast
from health.insight.notice import notice_column
from health.insight.value import cohorts, renewals, retention_frames, titles, upsell
from health.ui import cache
from health.ui import value_cache as values
from health.ui.cards import card, card_head, chart, empty, note, waiting
from health.ui.chart_table import chart_table
from health.ui.columns import MONEY, Columns, band_chip, column
from health.ui.links import customer_table
from health.ui.tables import download

CURVES: dict[kaplan_meier.Kind, str] = {
    "band": "Band",
    "segment": "Segment",
    "contract": "Contract",
    "cohort": "Start",
    "quadrant": "Group",
}
MAX_COHORTS, FORECAST_HEIGHT = 12, 360
NO_CONTRACT = "No contracts are on file, so retention cannot be measured. The view Value forecasts purchases instead."
SIDES = {"logo_share": "Customers", "gross_share": "Revenue, gross", "net_share": "Revenue, net"}


def retention_view(book: Book, as_of: date, earlier: date) -> None:
    """Draw the cards; each reads for itself, and the slow forecast follows when it is ready."""
    left, right = st.columns(2)
    with left:
        _curves(book, as_of)
    with right:
        _cohorts(book, as_of)
    _forecast(book, as_of)
    _renewals(book, as_of)
    _upsell(book, as_of)


def _curves(book: Book, as_of: date) -> None:
    """Draw survival curves by a chosen grouping, as chart and table."""
    with st.container(border=True, height="stretch"):
        title_place = st.container(gap=None)
        kind = st.segmented_control("By", list(CURVES), default="band", format_func=CURVES.__getitem__, required=True, key="curves-by",
                                    label_visibility="collapsed")  # fmt: skip
        survival = _survival(book, as_of, kind)
        if isinstance(survival, str):
            with title_place:
                card_head("Who stays how long?")
            return empty("Not enough history", survival, ":material/history:")
        curves = retention_frames.curves(survival)
        if curves.is_empty():
            with title_place:
                card_head("Who stays how long?")
            reason = _contract_reason(book, "No customer has a known group.")
            return empty("No group has enough customers", retention_frames.hidden_groups_text(survival) or reason, ":material/history:")
        with title_place:
            st.header(fmt.plain(retention_frames.curves_title(curves)), anchor=False)
            time_axis = (
                f"months since the customer was in that {CURVES[kind].lower()}" if kind in ("band", "quadrant") else "months of tenure"
            )
            note(f"Share still a customer (Kaplan-Meier) by {time_axis}; shaded: 95 % interval")
        chart(charts.survival_curves, curves)
        if hidden_groups := retention_frames.hidden_groups_text(survival):
            note(hidden_groups)
        labels = {"label": "Group", "month": "Month", "at_risk": "Observed", "stays": "Still customers", "low": "From", "high": "To"}
        half_years = curves.filter(pl.col("month") % 6 == 0)
        chart_table(half_years, labels, "Share still a customer", dict.fromkeys(("stays", "low", "high"), fmt.rate))


@cache.cached
def _survival(book: Book, as_of: date, kind: kaplan_meier.Kind) -> pl.DataFrame | str:
    """Survival curves by group, or why there are none."""
    try:
        return kaplan_meier.curves_by_group(book, as_of, kind, values.assumptions_in_force(book).margin_rate)
    except InsufficientData as problem:
        return str(problem)


def _cohorts(book: Book, as_of: date) -> None:
    """Draw the retention of cohorts by customers or revenue."""
    with st.container(border=True, height="stretch"):
        title_place = st.container(gap=None)
        measure = str(st.segmented_control("Of", list(SIDES), default="logo_share", format_func=SIDES.__getitem__, required=True,
                                        key="cohorts-of", label_visibility="collapsed"))  # fmt: skip
        retention = cohort_retention(book, as_of)
        with title_place:
            card_head(
                titles.cohorts(cohorts.by_age(retention), 4, measure),
                f"{SIDES[measure]} kept, in %, by quarter of start. *: measured from the first day on file",
            )
        if retention["measured_on"].drop_nulls().n_unique() < 2:
            reason = _contract_reason(book, "This needs two quarter ends on file.")
            return empty("No cohorts yet", reason, ":material/history:")
        chart(charts.cohorts, retention_frames.cohort_cells(retention, measure, MAX_COHORTS), SIDES[measure].lower())


@cache.cached
def cohort_retention(book: Book, as_of: date) -> pl.DataFrame:
    """Retention of cohorts by quarter of their start (`cohorts.retention`), as known on the day."""
    starts = cache.portfolio_at(book, as_of).select("customer_id", "start_on")
    return cohorts.retention(cache.history(book).filter(pl.col("as_of") <= as_of), starts, cache.state(book).observed_from)


@st.fragment(parallel=True)
def _forecast(book: Book, as_of: date) -> None:
    """Draw the retention forecast next to past forecasts and their outcome."""
    with st.container(border=True):
        with waiting(FORECAST_HEIGHT):
            forecast_result = _retention_forecast(book, as_of)
        with st.container(gap=None):
            about = "Share of MRR kept after a year. Bar: 95 % interval; tick: predicted; dot: observed. The last outcome is still open."
            card_head(titles.forecast(forecast_result), about if forecast_result else "")
        if forecast_result is None:
            return empty("No forecast", _no_forecast(book, as_of))
        left, right = st.columns(2)
        frames = {side: retention_frames.forecasts(forecast_result, side) for side in ("gross", "net")}
        span = retention_frames.forecast_span(*frames.values())
        for column_place, side, about_side in (
            (left, "gross", "Gross: without growth"),
            (right, "net", "Net: with growth of the customers who stay"),
        ):
            with column_place:
                note(about_side)
                chart(charts.forecast, frames[side], span)
        note(forecast_result.sentence, small=False)


@cache.cached
def _retention_forecast(book: Book, as_of: date) -> Any:
    models = values.fitted_models(book, as_of)
    if models.hazard is None:
        return None
    portfolio, history, state = cache.portfolio_at(book, as_of), cache.history(book), cache.state(book)
    return retention_forecast.forecast_retention(book, as_of, portfolio, history, state.observed_from, models.hazard, models.check)


def _contract_reason(book: Book, reason: str) -> str:
    """Return the reason, or that the book has no contracts if it has none."""
    return reason if cache.state(book).rows["contracts"] else NO_CONTRACT


def _no_forecast(book: Book, as_of: date) -> str:
    """Why there is no forecast."""
    models = values.fitted_models(book, as_of)
    if models.hazard is None:
        return _contract_reason(book, models.why["hazard"])
    if models.check is not None and not models.check.holds:
        return "The churn model failed its test, and there is too little history for churn rates of the bands."
    return _contract_reason(book, "No customer has both revenue and a churn probability.")


def _renewals(book: Book, as_of: date) -> None:
    """Draw terms with a last day for notice within 90 days; a chosen row opens the client."""
    renewal_rows = _renewals_due(book, as_of)
    with card(
        titles.renewals(renewals.windows(renewal_rows)),
        "Contracts whose last day for notice is within 90 days, contracts that ended without notice, and last those past their last day "
        "for notice. Choose a row to open the client.",
    ):
        if renewal_rows.is_empty():
            reason = _contract_reason(book, "Rolling contracts have no end date.")
            return empty(
                "No last day for notice within 90 days", reason, ":material/help:" if reason == NO_CONTRACT else ":material/check_circle:"
            )
        download(renewal_rows, "renewals.csv")
        with_chips = renewal_rows.with_columns(band_chip(), notice_column(), renewals.open_points())
        columns: Columns = {
            "name": 212, "band": 92,
            "notice": 126, "renewal_on": column("ends_on", 92),
            "mrr": 72, "p_leave_90d": 106,
            "open": TextColumn("Open points", width=250),
        }  # fmt: skip
        customer_table(with_chips, columns, key="renewals", alt="Contracts by their last day for notice")


@cache.cached
def _renewals_due(book: Book, as_of: date) -> pl.DataFrame:
    return renewals.due(cache.portfolio_at(book, as_of), values.values(book, as_of), as_of)


def _upsell(book: Book, as_of: date) -> None:
    """Draw customers with room for more; a chosen row opens the client."""
    upsell_data = _upsell_data(book, as_of)
    rows, held_back, healthy = upsell_data["rows"], upsell_data["held_back"], upsell_data["healthy"]
    subtitle = "Healthy customers with market prices and no open complaint. The estimate is monthly and based on similar customers"
    with card(titles.upsell(rows, healthy), subtitle):
        if rows.is_empty():
            empty_title = "No upsell candidates" if healthy else "No customer is healthy"
            empty(empty_title, "Candidates are healthy customers with only one product, or with 90 % of their volume in use.")
        else:
            download(rows, "upsell.csv")
            columns: Columns = {
                "name": 212,
                "reason": column("why", 246), "next_product": TextColumn("Next product", width=96),
                "worth": NumberColumn("Estimate", width=74, format=MONEY, help="Estimated additional MRR"),
                "basis": TextColumn("Estimated from", width=204),
            }  # fmt: skip
            customer_table(rows, columns, key="upsell", alt="Upsell candidates", rows=6, wrap=True)
        if held_back.height:
            note(f"Not listed: {'; '.join(f'{reason} ({customers:,})' for reason, customers in held_back.iter_rows())}.")


@cache.cached
def _upsell_data(book: Book, as_of: date) -> dict[str, Any]:
    portfolio = cache.portfolio_at(book, as_of)
    rows = {"contracts": cache.contracts_at(book, as_of), "usage": cache.staged(book, "usage")}
    healthy = portfolio.filter(upsell.HEALTHY).height
    return {"rows": upsell.candidates(portfolio, rows, as_of), "held_back": upsell.held_back(portfolio, rows, as_of), "healthy": healthy}
