"""A draft mapping for an unknown file: tables, columns by field, and open questions."""

from collections.abc import Collection
from dataclasses import replace

from health.columns import Table
from health.intake.proposal import vocabulary
from health.intake.proposal.column_profile import Readings, Seen, seen
from health.intake.proposal.draft import Draft, Fed, in_order, made
from health.intake.proposal.matching import choices, fed_weight, matched
from health.intake.reading.sheet import Sheet
from health.tables import TABLES

_NAMED_FILE = 1.5
_WORTH_PROPOSING = 1.5


def propose(sheet: Sheet, customers: Collection[str] = ()) -> Draft:
    """The draft for a file: the table it feeds best, and each other one whose needs it meets with columns of its own.

    `customers`: the ids in the book, by which a column without a telling name is known. A file that feeds nothing well yields a draft
    without tables.
    """
    columns = seen(sheet, customers)
    scored = {name: _score(table, columns, sheet.file) for name, table in TABLES.items()}
    best = max(scored, key=lambda name: scored[name])
    if fed_weight(TABLES[best], matched(TABLES[best], list(columns))) < _WORTH_PROPOSING:
        return Draft(sheet.file, sheet.form, columns, ())
    first = made(best, choices(TABLES[best], columns)[0], columns)
    fed = [first]
    for table in TABLES.values():
        if table.name != best and (more := _beside(table, columns, fed)):
            fed.append(more)
    if len(fed) > 1:
        fed = [_sparse(one, columns) for one in fed]
    own = all(choice.column == choice.field for choice in first.choices if choice.fed) and not _missing(first) and len(fed) == 1
    return Draft(sheet.file, sheet.form, columns, in_order(map(_as_declared, fed) if own else fed), own)


def _as_declared(fed: Fed) -> Fed:
    """Under a table's own header, amounts that have the declared form are in it, however else they might be read."""
    declared = {column.name: column.type for column in TABLES[fed.table].columns}
    chosen = (replace(c, numbers=Readings()) if c.numbers.open and declared[c.field] in c.own_form else c for c in fed.choices)
    return replace(fed, choices=tuple(chosen))


def _score(table: Table, columns: tuple[Seen, ...], file: str) -> float:
    return choices(table, columns)[1] + (_NAMED_FILE if vocabulary.means_table(file, table.name) else 0.0)


def _missing(fed: Fed) -> list[str]:
    return [c.field for c in fed.choices if TABLES[fed.table].column(c.field).required and not c.fed]


def _ids(fed: Fed) -> set[str]:
    """Columns that hold ids: several tables may use them."""
    return {c.column for c in fed.choices if c.column and c.field.endswith("_id")}


def _beside(table: Table, columns: tuple[Seen, ...], fed: list[Fed]) -> Fed | None:
    """A further table, where columns that nothing else uses feed all it needs besides ids, by their headings."""
    shared = set().union(*(_ids(f) for f in fed))
    used = {name for f in fed for choice in f.choices for name in choice.columns} - shared
    free = [seen for seen in columns if seen.name not in used]
    taken = matched(table, free)
    needed = [c.name for c in table.columns if c.required and not c.name.endswith("_id")]
    ids = [c.name for c in table.columns if c.required and c.name.endswith("_id") and ((c.name,) != table.key or table.name == "customers")]
    sure = all(name in taken and taken[name].strength >= vocabulary.SYNONYM and taken[name].seen.name not in shared for name in needed)
    if not needed or not sure or not all(name in taken for name in ids):
        return None
    chosen = choices(table, free)[0]
    more = made(table.name, chosen, columns)
    return None if _missing(more) else more


def _sparse(fed: Fed, columns: tuple[Seen, ...]) -> Fed:
    """Of a file that feeds several tables, a row that leaves blank what one of them needs is no row of that table."""
    gaps = {seen.name for seen in columns if seen.blank}
    needed = [c.name for c in TABLES[fed.table].columns if c.required and not c.name.endswith("_id")]
    blank = [c.column for c in fed.choices if c.column in gaps and c.field in needed]
    return replace(fed, skip_when_blank=blank[0]) if blank and fed.table != "customers" else fed
