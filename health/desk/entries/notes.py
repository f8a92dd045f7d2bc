"""Free-text notes on a customer with their author; not part of the score, and kept on file when removed."""

from datetime import datetime

import polars as pl

from health.access import Book
from health.errors import InvalidInput, NotFound

LONGEST = 4_000


def add(book: Book, customer_id: str, words: str, now: datetime) -> int:
    """Add a note on a customer of the viewer's book and return its number. Raises Forbidden, NotFound, InvalidInput."""
    with book.writing("write") as session:
        customer = book.own_id(session, customer_id)
        if not words.strip() or len(words.strip()) > LONGEST or "\0" in words:
            raise InvalidInput(f"A note needs 1 to {LONGEST:,} characters without NUL; this one has {len(words.strip()):,}.")
        number = int(session.rows("notes").select(pl.col("note_id").max().fill_null(0) + 1).item())
        row = {
            "note_id": number, "customer_id": customer, "author": book.viewer.author, "made_at": now,
            "words": words.strip(),
        }  # fmt: skip
        session.insert("notes", pl.DataFrame([row]))
    return number


def remove(book: Book, note_id: int, now: datetime) -> None:
    """Hide a note; it stays on file with who removed it. Raises Forbidden, NotFound, InvalidInput."""
    with book.writing("write") as session:
        note_rows = book.own(session, session.alike("notes", pl.DataFrame({"note_id": [note_id]})))
        if note_rows.is_empty():
            raise NotFound(f"No note {note_id} was found for your customers.")
        if note_rows["removed_at"][0] is not None:
            raise InvalidInput(f"{note_rows['removed_by'][0]} already removed note {note_id} on {note_rows['removed_at'][0]:%Y-%m-%d}.")
        author = book.viewer.author
        session.run("queries/remove_note", note_id=note_id, removed_at=now, removed_by=author)
