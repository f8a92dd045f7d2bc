"""Which column feeds which field of a table: by heading first, by values where headings are silent; each choice says why."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from health.columns import Column, Table
from health.intake.mapping.conversions import DAYS, NUMBERS
from health.intake.proposal import vocabulary
from health.intake.proposal.column_profile import MOSTLY, Seen
from health.intake.proposal.field_choice import Choice, of_column
from health.tables import TABLES

BY_VALUES, KNOWN_IDS, STRANGE_WORDS, NEARLY_ALL = 0.3, 0.6, 0.8, 0.9
_ID_LIKE = re.compile(r"[A-Za-z]{1,6}[-_]?[0-9][\w-]*|[0-9]{4,}[\w-]*")


@dataclass(frozen=True)
class Match:
    """A column that may feed a field: how surely, and why."""

    strength: float
    field: str
    seen: Seen
    why: str


def choices(table: Table, columns: Iterable[Seen]) -> tuple[tuple[Choice, ...], float]:
    """A choice a field (unfed ones too), in the table's order, and how well the table's fields are fed in all."""
    taken = matched(table, list(columns))
    found = [
        of_column(table.name, c.name, taken[c.name].seen, taken[c.name].why) if c.name in taken else Choice(c.name) for c in table.columns
    ]
    if not any(choice.field == table.key[0] and choice.fed for choice in found) and (cells := _joinable(table, taken)):
        found = [
            Choice(c.field, joined=cells, why="no column holds an id, so it is made of these cells") if c.field == table.key[0] else c
            for c in found
        ]
    return tuple(found), _score(table, taken)


def matched(table: Table, columns: list[Seen]) -> dict[str, Match]:
    """The best column for each field; no column feeds two, and where two are equally good the earlier one does."""
    possible = [match for column in table.columns for seen in columns if (match := _match(table, column, seen))]
    order = {seen.name: n for n, seen in enumerate(columns)}
    possible.sort(key=lambda m: (-m.strength, not table.column(m.field).required, order[m.seen.name]))
    taken: dict[str, Match] = {}
    for match in possible:
        if match.field not in taken and match.seen.name not in {m.seen.name for m in taken.values()}:
            taken[match.field] = match
    return taken


def _match(table: Table, column: Column, seen: Seen) -> Match | None:
    named = vocabulary.strength(seen.name, table.name, column.name)
    if named == vocabulary.EXACT:
        return Match(named, column.name, seen, f"named {seen.name}")
    fits = _fit(table, column, seen)
    if named and fits is not False:
        bonus = 0.05 if fits else 0.0
        return Match(named + bonus, column.name, seen, f"named {seen.name}")
    if named and seen.words and vocabulary.closed(table.name, column) and column.type == "text":
        return Match(named * STRANGE_WORDS, column.name, seen, f"named {seen.name}")  # what its words mean is asked
    if column.name == "customer_id" and seen.customers >= MOSTLY * max(seen.distinct, 1):
        return Match(KNOWN_IDS, column.name, seen, f"{seen.customers:,} of {seen.distinct:,} values are ids of customers")
    if fits and _telling(table, column, seen):
        return Match(BY_VALUES, column.name, seen, _told(table, column, seen))
    return None


def _fit(table: Table, column: Column, seen: Seen) -> bool | None:
    """Whether the values are what the field holds; None where any text may be, or where there are none."""
    if seen.distinct == 0:
        return None
    if column.type in DAYS:
        return bool(seen.days.ways)
    if vocabulary.closed(table.name, column):
        return _known_share(table, column, seen) >= 0.5
    if column.type in NUMBERS:
        return bool(seen.numbers.ways)
    if column.name == "email":
        return seen.emails
    if (column.name,) == table.key and not column.refers:
        return _fits_key(table, seen)
    return None if not seen.emails else False


def _fits_key(table: Table, seen: Seen) -> bool | None:
    """A column of ids; one that is named so keeps the part even where an id stands twice: the repeats are then refused and told."""
    if seen.unique and not seen.days.open:
        return True
    nearly_unique = seen.distinct >= NEARLY_ALL * (seen.rows - seen.blank)
    several_rows_each = table.name == "customers" and not seen.numbers.contradictory
    return None if nearly_unique or several_rows_each else False


def _known_share(table: Table, column: Column, seen: Seen) -> float:
    known = [word for word in seen.words if vocabulary.meaning(table.name, column.name, word) is not None]
    return len(known) / len(seen.words) if seen.words else 0.0


def _telling(table: Table, column: Column, seen: Seen) -> bool:
    """Whether values alone may speak for a field: addresses, days and amounts that a table needs, words of which most are known."""
    if column.name == "email":
        return True
    if (column.name,) == table.key and not column.refers:
        return table.name != "customers" and bool(seen.samples) and all(_ID_LIKE.fullmatch(sample) for sample in seen.samples)
    if vocabulary.closed(table.name, column):
        return column.type == "text" and column.required and _known_share(table, column, seen) >= MOSTLY
    if not column.required:
        return False
    if column.type in DAYS:
        return not all(sample.isdigit() for sample in seen.samples)
    return (
        column.type == "money" and (seen.currency or any("." in sample or "," in sample for sample in seen.samples)) and not seen.days.ways
    )


def _told(table: Table, column: Column, seen: Seen) -> str:
    if column.name == "email":
        return ""
    if column.type in DAYS:
        return "its values are days"
    if column.type == "money":
        return "its values are amounts"
    if (column.name,) == table.key:
        return "no value stands twice"
    return f"its words are those of {column.name}"


def _joinable(table: Table, taken: dict[str, Match]) -> tuple[str, ...]:
    """The columns that tell one row from another, where the table has one id of its own and no column holds it."""
    if len(table.key) != 1 or table.key[0] == "customer_id":
        return ()
    fed = [c for c in table.columns if c.required and c.name in taken and c.name != table.key[0]]
    lasting = [c for c in fed if c.type != "money"]  # a price that changes is no other line
    needed = [taken[c.name].seen.name for c in (lasting if len(lasting) > 1 else fed)]
    return tuple(needed) if len(needed) > 1 else ()


def fed_weight(table: Table, taken: dict[str, Match]) -> float:
    """How much of a table is fed: fields that it needs weigh three times as much."""
    return sum((3 if table.column(m.field).required else 1) * m.strength for m in taken.values())


def _score(table: Table, taken: dict[str, Match]) -> float:
    return fed_weight(table, taken) - sum(_cost(table, c) for c in table.columns if c.required and c.name not in taken)


def _cost(table: Table, column: Column) -> float:
    """What it takes away from a table that a field it needs has no column: little where one value may stand for all rows."""
    if (column.name,) == table.key and not column.refers and table.name not in ("customers", "employees"):
        return 0.5
    return 0.5 if may_be_constant(table.name, column) else 4.0


def may_be_constant(table: str, column: Column) -> bool:
    """Whether one value for every row makes sense."""
    return column.type == "text" and not column.refers and column.name != "name" and (column.name,) != TABLES[table].key
