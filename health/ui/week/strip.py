"""Numbers at the top of My week."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from health import format as fmt
from health.desk.worklist import Week
from health.ui import cards
from health.ui.cards import number

WeekData = Mapping[str, Any]
NO_CONTACTS = "no contacts loaded"


def facts(week_data: WeekData, day_fact: str) -> list[str]:
    """Facts under the title: week, day and number of customers."""
    days = week_data["week"].days
    span = fmt.day(days[-1]) if len(days) == 1 else f"{days[0].day} {days[0]:%b} to {fmt.day(days[-1])}"
    week = f"week {days[0].isocalendar().week}, {span}"
    return [week, day_fact, fmt.plural(week_data["customers"], "active customer")]


def strip(week_data: WeekData) -> None:
    """Draw value at risk, overdue contacts, handovers, open complaints and renewals."""
    week: Week = week_data["week"]
    coverage_fact = f"this week: {fmt.share(week.covered_share)}" if week.covered_share is not None else ""
    overdue = week_data["due"].filter(pl.col("days_over") > 0)
    late_handovers = week_data["handovers"].filter(pl.col("state") == "late")
    open_handovers = week_data["handovers"].filter(pl.col("state") != "kept")
    clocks = week_data["clocks"]
    past_limit = clocks.filter("overdue").height
    upcoming = week_data["renewals"].filter(pl.col("state") == "ahead")
    overdue_fact = f"longest {fmt.plural(int(overdue['days_over'][0]), 'day')}" if overdue.height else "none"
    next_deadline = f" Earliest deadline: {clocks['left'][0]}." if clocks.height else ""
    complaint_help = "Complaints not resolved yet, of active, paused and leaving customers. Those of lost customers are left out."
    stake_help = (
        "Churn probability within 180 days x lifetime value, summed over all lists, and the share that this week's list covers. "
        "Calls can save only a part of it. Segments and value shows the risk within 12 months."
    )
    renewals_fact = f"{fmt.short_money(float(upcoming['mrr'].sum()))} MRR"
    handover_fact = f"{late_handovers.height} overdue" if open_handovers.height else "all done"
    overdue_help = "Customers past the agreed interval, or past their usual interval if that is shorter"
    handover_help = "New customers without a first call; it is due by the end of the day after signing"
    contacts_known = week_data["contacts_known"]
    overdue_count, overdue_fact = (overdue.height, overdue_fact) if contacts_known else (None, NO_CONTACTS)
    handover_count, handover_fact = (open_handovers.height, handover_fact) if contacts_known else (None, NO_CONTACTS)
    complaint_count, complaint_fact = (
        (clocks.height, f"{past_limit} overdue") if week_data["complaints_known"] else (None, "no complaints loaded")
    )
    cards.strip(
        [
            number("Value at risk", fmt.short_money(week.at_stake), coverage_fact, stake_help),
            number("Overdue contacts", fmt.count(overdue_count), overdue_fact, overdue_help),
            number("Open handovers", fmt.count(handover_count), handover_fact, handover_help),
            number("Open complaints", fmt.count(complaint_count), complaint_fact, f"{complaint_help}{next_deadline}"),
            number(
                "Renewals in 90 days", fmt.count(upcoming.height), renewals_fact, "Contracts whose last day for notice is within 90 days"
            ),
        ]
    )
