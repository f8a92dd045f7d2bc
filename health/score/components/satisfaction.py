"""What the people at a customer answered when they were asked."""

import polars as pl

from health.score.components.parts import Component, Part, ramp, where

MEAN = pl.col("answers_sum") / 10_000 / pl.col("answers_365")

SATISFACTION = Component(
    "satisfaction", "Satisfaction", 0,
    "Whoever says that things are bad mostly means it; but few answer, and the silent are not the content ones.",
    "surveys",
    (
        Part("answers", "Last answers", 100, where(pl.col("answers_365") > 0, ramp(MEAN, 3, 9)),
             "mean over people of their last answer of 365 days, put on 0 to 10 by its scale (best answer highest); answers without a "
             "person are one person, and an NPS without a scale is on 0 to 10", "3 or less", "9 or more",
             "nobody answered in 365 days", lambda x: ramp(x, 3, 9), 0, 10, "mean answer, 0 to 10"),
    ),
    "Two people, last answers 8 of 0 to 10 and 3 of 1 to 5 (5 of 0 to 10): mean 6.5 gives 58.33.",
)  # fmt: skip
