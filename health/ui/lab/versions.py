"""Versions of the settings: save a draft, notice a version saved by somebody else, return to an old one."""

from datetime import datetime

import polars as pl
import streamlit as st
from streamlit.column_config import DatetimeColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.score import history, settings
from health.score.settings import Settings
from health.ui import cache
from health.ui import settings_draft as drafts
from health.ui.cards import card, note
from health.ui.columns import Columns, column
from health.ui.feedback import LONGEST, attempt, keep_message
from health.ui.settings_draft import Draft
from health.ui.tables import table


@cache.cached
def versions(book: Book) -> pl.DataFrame:
    """Versions of the settings, newest first, one row each."""
    with book.reading() as session:
        return settings.versions(session)


@cache.cached
def version(book: Book, number: int) -> Settings:
    """Settings of a version."""
    with book.reading() as session:
        return settings.version(session, number)


def draft_buttons(book: Book, draft: Draft, wanted: Settings | None, present: Settings) -> None:
    """Draw Reset and Save; a draft can be saved if it differs, adds up, and stands on the version in force."""
    is_current = draft.base == present.version
    is_changed = wanted is not None and bool(settings.describe_changes(present, wanted))
    st.button("Reset", icon=":material/undo:", disabled=not is_changed and draft.adds_up, on_click=drafts.start_draft, args=(present,))
    can_save = wanted is not None and is_changed and draft.adds_up and is_current
    label = f"Save as v{present.version + 1}"
    if wanted is None or not can_save:
        st.button(label, icon=":material/save:", disabled=True, help="Change something first. Weights must add up to 100.")
    elif st.button(label, icon=":material/save:", type="primary", key="primary-save"):
        _save_dialog(book, wanted, present)


@st.dialog("Save a new version", icon=":material/save:")
def _save_dialog(book: Book, wanted: Settings, present: Settings) -> None:
    """Ask for the reason, then save the version and score all customers."""
    st.markdown(f"Version {present.version + 1} takes effect now for all customers. Changes:")
    st.markdown("\n".join(f"- {fmt.plain(words)}" for words in settings.describe_changes(present, wanted)))
    reason = st.text_input("Reason", placeholder="In a few words, for later readers", max_chars=LONGEST)
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel"):
            st.rerun()
        if st.button("Save", type="primary", key="primary-save-now"):
            _save(book, wanted, reason)


def _save(book: Book, wanted: Settings, reason: str) -> None:
    with attempt("Your draft is kept."):
        with st.spinner("Saving, and scoring all customers ..."), book.writing("settings") as session:
            saved = settings.save(session, wanted, book.viewer.name, reason, datetime.now())
            history.refresh(session, ())
        drafts.start_draft(saved)
        keep_message(f"Version {saved.version} is in force: {reason.strip()}")


def conflict_notice(book: Book, draft: Draft, present: Settings) -> None:
    """Warn of a version that somebody else saved meanwhile; the draft is kept."""
    if draft.base == present.version:
        return
    newest = versions(book).row(0, named=True)
    changed = "; ".join(newest["changed"]) or "no visible change"
    words = f"{newest['author']} has saved version {present.version} in the meantime ({newest['reason']}): {changed}."
    st.warning(f"{fmt.plain(words)} Your draft, based on version {draft.base}, is kept.", icon=":material/group:")
    with st.container(horizontal=True):
        st.button(f"Apply my draft to version {present.version}", on_click=drafts.rebase, args=(present,))
        st.button(f"Discard it and start from version {present.version}", on_click=drafts.start_draft, args=(present,))


def versions_card(book: Book, present: Settings) -> None:
    """Draw every version with its changes; a chosen one can be tried."""
    version_rows = versions(book)
    with_changes = version_rows.with_columns(pl.col("changed").list.join("; "))
    title = (
        "One version so far: the default settings"
        if version_rows.height == 1
        else f"{version_rows.height} versions; the newest is in force"
    )
    with card(title, "Choose a version to preview it. To return to it, save it as a new version."):
        columns: Columns = {
            "version": column("version", 70, format="%d"),
            "created_at": DatetimeColumn("Saved", width=140, format="D MMM YYYY, HH:mm"),
            "author": 110,
            "reason": 190,
            "changed": TextColumn("What changed", width=320),
        }
        chosen = table(
            with_changes, columns, key="lab-versions", alt="Versions of the settings with what changed", choose=version_rows.height > 1
        )
        if chosen is not None:
            number = int(version_rows["version"][chosen])
            wanted = version(book, number)
            note(
                f"Version {number}: {with_changes['changed'][chosen] or 'the default settings'}. Reason: {with_changes['reason'][chosen]}."
            )
            st.button(f"Preview version {number}", icon=":material/history:", on_click=drafts.start_from, args=(wanted, present))
