"""Manual overrides of the score, with reason and end date, shown next to the calculated score and never instead of it.

The score, its history and its back-test do not read them. Rows are never deleted: a withdrawn override stays on file.
"""

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from health.access import Book
from health.errors import InvalidInput, NotFound
from health.score import settings
from health.score.settings import Settings
from health.status import DECIDED
from health.warehouse import Session, facts

MOST_DAYS = 90
JUDGED_AFTER_DAYS = 90
LEAST_JUDGED = 10
BANDS = ("healthy", "watch", "at_risk")
UNJUDGED_REASONS = ("merged", "insolvency", "we_ended")
"""Exit reasons that do not show whether the customer wanted to stay."""
OVERRIDE_COLUMNS = ["override_id", "customer_id", "health", "band", "author", "reason", "from_on", "until_on", "made_at"]
RECORD = {
    "author": pl.String, "band": pl.String, "overrides": pl.Int64, "judged": pl.Int64, "left": pl.Int64, "share": pl.Float64,
    "words": pl.String,
}  # fmt: skip


def add(
    book: Book, customer_id: str, health: float | None, band: str | None, author: str, reason: str, from_on: date, until_on: date,
    now: datetime,
) -> int:  # fmt: skip
    """Add an override from one day to another, both included; returns its id.

    Health is 0..100, with at most two decimals kept. Raises Forbidden, NotFound for a customer outside the viewer's book, InvalidInput.
    """
    book.check("override")
    _check_override(health, band, author, reason, from_on, until_on)
    with book.writing("override") as session:
        customer = book.own_id(session, customer_id)
        earliest = _earliest(session, now)
        if from_on < earliest:
            raise InvalidInput(f"An override begins on {earliest} or later; scores of earlier days cannot be overridden.")
        overrides = customer_overrides(session, customer)
        if (clash := overrides.filter(_not_withdrawn() & (pl.col("from_on") <= until_on) & (pl.col("until_on") >= from_on))).height:
            overlapping = clash.row(0, named=True)
            raise InvalidInput(
                f"Customer {customer} has an override by {overlapping['author']} from {overlapping['from_on']} to "
                f"{overlapping['until_on']}; withdraw that first."
            )
        override_id = int(session.rows("overrides").select(pl.col("override_id").max().fill_null(0) + 1).item())
        row = {
            "override_id": override_id, "customer_id": customer, "health": None if health is None else round(100 * health), "band": band,
            "author": author.strip(), "reason": reason.strip(), "from_on": from_on, "until_on": until_on, "made_at": now,
        }  # fmt: skip
        session.insert("overrides", pl.DataFrame([row], schema_overrides={"health": pl.Int64, "band": pl.String}))
    return override_id


def _check_override(health: float | None, band: str | None, author: str, reason: str, from_on: date, until_on: date) -> None:
    """Raise Refused for an invalid override."""
    if health is None and band is None:
        raise InvalidInput("An override needs a health score, a band or both.")
    if health is not None and not 0 <= health <= 100:
        raise InvalidInput(f"Health runs from 0 to 100, so it cannot be {health:g}.")
    if band is not None and band not in BANDS:
        raise InvalidInput(f"There is no band called {band}; an override can be {', '.join(BANDS[:-1])} or {BANDS[-1]}.")
    if not author.strip() or not reason.strip():
        raise InvalidInput("An override needs an author and a reason; enter in a few words what is not in the data.")
    if until_on < from_on:
        raise InvalidInput("An override cannot end before it begins.")
    if (until_on - from_on).days > MOST_DAYS:
        raise InvalidInput(f"An override lasts at most {MOST_DAYS} days; choose an end by {from_on + timedelta(days=MOST_DAYS)}.")


def withdraw(book: Book, override_id: int, author: str, reason: str, from_on: date, now: datetime) -> None:
    """End an override from that day on; it stays on file with author and reason. Raises Forbidden, NotFound, InvalidInput."""
    with book.writing("override") as session:
        override = book.own(session, session.rows("overrides")).filter(pl.col("override_id") == override_id)
        if override.is_empty():
            raise NotFound(f"No override {override_id} was found for your customers.")
        if override["withdrawn_on"][0] is not None:
            raise InvalidInput(f"Override {override_id} was withdrawn on {override['withdrawn_on'][0]} by {override['withdrawn_by'][0]}.")
        if not author.strip() or not reason.strip():
            raise InvalidInput("Withdrawing an override needs an author and a reason.")
        if from_on < (earliest := _earliest(session, now)):
            raise InvalidInput(f"An override can be withdrawn from {earliest} on; it stays in force for the days before.")
        if from_on > override["until_on"][0]:
            raise InvalidInput(f"Override {override_id} ends on {override['until_on'][0]} by itself.")
        withdrawal = {"withdrawn_on": from_on, "withdrawn_by": author.strip(), "withdrawn_why": reason.strip(), "withdrawn_at": now}
        session.run("queries/withdraw_override", override_id=override_id, **withdrawal)


