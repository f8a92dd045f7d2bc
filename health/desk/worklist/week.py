"""An account manager's week: the urgent lane first, then the list by value at stake, as far as the hours reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt
from health.access import Book
from health.desk.worklist import actions, inputs, urgent, value_at_stake
from health.desk.worklist import snoozed as away
from health.desk.worklist.capacity import schedule, working_days
from health.desk.worklist.next_action import next_action
from health.desk.worklist.reasons import reasons
from health.foresight.lifetime import assumptions, band_fallback
from health.score import settings
from health.status import ACTIVE

LISTED = [
    "customer_id", "name", "band", "health", "owner", "owner_name", "reason", "why", "why_2", "what", "at_stake", "worth", "p_loss",
    "lifetime_value", "chance_from", "due", "hours", "in_week", "play", "note", "keys",
]  # fmt: skip
CLOCKED = ["trigger", "day", "clock", "days"]


@dataclass(frozen=True)
class Week:
    """`urgent` and `ranked`: one row a customer in the order to be called, each customer in one of them (LISTED; urgent with CLOCKED too).
    `below`: as ranked, those whose worth is not above zero, for whom the action costs more than it can save. `away`: who is done, put
    off or with a colleague (as of `away.split`). `reasons` and `triggers`: all of them, as of their modules, of everybody in the book.

    `held`: the share of the value at stake of the three lists that the week holds, null where none is known; `at_stake`: that value;
    `hours` planned, of which `urgent_hours`; `words`: how it is ordered and what does not fit, a sentence each.
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
    words: Sequence[str]


def week(
    book: Book, as_of: date, capacity_hours: float, now: pl.DataFrame, value: pl.DataFrame, seen: pl.DataFrame | None = None,
    employee_id: str | None = None, plays: pl.DataFrame | None = None,
) -> Week:  # fmt: skip
    """The week of whoever looks. Changes nothing, and is the same whatever the order of the rows.

    `now`: `portfolio.build(book, as_of)`; `value`: `lifetime.value` of the day; `seen`: `banded.rates`, worked out here where the value
    leaves a chance open and none are given. `employee_id`: the week of this employee out of a larger book; null: of all customers seen.
    `plays`: `plays.suggested` (customer_id, play); the first of a customer is shown as `play`. By customer and not by reason, since some
    are held out of a play that the same reason would suggest.
    """
    with book.reading() as session:
        stood = book.own(session, now)
        in_force, stated = settings.in_force(session), assumptions.in_force(session)
        if seen is None and value_at_stake.needs_band_rates(stood, value):
            seen = band_fallback.observed_band_rates(session, as_of)
        read, acted = inputs.read_inputs(session, as_of, in_force), actions.latest_actions(session)
    triggers = urgent.urgent_triggers(stood, read, as_of)
    why = reasons(stood, read, triggers, as_of, in_force)
    here, gone = away.split_worklist(stood, acted, triggers, as_of, employee_id, book.viewer)
    staked = value_at_stake.rank_by_stake(stood, value, stated, seen).with_row_index("turn")
    listed = next_action(_lined(here, why, triggers, staked)).join(_first_play(plays), on="customer_id", how="left", maintain_order="left")
    hurried = listed.filter(pl.col("trigger").is_not_null()).sort("place", "turn", "customer_id", nulls_last=True)
    calm = listed.filter(pl.col("trigger").is_null() & ACTIVE).sort("turn")
    cheap = (pl.col("worth") <= 0).fill_null(False)
    days = working_days(as_of)
    lane = schedule(hurried, capacity_hours, days, first_day=True)
    taken = float(hurried["hours"].sum())
    ranked = schedule(calm.filter(~cheap), capacity_hours, days, taken)
    below = calm.filter(cheap).with_columns(pl.lit(False).alias("in_week"), pl.lit(None, pl.Date).alias("due"))
    return _summed(
        Week(days, lane.select(*LISTED, *CLOCKED), ranked.select(LISTED), below.select(LISTED), gone, why, triggers, capacity_hours,
             0.0, 0.0, None, None, value_at_stake.ranking_sentences(calm, stated))
    )  # fmt: skip


