"""Propose a mapping for an unknown file: tables, a column for each field, and open questions."""

from collections.abc import Collection
from dataclasses import replace

from health.columns import Table
from health.intake.proposal import vocabulary
from health.intake.proposal.column_profile import ColumnProfile, Readings, profile_columns
from health.intake.proposal.draft import Draft
from health.intake.proposal.matching import choose_columns, match_fields, match_weight
from health.intake.proposal.table_draft import TableDraft, draft_table, sort_by_table
from health.intake.reading.sheet import Sheet
from health.tables import TABLES

_FILE_NAME_BONUS = 1.5
_WORTH_PROPOSING = 1.5


def propose(sheet: Sheet, customers: Collection[str] = ()) -> Draft:
    """Draft for a file: the best matching table, and each further table that the remaining columns can feed.

    `customers`: ids on file, to recognise an id column whose name is unclear. A file that matches no table well yields a draft without
    tables.
    """
    columns = profile_columns(sheet, customers)
    scores = {name: _table_score(table, columns, sheet.file) for name, table in TABLES.items()}
    best_table = max(scores, key=lambda name: scores[name])
    if match_weight(TABLES[best_table], match_fields(TABLES[best_table], list(columns))) < _WORTH_PROPOSING:
        return Draft(sheet.file, sheet.form, columns, ())
    first_draft = draft_table(best_table, choose_columns(TABLES[best_table], columns)[0], columns)
    drafts = [first_draft]
    for table in TABLES.values():
        if table.name != best_table and (further_draft := _further_table(table, columns, drafts)):
            drafts.append(further_draft)
    if len(drafts) > 1:
        drafts = [_skip_blank_rows(draft, columns) for draft in drafts]
    own_header = (
        all(choice.column == choice.field for choice in first_draft.choices if choice.fed)
        and not _missing_fields(first_draft)
        and len(drafts) == 1
    )
    return Draft(sheet.file, sheet.form, columns, sort_by_table(map(_keep_declared_amounts, drafts) if own_header else drafts), own_header)


def _keep_declared_amounts(table_draft: TableDraft) -> TableDraft:
    """For a file with a table's own header, read amounts in our format whenever they have it."""
    declared_types = {column.name: column.type for column in TABLES[table_draft.table].columns}
    new_choices = (
        replace(c, numbers=Readings()) if c.numbers.open and declared_types[c.field] in c.own_form else c for c in table_draft.choices
    )
    return replace(table_draft, choices=tuple(new_choices))


def _table_score(table: Table, columns: tuple[ColumnProfile, ...], file: str) -> float:
    """Match score of a table, with a bonus if the file name names it."""
    return choose_columns(table, columns)[1] + (_FILE_NAME_BONUS if vocabulary.names_table(file, table.name) else 0.0)


def _missing_fields(table_draft: TableDraft) -> list[str]:
    """Required fields without a source."""
    return [c.field for c in table_draft.choices if TABLES[table_draft.table].column(c.field).required and not c.fed]


def _id_columns(table_draft: TableDraft) -> set[str]:
    """Columns used as ids; several tables may share them."""
    return {c.column for c in table_draft.choices if c.column and c.field.endswith("_id")}


def _further_table(table: Table, columns: tuple[ColumnProfile, ...], drafts: list[TableDraft]) -> TableDraft | None:
    """A further table, if unused columns feed all its required fields except ids, matched by heading; else None."""
    shared_columns = set().union(*(_id_columns(draft) for draft in drafts))
    used = {name for draft in drafts for choice in draft.choices for name in choice.columns} - shared_columns
    free_columns = [profile for profile in columns if profile.name not in used]
    matches = match_fields(table, free_columns)
    needed = [c.name for c in table.columns if c.required and not c.name.endswith("_id")]
    ids = [c.name for c in table.columns if c.required and c.name.endswith("_id") and ((c.name,) != table.key or table.name == "customers")]
    surely_named = all(
        name in matches and matches[name].strength >= vocabulary.SYNONYM and matches[name].profile.name not in shared_columns
        for name in needed
    )
    if not needed or not surely_named or not all(name in matches for name in ids):
        return None
    new_choices = choose_columns(table, free_columns)[0]
    further_draft = draft_table(table.name, new_choices, columns)
    return None if _missing_fields(further_draft) else further_draft


def _skip_blank_rows(table_draft: TableDraft, columns: tuple[ColumnProfile, ...]) -> TableDraft:
    """In a file for several tables, skip a table's rows where one of its required fields is blank."""
    columns_with_blanks = {profile.name for profile in columns if profile.blank}
    needed = [c.name for c in TABLES[table_draft.table].columns if c.required and not c.name.endswith("_id")]
    skip_columns = [c.column for c in table_draft.choices if c.column in columns_with_blanks and c.field in needed]
    return replace(table_draft, skip_when_blank=skip_columns[0]) if skip_columns and table_draft.table != "customers" else table_draft
