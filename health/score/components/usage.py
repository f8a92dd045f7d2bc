"""How much of what a customer pays for is used."""

import polars as pl

from health.score.components.parts import Component, Part, ramp, where

_level = pl.col("licensed_used_3").cast(pl.Float64) / pl.col("licensed_3").cast(pl.Float64)
_now = pl.col("used_3").cast(pl.Float64) / pl.col("usage_months_3")
_before = pl.col("used_before").cast(pl.Float64) / pl.col("usage_months_before")
_comparable = (pl.col("usage_months_3") > 0) & (pl.col("usage_months_before") > 0) & (pl.col("used_before") > 0)

USAGE = Component(
    "usage", "Usage", 0,
    "What is paid for and not used is cancelled at the next occasion; a fall shows before a word does.",
    "usage",
    (
        Part("level", "Level", 60, where(pl.col("licensed_3") > 0, ramp(_level, 0.4, 0.9)),
             "used / paid for, the last 3 full months, all products together", "0.4", "0.9 or more",
             "nothing on file for the last 3 full months", lambda x: ramp(x, 0.4, 0.9), 0, 1, "share used"),
        Part("change", "Change", 40, where(_comparable, ramp(_now / _before - 1, -0.4, 0)),
             "used a month in the last 3 full months against the 3 before; months without a row are left out", "down by 40 %",
             "no less than before", "nothing on file for one of the two quarters", lambda x: ramp(x, -40, 0), -60, 20, "% change"),
    ),
    "780 of 1,200 used, after 900 in the 3 months before: parts 50 and 66.67 give 56.67.",
)  # fmt: skip
