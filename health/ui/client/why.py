"""Why view: points, health over time, bridge, parts of the score, and overrides."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health import portfolio
from health.access import Book
from health.insight import lineage
from health.insight.client import details, lifecycle, points
from health.insight.client import overrides as override_insight
from health.score.settings import versions
from health.ui import cache
from health.ui.cards import empty
from health.ui.client.context import Client
from health.ui.client.header import customer_row, scored_day
from health.ui.client.numbers import call_numbers
from health.ui.client.override import override_card
from health.ui.client.score_view import score_cards


def show(client: Client) -> None:
    """Draw the view."""
    data = read(client.book, client.id, client.as_of)
    if client.is_customer:
        call_numbers(client.row, client.as_of)
    if data["day"]:
        score_cards(client.book, data, client.state, client.as_of)
    elif not client.is_customer:
        empty("No score to explain", "No month-end score is on record.")
    if client.is_customer and client.state.as_of:
        override_card(client.book, client.row, data["overrides"], client.state.as_of, client.as_of)


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """Read what the view shows, at one version of the book. Raises NotFound for an id outside it."""
    row, history = customer_row(cache.portfolio_at(book, as_of), customer_id), cache.history(book)
    override_data, day = override_insight.read_overrides(book, customer_id, as_of), scored_day(book, row, as_of)
    with book.reading() as session:
        setting_versions = versions(session)
    return {
        "customer": row,
        "stage": lifecycle.stage(row),
        "months": lifecycle.last_months(history, customer_id, as_of),
        "line": points.health_history(history, customer_id, as_of),
        "overrides": override_data,
        "by_hand": points.override_spans(override_data["ledger"], as_of),
        "versions": points.version_marks(setting_versions),
        "day": day,
    } | (_score_data(book, row, day, as_of) if day else {})


def _score_data(book: Book, row: Mapping[str, Any], day: date, as_of: date) -> dict[str, Any]:
    """Score with its source rows, of the day that it rests on."""
    settings = cache.state(book).settings
    rows: dict[str, pl.DataFrame] = portfolio.client(book, row["customer_id"], as_of)
    row_on_day = customer_row(cache.portfolio_at(book, day), row["customer_id"])
    weights = settings.weights_of(row_on_day["score_segment"])
    rows_on_day = rows if day == as_of else portfolio.client(book, row["customer_id"], day)
    is_customer, last_day = lifecycle.stage(row) == "there", lifecycle.last_day(row, as_of)
    header_figures = (
        lineage.headline_figures(rows, row, as_of)
        if is_customer
        else lineage.ended_relationship(rows, row, last_day, rows_on_day, row_on_day, day)
    )
    return {
        "weights": weights,
        "points": points.component_points(row_on_day, weights, settings),
        "parts": details.parts(row_on_day, weights),
        "behind": [(part.figure, part) for part in lineage.score_parts(rows_on_day, row_on_day, day)],
        "head": {figure.figure: figure for figure in header_figures},
    }
