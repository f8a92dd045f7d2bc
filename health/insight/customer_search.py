"""Search for customers by everything written about them: names, people, notes and what happened."""

import re
from datetime import date

import polars as pl

from health.access import Book
from health.insight.search import fold, folded
from health.warehouse import Session

_PHONE = re.compile(r"[\d\s+()/.\-]+")
_LEAST_DIGITS = 5
_NAME, _PERSON, _NOTE, _EVENT = range(4)


def search_texts(book: Book, as_of: date, is_newest_day: bool = True) -> pl.DataFrame:
    """One row per searchable text about a customer of the viewer's book, known by the end of `as_of`.

    customer_id, text (as `fold`; a telephone number as its digits), place (where it stands, 'note of 3 Oct 2026'), rank (names first, then
    people, notes and events), day (null without one), is_phone. Removed notes are left out. Notes carry no day of the data: on an earlier
    day than the newest (`is_newest_day`), those written later are left out.
    """
    with book.reading() as session:
        parts = [*_names(session), *_people(session, as_of), _notes(session, None if is_newest_day else as_of), _events(session, as_of)]
        texts = book.own(session, pl.concat(part for part in parts))
    distinct = texts.select("text").drop_nulls().unique()  # comments repeat, and folding is the slow part
    folds = distinct.with_columns(folded(pl.col("text")).alias("folded"))
    return (
        texts.join(folds, on="text", how="inner", maintain_order="left")
        .with_columns(pl.when("is_phone").then(pl.col("text").str.replace_all(r"\D", "")).otherwise("folded").alias("text"))
        .drop("folded")
    )


def find(texts: pl.DataFrame, query: str) -> pl.DataFrame:
    """One row per customer with the query in a text: customer_id, found_in (the first place, and how many more), sorted by id.

    Accents and case do not matter; telephone numbers match by their digits, from five on. No rows for an empty query. `texts`:
    `search_texts`.
    """
    needle, digits = fold(query.strip()), re.sub(r"\D", "", query).lstrip("0")
    is_number = len(digits) >= _LEAST_DIGITS and _PHONE.fullmatch(query.strip()) is not None
    in_words = ~pl.col("is_phone") & pl.col("text").str.contains(needle, literal=True)
    in_numbers = pl.col("is_phone") & pl.col("text").str.contains(digits, literal=True) & is_number
    places = texts.filter((in_words | in_numbers) & bool(needle)).unique(["customer_id", "rank", "place", "day"])
    ordered = places.sort("customer_id", "rank", "day", "place", descending=[False, False, True, False])
    found = ordered.group_by("customer_id", maintain_order=True).agg(pl.col("place").first(), (pl.len() - 1).alias("more"))
    more = pl.when(pl.col("more") > 0).then(pl.format(", {} more", "more")).otherwise(pl.lit(""))
    return found.select("customer_id", (pl.col("place") + more).alias("found_in"))


def _rows(frame: pl.DataFrame, text: str, place: pl.Expr, rank: int, day: pl.Expr | None = None, is_phone: bool = False) -> pl.DataFrame:
    """Rows with a text, in the columns of `search_texts`."""
    return frame.filter(pl.col(text).is_not_null()).select(
        "customer_id", pl.col(text).alias("text"), place.alias("place"), pl.lit(rank).alias("rank"),
        (pl.lit(None) if day is None else day).cast(pl.Date).alias("day"), pl.lit(is_phone).alias("is_phone"),
    )  # fmt: skip


def _names(session: Session) -> list[pl.DataFrame]:
    named = session.frame("queries/customers_named").with_columns(pl.col("customer_id").alias("id"))
    return [_rows(named, "name", pl.lit("name"), _NAME), _rows(named, "id", pl.lit("id"), _NAME)]


def _people(session: Session, as_of: date) -> list[pl.DataFrame]:
    people = session.rows("contacts").filter((pl.col("active_from") <= as_of).fill_null(True))
    place = pl.format("contact person: {}", "name")
    return [_rows(people, name, place, _PERSON, is_phone=name == "phone") for name in ("name", "email", "phone")]


def _notes(session: Session, until: date | None) -> pl.DataFrame:
    notes = session.rows("notes").filter(pl.col("removed_at").is_null())
    day = pl.col("made_at").cast(pl.Date)
    return _rows(notes if until is None else notes.filter(day <= until), "words", _dated(pl.lit("note"), day), _NOTE, day)


def _events(session: Session, as_of: date) -> pl.DataFrame:
    events = session.frame("queries/event_texts", as_of=as_of)
    return _rows(events, "text", _dated(pl.col("what"), pl.col("day")), _EVENT, pl.col("day"))


def _dated(what: pl.Expr, day: pl.Expr) -> pl.Expr:
    return pl.format("{} of {}", what, day.dt.to_string("%-d %b %Y"))
