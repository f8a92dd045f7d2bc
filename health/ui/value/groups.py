"""Groups of customers by value and health: the four quadrants, their customers, and movement between them."""

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
from health.errors import InsufficientData
from health.foresight import segments
from health.foresight.segments.clusters import cluster_customers
from health.insight import portfolio_value
from health.insight.search import filter_by_text
from health.insight.value import groups
from health.ui import cache
from health.ui import value_cache as values
from health.ui.cards import NUMBER_HEIGHT, card, chart, empty, note, number, strip
from health.ui.columns import MONEY, Columns, band_chip, column
from health.ui.links import customer_table
from health.ui.tables import download, search, table

EVERYBODY = "All customers"


@cache.cached
def read(book: Book, as_of: date, earlier: date) -> dict[str, Any]:
    """Read what the view shows, at one version of the book."""
    state, portfolio, values_frame = cache.state(book), cache.portfolio_at(book, as_of), values.values(book, as_of)
    margin_rate = values.assumptions_in_force(book).margin_rate
    customers = portfolio_value.customer_values(values_frame, portfolio)
    with_values = portfolio.drop("segment").join(
        values_frame.select("customer_id", "segment", "lifetime_value"), on="customer_id", how="left"
    )
    margins = with_values.drop("margin").join(values_frame.select("customer_id", "margin"), on="customer_id", how="left")
    return {
        "placed": customers.with_columns(band_chip()),
        "edges": segments.edges(margins, state.settings),
        "summary": segments.summary(margins, segments.churn(book, as_of, margin_rate)),
        "moves": segments.segment_moves(book, earlier, as_of, margin_rate) if earlier < as_of else None,
    }


def groups_view(book: Book, as_of: date, earlier: date) -> None:
    """Draw the quadrants, their chart and list, movement since the earlier day, and optional clusters."""
    with values.waiting(book, as_of, NUMBER_HEIGHT):
        data = read(book, as_of, earlier)
    edges = data["edges"]
    if edges.value_split is None:
        with card("Groups of value and health are not known yet", "Protect, Rescue, Grow, Decide"):
            empty("No customer can be grouped", "That needs customers with a known band and margin.", ":material/help:")
        return _list(data["placed"], {EVERYBODY: EVERYBODY})
    _strip(data["summary"])
    points = points_words(edges.placed).capitalize()
    with card(groups.rescue_title(data["summary"]), f"{points}; dotted lines: median monthly margin, and midpoint of the band limits"):
        chart(charts.value_against_health, data["placed"], edges.health_split, edges.value_split)
        note(edges.sentence)
    _list(data["placed"], {EVERYBODY: EVERYBODY} | {quadrant.key: quadrant.label for quadrant in fmt.QUADRANTS})
    left, right = st.columns(2)
    with left:
        _sizes(data["summary"])
    with right:
        _movement(data["moves"], earlier, as_of)
    _clusters(book, as_of)


def _strip(summary: pl.DataFrame) -> None:
    """Draw lifetime value by group; where nobody's is known, what the group is billed."""
    rows = {row["segment"]: row for row in summary.iter_rows(named=True)}
    has_values = summary["lifetime_value"].count() > 0
    figures = []
    for quadrant in fmt.QUADRANTS:
        row = rows[quadrant.key]
        billed = fmt.short_money(row["mrr"])
        value, value_words = (fmt.short_money(row["lifetime_value"]), "lifetime value") if has_values else (billed, "MRR")
        figures.append(
            number(
                quadrant.word,
                value,
                f"{value_words}, {fmt.plural(row['customers'], 'customer')}",
                f"{quadrant.word}: {quadrant.advice}. MRR {billed}.",
            )
        )
    strip(figures)


