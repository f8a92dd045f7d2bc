"""Which load wrote which rows: what depends on a load, undoing it, and emptying the warehouse. Statements are built from TABLES."""

import polars as pl

from health.tables import TABLES
from health.warehouse import Session
from health.warehouse.schema import replaced

DESK = "desk"
"""The origin of loads that are single entries made in the product."""
COMMON_TABLES = ("market_prices", "rates")
"""Tables whose rows concern all customers."""
_MOST_NAMED = 5
_OF_CUSTOMERS = [t.name for t in TABLES.values() if any(c.refers == "customers" for c in t.columns)]


def undo_obstacle(session: Session, load_id: int) -> str:
    """A sentence on why the load cannot be undone; empty if it can be.

    A manual entry can be removed even if later files contained it unchanged, since the next file will bring it again.
    """
    replaced_later = [f"select replaced_by as other from {replaced(t)} where load_id = {load_id:d}" for t in TABLES]
    if load_list := _load_list(session, " union ".join(replaced_later)):
        return f"later loads or entries changed its rows: undo {load_list} first."
    unchanged_later = f"""
        select distinct other.load_id as other
        from load_tables as own
        join load_tables as other on other.table_name = own.table_name and other.load_id > own.load_id and other.unchanged > 0
        join loads as l on l.load_id = other.load_id and l.undone_at is null
        join loads as ours on ours.load_id = own.load_id
        where own.load_id = {load_id:d} and own.changed + case when ours.origin = '{DESK}' then 0 else own.added end > 0"""
    if load_list := _load_list(session, unchanged_later):
        return f"later files contain the same rows and rely on them: undo {load_list} first."
    own_customers = f"""select customer_id from customers where load_id = {load_id:d}
        and customer_id not in (select customer_id from customers_replaced where replaced_by = {load_id:d})"""
    customer_tables = [name for t in _OF_CUSTOMERS for name in (t, replaced(t))]
    later_rows = [
        f"select load_id as other from {t} where load_id <> {load_id:d} and customer_id in ({own_customers})" for t in customer_tables
    ]
    if load_list := _load_list(session, " union ".join(later_rows)):
        return f"later loads added rows for customers that only this load contains: undo {load_list} first."
    return ""


def _load_list(session: Session, query: str) -> str:
    """The loads of a query as text: 'load 3, load 5 and 2 more'; empty if none."""
    load_ids = session.select(f"select distinct other from ({query}) order by other")["other"].to_list()
    load_texts = [f"load {n}" for n in load_ids[:_MOST_NAMED]] + [f"{len(load_ids) - _MOST_NAMED:,} more"] * (len(load_ids) > _MOST_NAMED)
    return " and ".join([", ".join(load_texts[:-1]), load_texts[-1]] if len(load_texts) > 2 else load_texts)


def customers_of(session: Session, load_id: int) -> set[str] | None:
    """The customers whose rows the load wrote or replaced; None if it wrote rows that concern all customers."""
    common_rows = " union all ".join(f"select 1 from {t} where load_id = {load_id:d}" for t in COMMON_TABLES)
    if session.select(common_rows).height:
        return None
    tables = ["customers", *_OF_CUSTOMERS]
    rows_written = [f"select customer_id from {t} where load_id = {load_id:d}" for t in tables]
    replaced_rows = [f"select customer_id from {replaced(t)} where replaced_by = {load_id:d}" for t in tables]
    return set(session.select(" union ".join([*rows_written, *replaced_rows]))["customer_id"])


def count_rows_by_load(session: Session) -> pl.DataFrame:
    """One row per load in force, table and kind of row (written, replaced, refused): load_id, table_name, what, stated, present."""
    rows_written = [f"select load_id, '{t}' as table_name from {name}" for t in TABLES for name in (t, replaced(t))]
    rows_replaced = [f"select replaced_by as load_id, '{t}' as table_name from {replaced(t)}" for t in TABLES]
    kinds = {
        "written": ("added + changed", " union all ".join(rows_written)),
        "replaced": ("changed", " union all ".join(rows_replaced)),
        "refused": ("refused", "select load_id, table_name from refused"),
    }
    queries = [
        f"""select load_id, table_name, '{kind}' as what, {recorded} as stated, coalesce(n, 0) as present
        from load_tables join loads using (load_id) left join (select load_id, table_name, count(*) as n from ({rows}) group by all)
        using (load_id, table_name) where undone_at is null"""
        for kind, (recorded, rows) in kinds.items()
    ]
    return session.select(" union all ".join(queries) + " order by load_id, table_name, what")


def replaced_entries(session: Session) -> pl.DataFrame:
    """One row per desk entry that a later file replaced: table_name, load_id, and replaced_by, made_at, author and file of that load."""
    replaced_rows = " union all ".join(f"select '{t}' as table_name, load_id, replaced_by from {replaced(t)}" for t in TABLES)
    return session.select(
        f"""select table_name, kept.load_id, later.load_id as replaced_by, later.loaded_at as made_at, later.actor as author, later.file
        from ({replaced_rows}) as kept
        join loads as own on own.load_id = kept.load_id and own.origin = '{DESK}'
        join loads as later on later.load_id = kept.replaced_by and later.origin <> '{DESK}'
        order by later.load_id, table_name, kept.load_id"""
    )


def undo_load(session: Session, load_id: int) -> set[str]:
    """Delete the load's rows and restore those it replaced; returns the tables that the load may have written to."""
    values, tables = {"load_id": load_id}, _tables_written(session, load_id)
    for table in tables:
        restore = f"insert into {table} by name select * exclude (replaced_by) from {replaced(table)} where replaced_by = $load_id"
        session._cursor.execute(f"delete from {table} where load_id = $load_id", values)
        session._cursor.execute(restore, values)
        session._cursor.execute(f"delete from {replaced(table)} where replaced_by = $load_id", values)
    return set(tables)


def _tables_written(session: Session, load_id: int) -> list[str]:
    """The tables that the load may have written to."""
    tables_written = set(session.select(f"select distinct table_name from load_tables where load_id = {load_id:d}")["table_name"])
    return [name for name in TABLES if name in tables_written]


def delete_all(session: Session) -> None:
    """Delete every row, load, override and note; settings are kept."""
    for table in [*TABLES, *map(replaced, TABLES), "loads", "load_tables", "refused", "warned", "overrides", "entries", "notes"]:
        session._cursor.execute(f"delete from {table}")
