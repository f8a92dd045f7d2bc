"""Value of the book: total and change, value at risk, spread, and the largest values at risk."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.insight import portfolio_value
from health.insight.portfolio_value import PortfolioValue
from health.insight.value import titles
from health.ui import cache
from health.ui import value_cache as values
from health.ui.cards import NUMBER_HEIGHT, card, chart, empty, note, number, strip
from health.ui.columns import MONEY, Columns, band_chip, column
from health.ui.links import customer_table
from health.ui.tables import download, table
from health.ui.value.change import change_card
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
        with card("What is the book worth?"):
            reason = f"{titles.without(total)} {no_model_reason(book, values.fitted_models(book, as_of))}".strip()
            return empty("Nobody's lifetime value is known", reason, ":material/help:")
    _strip(total)
    _missing_note(total)
    left, right = st.columns(2)
    with left:
        change_card(book, as_of, earlier)
    with right:
        _spread(data)
    _top(data["top"])


def _strip(total: PortfolioValue) -> None:
    at_risk = "no band is known" if total.band_customers is None else fmt.plural(total.band_customers, "customer")
    margin = f"{fmt.count(total.assumed)} by a stated rate" if total.assumed else "price less cost"
    strip(
        [
            number("Value of the book", fmt.short_money(total.value), fmt.plural(total.valued, "customer"),
                   "Lifetime values known, summed"),
            number("Value at risk", fmt.short_money(total.at_risk), titles.at_risk(total),
                   "Chance to leave in a year x lifetime value, summed"),
            number("In band at risk", fmt.short_money(total.in_band), at_risk, "Value of the customers who stand in the band at risk"),
            number("Margin a month", fmt.short_money(total.margin), margin, "Of whoever has a value"),
            number(f"Largest {total.top}", fmt.share(total.top_share), "of the value", "How much the largest hold: what one loss may cost"),
        ]
    )  # fmt: skip


def _missing_note(total: PortfolioValue) -> None:
    """Draw how many customers are missing from the sum, and why."""
    if total.without:
        verb = "stands" if total.without == 1 else "stand"
        note(f"{fmt.plural(total.without, 'customer')} without a value {verb} in no sum. {titles.without(total)}", small=False)
    if total.gone:
        verb = "counts" if total.gone == 1 else "count"
        note(
            f"{fmt.plural(total.gone, 'customer')} of those in the sum {verb} as gone today; the value is that of the chance that they buy "
            "again.",
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
            note("Per customer, log scale; tick median, bar middle half, line 10th to 90th percentile")
        chart(charts.value_spread, quantiles.head(8))
        with st.expander("The same as a table"):
            rows = _with_labels(portfolio_value.by_segment(data["value"], data["now"], grouping), grouping)
            columns: Columns = {
                "group": TextColumn(BY[grouping], width=112), "customers": 80,
                "lifetime_value": NumberColumn("Value", width=92, format=MONEY), "share": NumberColumn("Share", width=60, format="percent"),
                "at_risk": 82,
            }  # fmt: skip
            table(rows, columns, key=f"value-by-{grouping}", alt="Value by group")


def _with_labels(groups: pl.DataFrame, grouping: str) -> pl.DataFrame:
    labels = {"band": {b.key: b.word for b in fmt.BANDS}, "quadrant": {q.key: q.word for q in fmt.QUADRANTS}}
    return groups.with_columns(pl.col("group").replace(labels.get(grouping, {})))


def _top(customers: pl.DataFrame) -> None:
    """Draw the customers with the largest value at risk; a chosen row opens the client."""
    with card(titles.top(customers), "Lifetime value x chance of leaving within a year; choose a row to open the client"):
        if customers.is_empty():
            return empty("No chance of leaving is known", "So no value can be said to be at risk.")
        download(customers.drop("cents"), "value-at-risk.csv")
        rows = customers.with_columns(band_chip())
        columns: Columns = {
            "name": 212, "band": 100, "health": column("health_number", 62),
            "p_leave_12m": 108,
            "lifetime_value": 100,
            "low": NumberColumn("If early", width=84, format=MONEY, help="Its value where it leaves when 10 % of its like have left"),
            "high": NumberColumn("If late", width=90, format=MONEY, help="Its value where it leaves when 90 % of its like have left"),
            "at_risk": 90, "owner_name": 118,
        }  # fmt: skip
        customer_table(rows, columns, key="value-top", alt="Customers with most value at risk")
