"""Steps of an upload: mapping, preview, commit. A new mapping is saved with the commit."""

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
from health.ui.upload import file as upload_file
from health.ui.upload import mapping_editor, review
from health.ui.upload.file import progress_bar

PROPOSED = "Automatic: proposed from the columns"


def read(book: Book, file: UploadedFile, tools: DeltaGenerator) -> tuple[Mapping | None, Sheet | None]:
    """Return the chosen saved mapping, if any, and the file as text; no sheet if a question or a refusal is shown instead."""
    is_known: Callable[[Sheet], bool] = lambda sheet: store.recognise_mapping(book, sheet.columns) is not None  # noqa: E731
    sheet = upload_file.read_sheet(file, None, is_known, lambda: store.saved_forms(book))
    with tools:
        saved_mapping = _chosen_mapping(book, file, sheet)
    if saved_mapping and (sheet is None or saved_mapping.form != Form()):
        sheet = upload_file.read_sheet(file, saved_mapping.form)
    if sheet:
        with tools:
            upload_file.format_controls(file, sheet)
    return saved_mapping, sheet


def _chosen_mapping(book: Book, file: UploadedFile, sheet: Sheet | None) -> Mapping | None:
    """Draw the choice of a saved mapping and return it; None for the proposal. One that matches the header is preselected."""
    recognised = store.recognise_mapping(book, sheet.columns) if sheet else None
    saved_mappings = {saved.name: saved for saved in store.available_mappings(book)}
    names = [PROPOSED, *saved_mappings]
    label: Callable[[str], str] = lambda name: name if name == PROPOSED else f"Saved: {name.removesuffix('.toml')}"  # noqa: E731
    chosen = st.selectbox(
        "Mapping",
        names,
        names.index(recognised.name) if recognised else 0,
        format_func=label,
        key=f"mapping-{file.file_id}",
        help="A saved mapping is chosen automatically for files with the same header.",
    )
    return saved_mappings.get(chosen)


def review_file(book: Book, file: UploadedFile, sheet: Sheet, saved_mapping: Mapping | None, commit_place: DeltaGenerator) -> None:
    """Draw the review of the file once every column is mapped; its commit button stands in the head of the screen."""
    steps_place = st.empty()
    file_mapping = saved_mapping or _drafted_mapping(book, file, sheet)
    file_preview = preview(book, file, sheet, file_mapping) if file_mapping else None
    if file_preview:
        file_preview = _with_declaration(book, file, file_preview)
    with steps_place:
        review.progress_steps(2 if file_preview else 1, failed=file_preview is None)
    if file_mapping is None or file_preview is None:
        return
    save_as = "" if saved_mapping else _save_as_field(file, mapping_editor.draft(sheet))
    accepted = sum(count.accepted for count in file_preview.counts)
    label = f"Load {fmt.plural(accepted, 'row')}" if file_preview.anything_new else "Nothing new"
    if commit_place.button(label, type="primary", key="primary-commit", icon=":material/check:", disabled=not file_preview.anything_new):
        commit(book, file_preview, save_as, file_mapping, sheet.columns)
    review.row_counts(file_preview)
    review.refused_card(file_preview.refused, file.name)
    review.warnings_card(file_preview.warned)
    if file_preview.anything_new:
        review.effect_card(score_effect(book, file_preview))
    review.changes_card(file_preview.changes_old_new)


def _drafted_mapping(book: Book, file: UploadedFile, sheet: Sheet) -> Mapping | None:
    """Draw the mapping editor and return its mapping; None while a choice or an answer is missing."""
    draft = mapping_editor.draft(sheet, lambda: _customers(book))
    incomplete = bool(draft.missing or not draft.fed or any(question.needed for question in draft.questions))
    has_translations = any(choice.joined or choice.map for fed_table in draft.fed for choice in fed_table.choices)
    used_count = len(draft.columns) - len(draft.unused)
    with st.expander(
        f"{used_count} of {fmt.plural(len(draft.columns), 'column')} used",
        expanded=bool(incomplete or draft.questions or has_translations),
    ):
        mapping_editor.editor(draft)
    if incomplete:
        return None
    try:
        return draft.mapping(_mapping_name(file))
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return None


def _customers(book: Book) -> pl.Series:
    with book.reading() as session:
        return session.frame("queries/customer_ids")["customer_id"]


