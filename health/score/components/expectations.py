"""Whether what was promised was done."""

import polars as pl

from health.score.components.parts import Component, Part, ramp, where

_due, _kept = pl.col("promises_due_365"), pl.col("promises_kept_365")

EXPECTATIONS = Component(
    "expectations", "Promises kept", 0,
    "A promise broken is remembered longer than the matter it was about.",
    "promises",
    (
        Part("kept", "Kept in time", 100, where(_due > 0, ramp((_kept + 2) / (_due + 2), 0.5, 1)),
             "(promises kept in time + 2) / (promises due + 2), 365 days; a new customer's handover is a promise for the day after signing",
             "0.5", "1: all of them", "nothing was due", lambda x: ramp(x, 0.5, 1), 0, 1, "share of promises kept"),
    ),
    "3 of 4 kept in time gives 66.67.",
)  # fmt: skip
