"""Why does it stand here: points, the line, the bridge, the parts, and what people hold against the score."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health import portfolio
from health.access import Book
from health.insight import lineage as behind
from health.insight.client import details, lifecycle, points
from health.insight.client import overrides as by_hand
from health.score.settings import versions
from health.ui import cache
from health.ui.cards import empty
from health.ui.client.context import Client
from health.ui.client.header import customer_row, scored_day
from health.ui.client.numbers import before_the_call
from health.ui.client.override import override_card
from health.ui.client.score_view import scored


def show(shown: Client) -> None:
    """Draws it."""
    told = read(shown.book, shown.id, shown.as_of)
    if shown.there:
        before_the_call(shown.row, shown.as_of)
    if told["day"]:
        scored(shown.book, told, shown.state, shown.as_of)
    elif not shown.there:
        empty("There is no score to explain", "It never stood at a month end with anything known of its score.")
    if shown.there and shown.state.as_of:
        override_card(shown.book, shown.row, told["overrides"], shown.state.as_of, shown.as_of)


@cache.cached
def read(book: Book, customer_id: str, as_of: date) -> dict[str, Any]:
    """What the view shows of one customer, at one version of the book. NotFound for an id outside it."""
    row, past = customer_row(cache.portfolio_at(book, as_of), customer_id), cache.history(book)
    held, day = by_hand.read(book, customer_id, as_of), scored_day(book, row, as_of)
    with book.reading() as session:
        saved = versions(session)
    return {
        "customer": row,
        "stage": lifecycle.stage(row),
        "months": lifecycle.last_months(past, customer_id, as_of),
        "line": points.line_of(past, customer_id, as_of),
        "overrides": held,
        "by_hand": points.held(held["ledger"], as_of),
        "versions": points.marks(saved),
        "day": day,
    } | (_scored(book, row, day, as_of) if day else {})


def _scored(book: Book, row: Mapping[str, Any], day: date, as_of: date) -> dict[str, Any]:
    """The score with the rows behind it, of the day it rests on."""
    settings = cache.state(book).settings
    rows: dict[str, pl.DataFrame] = portfolio.client(book, row["customer_id"], as_of)
    then = customer_row(cache.portfolio_at(book, day), row["customer_id"])
    weights = settings.weights_of(then["score_segment"])
    own = rows if day == as_of else portfolio.client(book, row["customer_id"], day)
    there, until = lifecycle.stage(row) == "there", lifecycle.last_day(row, as_of)
    head = behind.head(rows, row, as_of) if there else behind.ended(rows, row, until, own, then, day)
    return {
        "weights": weights,
        "points": points.points_of(then, weights, settings),
        "parts": details.parts(then, weights),
        "behind": [(part.figure, part) for part in behind.parts(own, then, day)],
        "head": {figure.figure: figure for figure in head},
    }
