"""Contacts at one customer: last conversation with each, and missing contact details."""

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl

from health import format as fmt
from health.access import Book
from health.insight.data.contact_faults import FAULTS

_FAULT_TEXTS = {fault.key: f"{fault.label}: {fault.fix[:1].lower()}{fault.fix[1:]}" for fault in FAULTS}


def faults(book: Book, customer_id: str, as_of: date) -> list[str]:
    """Faults of the customer's contact details and how to fix them. Raises NotFound outside the viewer's book."""
    with book.reading() as session:
        customer = book.own_id(session, customer_id)
        fault_keys = session.frame("queries/contact_faults", as_of=as_of).filter(pl.col("customer_id") == customer)["fault"]
    return [words for key, words in _FAULT_TEXTS.items() if key in set(fault_keys)]


def people(contacts: pl.DataFrame, interactions: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per contact known by `as_of`; current ones first, the primary contact before others.

    Columns of the table, is_there, first, last_on (the last two-way contact with this person), missing (details in words; empty if none).
    """
    day_end = datetime.combine(as_of, datetime.max.time())
    conversations = interactions.filter(pl.col("two_way") & (pl.col("occurred_at") <= day_end) & pl.col("contact_id").is_not_null())
    last_conversations = conversations.group_by("contact_id").agg(pl.col("occurred_at").max().dt.date().alias("last_on"))
    labels = {"email": "e-mail", "phone": "phone", "role": "role"}
    missing = pl.concat_str(
        [pl.when(pl.col(c).fill_null("").str.strip_chars() == "").then(pl.lit(w)) for c, w in labels.items()],
        separator=", ", ignore_nulls=True,
    )  # fmt: skip
    return (
        contacts.filter((pl.col("active_from") <= as_of).fill_null(True))
        .join(last_conversations, on="contact_id", how="left", maintain_order="left")
        .with_columns(
            (pl.col("active_to") > as_of).fill_null(True).alias("is_there"),
            pl.col("is_primary").fill_null(False).alias("first"),
            missing.alias("missing"),
            pl.col("role").str.replace_all("_", " "),
        )
        .sort("is_there", "first", "name", "contact_id", descending=[True, True, False, False])
    )


def finding(contacts: pl.DataFrame, fault_texts: Sequence[str]) -> str:
    """Title of the list."""
    active_count = contacts.filter("is_there").height if contacts.height else 0
    if not active_count:
        return "No contact persons on file: add one"
    count_text = fmt.plural(active_count, "current contact")
    state_text = f"{fmt.plural(len(fault_texts), 'detail')} to fix" if fault_texts else "key contact details complete"
    return f"{count_text}; {state_text}"
