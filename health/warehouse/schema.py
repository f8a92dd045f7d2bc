"""The warehouse's tables, made out of TABLES; the product's own ledgers beside them."""

from health.tables import TABLES, Table

SQL_TYPES = {
    "text": "varchar", "date": "date", "timestamp": "timestamp", "money": "decimal(14,2)", "number": "decimal(18,4)", "count": "bigint",
        "flag": "boolean",
}  # fmt: skip
SOURCE = {"load_id": "bigint", "line": "bigint"}
"""Where a stored row came from: its load, and its line in that load's file."""

_LEDGERS = (
    "turn (n bigint)",
    """loads (load_id bigint, file varchar, file_hash varchar, origin varchar, actor varchar, assumption varchar,
    loaded_at timestamp, undone_at timestamp)""",
    """load_tables (load_id bigint, table_name varchar, read bigint, accepted bigint, refused bigint, skipped bigint,
    added bigint, changed bigint, unchanged bigint)""",
    "refused (load_id bigint, table_name varchar, line bigint, reasons varchar, raw varchar)",
    "warned (load_id bigint, table_name varchar, line bigint, words varchar)",
    "mappings (name varchar, version bigint, author varchar, created_at timestamp, header varchar, body varchar)",
    "settings (version bigint, author varchar, reason varchar, created_at timestamp, body varchar)",
    "assumptions (version bigint, author varchar, reason varchar, created_at timestamp, body varchar)",
    """overrides (override_id bigint, customer_id varchar, health bigint, band varchar, author varchar, reason varchar,
    from_on date, until_on date, made_at timestamp,
    withdrawn_on date, withdrawn_by varchar, withdrawn_why varchar, withdrawn_at timestamp)""",
    """entries (load_id bigint, made_at timestamp, author varchar, what varchar, table_name varchar, key varchar, customer_id varchar,
    before varchar, after varchar, why varchar)""",
    """notes (note_id bigint, customer_id varchar, author varchar, made_at timestamp, words varchar,
    removed_at timestamp, removed_by varchar)""",
    """actions (action_id bigint, customer_id varchar, kind varchar, until_on date, to_employee varchar, to_role varchar, of_owner varchar,
    reason varchar, seen varchar, author varchar, made_at timestamp)""",
    "holdouts (customer_id varchar, play varchar, quarter varchar, triggered_on date, arm varchar, made_at timestamp)",
    """play_moves (move_id bigint, customer_id varchar, play varchar, quarter varchar, state varchar, step bigint, author varchar,
    reason varchar, made_at timestamp)""",
)


def replaced(table: str) -> str:
    """The table that keeps the rows which a later load replaced, so that undo can put them back."""
    return f"{table}_replaced"


def create_all() -> list[str]:
    """Statements that make every table that is missing. No keys or indexes: uniqueness is the loader's work."""
    own = [f"create table if not exists {ledger}" for ledger in _LEDGERS]
    return own + [statement for table in TABLES.values() for statement in _create(table)]


def _create(table: Table) -> list[str]:
    columns = {c.name: SQL_TYPES[c.type] for c in table.columns} | SOURCE
    listed = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
    return [
        f"create table if not exists {table.name} ({listed})",
        f"create table if not exists {replaced(table.name)} ({listed}, replaced_by bigint)",
    ]


def content_hash_query() -> str:
    """One row a table: how many rows it holds and an order-free hash of them; ledgers of what was done are left out."""
    parts = [
        f"select '{t}' as table_name, count(*) as rows, coalesce(sum(hash(t)::hugeint), 0)::varchar as digest from {t} as t" for t in TABLES
    ]
    return " union all ".join(parts) + " order by table_name"
