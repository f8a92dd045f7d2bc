"""A proposal that a reader edits: which tables a file feeds, what feeds each field, what is still asked. Every edit yields a new draft."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from health.errors import Ask, Refused
from health.intake.mapping import Feed, Mapping, dumps, parse
from health.intake.mapping.formats import OWN_CURRENCY
from health.intake.proposal import open_questions
from health.intake.proposal.column_profile import Seen
from health.intake.proposal.field_choice import Choice, marks, of_column
from health.intake.proposal.matching import choices
from health.intake.proposal.questions import REVERSED, Question
from health.intake.reading.sheet import Form
from health.tables import TABLES

BY = "|"


@dataclass(frozen=True)
class Fed:
    """One table: a choice a field in the table's order; `distinct` where several rows of the file are one of its rows."""

    table: str
    choices: tuple[Choice, ...]
    distinct: bool = False
    skip_when_blank: str | None = None

    def choice(self, name: str) -> Choice:
        """The choice of a field."""
        return next(choice for choice in self.choices if choice.field == name)


@dataclass(frozen=True)
class Draft:
    """`columns` is what was seen of each of the file's columns; `fed` one entry a table, in the tables' order.

    `own`: the file's header is a table's own; `closed` are questions whose answer was to leave them open.
    """

    file: str
    form: Form
    columns: tuple[Seen, ...]
    fed: tuple[Fed, ...]
    own: bool = False
    closed: frozenset[tuple[str, str, str | None]] = field(default_factory=frozenset)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it feeds."""
        return tuple(fed.table for fed in self.fed)

    @property
    def unused(self) -> tuple[str, ...]:
        """The file's columns that feed nothing."""
        used = {name for fed in self.fed for c in fed.choices for name in c.columns} | {fed.skip_when_blank for fed in self.fed}
        return tuple(seen.name for seen in self.columns if seen.name not in used)

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """The fields that a table needs and nothing feeds, by table; tables that lack none are left out."""
        found = {
            fed.table: tuple(c.field for c in fed.choices if TABLES[fed.table].column(c.field).required and not c.fed) for fed in self.fed
        }
        return {table: names for table, names in found.items() if names}

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is still to be asked, what must be answered first."""
        asked = [q for fed in self.fed for q in open_questions.questions(fed.table, fed.choices, self.own)]
        left = [q for q in asked if q.needed or (q.table, q.field, q.word) not in self.closed]
        return tuple(sorted(left, key=lambda q: not q.needed))

    def of(self, table: str) -> Fed:
        """What feeds a table. Errors: Refused where the draft does not feed it."""
        found = next((fed for fed in self.fed if fed.table == table), None)
        if found is None:
            raise Refused(f"{self.file}: the draft does not feed {table}; add the table first.")
        return found

    def seen(self, column: str) -> Seen:
        """What was seen of a column. Errors: Refused where the file has none of that name."""
        found = next((seen for seen in self.columns if seen.name == column), None)
        if found is None:
            raise Refused(f"{self.file}: there is no column '{column}' in the file; choose one of its own.")
        return found

    def with_table(self, table: str) -> "Draft":
        """With one more table, fed as well as the columns allow. Errors: Refused where there is no such table."""
        if table not in TABLES:
            raise Refused(f"There is no table '{table}'; take one of {', '.join(TABLES)}.")
        fed = made(table, choices(TABLES[table], self.columns)[0], self.columns)
        return self._with([*(f for f in self.fed if f.table != table), fed])

    def without_table(self, table: str) -> "Draft":
        """Without a table."""
        return self._with(fed for fed in self.fed if fed.table != table)

    def with_choice(
        self, table: str, name: str, *, column: str | None = None, value: str | None = None, joined: tuple[str, ...] = (),
        map: dict[str, str] | None = None,
    ) -> "Draft":  # fmt: skip
        """A field fed by a column, by one value for every row, by joined cells, or (none given) by nothing; a column is read anew.

        `map` beside a column, or alone for the column that feeds it now: what its words mean, in place of what was proposed.
        Errors: Refused for a column or field that there is not, or a value the field cannot hold.
        """
        current = self._choice(table, name)
        column = column if column or map is None else current.column
        if column:
            choice = of_column(table, name, self.seen(column), "chosen")
        else:
            choice = Choice(
                name, value=open_questions.allowed(table, name, value), joined=tuple(self.seen(c).name for c in joined), why="chosen"
            )
        if map is not None:
            words = [*choice.map, *choice.unknown]
            known = {word: open_questions.allowed(table, name, to) or "" for word, to in map.items()}
            choice = replace(choice, map=known, unknown=tuple(word for word in words if word not in known))
        return self._put(table, choice)

    def with_word(self, table: str, name: str, word: str, value: str) -> "Draft":
        """One word of a field's column means this value."""
        choice = self._choice(table, name)
        known = choice.map | {word: open_questions.allowed(table, name, value) or ""}
        return self._put(table, replace(choice, map=known, unknown=tuple(w for w in choice.unknown if w != word)))

    def with_dates(self, table: str, name: str, form: str) -> "Draft":
        """A field's days are written so: 'iso', 'day_first', 'month_first' or a strptime pattern."""
        return self._put(table, replace(self._choice(table, name), date_format=form))

    def with_numbers(self, table: str, name: str, decimal: str, thousands: str | None = None) -> "Draft":
        """A field's amounts are written with these marks."""
        return self._put(table, replace(self._choice(table, name), decimal=decimal, thousands=thousands))

    def answered(self, question: Question, value: str = "", column: str | None = None) -> "Draft":
        """A question answered by one of its options or a column; the empty value leaves it open and it is not asked again."""
        table, name = question.table, question.field
        if column:
            return self.with_choice(table, name, column=column)
        if value == "":
            return replace(self, closed=self.closed | {(table, name, question.word)})
        if question.about == "dates":
            return self.with_dates(table, name, value)
        if question.about == "numbers":
            return self.with_numbers(table, name, *marks(value))
        if question.about == "word":
            return self.with_word(table, name, question.word or "", value)
        if question.about == "sense" and value == REVERSED:
            words = self.seen(self._choice(table, name).column or "").words
            turned = self.with_choice(table, name, map={word: str(5 - int(float(word))) for word in words})
            return turned.answered(question)
        return self.with_choice(table, name, value=value)

    def mapping(self, name: str) -> Mapping:
        """The mapping that the draft stands for. Errors: Refused naming what is missing, Ask where a column reads in several ways."""
        if not self.fed:
            raise Refused(f"{self.file}: no table is fed yet; choose what the file holds.")
        if self.missing:
            said = "; ".join(f"{table} needs {', '.join(names)}" for table, names in self.missing.items())
            raise Refused(f"{self.file}: {said}; choose a column or a value for each.")
        for fed in self.fed:
            for choice in fed.choices:
                if unsettled := open_questions.unsettled(fed.table, choice):
                    setting = f"{fed.table}.{choice.field} {unsettled.about}"
                    raise Ask(f"{self.file}, column '{choice.column}': {unsettled.ask}", setting, unsettled.options)
        marked = any(choice.currency for fed in self.fed for choice in fed.choices)
        feeds = tuple(Feed(f.table, _rules(f), None, f.skip_when_blank, f.distinct) for f in self.fed)
        raw = Mapping(name, _kept(self.form, self.columns), feeds, assumption=self.assumption, currency=OWN_CURRENCY if marked else None)
        return parse(dumps(raw), name)

    @property
    def assumption(self) -> str | None:
        """What the file does not say and the draft states, in words; None where it states nothing."""
        said = [words for fed in self.fed for words in open_questions.assumed(fed.table, fed.choices)]
        return " ".join(said) or None

    def _choice(self, table: str, name: str) -> Choice:
        if name not in TABLES[self.of(table).table].names:
            raise Refused(f"{table} has no field '{name}'; take one of {', '.join(TABLES[table].names)}.")
        return self.of(table).choice(name)

    def _put(self, table: str, choice: Choice) -> "Draft":
        self._choice(table, choice.field)
        fed = self.of(table)
        changed = replace(fed, choices=tuple(choice if c.field == choice.field else c for c in fed.choices))
        return replace(self, fed=tuple(changed if f.table == table else f for f in self.fed))

    def _with(self, fed: Iterable[Fed]) -> "Draft":
        return replace(self, fed=in_order(fed), own=False)


