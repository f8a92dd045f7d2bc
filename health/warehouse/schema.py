"""The stored tables: one per entry of TABLES, one for the rows it replaced, and the product's own records."""

from collections.abc import Mapping

from health.tables import TABLES

SQL_TYPES = {
    "text": "varchar", "date": "date", "timestamp": "timestamp", "money": "decimal(14,2)", "number": "decimal(18,4)",
    "rate": "decimal(18,8)", "count": "bigint", "flag": "boolean",
}  # fmt: skip
SOURCE = {"load_id": "bigint", "line": "bigint"}
"""Where a stored row came from: its load, and its line in that load's file."""

LEDGERS: Mapping[str, Mapping[str, str]] = {
    "turn": {"n": "bigint"},
    "loads": {
        "load_id": "bigint", "file": "varchar", "file_hash": "varchar", "origin": "varchar", "actor": "varchar", "assumption": "varchar",
        "loaded_at": "timestamp", "undone_at": "timestamp", "extract_on": "date", "complete_through": "date",
    },
    "load_tables": {
        "load_id": "bigint", "table_name": "varchar", "read": "bigint", "accepted": "bigint", "refused": "bigint", "skipped": "bigint",
        "added": "bigint", "changed": "bigint", "unchanged": "bigint",
    },
    "refused": {"load_id": "bigint", "table_name": "varchar", "line": "bigint", "reasons": "varchar", "raw": "varchar"},
    "warned": {"load_id": "bigint", "table_name": "varchar", "line": "bigint", "words": "varchar"},
    "mappings": {
        "name": "varchar", "version": "bigint", "author": "varchar", "created_at": "timestamp", "header": "varchar", "body": "varchar",
    },
    "settings": {"version": "bigint", "author": "varchar", "reason": "varchar", "created_at": "timestamp", "body": "varchar"},
    "assumptions": {"version": "bigint", "author": "varchar", "reason": "varchar", "created_at": "timestamp", "body": "varchar"},
    "overrides": {
        "override_id": "bigint", "customer_id": "varchar", "health": "bigint", "band": "varchar", "author": "varchar", "reason": "varchar",
        "from_on": "date", "until_on": "date", "made_at": "timestamp",
        "withdrawn_on": "date", "withdrawn_by": "varchar", "withdrawn_why": "varchar", "withdrawn_at": "timestamp",
    },
    "entries": {
        "load_id": "bigint", "made_at": "timestamp", "author": "varchar", "what": "varchar", "table_name": "varchar", "key": "varchar",
        "customer_id": "varchar", "before": "varchar", "after": "varchar", "why": "varchar",
    },
    "notes": {
        "note_id": "bigint", "customer_id": "varchar", "author": "varchar", "made_at": "timestamp", "words": "varchar",
        "removed_at": "timestamp", "removed_by": "varchar",
    },
    "actions": {
        "action_id": "bigint", "customer_id": "varchar", "kind": "varchar", "until_on": "date", "to_employee": "varchar",
        "to_role": "varchar", "of_owner": "varchar", "reason": "varchar", "seen": "varchar", "author": "varchar", "made_at": "timestamp",
    },
    "renewal_forecasts": {
        "forecast_id": "bigint", "customer_id": "varchar", "ends_on": "date", "notice_by": "date", "outcome": "varchar",
        "monthly_value": "decimal(14,2)", "mrr": "decimal(14,2)", "churn_probability": "double", "reason": "varchar", "made_on": "date",
        "author": "varchar", "made_at": "timestamp",
    },
    "saved_views": {
        "view_id": "bigint", "author": "varchar", "name": "varchar", "body": "varchar", "is_default": "boolean", "made_at": "timestamp",
        "removed_at": "timestamp",
    },
    "holdouts": {
        "customer_id": "varchar", "play": "varchar", "quarter": "varchar", "triggered_on": "date", "arm": "varchar",
        "made_at": "timestamp",
    },
    "play_moves": {
        "move_id": "bigint", "customer_id": "varchar", "play": "varchar", "quarter": "varchar", "state": "varchar", "step": "bigint",
        "author": "varchar", "reason": "varchar", "made_at": "timestamp",
    },
}  # fmt: skip
"""What the product records about its own work: columns and SQL types of each ledger."""
DERIVED = ("history", "recent_days", "book")
"""Tables computed from the others; they hold whatever columns the score writes."""


def replaced(table: str) -> str:
    """The table that keeps the rows which a later load replaced, so that undo can put them back."""
    return f"{table}_replaced"


def declared() -> dict[str, Mapping[str, str]]:
    """The columns of every stored table but the derived ones, with their SQL types."""
    stored: dict[str, Mapping[str, str]] = dict(LEDGERS)
    for table in TABLES.values():
        columns = {c.name: SQL_TYPES[c.type] for c in table.columns} | dict.fromkeys(table.instants.values(), "timestamp") | SOURCE
        stored |= {table.name: columns, replaced(table.name): columns | {"replaced_by": "bigint"}}
    return stored


def create(table: str, columns: Mapping[str, str]) -> str:
    """The statement that creates a table. No keys or indexes: the loader keeps keys unique."""
    return f"create table {table} ({', '.join(f'{name} {type_}' for name, type_ in columns.items())})"


def content_hash_query() -> str:
    """One row per table: its number of rows and a hash of them that does not depend on their order; ledgers are left out."""
    columns = declared()
    parts = [
        f"select '{t}' as table_name, count(*) as rows, coalesce(sum(hash(t)::hugeint), 0)::varchar as digest "
        f"from (select {', '.join(columns[t])} from {t}) as t"
        for t in TABLES
    ]
    return " union all ".join(parts) + " order by table_name"
