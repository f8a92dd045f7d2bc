"""Who stays: curves by group, cohorts, renewals ahead, the forecast beside its own past, and who has room for more."""

from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.errors import TooLittle
from health.foresight.survival import kaplan_meier
from health.insight import retention_forecast
from health.insight.value import cohorts, renewals, retention_frames, titles, upsell
from health.ui import cache
from health.ui import value_cache as values
from health.ui.cards import card, card_head, chart, empty, note, waiting
from health.ui.columns import MONEY, Columns, band_chip, column
from health.ui.links import open_client
from health.ui.tables import download, table

CURVES: dict[kaplan_meier.Kind, str] = {
    "band": "Band",
    "segment": "Segment",
    "contract": "Contract",
    "cohort": "Start",
    "quadrant": "Group",
}
COHORTS_SHOWN, FORECAST = 12, 360
NO_CONTRACT = "No contract is on file, so nobody can be seen to stay or to leave; what is bought is foreseen under Value."
SIDES = {"logo_share": "Customers", "gross_share": "Revenue, gross", "net_share": "Revenue, net"}


def retention_view(book: Book, as_of: date, earlier: date) -> None:
    """Each card reads for itself; the forecast, which takes longest, follows when it is ready."""
    left, right = st.columns(2)
    with left:
        _curves(book, as_of)
    with right:
        _cohorts(book, as_of)
    _forecast(book, as_of)
    _renewals(book, as_of)
    _upsell(book, as_of)


def _curves(book: Book, as_of: date) -> None:
    with st.container(border=True, height="stretch"):
        head = st.container(gap=None)
        kind = st.segmented_control("By", list(CURVES), default="band", format_func=CURVES.__getitem__, required=True, key="curves-by",
                                    label_visibility="collapsed")  # fmt: skip
        found = _survival(book, as_of, kind)
        if isinstance(found, str):
            with head:
                card_head("Who stays how long?")
            return empty("Nobody was watched for long enough", found, ":material/history:")
        curves = retention_frames.curves(found)
        if curves.is_empty():
            with head:
                card_head("Who stays how long?")
            nobody = _or_no_contract(book, "It is not known of anybody who could be watched.")
            return empty("No group has enough customers to watch", retention_frames.hidden(found) or nobody, ":material/history:")
        with head:
            st.header(fmt.plain(retention_frames.curves_title(curves)), anchor=False)
            since = f"months since it stood in that {CURVES[kind].lower()}" if kind in ("band", "quadrant") else "months of tenure"
            note(f"Kaplan-Meier: {since}; shade: 95 % interval")
        chart(charts.survival_curves, curves)
        if left_out := retention_frames.hidden(found):
            note(left_out)
        with st.expander("The same as a table"):
            columns: Columns = {
                "label": column("group", 112), "month": NumberColumn("Month", width=56),
                "at_risk": NumberColumn("Watched", width=70),
                "stays": NumberColumn("Stay", width=62, format="percent"), "low": 62,
                "high": 62,
            }  # fmt: skip
            table(curves.filter(pl.col("month") % 6 == 0), columns, key=f"curves-{kind}", alt="Share still a customer")


@cache.cached
def _survival(book: Book, as_of: date, kind: kaplan_meier.Kind) -> pl.DataFrame | str:
    try:
        return kaplan_meier.curves_by_group(book, as_of, kind, values.in_force(book).margin_rate)
    except TooLittle as problem:
        return str(problem)


def _cohorts(book: Book, as_of: date) -> None:
    with st.container(border=True, height="stretch"):
        head = st.container(gap=None)
        side = str(st.segmented_control("Of", list(SIDES), default="logo_share", format_func=SIDES.__getitem__, required=True,
                                        key="cohorts-of", label_visibility="collapsed"))  # fmt: skip
        told = kept(book, as_of)
        with head:
            card_head(
                titles.cohorts(cohorts.by_age(told), 4, side), f"{SIDES[side]} kept, %, by quarter of start; *: from the first day seen"
            )
        if told["measured_on"].drop_nulls().n_unique() < 2:
            why = _or_no_contract(book, "It takes two quarter ends on file.")
            return empty("No cohort could be followed yet", why, ":material/history:")
        chart(charts.cohorts, retention_frames.cohort_cells(told, side, COHORTS_SHOWN), SIDES[side].lower())


@cache.cached
def kept(book: Book, as_of: date) -> pl.DataFrame:
    """Cohorts by quarter of the start (`cohorts.retention`), as known on the day."""
    starts = cache.portfolio_at(book, as_of).select("customer_id", "start_on")
    return cohorts.retention(cache.history(book).filter(pl.col("as_of") <= as_of), starts, cache.state(book).observed_from)


