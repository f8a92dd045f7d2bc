"""The figures at the head of the week."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from health import format as fmt
from health.desk.worklist import Week
from health.insight.client import complaint_sla
from health.ui import cards
from health.ui.cards import number

Told = Mapping[str, Any]
UNLOADED = "no contacts loaded"


def facts(told: Told, as_of: date) -> list[str]:
    """What the screen rests on: the week, the day, the customers."""
    days = told["week"].days
    week = f"week {days[0].isocalendar().week}, {days[0].day} {days[0]:%b} to {fmt.day(days[-1])}"
    return [week, f"as of {fmt.day(as_of)}", fmt.plural(told["customers"], "customer")]


def strip(told: Told) -> None:
    """Value at stake, overdue contacts, handovers, complaints on the clock, renewals."""
    week: Week = told["week"]
    held = f"the week holds {fmt.share(week.held)}" if week.held is not None else ""
    over = told["due"].filter(pl.col("days_over") > 0)
    late = told["handovers"].filter(pl.col("state") == "late")
    waiting = told["handovers"].filter(pl.col("state") != "kept")
    clocks = told["clocks"]
    past = clocks.filter(pl.col("left_hours") < 0).height
    ahead = told["renewals"].filter(pl.col("state") == "ahead")
    oldest = f"oldest {fmt.plural(int(over['days_over'][0]), 'day')}" if over.height else "none"
    nearest = f" Next: {complaint_sla.left(float(clocks['left_hours'][0]))}." if clocks.height else ""
    staked = "Chance of leaving within 180 days x lifetime value x save rate, summed over the lists. A risk, not an effect of calling."
    renewing = f"{fmt.short_money(float(ahead['mrr'].sum()))} MRR"
    calls = f"{late.height} past its hour" if waiting.height else "all kept"
    past_due = "Past the agreed interval, or past what is usual, whichever is earlier"
    first_call = "New customers without a first operational contact; due by the end of the day after signing"
    spoken = told["contacts_known"]
    due, oldest = (over.height, oldest) if spoken else (None, UNLOADED)
    new, calls = (waiting.height, calls) if spoken else (None, UNLOADED)
    raised, beyond = (clocks.height, f"{past} past the limit") if told["complaints_known"] else (None, "no complaints loaded")
    cards.strip(
        [
            number("Value at stake", fmt.short_money(week.at_stake), held, staked),
            number("Overdue contacts", fmt.count(due), oldest, past_due),
            number("24-hour handovers", fmt.count(new), calls, first_call),
            number("Open complaints", fmt.count(raised), beyond, f"Not solved yet.{nearest}"),
            number("Renewals in 90 days", fmt.count(ahead.height), renewing, "Agreed terms that end"),
        ]
    )
