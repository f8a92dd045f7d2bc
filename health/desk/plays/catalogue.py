"""The plays, each declared once: trigger, steps, owner and goal."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from health.errors import InvalidInput
from health.score.components.price import GAP

Owner = Literal["account manager", "service", "contracts desk"]
SHARE = 0.20
SINCE = date(2026, 1, 1)


@dataclass(frozen=True)
class Step:
    """Step of a play: instruction, days after acceptance, hours it takes."""

    words: str
    day: int
    hours: float


@dataclass(frozen=True, eq=False)
class Play:
    """A named action.

    `trigger`: over the columns of `portfolio.build` and `lane`, the list of the customer's urgent triggers; `when`: the same in words.
    `goal`: what it should improve. `since`: first day of the play; a changed trigger is a new play with its own key. `share`: control group
    per quarter, 0 to 1; 0 for plays that nobody may be denied, for which no effect is reported.
    """

    key: str
    name: str
    when: str
    trigger: pl.Expr
    steps: tuple[Step, ...]
    owner: Owner
    goal: str
    since: date = SINCE
    share: float = SHARE


PLAYS: tuple[Play, ...] = (
    Play(
        "late_complaint", "Close a late complaint", "A complaint is past its limit, or a critical one is open",
        pl.col("lane").list.contains("limit") | pl.col("lane").list.contains("critical"),
        (
            Step("Call: say who solves it and by when, and log that as a promise", 0, 0.5),
            Step("Check that it is solved, and hear it from the customer", 3, 0.25),
            Step("Ask whether anything else is open", 14, 0.25),
        ),
        "service", "complaints solved, and points of complaints", share=0.0,
    ),
    Play(
        "silence", "Break the silence", "No two-way contact for 1.5 times the agreed days",
        pl.col("contact_present") & (2 * pl.col("days_since") > 3 * pl.col("cadence_days")),
        (
            Step("Call without anything to sell: how are things, what has changed?", 0, 0.5),
            Step("Not reached: try another person, or another way", 3, 0.25),
            Step("Send what was asked for, and put the next date in the diary", 7, 0.25),
        ),
        "account manager", "points of contact, and losses",
    ),
    Play(
        "price", "Talk about the price before the renewal", "At least 5 % above the market, and the agreed end is 31 to 120 days ahead",
        pl.col("price_points").is_not_null() & (GAP >= 0.05) & pl.col("days_to_end").is_between(31, 120),
        (
            Step("Have the benchmark and the room to negotiate checked by the contracts desk", 0, 0.5),
            Step("Meet: what the service is worth to them, before what it costs", 7, 1.0),
            Step("Send an offer with a term", 14, 0.5),
            Step("Ask for the decision", 28, 0.25),
        ),
        "contracts desk", "renewals, and the price gap",
    ),
    Play(
        "fall", "Find out what has changed", "Health fell by 10 points or more in a quarter",
        pl.col("health_before") - pl.col("health") >= 10,
        (
            Step("Read the bridge: which rows pulled the score down?", 0, 0.25),
            Step("Call the person you know best, and ask what has changed", 2, 0.5),
            Step("Agree one thing to mend, with a date, and log it as a promise", 5, 0.25),
            Step("Report what was done", 30, 0.25),
        ),
        "account manager", "health, and losses",
    ),
    Play(
        "start", "The first ninety days", "A customer for at most 30 days", pl.col("tenure_days") <= 30,
        (
            Step("Introduce yourself, and say who is called for what", 1, 0.5),
            Step("Write down what they expect, with dates, as promises", 7, 0.5),
            Step("First review: is it what was sold?", 30, 1.0),
            Step("Second review, and the rhythm from here on", 80, 0.5),
        ),
        "account manager", "losses in the first half year",
    ),
    Play(
        "unhappy", "Answer an unhappy customer", "Answers of the last year average 6 of 10 or less", pl.col("satisfaction_points") <= 50,
        (
            Step("Call whoever answered lowest: thank them, and ask what was behind it", 0, 0.5),
            Step("Mend one thing, or say openly what will not change", 7, 0.5),
            Step("Ask again, in person", 45, 0.25),
        ),
        "account manager", "the next answer, and losses",
    ),
    Play(
        "decider", "Find out who decides", "At risk, and neither a decision maker nor a primary contact is on file",
        pl.col("contacts_present") & (pl.col("band") == "at_risk") & (pl.col("details_wanted") == 0),
        (
            Step("Ask the people you know who signs, and for an introduction", 0, 0.5),
            Step("Meet the one who decides, and put them on file", 14, 1.0),
        ),
        "account manager", "people known, and losses",
    ),
    Play(
        "promise", "Make good a broken promise", "A promise was broken in the last 90 days", pl.col("broken_promises_90") >= 1,
        (
            Step("Say sorry, and give a date that will be kept", 0, 0.25),
            Step("See that it is done, and tell them", 5, 0.5),
        ),
        "service", "promises kept, and losses",
    ),
    Play(
        "unused", "Show what is not used", "Uses less than half of what it pays for",
        (2 * pl.col("licensed_used_3") < pl.col("licensed_3")) & (pl.col("licensed_3") > 0),
        (
            Step("See which parts are not used, and by whom", 0, 0.5),
            Step("Show two things that would help them", 7, 1.0),
            Step("Look at the use again", 45, 0.25),
        ),
        "service", "usage, and losses",
    ),
)  # fmt: skip
"""In the order of suggestion, where several plays fit."""


def play_by_key(key: str) -> Play:
    """Find a play by key. Raises InvalidInput for an unknown key."""
    for play in PLAYS:
        if play.key == key:
            return play
    raise InvalidInput(f"There is no play called {key}; choose one of {', '.join(p.key for p in PLAYS)}.")