@st.fragment(parallel=True)
def _forecast(book: Book, as_of: date) -> None:
    with st.container(border=True):
        with waiting(FORECAST):
            told = _foreseen(book, as_of)
        with st.container(gap=None):
            about = "Bar: 95 % interval as foreseen; tick: expected; dot: what came. The last one's outcome is open."
            card_head(titles.forecast(told), about if told else "")
        if told is None:
            return empty("No forecast", _no_forecast(book, as_of))
        left, right = st.columns(2)
        for place, side, words in ((left, "gross", "Gross: bills grow no further"), (right, "net", "Net: with what stayers add")):
            with place:
                note(words)
                chart(charts.forecast, retention_frames.forecasts(told, side))
        note(told.sentence, small=False)


@cache.cached
def _foreseen(book: Book, as_of: date) -> Any:
    models = values.fits(book, as_of)
    if models.hazard is None:
        return None
    now, history, state = cache.portfolio_at(book, as_of), cache.history(book), cache.state(book)
    return retention_forecast.forecast_retention(book, as_of, now, history, state.observed_from, models.hazard, models.check)


def _or_no_contract(book: Book, why: str) -> str:
    """The reason given, or that the book holds no contracts: then it is that."""
    return why if cache.state(book).rows["contracts"] else NO_CONTRACT


def _no_forecast(book: Book, as_of: date) -> str:
    models = values.fits(book, as_of)
    if models.hazard is None:
        return _or_no_contract(book, models.why["hazard"])
    if models.check is not None and not models.check.holds:
        return "The model of leaving has not passed its check, and too little was seen of the bands for their rates to stand in."
    return _or_no_contract(book, "Nothing is billed to anybody with a chance of leaving.")


def _renewals(book: Book, as_of: date) -> None:
    told = _due(book, as_of)
    with card(titles.renewals(renewals.windows(told)), "Terms that end within 90 days, and those that ran out without a word"):
        if told.is_empty():
            why = _or_no_contract(book, "Rolling contracts have no agreed end.")
            return empty("No term ends within 90 days", why, ":material/help:" if why == NO_CONTRACT else ":material/check_circle:")
        download(told, "renewals.csv")
        rows = told.with_columns(band_chip())
        columns: Columns = {
            "name": 208, "band": 100,
            "renewal_on": column("ends_on", 96), "days": 50,
            "mrr": 74, "lifetime_value": 102,
            "p_leave_90d": 116, "open": 136,
            "state": TextColumn("Standing", width=108),
        }  # fmt: skip
        chosen = table(rows, columns, key="renewals", alt="Terms that end within 90 days", choose=True)
        if chosen is not None:
            open_client(str(rows["customer_id"][chosen]))


@cache.cached
def _due(book: Book, as_of: date) -> pl.DataFrame:
    return renewals.due(cache.portfolio_at(book, as_of), values.values(book, as_of), as_of)


def _upsell(book: Book, as_of: date) -> None:
    told = _room(book, as_of)
    rows, held, healthy = told["rows"], told["held_back"], told["healthy"]
    about = "Healthy, priced at or below the market, nothing open; worth a month: what others pay for it, no offer and no promise"
    with card(titles.upsell(rows, healthy), about):
        if rows.is_empty():
            nobody = "Nobody has room that is known" if healthy else "Nobody is known to be healthy"
            empty(nobody, "It takes a healthy customer with one product, or with 90 % of its volume in use.")
        else:
            download(rows, "room-for-more.csv")
            columns: Columns = {
                "name": 208, "health": column("health_number", 58),
                "reason": column("why", 284), "next_product": TextColumn("Next", width=72),
                "worth": NumberColumn("Worth a month", width=104, format=MONEY, help="An estimate"),
                "basis": TextColumn("Estimated from", width=194),
                "mrr": 70,
            }  # fmt: skip
            chosen = table(rows, columns, key="upsell", alt="Customers with room for more", choose=True)
            if chosen is not None:
                open_client(str(rows["customer_id"][chosen]))
        if held.height:
            note(f"Held back: {'; '.join(f'{why} ({n:,})' for why, n in held.iter_rows())}.")


@cache.cached
def _room(book: Book, as_of: date) -> dict[str, Any]:
    now = cache.portfolio_at(book, as_of)
    rows = {name: cache.staged(book, name) for name in ("contracts", "usage")}
    healthy = now.filter(upsell.HEALTHY).height
    return {"rows": upsell.candidates(now, rows, as_of), "held_back": upsell.held_back(now, rows, as_of), "healthy": healthy}