def in_order(fed: Iterable[Fed]) -> tuple[Fed, ...]:
    """In the tables' order, in which a file is loaded."""
    return tuple(sorted(fed, key=lambda f: list(TABLES).index(f.table)))


def made(table: str, chosen: tuple[Choice, ...], columns: tuple[Seen, ...]) -> Fed:
    """A table fed by these choices; several rows with one id are taken as one where the file is about something else."""
    ids = {seen.name for seen in columns if seen.unique}
    column = next(choice.column for choice in chosen if choice.field == TABLES[table].key[0])
    return Fed(table, chosen, distinct=column is not None and column not in ids and table in ("customers", "contacts", "employees"))


def _rules(fed: Fed) -> dict[str, dict[str, object]]:
    return {choice.field: choice.rule(BY) for choice in fed.choices if choice.fed}


def _kept(form: Form, columns: tuple[Seen, ...]) -> Form:
    """What next month's file will not say of itself: where the header is, or that there is none; the sheet; an encoding that was told."""
    encoding = form.encoding if (form.encoding or "utf-8").lower().replace("_", "-") not in ("utf-8", "utf-8-sig") else None
    names = () if form.header else tuple(seen.name for seen in columns)
    delimiter = form.delimiter if not form.header or form.delimiter == "blanks" else None
    return Form(form.header, names, delimiter, form.quote, encoding, form.header_line, form.sheet)
