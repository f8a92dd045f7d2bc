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
        "late_complaint", "Close a late complaint", "A complaint is overdue, or a critical one is open",
        pl.col("lane").list.contains("limit") | pl.col("lane").list.contains("critical"),
        (
            Step("Call with an owner and a date, and log the date as a promise", 0, 0.5),
            Step("Check with the customer that it is solved", 3, 0.25),
            Step("Ask whether anything else is open", 14, 0.25),
        ),
        "service", "complaints solved, complaint points", share=0.0,
    ),
    Play(
        "silence", "Break the silence", "No two-way contact for 1.5 times the agreed days",
        pl.col("contact_present") & (2 * pl.col("days_since") > 3 * pl.col("cadence_days")),
        (
            Step("Call without a sales goal: how are things, what has changed?", 0, 0.5),
            Step("If not reached, try another person or channel", 3, 0.25),
            Step("Send what they asked for and plan the next contact", 7, 0.25),
        ),
        "account manager", "contact points, churn",
    ),
    Play(
        "price", "Discuss the price before the renewal", "At least 5 % above market, and the last day for notice is 1 to 90 days ahead",
        pl.col("price_points").is_not_null() & (GAP >= 0.05) & pl.col("days_to_notice").is_between(1, 90),
        (
            Step("Ask the contracts desk for the market price and the discount range", 0, 0.5),
            Step("Meet: discuss the value of the service before its price", 7, 1.0),
            Step("Send an offer with a fixed term", 14, 0.5),
            Step("Ask for the decision", 28, 0.25),
        ),
        "contracts desk", "renewals, price gap",
    ),
    Play(
        "fall", "Find out what has changed", "Health fell by 10 points or more in a quarter",
        pl.col("health_before") - pl.col("health") >= 10,
        (
            Step("See on the client page why the score fell", 0, 0.25),
            Step("Call the person you know best and ask what has changed", 2, 0.5),
            Step("Agree one thing to fix, with a date, and log it as a promise", 5, 0.25),
            Step("Report back on what was done", 30, 0.25),
        ),
        "account manager", "health, churn",
    ),
    Play(
        "start", "The first ninety days", "A customer for at most 30 days", pl.col("tenure_days") <= 30,
        (
            Step("Introduce yourself and name the right contact for each topic", 1, 0.5),
            Step("Log their expectations as promises, with dates", 7, 0.5),
            Step("First review: does it deliver what was sold?", 30, 1.0),
            Step("Second review: agree how often to talk", 80, 0.5),
        ),
        "account manager", "churn in the first six months",
    ),
    Play(
        "unhappy", "Contact the dissatisfied customer", "Survey answers of the last year average 6 of 10 or less",
        pl.col("satisfaction_points") <= 50,
        (
            Step("Call the person with the lowest answer, thank them and ask for the reasons", 0, 0.5),
            Step("Fix one thing, or say openly what will not change", 7, 0.5),
            Step("Ask again, in person", 45, 0.25),
        ),
        "account manager", "next survey answer, churn",
    ),
    Play(
        "decider", "Find out who decides", "At risk, with no decision maker or primary contact on file",
        pl.col("contacts_present") & (pl.col("band") == "at_risk") & (pl.col("details_wanted") == 0),
        (
            Step("Ask your contacts who signs, and for an introduction", 0, 0.5),
            Step("Meet the decision maker and add them as a contact", 14, 1.0),
        ),
        "account manager", "contact persons, churn",
    ),
    Play(
        "promise", "Make good a broken promise", "A promise was broken in the last 90 days", pl.col("broken_promises_90") >= 1,
        (
            Step("Apologise and give a date you will keep", 0, 0.25),
            Step("Make sure it is done, and tell them", 5, 0.5),
        ),
        "service", "promises kept, churn",
    ),
    Play(
        "unused", "Show what is not used", "Uses less than half of what they pay for",
        (2 * pl.col("licensed_used_3") < pl.col("licensed_3")) & (pl.col("licensed_3") > 0),
        (
            Step("Check which features are not used, and which users do not use them", 0, 0.5),
            Step("Show two features that would help them", 7, 1.0),
            Step("Check usage again", 45, 0.25),
        ),
        "service", "usage, churn",
    ),
)  # fmt: skip
"""In the order of suggestion, where several plays fit."""


def play_by_key(key: str) -> Play:
    """Find a play by key. Raises InvalidInput for an unknown key."""
    for play in PLAYS:
        if play.key == key:
            return play
    raise InvalidInput(f"Unknown play {key}; choose one of {', '.join(p.key for p in PLAYS)}.")
