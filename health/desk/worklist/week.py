"""An account manager's week: urgent cases first, then the list by value at stake, as far as the hours reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt
from health.access import Book
from health.desk.worklist import actions, inputs, snoozed, urgent, value_at_stake
from health.desk.worklist.capacity import schedule, working_days
from health.desk.worklist.inputs import ReasonInputs
from health.desk.worklist.next_action import next_action
from health.desk.worklist.reasons import reasons
from health.foresight.lifetime import assumptions, band_fallback
from health.score import settings
from health.status import ACTIVE

LIST_COLUMNS = [
    "customer_id", "name", "band", "health", "owner", "owner_name", "reason", "why", "why_2", "what", "at_stake", "worth", "p_loss",
    "lifetime_value", "chance_from", "due", "hours", "in_week", "play", "note", "keys",
]  # fmt: skip
CLOCK_COLUMNS = ["trigger", "day", "clock", "days"]


@dataclass(frozen=True)
class Week:
    """The week's lists and totals.

    `urgent`, `ranked`: one row per customer in calling order, each customer in one of them (LIST_COLUMNS; urgent with CLOCK_COLUMNS too).
    `below`: as ranked, customers whose action costs more than it can save. `away`: done, snoozed or handed over (`split_worklist`).
    `reasons`, `triggers`: of all customers in the book.

    `covered_share`: share of the value at stake of the three lists that is in the week, None where none is known; `at_stake`: that value;
    `hours` planned, of which `urgent_hours`; `rule`: how the list is ranked; `words`: coverage and what does not fit, one sentence each.
    """

    days: Sequence[date]
    urgent: pl.DataFrame
    ranked: pl.DataFrame
    below: pl.DataFrame
    away: pl.DataFrame
    reasons: pl.DataFrame
    triggers: pl.DataFrame
    capacity_hours: float
    hours: float
    urgent_hours: float
    at_stake: float | None
    covered_share: float | None
    rule: str
    words: Sequence[str]


def week(
    book: Book, as_of: date, capacity_hours: float, now: pl.DataFrame, value: pl.DataFrame, band_rates: pl.DataFrame | None = None,
    employee_id: str | None = None, plays: pl.DataFrame | None = None, given: ReasonInputs | None = None,
) -> Week:  # fmt: skip
    """Compute the viewer's week. Read-only, and independent of the order of rows.

    `now`: `portfolio.build(book, as_of)`; `value`: `lifetime.value` of the day; `band_rates`: `band_fallback.observed_band_rates`, computed
    here if they are needed and not given. `employee_id`: week of this employee; None: of all customers seen. `plays`: `suggested_plays`
    (customer_id, play); the first of a customer is shown as `play`. By customer and not by reason, since the control group is denied a play
    that the same reason would suggest. `given`: inputs of the day, read here if they are not given.
    """
    with book.reading() as session:
        customers = book.own(session, now)
        in_force, value_assumptions = settings.in_force(session), assumptions.in_force(session)
        if band_rates is None and value_at_stake.needs_band_rates(customers, value):
            band_rates = band_fallback.observed_band_rates(session, as_of)
        reason_inputs = given or inputs.read_inputs(session, as_of, in_force)
        latest_actions = actions.latest_actions(session)
    triggers = urgent.urgent_triggers(customers, reason_inputs, as_of)
    reason_rows = reasons(customers, reason_inputs, triggers, as_of, in_force)
    listed_customers, absent = snoozed.split_worklist(customers, latest_actions, triggers, as_of, employee_id, book.viewer)
    stakes = value_at_stake.rank_by_stake(customers, value, value_assumptions, band_rates).with_row_index("turn")
    rows = next_action(_list_rows(listed_customers, reason_rows, triggers, stakes)).join(
        _first_play(plays), on="customer_id", how="left", maintain_order="left"
    )
    urgent_rows = rows.filter(pl.col("trigger").is_not_null()).sort("place", "turn", "customer_id", nulls_last=True)
    other_rows = rows.filter(pl.col("trigger").is_null() & ACTIVE).sort("turn")
    is_unprofitable = (pl.col("worth") <= 0).fill_null(False)
    days = working_days(as_of)
    urgent_plan = schedule(urgent_rows, capacity_hours, days, first_day=True)
    hours_taken = float(urgent_rows["hours"].sum())
    ranked = schedule(other_rows.filter(~is_unprofitable), capacity_hours, days, hours_taken)
    below = other_rows.filter(is_unprofitable).with_columns(pl.lit(False).alias("in_week"), pl.lit(None, pl.Date).alias("due"))
    return _with_totals(
        Week(days, urgent_plan.select(*LIST_COLUMNS, *CLOCK_COLUMNS), ranked.select(LIST_COLUMNS), below.select(LIST_COLUMNS), absent,
             reason_rows, triggers, capacity_hours, 0.0, 0.0, None, None, value_at_stake.ranking_rule(other_rows, value_assumptions),
             value_at_stake.exceptions_to_rule(other_rows))
    )  # fmt: skip


def _list_rows(customers: pl.DataFrame, reason_rows: pl.DataFrame, triggers: pl.DataFrame, stakes: pl.DataFrame) -> pl.DataFrame:
    """Listed customers with first trigger, two reasons (trigger texts before parts) and value at stake."""
    first_triggers = triggers.unique("customer_id", keep="first", maintain_order=True)
    keys = triggers.group_by("customer_id", maintain_order=True).agg(pl.col("key").alias("keys"))
    first_reasons, second_reasons = (
        reason_rows.filter(pl.col("nth") == nth).select("customer_id", "reason", pl.col("words").alias(f"why_{nth}")) for nth in (1, 2)
    )
    lead_triggers = first_triggers.select("customer_id", "place", *CLOCK_COLUMNS, "words")
    parts = [
        lead_triggers,
        _second_topics(first_triggers, triggers, reason_rows),
        keys,
        first_reasons,
        second_reasons.drop("reason"),
        stakes,
    ]
    for part in parts:
        customers = customers.join(part, on="customer_id", how="left", maintain_order="left")
    return customers.with_columns(
        pl.coalesce("trigger", "reason").alias("reason"),
        pl.coalesce("words", "why_1").alias("why"),
        pl.when(pl.col("words").is_not_null()).then("further").otherwise("why_2").alias("why_2"),
        pl.col("keys").fill_null([]),
    )


def _second_topics(first_triggers: pl.DataFrame, triggers: pl.DataFrame, reason_rows: pl.DataFrame) -> pl.DataFrame:
    """Next topic of urgent customers: another trigger, else a reason."""
    topics = pl.concat([triggers.select("customer_id", "about", "words"), reason_rows.select("customer_id", "about", "words")])
    leads = first_triggers.select("customer_id", pl.col("about").alias("led"))
    others = topics.join(leads, on="customer_id", how="inner", maintain_order="left").filter(pl.col("about") != pl.col("led"))
    return others.unique("customer_id", keep="first", maintain_order=True).select("customer_id", pl.col("words").alias("further"))


def _first_play(plays: pl.DataFrame | None) -> pl.DataFrame:
    suggestions = (
        pl.DataFrame(schema={"customer_id": pl.String, "play": pl.String}) if plays is None else plays.select("customer_id", "play")
    )
    return suggestions.unique("customer_id", keep="first", maintain_order=True)


def _with_totals(draft: Week) -> Week:
    """Add totals and the sentences about hours."""
    rows = pl.concat([frame.select("at_stake", "hours", "in_week") for frame in (draft.urgent, draft.ranked, draft.below)])
    in_week, values = rows.filter("in_week"), rows["at_stake"].drop_nulls()
    total = float(values.sum()) if values.len() else None
    covered_share = float(in_week["at_stake"].sum()) / total if total is not None and total > 0 else None
    hours, urgent_hours = float(in_week["hours"].sum()), float(draft.urgent["hours"].sum())
    words = [*_hours_sentences(draft, in_week.height, hours, urgent_hours, covered_share), *draft.words]
    return Week(
        **(vars(draft) | {"hours": hours, "urgent_hours": urgent_hours, "at_stake": total, "covered_share": covered_share, "words": words})
    )


def _hours_sentences(draft: Week, customers: int, hours: float, urgent_hours: float, covered_share: float | None) -> list[str]:
    sentences = [f"This week's list: {fmt.plural(customers, 'customer')} in {hours:g} of {draft.capacity_hours:g} hours"]
    if covered_share is not None:
        sentences[0] += f", covering {fmt.share(covered_share)} of the value at risk"
    not_fitting = int((~draft.urgent["in_week"]).sum())
    if not_fitting:
        sentences.append(f"Urgent customers alone need {urgent_hours:g} hours; {not_fitting} of them do not fit into the week")
    waiting = int((~draft.ranked["in_week"]).sum())
    if waiting:
        sentences.append(f"{fmt.plural(waiting, 'customer')} {'does' if waiting == 1 else 'do'} not fit into this week's hours")
    if draft.below.height:
        verb = "is" if draft.below.height == 1 else "are"
        sentences.append(f"{fmt.plural(draft.below.height, 'customer')} {verb} low priority: expected benefit below the cost of a call")
    return [f"{sentence}." for sentence in sentences]