def _earliest(session: Session, now: datetime) -> date:
    """Earliest start of an override, to exclude hindsight: the newest day on file, or today if earlier."""
    newest = facts.span(session).newest_day
    return min(newest, now.date()) if newest else now.date()


def _not_withdrawn() -> pl.Expr:
    """Overrides that are not withdrawn before their end."""
    return pl.col("withdrawn_on").is_null()


def overrides_on(session: Session, day: date) -> pl.DataFrame:
    """One row per customer with an override in force on that day, sorted by customer; health in hundredths, null for a band only."""
    in_force_on_day = (
        (pl.col("from_on") <= day) & (pl.col("until_on") >= day) & (pl.col("withdrawn_on").is_null() | (pl.col("withdrawn_on") > day))
    )
    return session.rows("overrides").filter(in_force_on_day).select(OVERRIDE_COLUMNS).sort("customer_id", "override_id")


def customer_overrides(session: Session, customer_id: str) -> pl.DataFrame:
    """All overrides of a customer, withdrawn ones included, newest first."""
    return session.rows("overrides").filter(pl.col("customer_id") == customer_id).sort("override_id", descending=True)


def track_record(session: Session, as_of: date) -> pl.DataFrame:
    """One row per author and band: overrides, judged (90 days have passed and losses in them are known), left, share, words.

    An override with health only has the band of the settings in force. Share is null under 10 judged. Customers that merged, went bankrupt
    or were terminated by us are not judged; overrides withdrawn before they began are left out.
    """
    overrides = session.rows("overrides").filter(pl.col("withdrawn_on").is_null() | (pl.col("withdrawn_on") > pl.col("from_on")))
    if overrides.is_empty():
        return pl.DataFrame(schema=RECORD)
    score_settings = settings.in_force(session)
    is_over = pl.col("from_on") + pl.duration(days=JUDGED_AFTER_DAYS + facts.GRACE_DAYS) <= as_of
    outcomes = overrides.join(
        _known_ends(session, as_of, score_settings, overrides["customer_id"].unique().sort().to_list()), on="customer_id", how="left"
    )
    days = (pl.col("decided_on") - pl.col("from_on")).dt.total_days()
    churned_in_time = days.is_between(1, JUDGED_AFTER_DAYS).fill_null(False)
    by_override = (
        outcomes.with_columns(
            _band_held(score_settings).alias("band"),
            churned_in_time.alias("left"),
            (churned_in_time & pl.col("void")).fill_null(False).alias("void"),
        )
        .group_by("override_id", "author", "band", "from_on")
        .agg(pl.col("left").any(), pl.col("void").any())
        .filter(~pl.col("void"))
    )
    return (
        by_override.group_by("author", "band")
        .agg(
            pl.len().cast(pl.Int64).alias("overrides"), is_over.sum().cast(pl.Int64).alias("judged"),
            (is_over & pl.col("left")).sum().cast(pl.Int64).alias("left"),
        )
        .with_columns(pl.when(pl.col("judged") >= LEAST_JUDGED).then(pl.col("left") / pl.col("judged")).alias("share"))
        .with_columns(_record_words().alias("words"))
        .select(*RECORD)
        .sort("author", "band")
    )  # fmt: skip


def _known_ends(session: Session, as_of: date, score_settings: Settings, customers: list[str]) -> pl.DataFrame:
    """One row per customer and day of the decision to leave, as known by `as_of`; `void`: the reason is one of UNJUDGED_REASONS."""
    columns = ["customer_id", "status", "decided_on", "exit_reason"]
    stored_ends = session.frame("queries/ends_known", as_of=as_of, customers=customers) if session.has("history") else None
    current_ends = facts.at(session, [as_of], score_settings.terms, customers).select(columns)
    all_ends = current_ends if stored_ends is None else pl.concat([stored_ends.select(columns), current_ends])
    return (
        all_ends.filter(DECIDED)
        .select("customer_id", "decided_on", pl.col("exit_reason").is_in(UNJUDGED_REASONS).fill_null(False).alias("void"))
        .unique()
        .sort("customer_id", "decided_on", "void")
    )


def _band_held(score_settings: Settings) -> pl.Expr:
    """The override's band, else that of its health under these settings."""
    health = pl.col("health")
    by_health = (
        pl.when(health < 100 * score_settings.at_risk_below).then(pl.lit("at_risk")).when(health >= 100 * score_settings.healthy_from)
    )
    return pl.coalesce("band", by_health.then(pl.lit("healthy")).otherwise(pl.lit("watch")))


def _record_words() -> pl.Expr:
    """Share of churned customers as text, or that there are too few."""
    share_words: Any = pl.format("{} of {} left within 90 days", "left", "judged")
    return pl.when(pl.col("judged") >= LEAST_JUDGED).then(share_words).otherwise(pl.format("too few: {} evaluated", "judged"))
