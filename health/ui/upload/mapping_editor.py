"""Which column feeds which field: the proposal, edited on screen; what the score needs and the file does not say is asked."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st
from streamlit.column_config import SelectboxColumn, TextColumn

from health import format as fmt
from health.errors import HealthError
from health.intake import proposal
from health.intake.proposal.draft import Draft, TableDraft
from health.intake.proposal.field_choice import Choice
from health.intake.proposal.questions import Question
from health.intake.reading.sheet import Sheet
from health.tables import TABLES
from health.ui.cards import card, note
from health.ui.tables import ROW_HEIGHT

NOTHING, MOST_ASKED = "(nothing)", 12


@dataclass
class Editing:
    """The draft of the file on the table; `turn` counts the edits, so that each editor begins anew after one."""

    sheet: Sheet
    draft: Draft
    turn: int = 0


def draft(sheet: Sheet, customers: Callable[[], Collection[str]] = tuple) -> Draft:
    """The draft of this sheet as edited so far; a new sheet brings a new proposal, for which `customers()` are the ids in the book."""
    held: Editing | None = st.session_state.get("editing")
    if held is None or held.sheet is not sheet:
        st.session_state["editing"] = held = Editing(sheet, proposal.propose(sheet, customers()))
    return held.draft


def _edit(changed: Draft) -> None:
    """Takes the changed draft and draws the page anew."""
    held: Editing = st.session_state["editing"]
    held.draft, held.turn = changed, held.turn + 1
    st.rerun()


def _turn() -> int:
    return st.session_state["editing"].turn  # type: ignore[no-any-return]


def editor(draft: Draft) -> None:
    """The tables that the file feeds, their fields, and the open questions."""
    _tables(draft)
    asked = draft.questions
    if asked:
        _questions(draft, asked)
    for fed in draft.fed:
        _fields(draft, fed)


def _tables(draft: Draft) -> None:
    chosen = st.multiselect(
        "Feeds the tables",
        list(TABLES),
        list(draft.tables),
        format_func=lambda t: f"{t} ({TABLES[t].grain})",
        key=f"tables-{_turn()}",
        placeholder="Choose what the file holds",
        help="One wide file may feed several tables",
    )
    if more := [t for t in chosen if t not in draft.tables]:
        _edit(draft.with_table(more[0]))
    if fewer := [t for t in draft.tables if t not in chosen]:
        _edit(draft.without_table(fewer[0]))


def _questions(draft: Draft, asked: tuple[Question, ...]) -> None:
    needed = sum(q.needed for q in asked)
    title = (
        f"{fmt.plural(needed, 'question')} must be answered first" if needed else f"The file leaves {fmt.plural(len(asked), 'question')}"
    )
    with card(title, "Nothing is guessed. What you leave open stays unknown; what follows from that is said below each question."):
        for pair in _pairs(asked[:MOST_ASKED]):
            for place, question in zip(st.columns(2), pair, strict=False):
                with place:
                    _question(draft, question)
        if len(asked) > MOST_ASKED:
            note(f"{fmt.plural(len(asked) - MOST_ASKED, 'question')} more follow as these are answered.")


def _pairs(asked: Sequence[Question]) -> Iterator[Sequence[Question]]:
    return (asked[n : n + 2] for n in range(0, len(asked), 2))


def _question(draft: Draft, question: Question) -> None:
    words = dict(question.options)
    columns = [] if question.about in ("dates", "numbers", "word", "sense") else [f"column {name}" for name in draft.unused]
    shown = {**words, **{f"#{name}": name for name in columns}}
    st.markdown(f"**{fmt.plain(question.ask)}** :gray[{fmt.plain(question.table)}]")
    chosen = st.selectbox(
        f"Answer for {question.field} of {question.table}",  # read aloud as it stands: no text of the file, whose marks are escaped
        list(shown),
        index=None,
        format_func=lambda value: shown[value],  # a list's options are shown letter by letter
        label_visibility="collapsed",
        key=f"question-{question.table}-{question.field}-{question.word}-{_turn()}",
        placeholder="Choose an answer" if question.needed else "Choose an answer, or leave it",
    )
    note(question.consequence)
    if chosen is None:
        return
    try:
        if chosen.startswith("#"):
            answered = draft.answered(question, column=chosen.removeprefix("#column "))
        else:
            answered = draft.answered(question, chosen)
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return
    _edit(answered)


def _fields(draft: Draft, fed: TableDraft) -> None:
    given = sum(choice.fed for choice in fed.choices)
    title = f"{fed.table}: {given} of {len(fed.choices)} fields are given"
    missing = draft.missing.get(fed.table, ())
    about = f"Still needed: {', '.join(missing)}" if missing else "Choose the column of the file for each field"
    with card(title, about):
        frame = _shown(fed)
        columns = [NOTHING, *(seen.name for seen in draft.columns)]
        edited = st.data_editor(
            frame.to_pandas(),
            key=f"fields-{fed.table}-{_turn()}",
            hide_index=True,
            disabled=["Field", "First values", "Why, or what it is"],
            row_height=ROW_HEIGHT,
            height="content",
            column_config={
                "Field": TextColumn(width=170),
                "Column of the file": SelectboxColumn(options=columns, required=True, width=200),
                "First values": TextColumn(width=330),
                "Why, or what it is": TextColumn(width=260),
            },
        )
        for name, before, after in zip(frame["Field"], frame["Column of the file"], edited["Column of the file"], strict=True):
            if after != before:
                _take(draft, fed.table, name.removesuffix(" *"), None if after == NOTHING else after)
        _value_for_all(draft, fed)


def _shown(fed: TableDraft) -> pl.DataFrame:
    required = {c.name for c in TABLES[fed.table].columns if c.required}
    return pl.DataFrame(
        {
            "Field": [f"{c.field} *" if c.field in required else c.field for c in fed.choices],
            "Column of the file": [c.column or NOTHING for c in fed.choices],
            "First values": [_values(c) for c in fed.choices],
            "Why, or what it is": [_why(fed.table, c) for c in fed.choices],
        },
        schema=dict.fromkeys(["Field", "Column of the file", "First values", "Why, or what it is"], pl.String),
    )


def _values(choice: Choice) -> str:
    """What the column holds; where its words are translated, what each is taken for."""
    if choice.value is not None:
        return f"always {choice.value}"
    return ", ".join(f"{word} = {value}" for word, value in choice.map.items()) or ", ".join(choice.samples)


def _why(table: str, choice: Choice) -> str:
    """Why it was chosen; of a field that nothing feeds, what it is."""
    if choice.joined:
        return f"made of {', '.join(choice.joined)}"
    return choice.why if choice.fed else TABLES[table].column(choice.field).words


def _take(draft: Draft, table: str, field: str, column: str | None) -> None:
    try:
        changed = draft.with_choice(table, field, column=column)
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return
    _edit(changed)


def _value_for_all(draft: Draft, fed: TableDraft) -> None:
    """One value for every row, or an id made of several columns, where no column holds it."""
    with st.popover("No column holds it?", icon=":material/edit:"):
        field = st.selectbox("Field", [c.field for c in fed.choices if not c.column], key=f"constant-field-{fed.table}-{_turn()}")
        if field is None:
            return
        column = TABLES[fed.table].column(field)
        key = f"constant-{fed.table}-{field}-{_turn()}"
        if column.allowed:
            value = st.selectbox("Value in every row", column.allowed, index=None, key=key)
        else:
            value = st.text_input("Value in every row", key=key, placeholder=column.example)
        made_of = (
            st.multiselect("or an id made of these columns", [s.name for s in draft.columns], key=f"joined-{key}")
            if field.endswith("_id")
            else []
        )
        if st.button("Take it", key=f"take-{key}", disabled=not (value or made_of)):
            try:
                changed = draft.with_choice(fed.table, field, value=None if made_of else value, joined=tuple(made_of))
            except HealthError as problem:
                st.error(fmt.plain(problem), icon=":material/error:")
                return
            _edit(changed)
