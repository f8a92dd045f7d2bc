"""Promises kept on time."""

import polars as pl

from health.score.components.parts import Axis, Component, Part, Ramp, Reason, out_of_words
from health.score.wording import DAY

SMOOTHING = 2
_due, _kept, _recent = pl.col("promises_due_365"), pl.col("promises_kept_365"), pl.col("promises")
_last = pl.col("promise_on").dt.strftime(DAY)
PROMISE = (
    pl.when(_recent == 1).then(pl.format("Promise due {} broken", _last))
    .otherwise(pl.format("{} promises broken in 90 days, the latest due {}", "promises", _last))
)  # fmt: skip
"""Promises broken in 90 days, in words."""

EXPECTATIONS = Component(
    "expectations", "Promises kept", 0,
    "Customers remember a broken promise longer than the issue behind it.",
    "promises",
    (
        Part(
            "kept", "Kept on time", 100, (_kept + SMOOTHING) / (_due + SMOOTHING), Ramp(0.5, 1),
            f"(promises kept on time + {SMOOTHING}) / (promises due + {SMOOTHING}), 365 days; a new customer's handover is a promise for "
            "the day after signing",
            "{worst}", "{best}: all of them", "no promise was due", Axis(0, 1, "share of promises kept"), known=_due > 0,
            reasons=(
                Reason(PROMISE, _recent, about="promises", call="Apologise and deliver what was promised", name="broken", when=_recent > 0),
                Reason(pl.format("{} of {} promises broken in a year", _due - _kept, "promises_due_365"), _due - _kept, _due, "promises",
                       "Apologise and agree what you can deliver", name="unkept", when=_recent == 0),
            ),
            fact=lambda c: out_of_words(c["promises_kept_365"], c["promises_due_365"], "promises kept on time in a year"),
        ),
    ),
    "3 of 4 kept on time gives 66.67.",
    missing="no promises due",
    also_reads=("interactions", "contracts"),
)  # fmt: skip
