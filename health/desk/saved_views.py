"""Saved views of the list of customers: named filters and search text of one author."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from health.access import Book
from health.errors import InvalidInput, NotFound
from health.warehouse import Session

LONGEST = 60
"""Most characters of a name."""
MOST = 50
"""Most views of one author."""


@dataclass(frozen=True)
class SavedView:
    """A named choice of filters. `is_default`: the list opens with it; one view of an author at most."""

    view_id: int
    name: str
    filters: Mapping[str, Sequence[str]]
    is_default: bool


def saved_views(book: Book) -> list[SavedView]:
    """The viewer's own views that were not removed, by name."""
    with book.reading() as session:
        rows = _own_views(session, book.viewer.author)
    return [SavedView(r["view_id"], r["name"], json.loads(r["body"]), r["is_default"]) for r in rows.iter_rows(named=True)]


def save(book: Book, name: str, filters: Mapping[str, Sequence[str]], is_default: bool, now: datetime) -> None:
    """Save the filters under a name, in place of an own view of that name. Raises Forbidden, InvalidInput."""
    words = " ".join(name.split())
    if not words or len(words) > LONGEST or "\0" in words:
        raise InvalidInput(f"The name of a view needs 1 to {LONGEST} characters; this one has {len(words)}.")
    with book.writing("save_view") as session:
        views = _own_views(session, book.viewer.author)
        replaced = views.filter(pl.col("name").str.to_lowercase() == words.lower())
        if views.height - replaced.height >= MOST:
            raise InvalidInput(f"You have {MOST} saved views, which is the most there can be; delete one first.")
        if is_default:
            _withdraw_default(session, views, now)
        _remove(session, replaced, now)
        row = {
            "name": words,
            "body": json.dumps({key: list(choices) for key, choices in filters.items() if choices}),
            "is_default": is_default,
        }
        _insert(session, pl.DataFrame([row]), book.viewer.author, now)


def remove(book: Book, view_id: int, now: datetime) -> None:
    """Remove an own view; it stays on file. Raises Forbidden, NotFound, with the same message for views of others and unknown ones."""
    with book.writing("save_view") as session:
        view = _own_views(session, book.viewer.author).filter(pl.col("view_id") == view_id)
        if view.is_empty():
            raise NotFound("This view was not found among your saved views; it may have been deleted.")
        _remove(session, view, now)


def _own_views(session: Session, author: str) -> pl.DataFrame:
    own = session.alike("saved_views", pl.DataFrame({"author": [author]}))
    return own.filter(pl.col("removed_at").is_null()).sort("name", "view_id")


def _withdraw_default(session: Session, views: pl.DataFrame, now: datetime) -> None:
    """Replace the default view by the same view without the mark."""
    default = views.filter("is_default")
    if default.height:
        _remove(session, default, now)
        _insert(session, default.select("name", "body", pl.lit(False).alias("is_default")), default["author"][0], now)


def _remove(session: Session, views: pl.DataFrame, now: datetime) -> None:
    for view_id in views["view_id"]:
        session.run("queries/remove_view", view_id=view_id, removed_at=now)


def _insert(session: Session, views: pl.DataFrame, author: str, now: datetime) -> None:
    last = int(session.rows("saved_views").select(pl.col("view_id").max().fill_null(0)).item())
    numbered = views.with_columns(pl.lit(author).alias("author"), pl.lit(now).alias("made_at"))
    session.insert("saved_views", numbered.with_columns(pl.int_range(last + 1, last + 1 + pl.len(), dtype=pl.Int64).alias("view_id")))
