"""The head of the client's screen: who it is, where the relation stands, and its numbers."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st

from health import format as fmt
from health.access import Book
from health.errors import NotFound
from health.insight.client import lifecycle, overrides
from health.ui.cache import ask, history
from health.ui.cards import badge
from health.ui.links import NOT_FOUND
from health.ui.overview.score_quality import odds

Row = Mapping[str, Any]


def customer_row(now: pl.DataFrame, customer_id: str) -> dict[str, Any]:
    """The customer's row of the portfolio. NotFound for an unknown or forbidden id alike."""
    mine = now.filter(pl.col("customer_id") == customer_id)
    if mine.is_empty():
        raise NotFound(NOT_FOUND)
    return mine.row(0, named=True)


def scored_day(book: Book, row: Row, as_of: date) -> date | None:
    """The day whose facts the score shown rests on: the day itself, of the leaving the one their points are frozen at, of whoever is no
    longer there the last month end with a score, if any."""
    match lifecycle.stage(row):
        case "there":
            day: date = row["facts_as_of"]
            return day
        case "grace" | "ended":
            last = lifecycle.last_score(history(book), row["customer_id"], as_of)
            return last.as_of if last else None
    return None


def found(read: Callable[[Book, str, date], dict[str, Any]], book: Book, customer_id: str, as_of: date) -> dict[str, Any] | None:
    """What `read` says of the customer; None where none is chosen, or none is found, which it says."""
    if not customer_id:
        return None
    try:
        return ask(read, book, customer_id, as_of)
    except NotFound:
        st.error(NOT_FOUND, icon=":material/error:")
        return None


def customer_facts(c: Row, as_of: date) -> list[str]:
    """Who it is: day, id, segment, tier, owner, and since when."""
    named = {"tier": c["tier"], "owner": c["owner_name"] or c["owner"]}
    return [
        f"as of {fmt.day(as_of)}",
        *([str(c["customer_id"])] if c["customer_id"] != c["name"] else []),
        *(str(c[k]) for k in ("segment",) if c[k]),
        *(f"{k} {v}" for k, v in named.items() if v),
        *([f"customer for {years(months)}"] if (months := lifecycle.tenure_months(c, as_of)) is not None else []),
    ]


@st.fragment(parallel=True)
def badges(book: Book, c: Row, as_of: date, held: pl.DataFrame) -> None:
    """Band (or why there is none) with what became of others in it, whether it is sure, what a person holds, what caps it, and a renewal
    that is near. The page does not wait for what became of the others. `held`: the customer's override in force, if any."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if c["band"]:
            band_badge(book, c["band"], as_of)
        else:
            icon = ":material/hourglass_empty:" if lifecycle.stage(c) in ("grace", "ahead") else ":material/logout:"
            st.badge(fmt.plain(str(c["status"]).capitalize()), icon=icon, color="gray")
        if c["band"] and c["firm"] is False:
            st.badge("Tentative", icon=":material/contrast:", color="gray", help="What is unknown could move it into another band")
        if held.height:
            words, help = overrides.badge(held.row(0, named=True))
            st.badge(fmt.plain(words), icon=":material/pan_tool:", color="gray", help=fmt.plain(help))
        if c["cap"]:
            st.badge(
                fmt.plain(f"Capped: {c['cap']}"),
                icon=":material/block:",
                color="orange",
                help="This alone keeps the band from being healthy",
            )
        days = days_until(c["renewal_on"], as_of)
        if days is not None and days <= 90:
            st.badge(f"Renews in {fmt.plural(days, 'day')}", icon=":material/event_repeat:", color="orange")
    if told := lifecycle.ending(c, as_of):
        st.markdown(fmt.plain(told))


def band_badge(book: Book, band: str, as_of: date) -> None:
    """The band alone until it is known how often others in it left."""
    place = st.empty()
    with place:
        badge(band)
    rates = odds(book, as_of)
    with place:
        badge(band, rates.words(band), rates.help(band))


def days_until(day: date | None, as_of: date) -> int | None:
    """Days from as_of to a day still ahead; None for none."""
    return (day - as_of).days if day and day >= as_of else None


def years(months: float | None) -> str:
    if months is None:
        return fmt.UNKNOWN
    return fmt.plural(int(months), "month") if months < 24 else fmt.plural(int(months // 12), "year")
