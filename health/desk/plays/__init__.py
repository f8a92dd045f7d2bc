"""Plays: named actions for a trigger, with steps, an owner and a control group (docs/method.md, section 8).

`enrol` records customers who trigger a play; `suggested_plays` and `play_cases` read them; `progress` records what was done; `effects`
reports the outcome. Only the play is withheld from the control group: reasons, complaints, renewals and the urgent lane are shown for all
customers.
"""

from health.desk.plays.case_list import case_steps, past_control_group, play_cases, suggested_plays
from health.desk.plays.catalogue import PLAYS, Play, Step, play_by_key
from health.desk.plays.control_group import quarter_of
from health.desk.plays.effect import Effect, effects
from health.desk.plays.enrolment import enrol, triggered_plays
from health.desk.plays.progress import Case
from health.desk.plays.urgent_lane import urgent_triggers

__all__ = [
    "PLAYS", "Case", "Effect", "Play", "Step", "case_steps", "effects", "enrol", "past_control_group", "play_by_key", "play_cases",
    "quarter_of", "suggested_plays", "triggered_plays", "urgent_triggers",
]  # fmt: skip
