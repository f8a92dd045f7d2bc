"""Questions on what values mean where the file does not state it: the zone of times, the scale of survey answers."""

from collections.abc import Collection, Mapping

from health.intake.mapping.conversions import DAYS
from health.intake.mapping.formats import BOOK, UTC, says_utc
from health.intake.proposal.column_profile import ColumnProfile
from health.intake.proposal.field_choice import Choice
from health.intake.proposal.questions import OPEN, Question
from health.intake.scales import KINDS, SCALES
from health.tables import TABLES

_ZONES = (
    (UTC, "UTC, as the heading says"),
    (BOOK, "Local time, in the time zone of your data"),
)


def zone_questions(table: str, choices: Collection[Choice]) -> list[Question]:
    """For each column with times of day whose heading says UTC: whether to believe it."""
    asked = [
        c
        for c in choices
        if c.column and c.zone is None and TABLES[table].column(c.field).type in DAYS and says_utc(c.column) and _has_times(c)
    ]
    consequence = "If left open, the times are read as UTC and converted to the time zone of your data."
    return [Question(table, c.field, f"In which time zone are the times in {c.column}?", _ZONES, consequence, "zone") for c in asked]


def _has_times(choice: Choice) -> bool:
    return any(":" in sample for sample in choice.samples)


def scale_questions(choices: Collection[Choice], scales: Mapping[str, str], columns: Collection[ColumnProfile]) -> list[Question]:
    """For each kind of survey in the file that has no usual scale, where the file lacks one: on which scale it was answered."""
    by_field = {c.field: c for c in choices}
    if not by_field["score"].fed or all(_is_complete(by_field[name], columns) for name in ("scale_min", "scale_max")):
        return []
    options = (OPEN, *((scale, scale.replace("..", " to ")) for scale in SCALES))
    return [
        Question(
            "surveys", "score", f"On which scale are the {kind.upper()} answers?", options,
            f"If left open, rows with a {kind.upper()} score and without a scale are refused: a 5 may be the best answer or the middle.",
            "scale", kind,
        )
        for kind in KINDS
        if kind in _kinds(by_field["kind"]) and kind not in scales
    ]  # fmt: skip


def _kinds(choice: Choice) -> set[str]:
    """The kinds of survey in the file."""
    return {choice.value or "", *choice.map.values(), *choice.samples}


def _is_complete(choice: Choice, columns: Collection[ColumnProfile]) -> bool:
    """Whether every row has a value for the field."""
    return choice.value is not None or any(profile.name == choice.column and not profile.blank for profile in columns)
