"""Complaints: burden, and whether response and resolution deadlines were met."""

import polars as pl

from health import format as fmt
from health.score.components.parts import Axis, ChangeWords, Component, Halving, Part, Ramp, Reason, Row, out_of_words
from health.score.wording import count_words

SMOOTHING = 2
_BURDEN = Halving(4)
_present = pl.col("complaints_present")
_deadlines_passed = pl.col("kept_365") + pl.col("broken_365")
_open, _overdue, _raised = pl.col("open"), pl.col("past"), pl.col("raised_365")

_lateness = (
    pl.when(pl.col("past_days") == 0).then(pl.lit("since today")).otherwise(pl.format("by {}", count_words(pl.col("past_days"), "day")))
)
_overdue_count = pl.when(_overdue == 1).then(pl.lit("one")).otherwise(_overdue.cast(pl.String))
OPEN = (
    pl.when(_overdue == 0).then(pl.format("{} open", count_words(_open, "complaint")))
    .when(_open == 1).then(pl.format("1 complaint open, past its limit {}", _lateness))
    .otherwise(pl.format("{} open, {} past the limit {}", count_words(_open, "complaint"), _overdue_count, _lateness))
)  # fmt: skip
"""Open complaints in words, with how many are overdue and for how long."""


def _ageing(facts_before: Row, facts_after: Row, days: int, has_lost: bool) -> str:
    if not has_lost:
        return "older complaints fade"
    return "an open complaint passed a limit" if facts_before["open"] else "limits kept left the 365 days"


def _fact(c: Row) -> str:
    return f"{fmt.count(c['open'])} open, burden {c['burden'] / 100:g}, {fmt.plural(c['repeats_365'], 'repeat')} in a year"


COMPLAINTS = Component(
    "complaints", "Complaints", 30,
    "A complaint that drags on drives customers away; one answered fast and solved in time costs little.",
    "complaints",
    (
        Part(
            "burden", "Burden", 70, pl.col("burden") / 100 + pl.col("repeats_365"), _BURDEN,
            f"half for every {_BURDEN.by:g} of: severity weights 1, 2, 4, 8 (half as much again for each limit broken), fading after the "
            "solution, plus repeats of a theme in 365 days",
            "many, heavy, open", "none", "no complaints are loaded", Axis(0, 16, "weighted complaints"), known=_present,
            reasons=(
                Reason(OPEN, _open, pl.col("past_days"), "complaints", "Call, agree a day for the solution, log the promise",
                       name="open", when=_open > 0),
                Reason(pl.format("{} in a year, none open", count_words(_raised, "complaint")), _raised, about="complaints",
                       call="Call, and ask whether all is solved", name="past", when=(_open == 0) & (_raised > 0)),
                Reason(pl.lit("Complaints of more than a year ago still weigh"), _raised, about="complaints",
                       call="Call, and ask whether all is solved", name="old", when=(_open == 0) & (_raised == 0)),
            ),
            fact=_fact,
        ),
        Part(
            "clocks", "Clocks kept", 30, (pl.col("kept_365") + SMOOTHING) / (_deadlines_passed + SMOOTHING), Ramp(0.4, 0.95),
            f"(limits kept + {SMOOTHING}) / (limits run out + {SMOOTHING}), answers and solutions of 365 days", "{worst}", "{best} or more",
            "no limit has run out", Axis(0, 1, "share of limits kept"), known=_present & (_deadlines_passed > 0),
            reasons=(Reason(pl.format("{} of {} limits to answer and solve broken in a year", "broken_365", _deadlines_passed),
                            pl.col("broken_365"), _deadlines_passed, "complaints", "Call, and say what will be answered faster"),),
            fact=lambda c: out_of_words(c["kept_365"], c["kept_365"] + c["broken_365"], "limits kept in a year"),
        ),
    ),
    "Burden 3, one repeat, 3 limits kept, 1 broken: parts 50 and 78.79 give 58.64.",
    changes=ChangeWords("a complaint was left open", "old complaints faded", "complaints raised", "complaints solved"),
    ageing=_ageing,
)  # fmt: skip
