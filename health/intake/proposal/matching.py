"""Match columns to the fields of a table: by heading first, then by values; each match states its reason."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from health.columns import Column, Table
from health.intake.mapping.conversions import DAYS, NUMBERS
from health.intake.proposal import vocabulary
from health.intake.proposal.column_profile import MOSTLY, ColumnProfile
from health.intake.proposal.field_choice import Choice, choose_column
from health.tables import TABLES

BY_VALUES, KNOWN_IDS, STRANGE_WORDS, NEARLY_ALL = 0.3, 0.6, 0.8, 0.9
_ID_LIKE = re.compile(r"[A-Za-z]{1,6}[-_]?[0-9][\w-]*|[0-9]{4,}[\w-]*")


@dataclass(frozen=True)
class Match:
    """A candidate column for a field: strength 0..1 and reason."""

    strength: float
    field: str
    profile: ColumnProfile
    why: str


def choose_columns(table: Table, columns: Iterable[ColumnProfile]) -> tuple[tuple[Choice, ...], float]:
    """(one choice per field, unmatched ones included, in the table's order; score of the whole table)."""
    matches = match_fields(table, list(columns))
    choices_by_field = [
        choose_column(table.name, c.name, matches[c.name].profile, matches[c.name].why) if c.name in matches else Choice(c.name)
        for c in table.columns
    ]
    if not any(choice.field == table.key[0] and choice.fed for choice in choices_by_field) and (id_cells := _id_cells(table, matches)):
        choices_by_field = [
            Choice(c.field, joined=id_cells, why="no column is an id, so one is built from these cells") if c.field == table.key[0] else c
            for c in choices_by_field
        ]
    return tuple(choices_by_field), _match_score(table, matches)


def match_fields(table: Table, columns: list[ColumnProfile]) -> dict[str, Match]:
    """The best column for each field; no column is used twice, and ties go to the earlier column."""
    candidates = [match for column in table.columns for profile in columns if (match := _match(table, column, profile))]
    order = {profile.name: n for n, profile in enumerate(columns)}
    candidates.sort(key=lambda m: (-m.strength, not table.column(m.field).required, order[m.profile.name]))
    matches: dict[str, Match] = {}
    for match in candidates:
        if match.field not in matches and match.profile.name not in {m.profile.name for m in matches.values()}:
            matches[match.field] = match
    return matches


def _match(table: Table, column: Column, profile: ColumnProfile) -> Match | None:
    """Match of one column and field, or None."""
    name_strength = vocabulary.heading_strength(profile.name, table.name, column.name)
    if name_strength == vocabulary.EXACT:
        return Match(name_strength, column.name, profile, f"named {profile.name}")
    values_fit = _values_fit(table, column, profile)
    if name_strength and values_fit is not False:
        bonus = 0.05 if values_fit else 0.0
        return Match(name_strength + bonus, column.name, profile, f"named {profile.name}")
    if name_strength and profile.words and vocabulary.has_known_values(table.name, column) and column.type == "text":
        return Match(name_strength * STRANGE_WORDS, column.name, profile, f"named {profile.name}")  # what its words mean is asked
    if column.name == "customer_id" and profile.customers >= MOSTLY * max(profile.distinct, 1):
        return Match(KNOWN_IDS, column.name, profile, f"{profile.customers:,} of {profile.distinct:,} values are ids of customers")
    if values_fit and _values_identify_field(table, column, profile):
        return Match(BY_VALUES, column.name, profile, _value_reason(table, column, profile))
    return None


def _values_fit(table: Table, column: Column, profile: ColumnProfile) -> bool | None:
    """Whether the values suit the field; None if it takes any text or the column is empty."""
    if profile.distinct == 0:
        return None
    if column.type in DAYS:
        return bool(profile.days.options)
    if vocabulary.has_known_values(table.name, column):
        return _known_share(table, column, profile) >= 0.5
    if column.type in NUMBERS:
        return bool(profile.numbers.options)
    if column.name == "email":
        return profile.emails
    if (column.name,) == table.key and not column.refers:
        return _fits_key(table, profile)
    return None if not profile.emails else False


def _fits_key(table: Table, profile: ColumnProfile) -> bool | None:
    """Whether the column is unique, as a key must be; None if nearly so: it may still serve, and repeats are refused when loaded."""
    if profile.unique and not profile.days.open:
        return True
    nearly_unique = profile.distinct >= NEARLY_ALL * (profile.rows - profile.blank)
    several_rows_each = table.name in ("customers", "invoices") and not profile.numbers.contradictory and not profile.days.options
    return None if nearly_unique or several_rows_each else False


def _known_share(table: Table, column: Column, profile: ColumnProfile) -> float:
    """Share of distinct words with a known meaning."""
    known_words = [word for word in profile.words if vocabulary.meaning(table.name, column.name, word) is not None]
    return len(known_words) / len(profile.words) if profile.words else 0.0


def _values_identify_field(table: Table, column: Column, profile: ColumnProfile) -> bool:
    """Whether values alone identify a field: e-mail addresses, required dates and amounts, mostly known words."""
    if column.name == "email":
        return True
    if (column.name,) == table.key and not column.refers:
        return table.name != "customers" and bool(profile.samples) and all(_ID_LIKE.fullmatch(sample) for sample in profile.samples)
    if vocabulary.has_known_values(table.name, column):
        return column.type == "text" and column.required and _known_share(table, column, profile) >= MOSTLY
    if not column.required:
        return False
    if column.type in DAYS:
        return not all(sample.isdigit() for sample in profile.samples)
    return (
        column.type == "money"
        and (profile.currency or any("." in sample or "," in sample for sample in profile.samples))
        and not profile.days.options
    )


def _value_reason(table: Table, column: Column, profile: ColumnProfile) -> str:
    """Reason of a match by values, as text."""
    if column.name == "email":
        return ""
    if column.type in DAYS:
        return "its values are dates"
    if column.type == "money":
        return "its values are amounts"
    if (column.name,) == table.key:
        return "no value occurs twice"
    return f"its values are those of {column.name}"


def _id_cells(table: Table, matches: dict[str, Match]) -> tuple[str, ...]:
    """Columns to build the table's id from, if it has a single id and no column holds it."""
    if len(table.key) != 1 or table.key[0] == "customer_id":
        return ()
    matched_columns = [c for c in table.columns if c.required and c.name in matches and c.name != table.key[0]]
    stable_columns = [c for c in matched_columns if c.type != "money"]  # a price that changes is no other line
    cell_columns = [matches[c.name].profile.name for c in (stable_columns if len(stable_columns) > 1 else matched_columns)]
    return tuple(cell_columns) if len(cell_columns) > 1 else ()


def match_weight(table: Table, matches: dict[str, Match]) -> float:
    """Sum of match strengths of a table; required fields count three times."""
    return sum((3 if table.column(m.field).required else 1) * m.strength for m in matches.values())


def _match_score(table: Table, matches: dict[str, Match]) -> float:
    """Match weight minus penalties for required fields without a column."""
    return match_weight(table, matches) - sum(_missing_cost(table, c) for c in table.columns if c.required and c.name not in matches)


def _missing_cost(table: Table, column: Column) -> float:
    """Penalty for a required field without a column: small if one value can serve for all rows."""
    if (column.name,) == table.key and not column.refers and table.name not in ("customers", "employees"):
        return 0.5
    return 0.5 if may_be_constant(table.name, column) else 4.0


def may_be_constant(table: str, column: Column) -> bool:
    """Whether one value for every row makes sense."""
    return column.type == "text" and not column.refers and column.name != "name" and (column.name,) != TABLES[table].key
