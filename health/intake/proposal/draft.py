"""Editable draft of a mapping: tables fed, source of each field, open questions. Immutable: every edit returns a new draft."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from health.currency import code as own_currency
from health.errors import AmbiguousFile, InvalidInput
from health.intake.layout import FREE_IS_TRIAL
from health.intake.mapping import Mapping, dumps, parse
from health.intake.proposal import meaning_questions, open_questions
from health.intake.proposal.column_profile import ColumnProfile
from health.intake.proposal.field_choice import Choice, choose_column, number_marks
from health.intake.proposal.matching import choose_columns
from health.intake.proposal.questions import ADD_UP, REVERSED, Question
from health.intake.proposal.table_draft import TableDraft, draft_table, sort_by_table
from health.intake.reading.sheet import Form
from health.tables import TABLES


@dataclass(frozen=True)
class Draft:
    """Draft of a mapping. `columns`: profiles of the file's columns; `fed`: one entry per table, in table order.

    `own`: the file's header is a table's own; `closed`: questions that the user chose to leave open.
    """

    file: str
    form: Form
    columns: tuple[ColumnProfile, ...]
    fed: tuple[TableDraft, ...]
    own: bool = False
    closed: frozenset[tuple[str, str, str | None]] = field(default_factory=frozenset)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables fed."""
        return tuple(table_draft.table for table_draft in self.fed)

    @property
    def unused(self) -> tuple[str, ...]:
        """The file's columns that are not used."""
        used_columns = {name for table_draft in self.fed for c in table_draft.choices for name in c.columns} | {
            table_draft.skip_when_blank for table_draft in self.fed
        }
        return tuple(profile.name for profile in self.columns if profile.name not in used_columns)

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """Required fields without a source, by table; complete tables are left out."""
        missing_fields = {
            table_draft.table: tuple(
                c.field for c in table_draft.choices if TABLES[table_draft.table].column(c.field).required and not c.fed
            )
            for table_draft in self.fed
        }
        return {table: names for table, names in missing_fields.items() if names}

    @property
    def questions(self) -> tuple[Question, ...]:
        """Open questions, those that need an answer first."""
        all_questions = [q for table_draft in self.fed for q in open_questions.questions(table_draft.table, table_draft.choices, self.own)]
        all_questions += [ADD_UP for table_draft in self.fed if table_draft.repeated and not table_draft.add_up]
        all_questions += [open_questions.free_lines_question(lines) for fed in self.fed if (lines := fed.free_lines(self.columns))]
        for fed in self.fed:
            all_questions += meaning_questions.zone_questions(fed.table, fed.choices)
            all_questions += meaning_questions.scale_questions(fed.choices, fed.scales, self.columns) if fed.table == "surveys" else []
        open_ones = [q for q in all_questions if q.needed or (q.table, q.field, q.word) not in self.closed]
        return tuple(sorted(open_ones, key=lambda q: not q.needed))

    def table_draft(self, table: str) -> TableDraft:
        """The draft for one table. Errors: InvalidInput if the table is not in the draft."""
        table_draft = next((candidate for candidate in self.fed if candidate.table == table), None)
        if table_draft is None:
            raise InvalidInput(f"{self.file}: the draft does not fill {table}; add the table first.")
        return table_draft

    def profile(self, column: str) -> ColumnProfile:
        """The profile of a column. Errors: InvalidInput if the file has no such column."""
        profile = next((candidate for candidate in self.columns if candidate.name == column), None)
        if profile is None:
            raise InvalidInput(f"{self.file}: there is no column '{column}' in the file; choose one of its columns.")
        return profile

    def with_table(self, table: str) -> "Draft":
        """Add a table, matched to the columns as well as possible. Errors: InvalidInput for an unknown table."""
        if table not in TABLES:
            raise InvalidInput(f"There is no table '{table}'; use one of {', '.join(TABLES)}.")
        table_draft = draft_table(table, choose_columns(TABLES[table], self.columns)[0], self.columns)
        return self._with_tables([*(other for other in self.fed if other.table != table), table_draft])

    def without_table(self, table: str) -> "Draft":
        """Remove a table."""
        return self._with_tables(table_draft for table_draft in self.fed if table_draft.table != table)

    def with_choice(
        self, table: str, name: str, *, column: str | None = None, value: str | None = None, joined: tuple[str, ...] = (),
        map: dict[str, str] | None = None,
    ) -> "Draft":  # fmt: skip
        """Set the source of a field: a column, one value for all rows, joined cells, or (none given) nothing; column formats are
        detected again.

        `map`: meanings of the column's words, in place of the proposed ones; without `column`, for the current column.
        Errors: InvalidInput for an unknown column or field, or a value the field cannot hold.
        """
        current = self._choice(table, name)
        column = column if column or map is None else current.column
        if column:
            choice = choose_column(table, name, self.profile(column), "chosen")
        else:
            choice = Choice(
                name, value=open_questions.check_value(table, name, value), joined=tuple(self.profile(c).name for c in joined), why="chosen"
            )
        if map is not None:
            column_words = [*choice.map, *choice.unknown]
            meanings = {word: open_questions.check_value(table, name, meaning) or "" for word, meaning in map.items()}
            choice = replace(choice, map=meanings, unknown=tuple(word for word in column_words if word not in meanings))
        return self._with_new_choice(table, choice)

    def with_word(self, table: str, name: str, word: str, value: str) -> "Draft":
        """Set the value that a word of a field's column means."""
        choice = self._choice(table, name)
        meanings = choice.map | {word: open_questions.check_value(table, name, value) or ""}
        return self._with_new_choice(table, replace(choice, map=meanings, unknown=tuple(w for w in choice.unknown if w != word)))

    def with_dates(self, table: str, name: str, form: str) -> "Draft":
        """Set the date format of a field: 'iso', 'day_first', 'month_first' or a strptime pattern."""
        return self._with_new_choice(table, replace(self._choice(table, name), date_format=form))

    def with_numbers(self, table: str, name: str, decimal: str, thousands: str | None = None) -> "Draft":
        """Set the decimal and thousands separators of a field."""
        return self._with_new_choice(table, replace(self._choice(table, name), decimal=decimal, thousands=thousands))

    def with_scale(self, kind: str, scale: str) -> "Draft":
        """Declare the scale of a kind of survey, for answers that state none."""
        surveys = self.table_draft("surveys")
        return self._with_table_draft(replace(surveys, scales=surveys.scales | {kind: scale}))

    def answered(self, question: Question, value: str = "", column: str | None = None) -> "Draft":
        """Answer a question by one of its options or by a column; the empty value leaves it open, and it is not asked again."""
        table, name = question.table, question.field
        if column:
            return self.with_choice(table, name, column=column)
        if value == "":
            return replace(self, closed=self.closed | {(table, name, question.word)})
        if question.about == "lines":
            return self._with_table_draft(replace(self.table_draft(table), add_up=True))
        if question.about == "free":
            return self._with_table_draft(replace(self.table_draft(table), free_is_trial=True))
        if question.about == "dates":
            return self.with_dates(table, name, value)
        if question.about == "numbers":
            return self.with_numbers(table, name, *number_marks(value))
        if question.about == "zone":
            return self._with_new_choice(table, replace(self._choice(table, name), zone=value))
        if question.about == "scale":
            return self.with_scale(question.word or "", value)
        if question.about == "word":
            return self.with_word(table, name, question.word or "", value)
        if question.about == "sense" and value == REVERSED:
            column_words = self.profile(self._choice(table, name).column or "").words
            reversed_draft = self.with_choice(table, name, map={word: str(5 - int(float(word))) for word in column_words})
            return reversed_draft.answered(question)
        return self.with_choice(table, name, value=value)

    def mapping(self, name: str) -> Mapping:
        """Build the mapping. Errors: InvalidInput listing what is missing, AmbiguousFile if a column can be read in several ways."""
        if not self.fed:
            raise InvalidInput(f"{self.file}: no table is chosen yet; choose what the file contains.")
        if self.missing:
            missing_text = "; ".join(f"{table} needs {', '.join(names)}" for table, names in self.missing.items())
            raise InvalidInput(f"{self.file}: {missing_text}; choose a column or a value for each.")
        for table_draft in self.fed:
            for choice in table_draft.choices:
                if question := open_questions.reading_question(table_draft.table, choice):
                    setting = f"{table_draft.table}.{choice.field} {question.about}"
                    raise AmbiguousFile(f"{self.file}, column '{choice.column}': {question.ask}", setting, question.options)
        has_currency = any(choice.currency for table_draft in self.fed for choice in table_draft.choices)
        feeds = tuple(table_draft.feed() for table_draft in self.fed)
        raw = Mapping(
            name,
            _form_to_save(self.form, self.columns),
            feeds,
            assumption=self.assumption,
            currency=own_currency() if has_currency else None,
        )
        return parse(dumps(raw), name)

    @property
    def assumption(self) -> str | None:
        """What the draft assumes because the file does not state it, as text; None without assumptions."""
        sentences = [
            sentence for table_draft in self.fed for sentence in open_questions.assumptions(table_draft.table, table_draft.choices)
        ]
        sentences += [FREE_IS_TRIAL for table_draft in self.fed if table_draft.free_is_trial]
        return " ".join(sentences) or None

    def _choice(self, table: str, name: str) -> Choice:
        if name not in TABLES[self.table_draft(table).table].names:
            raise InvalidInput(f"{table} has no field '{name}'; take one of {', '.join(TABLES[table].names)}.")
        return self.table_draft(table).choice(name)

    def _with_new_choice(self, table: str, choice: Choice) -> "Draft":
        self._choice(table, choice.field)
        table_draft = self.table_draft(table)
        return self._with_table_draft(
            replace(table_draft, choices=tuple(choice if c.field == choice.field else c for c in table_draft.choices))
        )

    def _with_table_draft(self, changed: TableDraft) -> "Draft":
        return replace(self, fed=tuple(changed if other.table == changed.table else other for other in self.fed))

    def _with_tables(self, table_drafts: Iterable[TableDraft]) -> "Draft":
        return replace(self, fed=sort_by_table(table_drafts), own=False)


def _form_to_save(form: Form, columns: tuple[ColumnProfile, ...]) -> Form:
    """The parts of the form that cannot be detected in the next file: header line or missing header, sheet, stated encoding."""
    encoding = form.encoding if (form.encoding or "utf-8").lower().replace("_", "-") not in ("utf-8", "utf-8-sig") else None
    column_names = () if form.header else tuple(profile.name for profile in columns)
    delimiter = form.delimiter if not form.header or form.delimiter == "blanks" else None
    return Form(form.header, column_names, delimiter, form.quote, encoding, form.header_line, form.sheet)
