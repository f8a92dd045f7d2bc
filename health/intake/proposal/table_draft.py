"""Editable draft of what one table takes from a file: the source of each field, and how repeated or free rows count."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from health.intake.mapping import Feed
from health.intake.proposal.column_profile import ColumnProfile
from health.intake.proposal.field_choice import Choice
from health.tables import TABLES

BY = "|"
"""Separator of joined cells."""


@dataclass(frozen=True)
class TableDraft:
    """Draft for one table: one choice per field, in the table's order; `distinct`: repeated file rows count as one row of the table.

    `repeated`: the column with the numbers of invoices has repeats; `add_up`: such rows are the lines of one invoice; `free_is_trial`:
    contract lines priced at 0 are trials; `scales`: declared for survey answers without one, by kind.
    """

    table: str
    choices: tuple[Choice, ...]
    distinct: bool = False
    skip_when_blank: str | None = None
    repeated: bool = False
    add_up: bool = False
    free_is_trial: bool = False
    scales: dict[str, str] = field(default_factory=dict)

    def choice(self, name: str) -> Choice:
        """The choice for a field."""
        return next(choice for choice in self.choices if choice.field == name)

    def free_lines(self, columns: Iterable[ColumnProfile]) -> int:
        """Contract lines priced at 0 of which the file does not say whether they are trials."""
        if self.table != "contracts" or self.free_is_trial or self.choice("trial").fed:
            return 0
        price = self.choice("unit_price").column
        return next((profile.zeros for profile in columns if profile.name == price), 0)

    def feed(self) -> Feed:
        """This table's part of a mapping."""
        rules = {choice.field: choice.rule(BY) for choice in self.choices if choice.fed}
        return Feed(self.table, rules, None, self.skip_when_blank, self.distinct, self.add_up, self.free_is_trial, self.scales)


def sort_by_table(table_drafts: Iterable[TableDraft]) -> tuple[TableDraft, ...]:
    """Sort by the order of TABLES, which is the order of loading."""
    return tuple(sorted(table_drafts, key=lambda table_draft: list(TABLES).index(table_draft.table)))


def draft_table(table: str, chosen: tuple[Choice, ...], columns: tuple[ColumnProfile, ...]) -> TableDraft:
    """Draft of one table from these choices; rows with the same id count as one if the file is about something else."""
    unique_columns = {profile.name for profile in columns if profile.unique}
    column = next(choice.column for choice in chosen if choice.field == TABLES[table].key[0])
    repeated = column is not None and column not in unique_columns
    distinct = repeated and table in ("customers", "contacts", "employees")
    return TableDraft(table, chosen, distinct, repeated=repeated and table == "invoices")
