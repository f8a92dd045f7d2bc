"""How a customer pays."""

import polars as pl

from health.score.components.parts import Component, Part, ramp, where

_three_months = pl.max_horizontal(3 * pl.col("mrr_cents").fill_null(0), pl.lit(1))

PAYMENT = Component(
    "payment", "Payment", 0,
    "A bill left lying is often the first sign of a quarrel or of need, before anybody says so.",
    "invoices",
    (
        Part("overdue", "Overdue", 60, where(pl.col("invoiced"), ramp(pl.col("overdue_cents") / _three_months, 1, 0)),
             "overdue / billed in 3 months; disputed invoices are set aside unless written off", "three months' bills or more", "nothing",
             "no invoice is on file", lambda x: ramp(x, 1, 0), 0, 1.5, "overdue per three months billed"),
        Part("delay", "Delay", 40, where(pl.col("paid_6") > 0, ramp(pl.col("late_days_6") / pl.col("paid_6"), 30, 0)),
             "mean days late of the last 6 invoices paid; early counts as in time", "30 days or more", "none late",
             "no invoice was paid", lambda x: ramp(x, 30, 0), 0, 45, "days late"),
    ),
    "75 overdue at 100 billed a month, last payments 9 days late on average: parts 75 and 70 give 73.00.",
)  # fmt: skip
