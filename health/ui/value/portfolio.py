"""What the book is worth: its sum and how it moved, what of it is at risk, how it is spread, the largest at stake."""

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
from health.ui.links import open_client
from health.ui.tables import download, table
from health.ui.value.change import moved_card
from health.ui.value.model_quality import why_none

BY = {"segment": "Segment", "quadrant": "Group", "owner_name": "Owner", "tier": "Tier", "band": "Band"}


@cache.cached
def read(book: Book, as_of: date) -> dict[str, Any]:
    """What the view shows of the day itself, at one version of the book."""
    now, value = cache.portfolio_at(book, as_of), values.values(book, as_of)
    return {"book": portfolio_value.portfolio_value(value, now), "top": portfolio_value.top(value, now, 25), "value": value, "now": now}


def book_view(book: Book, as_of: date, earlier: date) -> None:
    """The sum, its move, its spread and the largest at stake; each reads for itself what takes longer."""
    with values.waiting(book, as_of, NUMBER_HEIGHT):
        told = read(book, as_of)
    found: PortfolioValue = told["book"]
    if found.value is None:
        with card("What is the book worth?"):
            missing = f"{titles.without(found)} {why_none(book, values.fits(book, as_of))}".strip()
            return empty("Nobody's lifetime value is known", missing, ":material/help:")
    _strip(found)
    _without(found)
    left, right = st.columns(2)
    with left:
        moved_card(book, as_of, earlier)
    with right:
        _spread(told)
    _top(told["top"])


def _strip(w: PortfolioValue) -> None:
    at_risk = "no band is known" if w.band_customers is None else fmt.plural(w.band_customers, "customer")
    margin = f"{fmt.count(w.assumed)} by a stated rate" if w.assumed else "price less cost"
    strip(
        [
            number("Value of the book", fmt.short_money(w.value), fmt.plural(w.valued, "customer"), "Lifetime values known, summed"),
            number("Value at risk", fmt.short_money(w.at_risk), titles.at_risk(w), "Chance to leave in a year x lifetime value, summed"),
            number("In band at risk", fmt.short_money(w.in_band), at_risk, "Value of the customers who stand in the band at risk"),
            number("Margin a month", fmt.short_money(w.margin), margin, "Of whoever has a value"),
            number(f"Largest {w.top}", fmt.share(w.top_share), "of the value", "How much the largest hold: what one loss may cost"),
        ]
    )  # fmt: skip


def _without(w: PortfolioValue) -> None:
    if w.without:
        said = f"{fmt.plural(w.without, 'customer')} without a value {'stands' if w.without == 1 else 'stand'} in no sum."
        note(f"{said} {titles.without(w)}", small=False)
    if w.gone:
        note(
            f"{fmt.plural(w.gone, 'customer')} of those in the sum {'counts' if w.gone == 1 else 'count'} as gone today; the value is that "
            "of the chance that they buy again.",
            small=False,
        )


def _spread(told: dict[str, Any]) -> None:
    with st.container(border=True, height="stretch"):
        head = st.container(gap=None)
        by = str(st.segmented_control("By", list(BY), default="segment", format_func=BY.__getitem__, required=True, key="spread-by",
                                      label_visibility="collapsed"))  # fmt: skip
        quantiles = _in_words(portfolio_value.quantiles(told["value"], told["now"], by), by)
        with head:
            st.header(fmt.plain(titles.spread(quantiles)), anchor=False)
            note("Per customer, log scale; tick median, bar middle half, line 10th to 90th percentile")
        chart(charts.value_spread, quantiles.head(8))
        with st.expander("The same as a table"):
            rows = _in_words(portfolio_value.by_segment(told["value"], told["now"], by), by)
            columns: Columns = {
                "group": TextColumn(BY[by], width=112), "customers": 80,
                "lifetime_value": NumberColumn("Value", width=92, format=MONEY), "share": NumberColumn("Share", width=60, format="percent"),
                "at_risk": 82,
            }  # fmt: skip
            table(rows, columns, key=f"value-by-{by}", alt="Value by group")


def _in_words(groups: pl.DataFrame, by: str) -> pl.DataFrame:
    words = {"band": {b.key: b.word for b in fmt.BANDS}, "quadrant": {q.key: q.word for q in fmt.QUADRANTS}}
    return groups.with_columns(pl.col("group").replace(words.get(by, {})))


def _top(top: pl.DataFrame) -> None:
    with card(titles.top(top), "Lifetime value x chance of leaving within a year; choose a row to open the client"):
        if top.is_empty():
            return empty("No chance of leaving is known", "So no value can be said to be at risk.")
        download(top.drop("cents"), "value-at-risk.csv")
        rows = top.with_columns(band_chip())
        columns: Columns = {
            "name": 212, "band": 100, "health": column("health_number", 62),
            "p_leave_12m": 108,
            "lifetime_value": 100,
            "low": NumberColumn("If early", width=84, format=MONEY, help="Its value where it leaves when 10 % of its like have left"),
            "high": NumberColumn("If late", width=90, format=MONEY, help="Its value where it leaves when 90 % of its like have left"),
            "at_risk": 90, "owner_name": 118,
        }  # fmt: skip
        chosen = table(rows, columns, key="value-top", alt="Customers with most value at risk", choose=True)
        if chosen is not None:
            open_client(str(rows["customer_id"][chosen]))