def _mapping_name(file: UploadedFile) -> str:
    """Name for the mapping: 'tickets_2026-10.csv' gives 'tickets', so that next month's file has the same."""
    stem = re.sub(r"[\W_]*\d[\d\W_]*", " ", Path(file.name).stem)
    return re.sub(r"[^\w .()-]", " ", stem).strip()[:60] or "mapping"


def preview(book: Book, file: UploadedFile, sheet: Sheet, file_mapping: Mapping) -> load.Preview | None:
    """Return what the file would change, cached in the session; on a refusal show it and return None."""
    key = (file.file_id, sheet.form, sheet.notices, mapping.dumps(file_mapping), book.version, book.viewer)
    stored = st.session_state.get("preview")
    if stored and stored[0] == key:
        return stored[1]  # type: ignore[no-any-return]
    try:
        with progress_bar() as tell:
            file_preview = load.prepare(book, layout.batch_from_mapping(file_mapping, sheet), today=datetime.now().date(), progress=tell)
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return None
    st.session_state["preview"] = (key, file_preview)
    return file_preview


def _with_declaration(book: Book, file: UploadedFile, file_preview: load.Preview) -> load.Preview:
    """Draw the day up to which the file is complete, proposed from its newest row, and return the preview that declares it."""
    today = datetime.now().date()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        is_declared = st.checkbox(
            "The file is complete through",
            file_preview.complete_through is not None,
            key=f"complete-{file.file_id}",
            help="Silence after this day is not counted against customers until a later file is loaded. "
            "Without it, the tables of this file count as complete up to the newest day of all files.",
        )
        day = st.date_input(
            "Complete through",
            min(file_preview.complete_through or file_preview.newest_day or today, today),
            max_value=today,
            disabled=not is_declared,
            label_visibility="collapsed",
            key=f"complete-day-{file.file_id}",
            format="YYYY-MM-DD",
            width=160,
        )
    declared = day if is_declared else None
    if declared == file_preview.complete_through:
        return file_preview
    stored = st.session_state.get("declared")
    if not stored or stored[0] is not file_preview or stored[1] != declared:
        st.session_state["declared"] = stored = (file_preview, declared, load.declare(book, file_preview, declared))
    return stored[2]


def score_effect(book: Book, file_preview: load.Preview) -> effect.Effect:
    """Effect of the file on the scores, cached as long as the preview."""
    stored = st.session_state.get("effect")
    if not stored or stored[0] is not file_preview:
        st.session_state["effect"] = stored = (file_preview, effect.effect(book, file_preview))
    return stored[1]


def _save_as_field(file: UploadedFile, draft: Draft) -> str:
    """Draw the name under which a new mapping is saved, and return it; empty to not save it."""
    if draft.own:
        return ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Save this mapping as",
            _mapping_name(file),
            max_chars=60,
            key=f"keep-{file.file_id}",
            help="The next file with this header is then read the same way, here and in the inbox. Leave empty if not needed.",
        )
        return name.strip()


def _refused_text(load_done: load.Loaded) -> str:
    """The refused rows of a load, and where they are kept; empty if there are none."""
    refused = sum(count.refused for count in load_done.tables)
    return f"; {fmt.plural(refused, 'row')} refused, kept under Data, Loads" if refused else ""


def commit(book: Book, file_preview: load.Preview, save_as: str, file_mapping: Mapping, columns: list[str]) -> None:
    """Write the file, save the mapping under that name, if any, and rerun the page with a message."""
    now = datetime.now()
    with attempt():
        with progress_bar() as tell:
            load_done = load.commit(book, file_preview, book.viewer.name, now, tell)
        if save_as:
            store.save(book, mapping.dumps(file_mapping), save_as, columns, book.viewer.name, now)
        accepted = sum(count.accepted for count in load_done.tables)
        keep_message(
            f"Load {load_done.load_id} saved: {fmt.plural(accepted, 'row')} of {load_done.file}{_refused_text(load_done)}."
            + (f" Mapping saved as {save_as}." if save_as else "")
        )
        st.session_state["committed"] = st.session_state.get("committed", 0) + 1
        for name in ("preview", "declared", "effect", "sheets", "editing", "settled"):
            st.session_state.pop(name, None)
