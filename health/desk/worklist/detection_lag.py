"""Detection lag: from the first urgent trigger before a loss to the first human act after it (docs/method.md, section 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from health.access import Book
from health.desk.worklist.urgent import RENEWAL_DAYS, TRIGGERS
from health.foresight.backtest.labels import INVOLUNTARY_REASONS
from health.foresight.stats.proportions import Rate, rate
from health.score import settings
from health.warehouse import Session, completeness, facts

WINDOW_DAYS = 180
"""Triggers this long before the decision count; an older one is about another matter."""
LOSS_KEY = ["customer_id", "decided_on"]
TRIGGER_COLUMNS: dict[str, Any] = {"customer_id": pl.String, "trigger": pl.String, "urgent_on": pl.Date, "urgent_at": pl.Datetime("us")}


@dataclass(frozen=True)
class DetectionLag:
    """Detection lag of the losses that the customer chose.

    `without_trigger`: nothing urgent before the decision; `unknown`: contacts are not on file from the trigger to the decision. The others
    were acted on (`acted`; `median_days` is theirs) or never, as a share with its interval. None where there is no such loss.
    """

    losses: int
    without_trigger: int
    unknown: int
    acted: int
    median_days: float | None
    never: Rate | None

    def as_json(self) -> dict[str, Any]:
        """All figures by name, the share never acted on with the ends of its interval."""
        never = (self.never.rate, self.never.low, self.never.high) if self.never else (None,) * 3
        counts = {name: value for name, value in vars(self).items() if name != "never"}
        return {"window_days": WINDOW_DAYS} | counts | dict(zip(("never", "never_low", "never_high"), never, strict=True))


def with_detection(book: Book, losses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add to the viewer's losses (customer_id, spell_start_on, decided_on): urgent_on, trigger, acted, detection_days.

    urgent_on, trigger: the first urgent trigger of My week in the 180 days before the day of the decision and since the customer's start;
    null without one. acted: whether a person acted between it and the decision; null without a trigger, or where contacts are not on file
    for all that time. detection_days: from urgent_on to the day of the first act; null without one.

    Triggers, each from the moment at which it put the customer on the urgent list: an open critical complaint (from the day it was raised),
    a missed deadline of an open complaint, a poor survey answer, an overdue handover, and, seen at month ends only, a last day for notice
    within 30 days without two-way contact in the agreed interval. Of a reopened complaint the deadlines count as since it was reopened.
    Notice does not count, since it is the decision. A band, such as at risk, is not urgent on My week: `warning` measures it.

    Acts: contacts by a person as the contact facts count them, but for calls in which the customer complains; first responses to
    complaints; and everything recorded by hand in the product about the customer. Automatic mail is no act.
    """
    with book.reading() as session:
        losses = book.own(session, losses)
        customers = losses["customer_id"].unique().sort().to_list()
        triggers = _first_triggers(losses, _triggers(session, customers, as_of))
        acts = session.frame("queries/human_acts", customers=customers)
        first_contact_on = session.frame("queries/first_days")["first_interaction_on"][0]
        through = completeness.read(session).through("interactions") or as_of
    after = triggers.join(acts, on="customer_id").filter(
        pl.col("acted_at") >= pl.col("urgent_at"), pl.col("acted_at") < pl.col("decided_on").cast(pl.Datetime("us"))
    )
    first_acts = after.group_by(LOSS_KEY).agg(pl.col("acted_at").min().dt.date().alias("acted_on"))
    with_acts = losses.join(triggers.drop("urgent_at"), on=LOSS_KEY, how="left", maintain_order="left").join(
        first_acts, on=LOSS_KEY, how="left", maintain_order="left"
    )
    from_the_start = (pl.lit(first_contact_on, pl.Date) <= pl.col("urgent_on")).fill_null(False)
    to_the_end = pl.col("decided_on") <= pl.lit(through) + timedelta(days=1)
    acted = pl.when(from_the_start & (pl.col("acted_on").is_not_null() | to_the_end)).then(pl.col("acted_on").is_not_null())
    days = (pl.col("acted_on") - pl.col("urgent_on")).dt.total_days()
    return with_acts.with_columns(acted.alias("acted")).with_columns(pl.when("acted").then(days).alias("detection_days")).drop("acted_on")


