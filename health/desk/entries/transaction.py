"""The door of the desk, inside a write transaction: the row that stands, the check of the new one, the loads to take back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import polars as pl

from health.access import Book
from health.columns import Table
from health.desk.entries.kinds import KINDS, key_frame, not_found
from health.errors import InvalidInput
from health.intake import layout, ledger, load
from health.intake.preview import Preview, prepare_in_session
from health.tables import TABLES
from health.warehouse import Session
from health.warehouse.lineage import DESK


def new_id(session: Session, table: Table) -> str:
    """Numbered like its load; a later number where a file brought that very id."""
    number = load.next_id(session)
    while any(session.alike(name, key_frame(table, f"{DESK}-{number}")).height for name in (table.name, f"{table.name}_replaced")):
        number += 1
    return f"{DESK}-{number}"


def check_row(session: Session, table: Table, said: Mapping[str, str], now: datetime, fresh: list[str]) -> Preview:
    """What the row would do, by the check of any file; `fresh`: the columns that are said now. Errors: InvalidInput with every reason."""
    frame = pl.DataFrame({name: [said.get(name)] for name in table.names}, schema=dict.fromkeys(table.names, pl.String))
    batch = layout.batch_from_frames({table.name: frame}, DESK, DESK)
    version = session.version
    once = sha256(f"{DESK} {version} {batch.sha256}".encode()).hexdigest()  # the same may be said again, unlike a file
    preview = prepare_in_session(session, replace(batch, sha256=once), version - 1, now.date())
    reasons = [*preview.refused["reasons"], *_strangers(session, table, said, fresh)]
    if reasons:
        raise InvalidInput(f"This {KINDS[table.name]} is not written: {'; '.join(reasons)}. Mend that and save it again.")
    return preview


def _strangers(session: Session, table: Table, said: Mapping[str, str], fresh: list[str]) -> list[str]:
    """Why a person or a line cannot be named: it must be this customer's own. A file may err there; a form offers what there is."""
    named = [c for c in table.columns if c.name in fresh and c.name in said and c.mentions in ("contacts", "contracts")]
    own = said["customer_id"]
    return [
        f"{c.name} '{said[c.name][:60]}' is not among the {c.mentions} of customer {own}"
        for c in named
        if session.alike(c.mentions, pl.DataFrame({TABLES[c.mentions].key[0]: [said[c.name]], "customer_id": [own]})).is_empty()
    ]


def with_warnings(preview: Preview, done: str) -> str:
    """The sentence, and what is flagged; whether another customer exists is nobody's business here."""
    flagged = [fault for told in preview.warned["words"] for fault in told.split("; ") if not fault.startswith("referred_id ")]
    return f"{done} Flagged: {'; '.join(flagged)}." if flagged else done


def read_row(book: Book, session: Session, table: Table, key: str, seen_load_id: int) -> dict[str, Any]:
    """The row as it stands. Raises NotFound, in the same words for a foreign one; Refused where it is not the row that was seen."""
    found, kind = book.own(session, session.alike(table.name, key_frame(table, key))), KINDS[table.name]
    if found.is_empty():
        raise _gone(book, session, table, key)
    row = found.row(0, named=True)
    if row["load_id"] != seen_load_id:
        by = ledger.load_record(session, row["load_id"])
        done = f"{by['actor']} changed this {kind} on {by['loaded_at']:%Y-%m-%d at %H:%M}"
        what = "" if by["origin"] == DESK else f" by loading {by['file']}"
        raise InvalidInput(f"{done}{what}, after you looked at it; look at it again and say what still holds.")
    return row


def _gone(book: Book, session: Session, table: Table, key: str) -> Exception:
    trail = book.own(session, session.alike("entries", pl.DataFrame({"table_name": [table.name], "key": [key]}))).sort("made_at", "load_id")
    if trail.is_empty():
        return not_found(table, key)
    last, kind = trail.row(-1, named=True), KINDS[table.name]
    by = f"{last['author']} removed this {kind} on {last['made_at']:%Y-%m-%d at %H:%M}"
    return InvalidInput(f"{by if last['what'] == 'removed' else f'The load of this {kind} was undone'}; there is nothing left to change.")


def desk_loads(session: Session, table: Table, key: str, load_id: int) -> list[int]:
    """The row's loads, newest first, back to the last that was written at the desk. Errors: InvalidInput where the newest was not."""
    newest = ledger.load_record(session, load_id)
    if newest["origin"] != DESK:
        came = f"This {KINDS[table.name]} came with {newest['file']} (load {load_id}), not from the desk"
        raise InvalidInput(f"{came}; correct it here, or mend it where the file comes from.")
    older = session.alike(f"{table.name}_replaced", key_frame(table, key))
    before, found = dict(older.select("replaced_by", "load_id").iter_rows()), [load_id]
    while (earlier := before.get(found[-1])) is not None and ledger.load_record(session, earlier)["origin"] == DESK:
        found.append(earlier)
    return found
