"""The forms: a new row of a client, what became of one, a correction, a removal, a note. What is refused is said in the form."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import streamlit as st

from health import format as fmt
from health.desk import entries
from health.desk.entries import KINDS, key_of, notes
from health.errors import HealthError, Refused
from health.insight.client import entry_effect, rows
from health.intake import ledger
from health.tables import TABLES
from health.ui import cache
from health.ui.cards import note
from health.ui.entry import fields, undo
from health.ui.entry.context import Desk
from health.ui.entry.fields import Place
from health.ui.entry.forms import NEW, STEPS, correction
from health.ui.entry.undo import Act
from health.ui.feedback import LONGEST
from health.ui.tables import table
from health.warehouse.lineage import DESK

Row = Mapping[str, Any]
DUE = time(17)
"""A promise given with its day alone is due at the end of the working day."""


def open_new(desk: Desk, key: str) -> None:
    """The form of a new row, in a dialog."""
    form = NEW[key]
    st.dialog(form.title, width="medium", icon=f":material/{form.icon}:")(_new)(desk, key)


def open_step(desk: Desk, key: str, row: Row) -> None:
    """The form of what became of a row, as the viewer saw it."""
    form = STEPS[key]
    st.dialog(f"{form.title}: {KINDS[form.table]}", width="medium", icon=f":material/{form.icon}:")(_step)(desk, key, row)


def open_correction(desk: Desk, name: str, row: Row) -> None:
    """Every value of a row, to be changed with a reason."""
    st.dialog(f"Correct this {KINDS[name]}", width="medium", icon=":material/edit:")(_correction)(desk, name, row)


def open_removal(desk: Desk, name: str, row: Row) -> None:
    """Takes an entry of the desk back, with a reason."""
    st.dialog(f"Remove this {KINDS[name]}", icon=":material/delete:")(_removal)(desk, name, row)


def open_note(desk: Desk) -> None:
    """Free words on the client."""
    st.dialog("Add a note", width="medium", icon=":material/sticky_note_2:")(_note)(desk)


def _new(desk: Desk, key: str) -> None:
    form = NEW[key]
    if form.about:
        note(form.about)
    place = Place(desk, form.table, f"desk {desk.customer_id} {key}", {})
    with st.form(f"form {place.key}", border=False):
        said = _asked(place, form.asks, {name: start(desk) for name, start in form.starts.items()})
        promised = _promised(place.key) if key == "contact" else {}
        if not _saves():
            return
    told = {name: value for name, value in said.items() if value not in (None, "")}
    row = {"customer_id": desk.customer_id, **form.given, **told}
    _tried(lambda: undo.keep(desk, form.did, _day(desk, form.table, told), lambda: _written(desk, form.table, row, promised)))


def _promised(key: str) -> dict[str, Any]:
    """A promise made in that contact; empty without words."""
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        words = st.text_input("What did you promise?", key=f"{key} promised", max_chars=LONGEST, placeholder="Nothing")
    with right:
        due = st.date_input("By when", value=None, key=f"{key} promised for", format="DD-MM-YYYY", min_value=date(1900, 1, 1))
    return {"comment": words.strip(), "due_on": due} if words.strip() else {}


def _written(desk: Desk, name: str, row: Row, promised: Row) -> tuple[Sequence[Act], str]:
    now = datetime.now()
    if promised and promised["due_on"] is None:
        raise Refused("A promise needs its day; say by when, or leave the promise out.")
    first = entries.write(desk.book, name, row, now)
    acts = [Act(name, first.key, first.load_id or 0)]
    if not promised:
        return acts, undo.flags(first)
    promise = {
        "customer_id": desk.customer_id, "kind": "other", "comment": promised["comment"],
        "promised_on": row["occurred_at"].date() if "occurred_at" in row else desk.day, "due_at": datetime.combine(promised["due_on"], DUE),
    }  # fmt: skip
    try:
        second = entries.write(desk.book, "promises", promise, now)
    except HealthError:
        acts[0].undo(desk.book, now)
        raise
    return [*acts, Act("promises", second.key, second.load_id or 0)], undo.flags(first)


def _step(desk: Desk, key: str, row: Row) -> None:
    form = STEPS[key]
    starts = {name: start(desk) for name, start in form.starts.items()} | {n: row[n] for n in form.asks if row.get(n) is not None}
    if key == "solved":
        starts["resolved_at"] = desk.moment  # of a complaint raised again the earlier solution stands there
    _change(desk, form.table, row, form.asks, starts, form.did, form.why)


def _correction(desk: Desk, name: str, row: Row) -> None:
    asks = correction(name)
    _change(desk, name, row, asks, {n: row[n] for n in asks if row.get(n) is not None}, f"{KINDS[name]} corrected", "")


def _change(desk: Desk, name: str, row: Row, asks: Sequence[str], starts: Row, did: str, why: str) -> None:
    """The values of a row that are changed, against the row that was looked at; what somebody else changed meanwhile is told."""
    key = key_of(name, row)
    place, seen = Place(desk, name, f"desk {name} {key} {row['load_id']} {why}", row), f"seen {name} {key} {row['load_id']}"
    with st.form(f"form {place.key}", border=False):
        said = _asked(place, asks, starts)
        reason = why or st.text_input("Why is it changed? *", key=f"{place.key} why", max_chars=LONGEST)
        if not _saves():
            return
    changed = {column: value for column, value in said.items() if not _same(row.get(column), value)}
    load_id = int(st.session_state.get(seen, row["load_id"]))

    def act() -> tuple[Sequence[Act], str]:
        with desk.book.reading() as session:
            written_here = ledger.loaded(session, load_id)["origin"] == DESK
        done = entries.correct(desk.book, name, key, changed, load_id, reason, datetime.now())
        before = {column: row.get(column) for column in changed} if written_here else {}
        return [Act(name, key, done.load_id or 0, before)], undo.flags(done)

    if not _tried(lambda: undo.keep(desk, did, _day(desk, name, changed), act)):
        _meanwhile(desk, name, key, row, load_id, seen)


def _meanwhile(desk: Desk, name: str, key: str, row: Row, load_id: int, seen: str) -> None:
    """What stands there now, where it is not what was looked at; saving again then counts as said of that."""
    now = row_of(desk, name, key)
    if now is None or now["load_id"] == load_id:
        return
    st.session_state[seen] = now["load_id"]
    note("What stands there now, beside what you looked at. What you typed is kept: save again to write it over.")
    columns: dict[str, Any] = {"what": "What", "seen": "You looked at", "now": "Now"}
    table(entry_effect.differences(row, now), columns, key=f"{seen} differences", alt="Values that somebody changed meanwhile")


def _removal(desk: Desk, name: str, row: Row) -> None:
    key = key_of(name, row)
    note("It stays on the trail with your reason; a row that came with a file stands again as it was loaded.")
    with st.form(f"remove {name} {key}", border=False):
        why = st.text_input("Why is it removed? *", key=f"remove {name} {key} why", max_chars=LONGEST)
        if not _saves("Remove"):
            return

    def act() -> tuple[Sequence[Act], str]:
        entries.remove(desk.book, name, key, row["load_id"], why, datetime.now())
        return (), ""

    _tried(lambda: undo.keep(desk, f"{KINDS[name]} removed", desk.as_of, act))


def _note(desk: Desk) -> None:
    with st.form("form note", border=False):
        words = st.text_area("Note *", key=f"desk {desk.customer_id} note", max_chars=notes.LONGEST, height=140)
        if not _saves():
            return

    def act() -> tuple[Sequence[Act], str]:
        return [Act("notes", str(notes.add(desk.book, desk.customer_id, words, datetime.now())), 0)], ""

    _tried(lambda: undo.keep(desk, "note added", desk.as_of, act))


def _asked(place: Place, asks: Sequence[str], starts: Row) -> dict[str, Any]:
    """The fields in their order: moments and notes across, the others two in a row."""
    said: dict[str, Any] = {}
    across = [name for name in asks if TABLES[place.table].column(name).type == "timestamp"]
    beside = [name for name in asks if name not in across and name != "comment"]
    for name in across:
        said[name] = fields.draw(place, name, starts.get(name))
    with st.grid(2, min_column_width=200):
        for name in beside:
            said[name] = fields.draw(place, name, starts.get(name))
    if "comment" in asks:
        said["comment"] = fields.draw(place, "comment", starts.get("comment"))
    return said


def _saves(label: str = "Save") -> bool:
    with st.container(key="primary-desk-save"):
        return bool(st.form_submit_button(label, type="primary"))


def _tried(act: Callable[[], None]) -> bool:
    """Whether it was done; says why not, in the form's place, where what was typed stays."""
    try:
        act()
    except HealthError as problem:
        st.error(fmt.plain(problem), icon=":material/error:")
        return False
    return True


def _same(stored: Any, value: Any) -> bool:
    """Whether a field still holds what is stored: a blank text is nothing, and a flag that is not set is not."""
    if isinstance(value, float) and stored is not None:
        return float(stored) == value
    return (stored or None) == (value or None) if not isinstance(value, int) else stored == value


def _day(desk: Desk, name: str, said: Row) -> date:
    """The newest day of the book once this is written."""
    days = [said[c.name] for c in TABLES[name].columns if c.event and said.get(c.name) is not None]
    return max([desk.as_of, *(d.date() if isinstance(d, datetime) else d for d in days)])


def row_of(desk: Desk, name: str, key: str) -> dict[str, Any] | None:
    """The customer's row of that key as it stands; None where there is none."""
    found = cache.read_cached(rows.rows, desk.book, desk.customer_id, (name,))[name]
    return next((row for row in found.iter_rows(named=True) if key_of(name, row) == key), None)
