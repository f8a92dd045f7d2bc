"""What a customer complained of, and how fast it was answered and solved."""

import polars as pl

from health.score.components.parts import Component, Part, halving, ramp, where

_present = pl.col("complaints_present")
_weighted = pl.col("burden") / 100 + pl.col("repeats_365")
RUN_OUT = pl.col("kept_365") + pl.col("broken_365")

COMPLAINTS = Component(
    "complaints", "Complaints", 30,
    "A complaint that drags on drives customers away; one answered fast and solved in time costs little.",
    "complaints",
    (
        Part("burden", "Burden", 70, where(_present, halving(_weighted, 4)),
             "half for every 4 of: severity weights 1, 2, 4, 8 (half as much again for each limit broken), fading after the solution, "
             "plus repeats of a theme in 365 days", "many, heavy, open", "none", "no complaints are loaded",
             lambda x: halving(x, 4), 0, 16, "weighted complaints"),
        Part("clocks", "Clocks kept", 30,
             where(_present & (RUN_OUT > 0), ramp((pl.col("kept_365") + 2) / (RUN_OUT + 2), 0.4, 0.95)),
             "(limits kept + 2) / (limits run out + 2), answers and solutions of 365 days", "0.4", "0.95 or more",
             "no limit has run out",
             lambda x: ramp(x, 0.4, 0.95), 0, 1, "share of limits kept"),
    ),
    "Burden 3, one repeat, 3 limits kept, 1 broken: parts 50 and 78.79 give 58.64.",
)  # fmt: skip
