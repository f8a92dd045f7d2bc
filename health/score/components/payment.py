"""Payment behaviour: overdue amount and payment delay."""

import polars as pl

from health import format as fmt
from health.score.components.parts import Axis, Component, Part, Ramp, Reason
from health.score.wording import count_words, percent_words, tenths_words

_overdue = pl.col("overdue_cents")
_a_month = pl.when(pl.col("mrr_cents") == 0).then("billed_cents").otherwise("mrr_cents").fill_null(0)  # in a pause, what was agreed
_three_months = pl.max_horizontal(3 * _a_month, pl.lit(1))
_owed_pct = 100 * _overdue / _three_months
_delay = pl.col("late_days_6") / pl.col("paid_6")
UNPAID = pl.format("{} unpaid for 60 days or more", count_words(pl.col("overdue_60"), "invoice"))

PAYMENT = Component(
    "payment", "Payment", 0,
    "An unpaid invoice is often the first sign of a dispute or of financial trouble.",
    "invoices",
    (
        Part(
            "overdue", "Overdue", 60, _overdue / _three_months, Ramp(1, 0),
            "overdue amount / amount billed in 3 months; disputed invoices are left out unless written off",
            "three months' billing or more", "nothing",
            "no invoice is on file", Axis(0, 1.5, "overdue per three months billed"), known=pl.col("invoiced"),
            reasons=(Reason(pl.format("Overdue invoices: {} of three months' billing", percent_words(_owed_pct)), _owed_pct,
                            about="payment", call="Call about the overdue invoices"),),
            fact=lambda c: f"{fmt.money(c['overdue_cents'] / 100)} overdue; {fmt.money(3 * (c['mrr_cents'] or 0) / 100)} billed in 3 "
            f"months",
        ),
        Part(
            "delay", "Delay", 40, _delay, Ramp(30, 0),
            "mean days late of the last 6 invoices paid; early payment counts as on time", "{worst} days or more", "none late",
            "no invoice was paid", Axis(0, 45, "days late"), known=pl.col("paid_6") > 0,
            reasons=(Reason(pl.format("Pays {} days late on average", tenths_words(_delay)), _delay, pl.col("paid_6"), "payment",
                            "Call and agree a payment date"),),
            fact=lambda c: f"{c['late_days_6'] / c['paid_6']:.1f} days late on average, last {fmt.plural(c['paid_6'], 'payment')}",
        ),
    ),
    "75 overdue at 100 billed a month, last payments 9 days late on average: parts 75 and 70 give 73.00.",
)  # fmt: skip