def _lined(here: pl.DataFrame, why: pl.DataFrame, triggers: pl.DataFrame, staked: pl.DataFrame) -> pl.DataFrame:
    """The customers of the list, each with its first trigger, its two reasons (a trigger's words before a part's) and what is at stake."""
    first = triggers.unique("customer_id", keep="first", maintain_order=True)
    keys = triggers.group_by("customer_id", maintain_order=True).agg(pl.col("key").alias("keys"))
    one, two = (why.filter(pl.col("nth") == nth).select("customer_id", "reason", pl.col("words").alias(f"why_{nth}")) for nth in (1, 2))
    led = first.select("customer_id", "place", *CLOCKED, "words")
    parts = [led, _further(first, triggers, why), keys, one, two.drop("reason"), staked]
    for part in parts:
        here = here.join(part, on="customer_id", how="left", maintain_order="left")
    return here.with_columns(
        pl.coalesce("trigger", "reason").alias("reason"),
        pl.coalesce("words", "why_1").alias("why"),
        pl.when(pl.col("words").is_not_null()).then("further").otherwise("why_2").alias("why_2"),
        pl.col("keys").fill_null([]),
    )


def _further(first: pl.DataFrame, triggers: pl.DataFrame, why: pl.DataFrame) -> pl.DataFrame:
    """Of whoever is urgent, what comes next that is about something else: another trigger, else a reason."""
    every = pl.concat([triggers.select("customer_id", "about", "words"), why.select("customer_id", "about", "words")])
    led = first.select("customer_id", pl.col("about").alias("led"))
    others = every.join(led, on="customer_id", how="inner", maintain_order="left").filter(pl.col("about") != pl.col("led"))
    return others.unique("customer_id", keep="first", maintain_order=True).select("customer_id", pl.col("words").alias("further"))


def _first_play(plays: pl.DataFrame | None) -> pl.DataFrame:
    given = pl.DataFrame(schema={"customer_id": pl.String, "play": pl.String}) if plays is None else plays.select("customer_id", "play")
    return given.unique("customer_id", keep="first", maintain_order=True)


def _summed(told: Week) -> Week:
    """With its totals, and what it says of the hours."""
    every = pl.concat([frame.select("at_stake", "hours", "in_week") for frame in (told.urgent, told.ranked, told.below)])
    inside, known = every.filter("in_week"), every["at_stake"].drop_nulls()
    total = float(known.sum()) if known.len() else None
    held = float(inside["at_stake"].sum()) / total if total is not None and total > 0 else None
    hours, urgent_hours = float(inside["hours"].sum()), float(told.urgent["hours"].sum())
    words = [*told.words, *_said(told, inside.height, hours, urgent_hours, held)]
    return Week(**(vars(told) | {"hours": hours, "urgent_hours": urgent_hours, "at_stake": total, "covered_share": held, "words": words}))


def _said(told: Week, customers: int, hours: float, urgent_hours: float, held: float | None) -> list[str]:
    said = [f"{fmt.plural(customers, 'customer')} in {hours:g} of {told.capacity_hours:g} hours"]
    if held is not None:
        said[0] += f" hold {fmt.share(held)} of the value at stake"
    late = int((~told.urgent["in_week"]).sum())
    if late:
        said.append(f"The urgent lane alone takes {urgent_hours:g} hours: {late} of its customers do not fit the week")
    left = int((~told.ranked["in_week"]).sum())
    if left:
        said.append(f"{fmt.plural(left, 'customer')} of the list {'waits' if left == 1 else 'wait'} for another week")
    if told.below.height:
        worth = "is" if told.below.height == 1 else "are"
        said.append(f"{fmt.plural(told.below.height, 'customer')} {worth} below the line: the action costs more than it can save")
    return [f"{sentence}." for sentence in said]
