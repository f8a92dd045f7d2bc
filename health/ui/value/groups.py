"""Whom to protect, rescue, grow or decide about: the four quadrants, who is in them, and who moved between them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.charts.value import points_words
from health.errors import TooLittle
from health.foresight import segments
from health.foresight.segments.clusters import cluster_customers
from health.insight import portfolio_value
from health.insight.search import containing
from health.insight.value import groups
from health.ui import cache
from health.ui import value_cache as values
from health.ui.cards import NUMBER_HEIGHT, card, chart, empty, note, number, strip
from health.ui.columns import MONEY, Columns, band_chip, column
from health.ui.links import open_client
from health.ui.tables import download, search, table

EVERYBODY = "Everybody"


@cache.cached
def read(book: Book, as_of: date, earlier: date) -> dict[str, Any]:
    """What the view shows, at one version of the book."""
    state, now, value = cache.state(book), cache.portfolio_at(book, as_of), values.values(book, as_of)
    rate = values.in_force(book).margin_rate
    placed = portfolio_value.customer_values(value, now)
    own = now.drop("segment").join(value.select("customer_id", "segment", "lifetime_value"), on="customer_id", how="left")
    margins = own.drop("margin").join(value.select("customer_id", "margin"), on="customer_id", how="left")
    return {
        "placed": placed.with_columns(band_chip()),
        "edges": segments.edges(margins, state.settings),
        "summary": segments.summary(margins, segments.churn(book, as_of, rate)),
        "moves": segments.segment_moves(book, earlier, as_of, rate) if earlier < as_of else None,
    }


def groups_view(book: Book, as_of: date, earlier: date) -> None:
    """The quadrants, their picture and their list; movement since the earlier day; clusters for whoever wants another cut."""
    with values.waiting(book, as_of, NUMBER_HEIGHT):
        told = read(book, as_of, earlier)
    edges = told["edges"]
    if edges.value_split is None:
        with card("Whom to protect, rescue, grow or decide about is not known", "Groups of value and health"):
            empty("Nobody can be placed", "It takes a customer whose band and margin are known.", ":material/help:")
        return _list(told["placed"], {EVERYBODY: EVERYBODY})
    _strip(told["summary"])
    points = points_words(edges.placed).capitalize()
    with card(groups.rescue_title(told["summary"]), f"{points}; cuts: middle of the band edges, median of the margin a month"):
        chart(charts.value_against_health, told["placed"], edges.health_split, edges.value_split)
        note(edges.sentence)
    _list(told["placed"], {EVERYBODY: EVERYBODY} | {q.key: q.label for q in fmt.QUADRANTS})
    left, right = st.columns(2)
    with left:
        _sizes(told["summary"])
    with right:
        _movement(told["moves"], earlier, as_of)
    _clusters(book, as_of)


def _strip(summary: pl.DataFrame) -> None:
    """Lifetime value by group; where nobody's is known, what the group is billed."""
    rows = {row["segment"]: row for row in summary.iter_rows(named=True)}
    valued = summary["lifetime_value"].count() > 0
    figures = []
    for q in fmt.QUADRANTS:
        row = rows[q.key]
        bill = fmt.short_money(row["mrr"])
        value, what = (
            (fmt.short_money(row["lifetime_value"]), f"Lifetime value; billed {bill} a month") if valued else (bill, "Billed a month")
        )
        figures.append(number(q.word, value, fmt.plural(row["customers"], "customer"), f"{what}. {q.word}: {q.advice}."))
    strip(figures)


