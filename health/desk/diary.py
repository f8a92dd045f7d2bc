"""Planned contacts and their outcome, and when the next contact with each customer is due."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health.access import Book
from health.status import ACTIVE
from health.warehouse import Session, facts

RHYTHM_MIN_DAYS, RHYTHM_SLACK = 7, 1.5
"""The part 'own rhythm' loses points from 1.5 usual gaps on; a gap counts as at least 7 days (docs/method.md, section 3)."""


def read_diary(book: Book, as_of: date) -> pl.DataFrame:
    """One row per planned contact of the viewer's book on file by `as_of`, sorted by planned_on, customer_id, diary_id.

    customer_id, diary_id, planned_on, created_on, channel, employee_id, state ("kept": a two-way human contact lies in [planned - 7,
    planned + 3]; "cancelled" by then; "broken": that window is over; else "open"), met_on and met_by (day and id of the first contact that
    kept it), cancelled_on, counted (whether it is in the kept share of 180 days), load_id, file, line, revision (a number that never falls)
    and changed_at (time of the last change on file), by which a calendar recognises the newer copy.
    """
    with book.reading() as session:
        return book.own(session, planned_contacts(session, as_of))


def planned_contacts(session: Session, as_of: date, customers: Sequence[str] | None = None) -> pl.DataFrame:
    """`read_diary` of all customers, or of the named ones."""
    facts.prepare_grid(session, [as_of], customers)
    return session.frame("queries/diary_entries", as_of=as_of)


def count_kept(rows: pl.DataFrame) -> tuple[int, int]:
    """Entries kept and entries due within 180 days: the facts kept_diary_180 and due_180."""
    due_entries = rows.filter("counted")
    return due_entries.filter(pl.col("state") == "kept").height, due_entries.height


def contacts_due(now: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """One row per active customer: when the next contact is due; most overdue first, ties by id, unknown last.

    customer_id, name, owner, due_on (the earlier of the agreed day and 1.5 usual gaps after the last contact, from which on silence costs
    points), days_over (days since due_on, up to the day on which contacts were last seen; negative: ahead; null: no contacts are loaded,
    or the start is unknown), why (in words), planned (id of the first open entry, if any), planned_on. `now`: `portfolio.build`; `rows`:
    `read_diary`. Leaving customers are not listed.
    """
    last_contact_on = pl.col("interactions_seen_to") - pl.duration(days=pl.col("days_since"))
    usual_days = (pl.max_horizontal("rhythm_days", pl.lit(RHYTHM_MIN_DAYS)) * RHYTHM_SLACK).ceil().cast(pl.Int64)
    agreed_on = last_contact_on + pl.duration(days=pl.col("cadence_days"))
    usual_on = last_contact_on + pl.duration(days=pl.when(pl.col("rhythm_days").is_not_null()).then(usual_days))
    customers = now.filter(ACTIVE).with_columns(agreed_on.alias("agreed_on"), usual_on.alias("usual_on"))
    return (
        customers.with_columns(pl.min_horizontal("agreed_on", "usual_on").alias("due_on"))
        .with_columns((pl.col("interactions_seen_to") - pl.col("due_on")).dt.total_days().alias("days_over"), _due_reason().alias("why"))
        .join(_next_planned(rows), on="customer_id", how="left", maintain_order="left")
        .select("customer_id", "name", "owner", "due_on", "days_over", "why", "planned", "planned_on")
        .sort(["days_over", "customer_id"], descending=[True, False], nulls_last=True)
    )


def _next_planned(rows: pl.DataFrame) -> pl.DataFrame:
    """First open entry of each customer."""
    open_entries = rows.filter(state="open").sort("planned_on", "diary_id")
    return open_entries.unique("customer_id", keep="first", maintain_order=True).select(
        "customer_id", pl.col("diary_id").alias("planned"), "planned_on"
    )


def _due_reason() -> pl.Expr:
    """Explain the due day; the rhythm is named only if it makes the contact due earlier.

    'agreed every 30 days, last 94 days ago; usually every 21 days'.
    """
    days_text = pl.when(pl.col("days_since") == 1).then(pl.lit("1 day")).otherwise(pl.format("{} days", "days_since"))
    last_text = pl.when(pl.col("last_two_way_on").is_null()).then(pl.format("no contact in {}", days_text))
    agreed_text = pl.format("agreed every {} days, {}", "cadence_days", last_text.otherwise(pl.format("last {} ago", days_text)))
    rhythm_text = pl.format("; usually every {} days", "rhythm_days")
    reason_text = pl.concat_str(agreed_text, pl.when(pl.col("usual_on") < pl.col("agreed_on")).then(rhythm_text), ignore_nulls=True)
    missing_text = pl.when(~pl.col("contact_present")).then(pl.lit("no contacts are loaded"))
    return pl.when(pl.col("days_since").is_not_null()).then(reason_text).otherwise(missing_text.otherwise(pl.lit("start date unknown")))
