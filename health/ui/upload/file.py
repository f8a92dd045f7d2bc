"""The uploaded file: chosen, read in a separate process, with questions where it can be read in more than one way."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from health import format as fmt
from health.errors import AmbiguousFile, HealthError
from health.intake.progress import ProgressCallback
from health.intake.reading import unpack
from health.intake.reading.dialect import DELIMITERS
from health.intake.reading.encoding import ENCODINGS
from health.intake.reading.sheet import Form, Sheet
from health.intake.template import template
from health.tables import TABLES
from health.ui.cards import card, note

MAX_SHEETS = 2
"""Sheets kept in the session: the file as detected, and as its mapping reads it."""
TYPES = ["csv", "txt", "tsv", "gz", "zip", "xlsx", "parquet"]
QUESTIONS = {
    "encoding": "Which encoding does the file use?",
    "sheet": "Which sheet contains the rows?",
    "delimiter": "Which delimiter separates the columns?",
    "header_line": "Which line contains the column names?",
}


def file_uploader() -> UploadedFile | None:
    """Draw the uploader and return the file; it is emptied after a commit."""
    commits = st.session_state.get("committed", 0)
    help = "CSV, Excel or Parquet, also as .gz or .zip, up to 200 MB. The file is checked before anything is saved."
    return st.file_uploader("File", TYPES, key=f"file-{commits}", help=help)


def templates() -> None:
    """Draw the download of an empty extract of any table."""
    with st.popover("Templates", icon=":material/table:"):
        note("A header row and one example row. Delete the columns you do not have.")
        name = st.selectbox("Table", list(TABLES), format_func=lambda table: f"{table}: {TABLES[table].grain}", key="template")
        st.download_button(
            "Download template", template(TABLES[name]), f"{name}.csv", "text/csv", icon=":material/download:", on_click="ignore"
        )


@contextmanager
def progress_bar() -> Iterator[ProgressCallback]:
    """Show a progress bar while the block runs; yields the callback that updates it."""
    bar: Any = st.progress(0.0, "Starting ...")
    try:
        yield lambda text, share: bar.progress(min(max(share, 0.0), 1.0), fmt.plain(text))
    finally:
        bar.empty()


def read_sheet(
    file: UploadedFile,
    mapping_form: Form | None = None,
    is_known: Callable[[Sheet], bool] = lambda _: False,
    saved_forms: Callable[[], Sequence[Form]] = tuple,
) -> Sheet | None:
    """Return the file as text, cached in the session; None if a question or a refusal is shown instead.

    `mapping_form`: format given by a mapping. If the format is ambiguous, each of `saved_forms()` is tried: the first whose sheet
    `is_known` answers the question.
    """
    form = _form(file, mapping_form or Form())
    sheets: dict[tuple[str, Form], Sheet] = st.session_state.setdefault("sheets", {})
    key = (file.file_id, form)
    if key in sheets:
        return sheets[key]
    try:
        with progress_bar() as tell:
            sheet = _read(file, form, tell, is_known, saved_forms)
    except AmbiguousFile as question:
        _question(file, question)
        return None
    except HealthError as refusal:
        st.error(fmt.plain(refusal), icon=":material/error:")
        return None
    while len(sheets) >= MAX_SHEETS:
        del sheets[next(iter(sheets))]
    sheets[key] = sheet
    return sheet


def _read(
    file: UploadedFile, form: Form, tell: ProgressCallback, is_known: Callable[[Sheet], bool], saved_forms: Callable[[], Sequence[Form]]
) -> Sheet:
    try:
        return unpack.unpack(file.getvalue(), file.name, form, tell)
    except AmbiguousFile:
        for saved_form in saved_forms():
            with suppress(HealthError):
                sheet = unpack.unpack(file.getvalue(), file.name, saved_form, tell)
                if is_known(sheet):
                    return sheet
        raise


def _chosen_settings(file: UploadedFile) -> dict[str, Any]:
    """Format settings chosen by the analyst for this file, by field of Form."""
    by_file: dict[str, Any] = st.session_state.setdefault("settled", {})
    return by_file.setdefault(file.file_id, {})  # type: ignore[no-any-return]


def _form(file: UploadedFile, base: Form) -> Form:
    return replace(base, **_chosen_settings(file))


def _set_and_rerun(file: UploadedFile, setting: str, value: Any) -> None:
    """Store a setting and rerun the page; not if it is stored already, since the file may be read differently and would loop."""
    if _chosen_settings(file).get(setting) != value:
        _chosen_settings(file)[setting] = value
        st.rerun()


def _question(file: UploadedFile, question: AmbiguousFile) -> None:
    """Draw a question about the format: each choice with how the file then reads."""
    samples = dict(question.choices)
    with card(QUESTIONS.get(question.setting, "How should the file be read?"), str(question)):
        chosen = st.radio(
            "Choose the option that looks right",
            list(samples),
            index=None,
            captions=[fmt.plain(text) for text in samples.values()],
            format_func=lambda value: fmt.plain(f"{ENCODINGS[value]} ({value})" if value in ENCODINGS else value),
            key=f"ask-{file.file_id}-{question.setting}",
        )
    if chosen is not None:
        _set_and_rerun(file, question.setting, chosen)


def format_controls(file: UploadedFile, sheet: Sheet) -> None:
    """Draw how the file was read, with the means to change it."""
    with st.popover("File format", icon=":material/tune:"):
        note("Detected from the file. If you change a setting, the file is read again.")
        if len(sheet.sheets) > 1:
            sheet_labels = {name: name if visible else f"{name} (hidden)" for name, visible in sheet.sheets}
            _choice(file, "sheet", "Sheet", sheet_labels, sheet.form.sheet)
        elif sheet.form.delimiter:
            _choice(file, "delimiter", "Column delimiter", DELIMITERS, sheet.form.delimiter)
            _choice(file, "encoding", "Encoding", ENCODINGS, sheet.form.encoding)
        header_line = st.number_input("Header row", 1, value=sheet.form.header_line or 1, key=f"header-{file.file_id}")
        if header_line != (sheet.form.header_line or 1):
            _set_and_rerun(file, "header_line", int(header_line))


def _choice(file: UploadedFile, setting: str, label: str, labels: dict[str, str], current: str | None) -> None:
    names = list(labels)
    chosen = st.selectbox(
        label, names, names.index(current) if current in names else None, format_func=labels.__getitem__, key=f"{setting}-{file.file_id}"
    )
    if chosen and chosen != current:
        _set_and_rerun(file, setting, chosen)


def form_words(sheet: Sheet) -> list[str]:
    """Format of the file in words, for the line under the title."""
    form = sheet.form
    delimiter = f"{DELIMITERS[form.delimiter]}s" if form.delimiter in DELIMITERS else ""
    return [text for text in (delimiter, form.encoding or "", f"sheet {form.sheet}" if form.sheet else "") if text]
