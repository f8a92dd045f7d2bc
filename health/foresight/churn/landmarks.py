"""Who stood where: customers with contracts at month ends, and on any day, with what was known of them then."""

from datetime import date, timedelta

import polars as pl

from health.score import history, settings
from health.score.components import DAYS_A_MONTH
from health.warehouse import Session, facts
from health.warehouse.facts import GRACE_DAYS

COLUMNS = [
    "customer_id", "as_of", "spell_start_on", "contact_points", "complaints_points", "price_points", "tenure_days", "agreed_until",
    "margin_cents", "health", "band",
]  # fmt: skip
LEADS = 12
"""How many months ahead of a month end the model looks while it learns."""
ALL_CUSTOMERS = 1_000_000


def month_ends(session: Session, as_of: date) -> pl.DataFrame:
    """One row a stored month end up to a day: as_of, customers (active, with a contract), leads (months ahead whose outcome is known)."""
    if not session.has("history"):
        return pl.DataFrame(schema={"as_of": pl.Date, "customers": pl.Int64, "leads": pl.Int64})
    return session.frame("queries/landmark_counts", to_day=as_of).with_columns(known_leads(as_of).alias("leads"))


def last_known_day(session: Session, as_of: date) -> date:
    """The day, or the newest one on file before it: of later days nothing is known, so nobody has stayed until then."""
    return min(as_of, facts.span(session).newest_day or as_of)


def known_leads(as_of: date) -> pl.Expr:
    """How many whole months after the month end `as_of` of a row have an outcome that is known on a day, silent losses included."""
    last_day = as_of - timedelta(days=GRACE_DAYS)
    last_month_end = last_day if (last_day + timedelta(days=1)).day == 1 else last_day.replace(day=1) - timedelta(days=1)
    return months_from(pl.col("as_of"), pl.lit(last_month_end)).clip(0, LEADS).cast(pl.Int64)


def months_from(day: pl.Expr, later: pl.Expr) -> pl.Expr:
    """By how many calendar months the month of a day lies before that of the other."""
    return (later.dt.year() - day.dt.year()).cast(pl.Int64) * 12 + later.dt.month().cast(pl.Int64) - day.dt.month().cast(pl.Int64)


def between(session: Session, first: date, last: date, millionths: int = ALL_CUSTOMERS) -> pl.DataFrame:
    """One row a customer and stored month end of a span, sorted by both: COLUMNS, `term_months` (null: rolling), `months_on_file` (since
    the first complaint of the book; 0 where there is none yet).

    `millionths`: the share of the customers, the same ones on every run, drawn by a hash of their ids.
    """
    rows = session.frame("queries/landmarks", from_day=first, to_day=last, millionths=millionths)
    return _with_months_on_file(session, with_terms(session, rows))


def on(session: Session, as_of: date) -> pl.DataFrame:
    """One row an active customer with a contract on any day, as known then, sorted by id: as of `between`."""
    if session.has("history"):
        stored = between(session, as_of, as_of)
        if stored.height:
            return stored
    scored = history.score_at(session, [as_of], settings.in_force(session))
    active_with_contract = (pl.col("status") == "active") & pl.col("has_line") & pl.col("tenure_days").is_not_null()
    return _with_months_on_file(session, with_terms(session, scored.filter(active_with_contract).select(COLUMNS).sort("customer_id")))


def with_terms(session: Session, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the length of the term that ends on `agreed_until`, as signed by the day of the row."""
    key = ["customer_id", "as_of"]
    ending = rows.select(*key, "agreed_until").drop_nulls()
    beginnings = (
        ending.join(session.frame("queries/agreements"), on=["customer_id", "agreed_until"])
        .filter(pl.col("signed_on") <= pl.col("as_of"))
        .group_by(key)
        .agg(pl.col("begun_on").min())
    )
    days = (pl.col("agreed_until") - pl.col("begun_on")).dt.total_days() + 1
    term = (days / DAYS_A_MONTH).round(0).clip(1).cast(pl.Int64)
    return rows.join(beginnings, on=key, how="left", maintain_order="left").with_columns(term.alias("term_months")).drop("begun_on")


def _with_months_on_file(session: Session, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the months that complaints reach back on their day: other tables may reach back further, or less far."""
    first_complaint = pl.lit(session.frame("queries/first_days")["first_complaint_on"][0], pl.Date)
    days = (pl.col("as_of") - first_complaint).dt.total_days() + 1
    return rows.with_columns((days / DAYS_A_MONTH).clip(0).fill_null(0.0).alias("months_on_file"))
