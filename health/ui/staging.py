"""A file on its way in: which table or mapping it feeds, what it would change, and the commit."""

from datetime import datetime
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from health import format as say
from health.access import Book
from health.errors import HealthError, Refused
from health.intake import layout, load, mapping, unpack
from health.intake.sheet import Sheet
from health.tables import TABLES

MAPPINGS = Path(__file__).parent.parent.parent / "data" / "mappings"


def routes() -> dict[str, str]:
    """What a file can feed, in words, by key: each mapping, each table."""
    mapped = {f"mapping:{path.stem}": f"Mapping {path.stem}" for path in sorted(MAPPINGS.glob("*.toml"))}
    return {f"table:{name}": f"Table {name}" for name in TABLES} | mapped


def chosen_file() -> UploadedFile | None:
    """The uploader; it is emptied after a commit."""
    turn = st.session_state.get("committed", 0)
    return st.file_uploader(
        "File",
        ["csv", "txt", "tsv", "xlsx", "parquet"],
        key=f"file-{turn}",
        help="CSV, Excel or Parquet; it is checked before anything is stored",
    )


def chosen_route(file: UploadedFile) -> str:
    """Table or mapping, guessed from the header."""
    names = list(routes())
    guess = _guess(file)
    index = names.index(guess) if guess in names else None
    return (
        st.selectbox(
            "Feeds", names, index, format_func=routes().__getitem__, placeholder="Choose a table or a mapping", key=f"route-{file.file_id}"
        )
        or ""
    )


def _guess(file: UploadedFile) -> str | None:
    try:
        sheet = unpack.unpack(file.getvalue(), file.name)
    except HealthError:
        return None
    fits = [key for key in routes() if _fits(key, sheet)]
    return fits[0] if fits else None


def _fits(key: str, sheet: Sheet) -> bool:
    try:
        _batch(key, sheet)
    except HealthError:
        return False
    return True


def _batch(key: str, sheet: Sheet) -> layout.Batch:
    kind, _, name = key.partition(":")
    return layout.direct(name, sheet) if kind == "table" else layout.mapped(mapping.read(MAPPINGS / f"{name}.toml"), sheet)


def preview(book: Book, file: UploadedFile, route: str) -> load.Preview | None:
    """What the file would do; kept until the file, its route or the book changes. A refusal is shown instead, with its remedy."""
    key = (file.file_id, route, book.version, book.viewer)
    held = st.session_state.get("preview")
    if held and held[0] == key:
        return held[1]  # type: ignore[no-any-return]
    try:
        made = load.prepare(book, _read(file, route))
    except HealthError as problem:
        st.error(say.plain(problem), icon=":material/error:")
        return None
    st.session_state["preview"] = (key, made)
    return made


def _read(file: UploadedFile, route: str) -> layout.Batch:
    if not route:
        raise Refused(f"{file.name}: choose the table or the mapping that it feeds.")
    kind, _, name = route.partition(":")
    form = mapping.read(MAPPINGS / f"{name}.toml").form if kind == "mapping" else None
    return _batch(route, unpack.unpack(file.getvalue(), file.name, form))


def commit(book: Book, made: load.Preview) -> None:
    """Writes it, then shows the page anew with what was done."""
    try:
        with st.spinner("Loading and scoring ..."):
            done = load.commit(book, made, book.viewer.name, datetime.now())
    except HealthError as problem:
        st.error(say.plain(problem), icon=":material/error:")
        return
    accepted = sum(count.accepted for count in done.tables)
    said(f"Load {done.load_id} committed: {accepted:,} rows of {done.file}.")
    st.session_state["committed"] = st.session_state.get("committed", 0) + 1
    st.session_state.pop("preview", None)
    st.rerun()


def said(sentence: str) -> None:
    """Keeps a sentence for the next drawing of the page."""
    st.session_state["said"] = sentence


def show_said() -> None:
    """Says it, once."""
    if sentence := st.session_state.pop("said", ""):
        st.success(say.plain(sentence), icon=":material/check_circle:")


@st.dialog("Undo this load?", icon=":material/undo:")
def ask_to_undo(book: Book, load_id: int, file: str) -> None:
    """Asks, then takes the load back."""
    st.text(f"Load {load_id} ({file}): its rows go, the rows it replaced return, and the scores follow. Later loads stay.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Keep it"):
            st.rerun()
        if st.button("Undo the load", type="primary", key="primary-undo"):
            try:
                load.undo(book, load_id, datetime.now())
            except HealthError as problem:
                st.error(say.plain(problem), icon=":material/error:")
                st.stop()
            said(f"Load {load_id} undone.")
            st.rerun()