def _list(customers: pl.DataFrame, labels: Mapping[str, str]) -> None:
    """Draw the customers of the chosen group with search and download; a chosen row opens the client."""
    with card("Customers by group", "Largest value at risk in 12 months first. Choose a row to open the client."):
        group = str(
            st.segmented_control(
                "Group", list(labels), default=EVERYBODY, format_func=labels.__getitem__, required=True, key="group",
                label_visibility="collapsed",
            )
        ) if len(labels) > 1 else EVERYBODY  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
            rows = customers if group == EVERYBODY else customers.filter(pl.col("quadrant") == group)
            rows = filter_by_text(rows, search("Name, segment or owner", width=240), ["name", "segment", "owner_name", "customer_id"])
            order = ["at_risk", "lifetime_value", "margin", "customer_id"]
            rows = rows.sort(order, descending=[True, True, True, False], nulls_last=True)
            download(rows.drop("cents"), "customers.csv" if group == EVERYBODY else f"{group}.csv")
        note(groups.list_summary(rows))
        group_label = pl.col("quadrant").replace_strict(groups.GROUP_LABELS, default=None, return_dtype=pl.String)
        rows = rows.with_columns(group_label.alias("group"))
        customer_table(
            rows,
            _columns(group, rows["lifetime_value"].count() > 0),
            key=f"group-{group}",
            alt="Customers of the group with health, margin and value",
            rows=8,
            wrap=True,
        )


def _columns(group: str, has_values: bool) -> Columns:
    """Columns of the list: the group for all customers, the segment within one group; margin and MRR where no lifetime value is known."""
    group_column = {"group": 90} if group == EVERYBODY else {"segment": 90}
    values: Columns = {
        "lifetime_value": 102,
        "p_leave_12m": 130,
        "at_risk": 126,
    } if has_values else {
        "health": column("health_number", 60),
        "margin": NumberColumn("Monthly margin", width=110, format=MONEY),
        "mrr": 84,
    }  # fmt: skip
    return {"name": 184, "band": 92, **group_column, **values, "owner_name": 110}


def _sizes(summary: pl.DataFrame) -> None:
    groups_with_customers = summary.filter((pl.col("segment") != "unknown") | (pl.col("customers") > 0))
    rows = groups_with_customers.with_columns(pl.col("segment").replace_strict(groups.GROUP_LABELS).alias("group"))
    with card(groups.churn_title(summary), "Churn within 90 days of the last four quarter starts; 95 % interval"):
        columns: Columns = {
            "group": 90, "customers": 80,
            "mrr": 72, "churn": column("rate", 58),
            "low": 58, "high": 58,
        }  # fmt: skip
        table(rows, columns, key="group-sizes", alt="Size, revenue and churn of each group")


def _movement(moves: pl.DataFrame | None, earlier: date, as_of: date) -> None:
    with card(
        "Who moved between groups?" if moves is None else groups.movement_title(moves),
        f"Customers; rows: group on {fmt.day(earlier)}, columns: group on {fmt.day(as_of)}",
    ):
        if moves is None:
            return empty("No earlier day to compare with", "A comparison needs a month end before this day.")
        matrix = groups.movement_table(moves)
        table(matrix, {name: name for name in matrix.columns}, key="group-moves", alt="Customers by group before and after")
        note(groups.movement_summary(moves))


def _clusters(book: Book, as_of: date) -> None:
    """Draw clusters, computed only on demand."""
    with st.expander("Clusters: groups found by an algorithm", icon=":material/bubble_chart:"):
        if not st.toggle("Calculate clusters", key="clusters", help="k-means on health, value, trend and tenure; takes a few seconds"):
            return
        clusters = _clusters_or_reason(book, as_of)
        if isinstance(clusters, str):
            return empty("No clusters", clusters)
        note(clusters["sentence"], small=False)
        if clusters["sizes"] is not None:
            table(clusters["sizes"], CLUSTERS, key="clusters-sizes", alt="Clusters with their size and means")
            download(clusters["frame"], "clusters.csv")
        note(clusters["against"])


CLUSTERS: Columns = {
    "cluster": TextColumn("Cluster", width=300), "customers": 96,
    "health": column("health_number", 76, format='%.0f'), "margin": NumberColumn("Typical margin", width=110, format=MONEY),
    "trend": NumberColumn("Trend", width=76, format="%+.1f", help="Change of health in three months, in points"),
    "tenure": NumberColumn("Typical tenure, months", width=150, format="%.0f"),
}  # fmt: skip


@cache.cached
def _clusters_or_reason(book: Book, as_of: date) -> Mapping[str, Any] | str:
    """Clusters with their texts, or why there are none."""
    try:
        clusters = cluster_customers(book, as_of, values.assumptions_in_force(book).margin_rate)
    except InsufficientData as problem:
        return str(problem)
    return {
        "sentence": clusters.sentence,
        "sizes": groups.cluster_sizes(clusters.frame, clusters.means) if clusters.stability.holds else None,
        "frame": clusters.frame,
        "against": groups.stability_text(clusters.stability),
    }