def detection_lag(losses: pl.DataFrame) -> DetectionLag:
    """Summarise the losses of `with_detection`. Insolvencies and contracts that we ended are left out."""
    chosen = losses.filter(~pl.col("reason").is_in(INVOLUNTARY_REASONS).fill_null(False))
    triggered = chosen.drop_nulls("urgent_on")
    known = triggered.drop_nulls("acted")
    median = known["detection_days"].median()
    acted = int(known["acted"].sum())
    return DetectionLag(
        losses=chosen.height,
        without_trigger=chosen.height - triggered.height,
        unknown=triggered.height - known.height,
        acted=acted,
        median_days=float(median) if isinstance(median, float) else None,
        never=rate(known.height - acted, known.height),
    )


def _first_triggers(losses: pl.DataFrame, triggers: pl.DataFrame) -> pl.DataFrame:
    """One row per loss with a trigger before it: the first one, ties in the order of My week."""
    order = pl.col("trigger").replace_strict({name: place for place, name in enumerate(TRIGGERS)}, return_dtype=pl.Int64)
    decided_at = pl.col("decided_on").cast(pl.Datetime("us"))
    earliest = pl.max_horizontal("spell_start_on", pl.col("decided_on") - timedelta(days=WINDOW_DAYS))
    return (
        losses.select(*LOSS_KEY, "spell_start_on")
        .join(triggers, on="customer_id")
        .filter(pl.col("urgent_on") >= earliest, pl.col("urgent_at") < decided_at)
        .sort(*LOSS_KEY, "urgent_at", order)
        .unique(LOSS_KEY, keep="first", maintain_order=True)
        .drop("spell_start_on")
    )


def _triggers(session: Session, customers: list[str], as_of: date) -> pl.DataFrame:
    """One row per customer and trigger: TRIGGER_COLUMNS; urgent_at is the moment from which the customer is urgent."""
    complaints = facts.complaints(session, as_of, settings.in_force(session).terms, customers)
    handovers = session.frame("queries/handovers", as_of=as_of)  # reads the customers and the day prepared for the complaints
    frames = [
        *_complaint_triggers(complaints),
        _moments("handover", handovers.filter(pl.col("kept").eq(False)), pl.col("due_at")),
        _moments("answer", session.frame("queries/poor_answers_of", customers=customers), pl.col("answered_on")),
        _moments("renewal", session.frame("queries/renewals_without_contact", customers=customers, days=RENEWAL_DAYS), pl.col("as_of"),
                 pl.col("as_of") + timedelta(days=1)),
    ]  # fmt: skip
    return pl.concat(frames)


def _complaint_triggers(complaints: pl.DataFrame) -> Iterator[pl.DataFrame]:
    yield _moments("critical", complaints.filter(pl.col("severity") == 4), pl.col("opened_at"))
    yield _moments("limit", complaints.filter("answer_broken"), pl.col("answer_due_at"))
    yield _moments("limit", complaints.filter("solution_broken"), pl.max_horizontal("solution_due_at", "reopened_at"))


def _moments(trigger: str, rows: pl.DataFrame, on: pl.Expr, at: pl.Expr | None = None) -> pl.DataFrame:
    """Rows of one trigger, urgent on a day, and from that moment or from `at`."""
    moment = on if at is None else at
    columns = (pl.col("customer_id"), pl.lit(trigger).alias("trigger"), on.alias("urgent_on"), moment.alias("urgent_at"))
    return rows.select(columns).with_columns(pl.col(name).cast(kind) for name, kind in TRIGGER_COLUMNS.items())
