"""Plays: a named action for a trigger, with steps and an owner, and a hold-out that tells whether it moves anything (METHOD section 8).

`enrol` writes down who triggers what, `suggested` and `cases` read it, `moves` keeps what people did, `effects` says what came of it.
Only what a play adds is held out: reasons, complaints, renewals and the urgent lane are shown for everybody alike.
"""

from health.desk.plays.case_list import cases, held_out, steps, suggested
from health.desk.plays.catalogue import PLAYS, Play, Step, play
from health.desk.plays.control_group import quarter_of
from health.desk.plays.effect import Effect, effects
from health.desk.plays.enrolment import enrol, triggered
from health.desk.plays.progress import Case
from health.desk.plays.urgent_lane import lane

__all__ = [
    "PLAYS", "Case", "Effect", "Play", "Step", "cases", "effects", "enrol", "held_out", "lane", "play", "quarter_of", "steps",
    "suggested", "triggered",
]  # fmt: skip
