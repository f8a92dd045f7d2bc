"""Steps of an entry inside a write transaction: read the current row, check the new one, find the loads to undo."""

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
from health.intake.cells import parse_columns
from health.intake.preview import Preview, prepare_in_session
from health.score import settings
from health.tables import TABLES
from health.warehouse import Session
from health.warehouse.lineage import DESK


def new_id(session: Session, table: Table) -> str:
    """Next free id, numbered like its load."""
    number = load.next_id(session)
    while any(session.alike(name, key_frame(table, f"{DESK}-{number}")).height for name in (table.name, f"{table.name}_replaced")):
        number += 1
    return f"{DESK}-{number}"


def check_row(session: Session, table: Table, values: Mapping[str, str], now: datetime, changed_columns: list[str]) -> Preview:
    """Preview the row with the checks of a file and those of entries; `changed_columns`: the columns entered now.

    Raises InvalidInput with every reason.
    """
    frame = pl.DataFrame({name: [values.get(name)] for name in table.names}, schema=dict.fromkeys(table.names, pl.String))
    batch = layout.batch_from_frames({table.name: frame}, DESK, DESK)
    version = session.version
    unique_hash = sha256(f"{DESK} {version} {batch.sha256}".encode()).hexdigest()  # unlike a file, an equal entry may be repeated
    preview = prepare_in_session(session, replace(batch, sha256=unique_hash), version - 1, now.date())
    reasons = [
        *preview.refused["reasons"],
        *_broken_entry_rules(session, table, frame, changed_columns),
        *_foreign_references(session, table, values, changed_columns),
    ]
    if reasons:
        raise InvalidInput(f"This {KINDS[table.name]} was not saved: {'; '.join(reasons)}. Correct this and save again.")
    return preview


def _broken_entry_rules(session: Session, table: Table, row: pl.DataFrame, changed_columns: list[str]) -> list[str]:
    """Reasons why the row breaks the rules of entries; a rule about columns that are left as they were does not apply."""
    typed = parse_columns(table.columns, row, (), settings.in_force(session).zone)
    applicable = [rule for rule in table.entry_rules if not set(rule.broken.meta.root_names()).isdisjoint(changed_columns)]
    return [rule.words for rule in applicable if typed.select(rule.broken).item()]


def _foreign_references(session: Session, table: Table, values: Mapping[str, str], changed_columns: list[str]) -> list[str]:
    """Reasons why a named contact or contract does not belong to the customer.

    Files are only warned of this; forms offer the customer's own rows.
    """
    references = [c for c in table.columns if c.name in changed_columns and c.name in values and c.mentions in ("contacts", "contracts")]
    customer = values["customer_id"]
    return [
        f"{c.name} '{values[c.name][:60]}' is not among the {c.mentions} of customer {customer}"
        for c in references
        if session.alike(c.mentions, pl.DataFrame({TABLES[c.mentions].key[0]: [values[c.name]], "customer_id": [customer]})).is_empty()
    ]


def with_warnings(preview: Preview, message: str) -> str:
    """Add the warnings to the message, except about customers that may be outside the viewer's book."""
    warnings = [
        fault for row_warnings in preview.warned["words"] for fault in row_warnings.split("; ") if not fault.startswith("referred_id ")
    ]
    return f"{message} Flagged: {'; '.join(warnings)}." if warnings else message


def read_row(book: Book, session: Session, table: Table, key: str, seen_load_id: int) -> dict[str, Any]:
    """Read the current row.

    Raises NotFound, in the same words for a row of somebody else's customer; InvalidInput if it is not the row that was seen.
    """
    rows, kind = book.own(session, session.alike(table.name, key_frame(table, key))), KINDS[table.name]
    if rows.is_empty():
        raise _missing_row_error(book, session, table, key)
    row = rows.row(0, named=True)
    if row["load_id"] != seen_load_id:
        load_entry = ledger.load_record(session, row["load_id"])
        change_text = f"{load_entry['actor']} changed this {kind} on {load_entry['loaded_at']:%Y-%m-%d at %H:%M}"
        file_text = "" if load_entry["origin"] == DESK else f" by loading {load_entry['file']}"
        raise InvalidInput(f"{change_text}{file_text}, after you opened it; check the new values and save again.")
    return row


def _missing_row_error(book: Book, session: Session, table: Table, key: str) -> Exception:
    """Error for a row that is gone: removed or undone if the trail says so, else not found."""
    changes = book.own(session, session.alike("entries", pl.DataFrame({"table_name": [table.name], "key": [key]}))).sort(
        "made_at", "load_id"
    )
    if changes.is_empty():
        return not_found(table, key)
    last_change, kind = changes.row(-1, named=True), KINDS[table.name]
    removal_text = f"{last_change['author']} removed this {kind} on {last_change['made_at']:%Y-%m-%d at %H:%M}"
    return InvalidInput(
        f"{removal_text if last_change['what'] == 'removed' else f'The load of this {kind} was undone'}; there is nothing to change."
    )


def desk_loads(session: Session, table: Table, key: str, load_id: int) -> list[int]:
    """Loads of the row entered by hand, newest first. Raises InvalidInput if the newest came from a file."""
    newest_load = ledger.load_record(session, load_id)
    if newest_load["origin"] != DESK:
        origin_text = f"This {KINDS[table.name]} came from the file {newest_load['file']} (load {load_id})"
        raise InvalidInput(f"{origin_text}; correct it here or in the source of the file.")
    replaced_rows = session.alike(f"{table.name}_replaced", key_frame(table, key))
    previous_load, load_ids = dict(replaced_rows.select("replaced_by", "load_id").iter_rows()), [load_id]
    while (earlier := previous_load.get(load_ids[-1])) is not None and ledger.load_record(session, earlier)["origin"] == DESK:
        load_ids.append(earlier)
    return load_ids
