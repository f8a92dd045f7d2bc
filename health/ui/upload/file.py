"""The file on the table: chosen, read in a process of its own, and asked about wherever it can be read in more than one way."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from health import format as fmt
from health.errors import Ask, HealthError
from health.intake.progress import ProgressCallback
from health.intake.reading import unpack
from health.intake.reading.dialect import DELIMITERS
from health.intake.reading.encoding import ENCODINGS
from health.intake.reading.sheet import Form, Sheet
from health.intake.template import template
from health.tables import TABLES
from health.ui.cards import card, note

SHEETS_KEPT = 2
"""As the file says itself, and as a mapping says."""
TYPES = ["csv", "txt", "tsv", "gz", "zip", "xlsx", "parquet"]
ASKED = {
    "encoding": "How is its text encoded?",
    "sheet": "Which sheet holds the rows?",
    "delimiter": "What parts its columns?",
    "header_line": "Which line names the columns?",
}


def chosen_file() -> UploadedFile | None:
    """The uploader; it is emptied after a commit."""
    turn = st.session_state.get("committed", 0)
    words = "CSV, Excel or Parquet, also as .gz or .zip; up to 200 MB. It is checked before anything is stored."
    return st.file_uploader("File", TYPES, key=f"file-{turn}", help=words)


def templates() -> None:
    """An empty extract of any table, to fill in or to show to whoever makes the extract."""
    with st.popover("Templates", icon=":material/table:"):
        note("A header and one example row; leave out the columns you do not have.")
        name = st.selectbox("Table", list(TABLES), format_func=lambda t: f"{t}: {TABLES[t].grain}", key="template")
        st.download_button(
            "Download template", template(TABLES[name]), f"{name}.csv", "text/csv", icon=":material/download:", on_click="ignore"
        )


@contextmanager
def telling() -> Iterator[ProgressCallback]:
    """A bar that says what is being done and how far it is; it goes when the work is done."""
    bar: Any = st.progress(0.0, "Beginning ...")
    try:
        yield lambda words, share: bar.progress(min(max(share, 0.0), 1.0), fmt.plain(words))
    finally:
        bar.empty()


def sheet_of(
    file: UploadedFile,
    of_mapping: Form | None = None,
    known: Callable[[Sheet], bool] = lambda _: False,
    forms: Callable[[], Sequence[Form]] = tuple,
) -> Sheet | None:
    """The file as text, remembered until the file or the way to read it changes; None where a question or a refusal is shown instead.

    Where the file raises a question, each of `forms()` is tried first: one that yields a sheet which is `known` has answered it before.
    """
    form = _form(file, of_mapping or Form())
    held: dict[tuple[str, Form], Sheet] = st.session_state.setdefault("sheets", {})
    key = (file.file_id, form)
    if key in held:
        return held[key]
    try:
        with telling() as tell:
            sheet = _read(file, form, tell, known, forms)
    except Ask as question:
        _ask(file, question)
        return None
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return None
    while len(held) >= SHEETS_KEPT:
        del held[next(iter(held))]
    held[key] = sheet
    return sheet


def _read(
    file: UploadedFile, form: Form, tell: ProgressCallback, known: Callable[[Sheet], bool], forms: Callable[[], Sequence[Form]]
) -> Sheet:
    try:
        return unpack.unpack(file.getvalue(), file.name, form, tell)
    except Ask:
        for answer in forms():
            with suppress(HealthError):
                sheet = unpack.unpack(file.getvalue(), file.name, answer, tell)
                if known(sheet):
                    return sheet
        raise


def _settled(file: UploadedFile) -> dict[str, Any]:
    """What the analyst has said of how this file is written, by field of Form."""
    held: dict[str, Any] = st.session_state.setdefault("settled", {})
    return held.setdefault(file.file_id, {})  # type: ignore[no-any-return]


def _form(file: UploadedFile, base: Form) -> Form:
    return replace(base, **_settled(file))


def _settle(file: UploadedFile, setting: str, value: Any) -> None:
    """Takes the choice and reads anew; one that was taken already is left: the file may not bear it out, and would be read for ever."""
    if _settled(file).get(setting) != value:
        _settled(file)[setting] = value
        st.rerun()


def _ask(file: UploadedFile, question: Ask) -> None:
    """The choices, each with what the file then reads as."""
    reads = dict(question.choices)
    with card(ASKED.get(question.setting, "How is it meant?"), str(question)):
        chosen = st.radio(
            "Choose the one that reads right",
            list(reads),
            index=None,
            captions=[fmt.plain(sample) for sample in reads.values()],
            format_func=lambda value: fmt.plain(f"{ENCODINGS[value]} ({value})" if value in ENCODINGS else value),
            key=f"ask-{file.file_id}-{question.setting}",
        )
    if chosen is not None:
        _settle(file, question.setting, chosen)


def how_it_reads(file: UploadedFile, sheet: Sheet) -> None:
    """How the file was read, and the means to say otherwise."""
    with st.popover("How it is read", icon=":material/tune:"):
        note("Seen from the file itself. Change what is wrong: it is then read again.")
        if len(sheet.sheets) > 1:
            marked = {name: name if visible else f"{name} (hidden)" for name, visible in sheet.sheets}
            _choice(file, "sheet", "Sheet", marked, sheet.form.sheet)
        elif sheet.form.delimiter:
            _choice(file, "delimiter", "Columns are parted by", DELIMITERS, sheet.form.delimiter)
            _choice(file, "encoding", "Encoding", ENCODINGS, sheet.form.encoding)
        line = st.number_input("Line of the header", 1, value=sheet.form.header_line or 1, key=f"header-{file.file_id}")
        if line != (sheet.form.header_line or 1):
            _settle(file, "header_line", int(line))


def _choice(file: UploadedFile, setting: str, label: str, words: dict[str, str], now: str | None) -> None:
    names = list(words)
    chosen = st.selectbox(
        label, names, names.index(now) if now in names else None, format_func=words.__getitem__, key=f"{setting}-{file.file_id}"
    )
    if chosen and chosen != now:
        _settle(file, setting, chosen)


def form_words(sheet: Sheet) -> list[str]:
    """How the file was read, for the line under the title."""
    form = sheet.form
    mark = f"{DELIMITERS[form.delimiter]}s" if form.delimiter in DELIMITERS else ""
    return [words for words in (mark, form.encoding or "", f"sheet {form.sheet}" if form.sheet else "") if words]
