"""Header of the client screen: who the customer is, its badges, and reads of its rows."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import format as fmt
from health.access import Book
from health.errors import NotFound
from health.insight import notice
from health.insight.client import lifecycle, overrides
from health.ui.cache import history, read_cached
from health.ui.cards import badge
from health.ui.links import NOT_FOUND
from health.ui.overview.score_quality import churn_by_band

Row = Mapping[str, Any]


def customer_row(portfolio: pl.DataFrame, customer_id: str) -> dict[str, Any]:
    """Return the customer's row of the portfolio. Raises NotFound for an unknown or forbidden id alike."""
    matches = portfolio.filter(pl.col("customer_id") == customer_id)
    if matches.is_empty():
        raise NotFound(NOT_FOUND)
    return matches.row(0, named=True)


def scored_day(book: Book, row: Row, as_of: date) -> date | None:
    """Day of the facts behind the score shown; None without a score.

    For an active customer the day itself or that of the notice, when points are frozen; for a former one the last month end with a score.
    """
    match lifecycle.stage(row):
        case "there":
            day: date = row["facts_as_of"]
            return day
        case "grace" | "ended":
            last = lifecycle.last_score(history(book), row["customer_id"], as_of)
            return last.as_of if last else None
    return None


def read_customer(read: Callable[[Book, str, date], dict[str, Any]], book: Book, customer_id: str, as_of: date) -> dict[str, Any] | None:
    """Return what `read` reads of the customer, or None if none is chosen, or if it is not found, which is shown as an error."""
    if not customer_id:
        return None
    try:
        return read_cached(read, book, customer_id, as_of)
    except NotFound:
        st.error(NOT_FOUND, icon=":material/error:")
        return None


def customer_facts(customer: Row, as_of: date, day_fact: str) -> list[str]:
    """Facts under the title: day, id, segment, tier, owner and tenure."""
    labelled = {"tier": customer["tier"], "owner": customer["owner_name"] or customer["owner"]}
    return [
        day_fact,
        *([str(customer["customer_id"])] if customer["customer_id"] != customer["name"] else []),
        *(str(customer[k]) for k in ("segment",) if customer[k]),
        *(f"{k} {v}" for k, v in labelled.items() if v),
        *([f"customer for {duration_words(months)}"] if (months := lifecycle.tenure_months(customer, as_of)) is not None else []),
    ]


@st.fragment(parallel=True)
def badges(book: Book, customer: Row, as_of: date, override: pl.DataFrame) -> None:
    """Draw the badges: band with its observed churn (or the status), tentative, override, cap and a last day for notice within 90 days.

    `override`: the override in force (one row or none). The page does not wait for the churn of the bands.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        if customer["band"]:
            band_badge(book, customer["band"], as_of)
        else:
            icon = ":material/hourglass_empty:" if lifecycle.stage(customer) in ("grace", "ahead") else ":material/logout:"
            st.badge(fmt.plain(str(customer["status"]).capitalize()), icon=icon, color="gray")
        if customer["status"] == "paused":
            st.badge("Paused", icon=":material/pause_circle:", color="gray", help="All contract lines in force are paused")
        if customer["band"] and customer["firm"] is False:
            st.badge("Tentative", icon=":material/contrast:", color="gray", help="Missing data could move the customer into another band")
        if override.height:
            words, help = overrides.badge(override.row(0, named=True))
            st.badge(fmt.plain(words), icon=":material/pan_tool:", color="gray", help=fmt.plain(help))
        if customer["cap"]:
            st.badge(
                fmt.plain(f"Capped: {customer['cap']}"),
                icon=":material/block:",
                color="orange",
                help="This alone keeps the customer out of the band healthy",
            )
        if words := notice.notice_badge(customer, as_of):
            st.badge(fmt.plain(words), icon=":material/event_repeat:", color="orange", help=notice.HELP)
    if ending := lifecycle.end_text(customer, as_of):
        st.markdown(fmt.plain(ending))


def band_badge(book: Book, band: str, as_of: date) -> None:
    """Draw the band's badge, and its observed churn once that is read."""
    badge_place = st.empty()
    with badge_place:
        badge(band)
    rates = churn_by_band(book, as_of)
    with badge_place:
        badge(band, rates.words(band), rates.help(band))


def days_until(day: date | None, as_of: date) -> int | None:
    """Days from `as_of` to a day not before it; None if there is none."""
    return (day - as_of).days if day and day >= as_of else None


def duration_words(months: float | None) -> str:
    """Months as 'N months' or, from two years, 'N years'."""
    if months is None:
        return fmt.UNKNOWN
    return fmt.plural(int(months), "month") if months < 24 else fmt.plural(int(months // 12), "year")