def _list(placed: pl.DataFrame, offered: Mapping[str, str]) -> None:
    """The customers of the chosen group: search, list, file; a chosen row opens the client."""
    with card("Who is in the group", "Largest value at risk first, then lifetime value, then margin. Choose a row to open the client."):
        group = str(
            st.segmented_control(
                "Group", list(offered), default=EVERYBODY, format_func=offered.__getitem__, required=True, key="group",
                label_visibility="collapsed",
            )
        ) if len(offered) > 1 else EVERYBODY  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            rows = placed if group == EVERYBODY else placed.filter(pl.col("quadrant") == group)
            rows = containing(rows, search("Name, segment or owner", width=240), ["name", "segment", "owner_name", "customer_id"])
            order = ["at_risk", "lifetime_value", "margin", "customer_id"]
            rows = rows.sort(order, descending=[True, True, True, False], nulls_last=True)
            download(rows.drop("cents"), "customers.csv" if group == EVERYBODY else f"{group}.csv")
        note(groups.list_summary(rows))
        rows = rows.with_columns(pl.col("quadrant").replace_strict(groups.WORDS, default=None, return_dtype=pl.String).alias("group"))
        chosen = table(rows, _columns(group), key=f"group-{group}", alt="Customers of the group with health, margin and value", choose=True)
        if chosen is not None:
            open_client(str(rows["customer_id"][chosen]))


def _columns(group: str) -> Columns:
    """Of everybody the group; within one, where all have the same, the segment."""
    own = {"group": 92} if group == EVERYBODY else {"segment": 92}
    return {
        "name": 212,
        "band": 100,
        **own,
        "health": column("health_number", 60),
        "margin": NumberColumn("Margin a month", width=104, format=MONEY),
        "lifetime_value": 100,
        "p_leave_12m": 108,
        "at_risk": 78,
        "owner_name": 116,
    }


def _sizes(summary: pl.DataFrame) -> None:
    placed = summary.filter((pl.col("segment") != "unknown") | (pl.col("customers") > 0))
    rows = placed.with_columns(pl.col("segment").replace_strict(groups.WORDS).alias("group"))
    with card(groups.churn_title(summary), "Left in 90 days after the last four quarter starts; 95 % interval"):
        columns: Columns = {
            "group": 104, "customers": 86,
            "mrr": 84, "churn": column("rate", 62),
            "low": 60, "high": 60,
        }  # fmt: skip
        table(rows, columns, key="group-sizes", alt="Size, revenue and churn of each group")


def _movement(moves: pl.DataFrame | None, earlier: date, as_of: date) -> None:
    with card(
        "Who moved between the groups" if moves is None else groups.movement_title(moves),
        f"Rows: {fmt.day(earlier)}; columns: {fmt.day(as_of)}; customers",
    ):
        if moves is None:
            return empty("There is no earlier day to compare with", "Movement needs a month end before this day.")
        shown = groups.movement_table(moves)
        table(shown, {name: name for name in shown.columns}, key="group-moves", alt="Customers by group before and after")
        note(groups.movement_summary(moves))


def _clusters(book: Book, as_of: date) -> None:
    """An extra, read only when it is opened."""
    with st.expander("Clusters: what groups would the data form by themselves?", icon=":material/bubble_chart:"):
        if not st.toggle("Work them out", key="clusters", help="k-means on health, value, trend and tenure; takes a few seconds"):
            return
        told = _clustered(book, as_of)
        if isinstance(told, str):
            return empty("No clusters", told)
        note(told["sentence"], small=False)
        if told["sizes"] is not None:
            table(told["sizes"], CLUSTERS, key="clusters-sizes", alt="Clusters with their size and means")
            download(told["frame"], "clusters.csv")
        note(told["against"])


CLUSTERS: Columns = {
    "cluster": TextColumn("Cluster", width=300), "customers": 96,
    "health": column("health_number", 76, format='%.0f'), "margin": NumberColumn("Margin, typical", width=120, format=MONEY),
    "trend": NumberColumn("Trend", width=76, format="%+.1f", help="Points of health in three months"),
    "tenure": NumberColumn("Months, typical", width=120, format="%.0f"),
}  # fmt: skip


@cache.cached
def _clustered(book: Book, as_of: date) -> Mapping[str, Any] | str:
    try:
        found = cluster_customers(book, as_of, values.in_force(book).margin_rate)
    except TooLittle as problem:
        return str(problem)
    return {
        "sentence": found.sentence,
        "sizes": groups.cluster_sizes(found.frame, found.means) if found.stability.holds else None,
        "frame": found.frame,
        "against": groups.stability_text(found.stability),
    }
