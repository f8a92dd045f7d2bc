"""Value of the book: total and change, value at risk, spread, and the largest values at risk."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import charts
from health import format as fmt
from health.access import Book
from health.insight import portfolio_value
from health.insight.portfolio_value import PortfolioValue
from health.insight.value import titles
from health.ui import cache
from health.ui import value_cache as values
from health.ui.cards import NUMBER_HEIGHT, card, chart, empty, note, number, strip
from health.ui.chart_table import chart_table
from health.ui.columns import Columns, band_chip, column
from health.ui.links import customer_table
from health.ui.tables import download
from health.ui.value.change import change_card, mrr_change_card
from health.ui.value.model_quality import no_model_reason

BY = {"segment": "Segment", "quadrant": "Group", "owner_name": "Owner", "tier": "Tier", "band": "Band"}


@cache.cached
def read(book: Book, as_of: date) -> dict[str, Any]:
    """Read what the view shows of the day, at one version of the book."""
    portfolio, values_frame = cache.portfolio_at(book, as_of), values.values(book, as_of)
    return {
        "book": portfolio_value.portfolio_value(values_frame, portfolio),
        "top": portfolio_value.largest_at_risk(values_frame, portfolio, 25),
        "value": values_frame,
        "now": portfolio,
    }


def portfolio_view(book: Book, as_of: date, earlier: date) -> None:
    """Draw the numbers, the change, the spread and the largest values at risk."""
    with values.waiting(book, as_of, NUMBER_HEIGHT):
        data = read(book, as_of)
    total: PortfolioValue = data["book"]
    if total.value is None:
        with card("What are all customers worth?"):
            reason = f"{titles.without(total)} {no_model_reason(book, values.fitted_models(book, as_of))}".strip()
            return empty("No lifetime value is known", reason, ":material/help:")
    _strip(total)
    _missing_note(total)
    left, right = st.columns(2)
    with left:
        change_card(book, as_of, earlier)
    with right:
        _spread(data)
    mrr_change_card(book, as_of, earlier)
    _top(data["top"])


def _strip(total: PortfolioValue) -> None:
    at_risk = "no band known" if total.band_customers is None else fmt.plural(total.band_customers, "customer")
    margin = f"{fmt.count(total.assumed)} by the margin rate" if total.assumed else "revenue less cost"
    strip(
        [
            number("Total value", fmt.short_money(total.value), fmt.plural(total.valued, "customer"),
                   "Sum of the known lifetime values"),
            number("At risk, 12 months", fmt.short_money(total.at_risk), titles.at_risk(total),
                   "Sum of churn probability within 12 months x lifetime value. Value at risk in My week counts 180 days."),
            number("Value, band At risk", fmt.short_money(total.in_band), at_risk,
                   "Whole lifetime value of the customers in the band At risk. At risk, 12 months counts all customers, each by "
                   "its churn probability."),
            number("Monthly margin", fmt.short_money(total.margin), margin, "Of customers with a lifetime value"),
            number(f"Largest {total.top}", fmt.share(total.top_share), "of the value", "Share of the total value held by the "
                "most valuable customers: how much depends on a few"),
        ]
    )  # fmt: skip


def _missing_note(total: PortfolioValue) -> None:
    """Draw how many customers are missing from the sum, and why."""
    if total.without:
        note(f"Not included: {fmt.plural(total.without, 'customer')} without a lifetime value. {titles.without(total)}", small=False)
    if total.gone:
        note(
            f"Included: {fmt.plural(total.gone, 'inactive customer')}, valued by the probability that they buy again.",
            small=False,
        )


def _spread(data: dict[str, Any]) -> None:
    """Draw the spread of lifetime values by a chosen grouping, as chart and table."""
    with st.container(border=True, height="stretch"):
        title_place = st.container(gap=None)
        grouping = str(st.segmented_control("By", list(BY), default="segment", format_func=BY.__getitem__, required=True, key="spread-by",
                                      label_visibility="collapsed"))  # fmt: skip
        quantiles = _with_labels(portfolio_value.quantiles(data["value"], data["now"], grouping), grouping)
        with title_place:
            st.header(fmt.plain(titles.spread(quantiles)), anchor=False)
            note("Lifetime value per customer, log scale. Tick: median; bar: middle half; line: 10th to 90th percentile")
        chart(charts.value_spread, quantiles.head(8))
        rows = _with_labels(portfolio_value.by_segment(data["value"], data["now"], grouping), grouping)
        labels = {
            "group": BY[grouping], "customers": "Customers", "lifetime_value": "Value", "share": "Share", "at_risk": "At risk, 12 months",
        }  # fmt: skip
        chart_table(rows, labels, "Value by group", {"lifetime_value": fmt.money, "share": fmt.rate, "at_risk": fmt.money})


def _with_labels(groups: pl.DataFrame, grouping: str) -> pl.DataFrame:
    labels = {"band": {b.key: b.word for b in fmt.BANDS}, "quadrant": {q.key: q.word for q in fmt.QUADRANTS}}
    return groups.with_columns(pl.col("group").replace(labels.get(grouping, {})))


def _top(customers: pl.DataFrame) -> None:
    """Draw the customers with the largest value at risk; a chosen row opens the client."""
    with card(titles.top(customers), "At risk = lifetime value x churn probability within 12 months. Choose a row to open the client."):
        if customers.is_empty():
            return empty("No churn probability is known", "So the value at risk is not known either.")
        download(customers.drop("cents"), "value-at-risk.csv")
        rows = customers.with_columns(band_chip())
        columns: Columns = {
            "name": 210, "band": 92, "health": column("health_number", 60), "lifetime_value": 102, "p_leave_12m": 130, "at_risk": 126,
            "owner_name": 114,
        }  # fmt: skip
        customer_table(rows, columns, key="value-top", alt="Customers with most value at risk")
