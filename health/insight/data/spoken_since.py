"""Customers that count as lost but were spoken to long after: their contract may have renewed itself."""

from datetime import date

import polars as pl

from health import format as fmt
from health.access import Book
from health.status import LOST
from health.warehouse import status

DAYS, CONTACTS = 30, 2
"""Contacts count from this many days after the last day; fewer of them may be a goodbye."""
REMEDY = "Has the contract renewed itself? Load its new term, or renews_months for lines that renew themselves."


def spoken_since(book: Book, as_of: date) -> pl.DataFrame:
    """One row per customer with a contract, lost by `as_of`, with two or more two-way contacts more than 30 days after its last day.

    Sorted by last contact, latest first: customer_id, name, lost_on, contacts, last_contact_on, owner.
    """
    with book.reading() as session:
        lost = book.own(session, status.at(session, [as_of]).filter(LOST)).select("customer_id", "lost_on")
        session.temp("lost_customers", lost)
        contacts = session.frame("queries/contacts_after_loss", as_of=as_of, days=DAYS).filter(pl.col("contacts") >= CONTACTS)
        names = session.frame("queries/customers_named").select("customer_id", "name", pl.coalesce("owner_name", "owner").alias("owner"))
    named = contacts.join(names, on="customer_id", how="left")
    return named.select("customer_id", "name", "lost_on", "contacts", "last_contact_on", "owner").sort(
        ["last_contact_on", "customer_id"], descending=[True, False]
    )


def sentence(row: dict[str, object]) -> str:
    """One customer in a sentence, for the command line."""
    times = fmt.plural(int(str(row["contacts"])), "conversation")
    return f"{row['customer_id']}: lost on file since {row['lost_on']}, but {times} since then, the last on {row['last_contact_on']}."


def finding(rows: pl.DataFrame) -> str:
    """Title of the list."""
    return f"{fmt.plural(rows.height, 'customer')} lost on file, but spoken to since"
