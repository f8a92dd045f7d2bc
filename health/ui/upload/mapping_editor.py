"""Mapping editor: which column fills which field, as proposed and edited, with questions where the file is ambiguous."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st
from streamlit.column_config import SelectboxColumn, TextColumn

from health import format as fmt
from health.errors import HealthError
from health.intake import proposal
from health.intake.proposal.draft import Draft
from health.intake.proposal.field_choice import Choice
from health.intake.proposal.questions import Question
from health.intake.proposal.table_draft import TableDraft
from health.intake.reading.sheet import Sheet
from health.tables import TABLES
from health.ui.cards import card, note
from health.ui.tables import ROW_HEIGHT

NOTHING, MAX_QUESTIONS = "(nothing)", 12


@dataclass
class Editing:
    """Draft of the mapping of one sheet. `turn` counts the edits; it is part of the widget keys, so that each edit resets them."""

    sheet: Sheet
    draft: Draft
    turn: int = 0


def draft(sheet: Sheet, customers: Callable[[], Collection[str]] = tuple) -> Draft:
    """Return the draft of this sheet as edited so far; a new sheet starts a new proposal.

    `customers()`: the customer ids in the book, for the proposal.
    """
    editing: Editing | None = st.session_state.get("editing")
    if editing is None or editing.sheet is not sheet:
        st.session_state["editing"] = editing = Editing(sheet, proposal.propose(sheet, customers()))
    return editing.draft


def _apply(draft: Draft) -> None:
    """Store a changed draft and rerun the page."""
    editing: Editing = st.session_state["editing"]
    editing.draft, editing.turn = draft, editing.turn + 1
    st.rerun()


def _turn() -> int:
    return st.session_state["editing"].turn  # type: ignore[no-any-return]


def editor(draft: Draft) -> None:
    """Draw the tables that the file fills, their fields, and the open questions."""
    _tables(draft)
    questions = draft.questions
    if questions:
        _questions(draft, questions)
    for fed_table in draft.fed:
        _fields(draft, fed_table)


def _tables(draft: Draft) -> None:
    chosen = st.multiselect(
        "Tables to fill",
        list(TABLES),
        list(draft.tables),
        format_func=lambda table: f"{table} ({TABLES[table].grain})",
        key=f"tables-{_turn()}",
        placeholder="Choose what the file contains",
        help="One file can fill several tables",
    )
    if added := [table for table in chosen if table not in draft.tables]:
        _apply(draft.with_table(added[0]))
    if removed := [table for table in draft.tables if table not in chosen]:
        _apply(draft.without_table(removed[0]))


def _questions(draft: Draft, questions: tuple[Question, ...]) -> None:
    needed_count = sum(question.needed for question in questions)
    title = (
        f"{fmt.plural(needed_count, 'question')} to answer first"
        if needed_count
        else f"{fmt.plural(len(questions), 'optional question')} about this file"
    )
    with card(title, "We never guess. Unanswered fields stay unknown; the effect is shown under each question."):
        for pair in _pairs(questions[:MAX_QUESTIONS]):
            for column_place, question in zip(st.columns(2), pair, strict=False):
                with column_place:
                    _question(draft, question)
        if len(questions) > MAX_QUESTIONS:
            note(f"{fmt.plural(len(questions) - MAX_QUESTIONS, 'question')} more will follow.")


def _pairs(questions: Sequence[Question]) -> Iterator[Sequence[Question]]:
    return (questions[start : start + 2] for start in range(0, len(questions), 2))


def _question(draft: Draft, question: Question) -> None:
    """Draw one question; an answer changes the draft."""
    answers = dict(question.options)
    columns = [] if question.about != "field" else [f"column {name}" for name in draft.unused]
    labels = {**answers, **{f"#{name}": name for name in columns}}
    st.markdown(f"**{fmt.plain(question.ask)}** :gray[{fmt.plain(question.table)}]")
    answer = st.selectbox(
        f"Answer for {question.field} of {question.table}",  # read aloud without escapes, so it holds no text of the file
        list(labels),
        index=None,
        format_func=lambda value: labels[value],  # options are not interpreted as markup
        label_visibility="collapsed",
        key=f"question-{question.table}-{question.field}-{question.word}-{_turn()}",
        placeholder="Choose an answer" if question.needed else "Choose an answer, or skip",
    )
    note(question.consequence)
    if answer is None:
        return
    try:
        if answer.startswith("#"):
            changed = draft.answered(question, column=answer.removeprefix("#column "))
        else:
            changed = draft.answered(question, answer)
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return
    _apply(changed)


def _fields(draft: Draft, fed_table: TableDraft) -> None:
    """Draw the fields of one table with the column that fills each; a change in the editor changes the draft."""
    given_count = sum(choice.fed for choice in fed_table.choices)
    title = f"{fed_table.table}: {given_count} of {len(fed_table.choices)} fields filled"
    missing = draft.missing.get(fed_table.table, ())
    about = f"Still required: {', '.join(missing)}" if missing else "Choose the file column for each field; * = required"
    with card(title, about):
        frame = _field_rows(fed_table)
        columns = [NOTHING, *(column.name for column in draft.columns)]
        edited = st.data_editor(
            frame.to_pandas(),
            key=f"fields-{fed_table.table}-{_turn()}",
            hide_index=True,
            disabled=["Field", "First values", "Why this column, or what the field means"],
            row_height=ROW_HEIGHT,
            height="content",
            column_config={
                "Field": TextColumn(width=170),
                "File column": SelectboxColumn(options=columns, required=True, width=200),
                "First values": TextColumn(width=330),
                "Why this column, or what the field means": TextColumn(width=260),
            },
        )
        for name, before, after in zip(frame["Field"], frame["File column"], edited["File column"], strict=True):
            if after != before:
                _choose_column(draft, fed_table.table, name.removesuffix(" *"), None if after == NOTHING else after)
        _value_for_all(draft, fed_table)


def _field_rows(fed_table: TableDraft) -> pl.DataFrame:
    """Rows of the field table."""
    required = {choice.name for choice in TABLES[fed_table.table].columns if choice.required}
    return pl.DataFrame(
        {
            "Field": [f"{choice.field} *" if choice.field in required else choice.field for choice in fed_table.choices],
            "File column": [choice.column or NOTHING for choice in fed_table.choices],
            "First values": [_values(choice) for choice in fed_table.choices],
            "Why this column, or what the field means": [_why(fed_table.table, choice) for choice in fed_table.choices],
        },
        schema=dict.fromkeys(["Field", "File column", "First values", "Why this column, or what the field means"], pl.String),
    )


def _values(choice: Choice) -> str:
    """First values of the column; translated words with their value."""
    if choice.value is not None:
        return f"always {choice.value}"
    return ", ".join(f"{word} = {value}" for word, value in choice.map.items()) or ", ".join(choice.samples)


def _why(table: str, choice: Choice) -> str:
    """Why the column was chosen; what the field is if nothing fills it."""
    if choice.joined:
        return f"built from {', '.join(choice.joined)}"
    return choice.why if choice.fed else TABLES[table].column(choice.field).words


def _choose_column(draft: Draft, table: str, field: str, column: str | None) -> None:
    try:
        changed = draft.with_choice(table, field, column=column)
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return
    _apply(changed)


def _value_for_all(draft: Draft, fed_table: TableDraft) -> None:
    """Draw the choice of one value for every row, or of an id joined from several columns."""
    with st.popover("No column for a field?", icon=":material/edit:"):
        field = st.selectbox(
            "Field", [choice.field for choice in fed_table.choices if not choice.column], key=f"constant-field-{fed_table.table}-{_turn()}"
        )
        if field is None:
            return
        column = TABLES[fed_table.table].column(field)
        key = f"constant-{fed_table.table}-{field}-{_turn()}"
        if column.allowed:
            value = st.selectbox("Same value in every row", column.allowed, index=None, key=key)
        else:
            value = st.text_input("Same value in every row", key=key, placeholder=column.example)
        joined_columns = (
            st.multiselect(
                "or an id built from these columns", [column_choice.name for column_choice in draft.columns], key=f"joined-{key}"
            )
            if field.endswith("_id")
            else []
        )
        if st.button("Use", key=f"take-{key}", disabled=not (value or joined_columns)):
            try:
                changed = draft.with_choice(fed_table.table, field, value=None if joined_columns else value, joined=tuple(joined_columns))
            except HealthError as problem:
                st.error(fmt.plain(problem), icon=":material/error:")
                return
            _apply(changed)
