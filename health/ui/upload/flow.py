"""A file on its way in: by which mapping it is read, what it would change, and the commit, with which a new mapping is kept."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from health import format as fmt
from health.access import Book
from health.errors import HealthError
from health.intake import effect, layout, load, mapping
from health.intake.mapping import Mapping, store
from health.intake.proposal.draft import Draft
from health.intake.reading.sheet import Form, Sheet
from health.ui.feedback import attempt, keep_message
from health.ui.upload import file as extract
from health.ui.upload import mapping_editor, review
from health.ui.upload.file import telling

PROPOSED = "As proposed from its columns"


def read(book: Book, file: UploadedFile, tools: DeltaGenerator) -> tuple[Mapping | None, Sheet | None]:
    """The kept mapping that was chosen, if any, and the file as text; no sheet where a question or a refusal is shown instead."""
    known: Callable[[Sheet], bool] = lambda sheet: store.recognised(book, sheet.columns) is not None  # noqa: E731
    sheet = extract.sheet_of(file, None, known, lambda: store.forms(book))
    with tools:
        by = _chosen_mapping(book, file, sheet)
    if by and (sheet is None or by.form != Form()):
        sheet = extract.sheet_of(file, by.form)
    if sheet:
        with tools:
            extract.how_it_reads(file, sheet)
    return by, sheet


def _chosen_mapping(book: Book, file: UploadedFile, sheet: Sheet | None) -> Mapping | None:
    """The kept mapping by which the file is read; None: by the proposal. One that knows the header is chosen already."""
    known = store.recognised(book, sheet.columns) if sheet else None
    kept = {found.name: found for found in store.known(book)}
    names = [PROPOSED, *kept]
    words: Callable[[str], str] = lambda name: name if name == PROPOSED else f"Mapping {name.removesuffix('.toml')}"  # noqa: E731
    chosen = st.selectbox(
        "Read by",
        names,
        names.index(known.name) if known else 0,
        format_func=words,
        key=f"mapping-{file.file_id}",
        help="A mapping kept from an earlier file knows its header again",
    )
    return kept.get(chosen)


def reviewed(book: Book, file: UploadedFile, sheet: Sheet, kept: Mapping | None, commit_here: DeltaGenerator) -> None:
    """What the file would do, once it is known what feeds what; the button that commits it stands at the head."""
    stage = st.empty()
    by = kept or _drafted(book, file, sheet)
    made = preview(book, file, sheet, by) if by else None
    with stage:
        review.steps(2 if made else 1, failed=made is None)
    if by is None or made is None:
        return
    keep_as = "" if kept else _kept_as(file, mapping_editor.draft(sheet))
    accepted = sum(count.accepted for count in made.counts)
    label = f"Commit {fmt.plural(accepted, 'row')}" if made.anything_new else "Nothing new"
    if commit_here.button(label, type="primary", key="primary-commit", icon=":material/check:", disabled=not made.anything_new):
        commit(book, made, keep_as, by, sheet.columns)
    review.counts(made)
    review.refused(made.refused, file.name)
    review.warned(made.warned)
    if made.anything_new:
        review.effect(foreseen(book, made))
    review.changed(made.changes_old_new)


def _drafted(book: Book, file: UploadedFile, sheet: Sheet) -> Mapping | None:
    """The mapping that the proposal and its edits make; None while something must still be chosen or answered."""
    draft = mapping_editor.draft(sheet, lambda: _customers(book))
    open_still = bool(draft.missing or not draft.fed or any(q.needed for q in draft.questions))
    guessed = any(c.joined or c.map for fed in draft.fed for c in fed.choices)
    used = len(draft.columns) - len(draft.unused)
    with st.expander(
        f"{used} of {fmt.plural(len(draft.columns), 'column')} feed a field", expanded=bool(open_still or draft.questions or guessed)
    ):
        mapping_editor.editor(draft)
    if open_still:
        return None
    try:
        return draft.mapping(_name(file))
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return None


def _customers(book: Book) -> pl.Series:
    with book.reading() as session:
        return session.frame("queries/customer_ids")["customer_id"]


def _name(file: UploadedFile) -> str:
    """'tickets_2026-10.csv' -> 'tickets': what next month's file will be called too."""
    stem = re.sub(r"[\W_]*\d[\d\W_]*", " ", Path(file.name).stem)
    return re.sub(r"[^\w .()-]", " ", stem).strip()[:60] or "mapping"


def preview(book: Book, file: UploadedFile, sheet: Sheet, by: Mapping) -> load.Preview | None:
    """What the file would do; kept until the file, its mapping or the book changes. A refusal is shown instead, with its remedy."""
    key = (file.file_id, sheet.form, sheet.notices, mapping.dumps(by), book.version, book.viewer)
    held = st.session_state.get("preview")
    if held and held[0] == key:
        return held[1]  # type: ignore[no-any-return]
    try:
        with telling() as tell:
            made = load.prepare(book, layout.mapped(by, sheet), today=datetime.now().date(), tell=tell)
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return None
    st.session_state["preview"] = (key, made)
    return made


def foreseen(book: Book, made: load.Preview) -> effect.Effect:
    """What it would do to the scores; kept as long as the preview."""
    held = st.session_state.get("effect")
    if not held or held[0] is not made:
        st.session_state["effect"] = held = (made, effect.effect(book, made))
    return held[1]


def _kept_as(file: UploadedFile, draft: Draft) -> str:
    """The name under which a new mapping is to be kept; empty: it is not."""
    if draft.own:
        return ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Keep this mapping as",
            _name(file),
            max_chars=60,
            key=f"keep-{file.file_id}",
            help="The next file with this header is then read the same way, here and unattended; leave it empty to forget it",
        )
        return name.strip()


def commit(book: Book, made: load.Preview, keep_as: str, by: Mapping, columns: list[str]) -> None:
    """Writes it, and keeps the mapping under that name, if any; then shows the page anew with what was done."""
    now = datetime.now()
    with attempt():
        with telling() as tell:
            done = load.commit(book, made, book.viewer.name, now, tell)
        if keep_as:
            store.save(book, mapping.dumps(by), keep_as, columns, book.viewer.name, now)
        accepted = sum(count.accepted for count in done.tables)
        keep_message(
            f"Load {done.load_id} committed: {fmt.plural(accepted, 'row')} of {done.file}."
            + (f" Its mapping is kept as {keep_as}." if keep_as else "")
        )
        st.session_state["committed"] = st.session_state.get("committed", 0) + 1
        for name in ("preview", "effect", "sheets", "editing", "settled"):
            st.session_state.pop(name, None)
