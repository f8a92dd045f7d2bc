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

_up_to = pl.when(_overdue > 1).then(pl.lit("up to ")).otherwise(pl.lit(""))
_lateness = (
    pl.when(pl.col("past_days") == 0)
    .then(pl.lit("since today"))
    .otherwise(pl.format("by {}{}", _up_to, count_words(pl.col("past_days"), "day")))
)
OPEN = (
    pl.when(_overdue == 0).then(pl.format("{} open", count_words(_open, "complaint")))
    .when(_open == 1).then(pl.format("1 complaint open, overdue {}", _lateness))
    .otherwise(pl.format("{} open, {} overdue {}", count_words(_open, "complaint"), _overdue, _lateness))
)  # fmt: skip
"""Open complaints in words, with how many are overdue and for how long."""


def _ageing(facts_before: Row, facts_after: Row, days: int, has_lost: bool) -> str:
    if not has_lost:
        return "older complaints count less"
    return "an open complaint became overdue" if facts_before["open"] else "deadlines met are now more than 365 days old"


def _fact(c: Row) -> str:
    return f"{fmt.count(c['open'])} open, burden {c['burden'] / 100:g}, {fmt.plural(c['repeats_365'], 'repeat')} in a year"


COMPLAINTS = Component(
    "complaints", "Complaints", 30,
    "Unresolved complaints drive customers away; a complaint answered quickly and solved on time does little harm.",
    "complaints",
    (
        Part(
            "burden", "Burden", 70, pl.col("burden") / 100 + pl.col("repeats_365"), _BURDEN,
            f"points halve for every {_BURDEN.by:g} of burden: each complaint adds 1, 2, 4 or 8 by severity (50 % more for each missed "
            "deadline), less over time once solved; each repeat of a theme in 365 days adds 1",
            "many, severe, open", "none", "no complaints are loaded", Axis(0, 16, "weighted complaints"), known=_present,
            reasons=(
                Reason(OPEN, _open, pl.col("past_days"), "complaints", "Agree a date for the solution and log the promise",
                       name="open", when=_open > 0),
                Reason(pl.format("{} in a year, none open", count_words(_raised, "complaint")), _raised, about="complaints",
                       call="Call and ask whether everything is resolved", name="past", when=(_open == 0) & (_raised > 0)),
                Reason(pl.lit("Old complaints still lower the score"), _raised, about="complaints",
                       call="Call and ask whether everything is resolved", name="old", when=(_open == 0) & (_raised == 0)),
            ),
            fact=_fact,
        ),
        Part(
            "clocks", "Deadlines met", 30, (pl.col("kept_365") + SMOOTHING) / (_deadlines_passed + SMOOTHING), Ramp(0.4, 0.95),
            f"(deadlines met + {SMOOTHING}) / (deadlines passed + {SMOOTHING}), for replies and solutions in 365 days", "{worst}",
            "{best} or more",
            "no deadline has passed", Axis(0, 1, "share of deadlines met"), known=_present & (_deadlines_passed > 0),
            reasons=(Reason(pl.format("{} of {} complaint deadlines missed in a year", "broken_365", _deadlines_passed),
                            pl.col("broken_365"), _deadlines_passed, "complaints", "Call and say how you will respond faster"),),
            fact=lambda c: out_of_words(c["kept_365"], c["kept_365"] + c["broken_365"], "deadlines met in a year"),
        ),
    ),
    "Burden 3, one repeat, 3 deadlines met, 1 missed: parts 50 and 78.79 give 58.64.",
    changes=ChangeWords("complaint left open", "old complaints count less", "new complaints", "complaints solved"),
    ageing=_ageing,
)  # fmt: skip
