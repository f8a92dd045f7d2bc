"""Small books for tests: typed rows straight into a warehouse in memory, scored."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from health.access import Book, Viewer
from health.score import history
from health.score.settings import Settings
from health.tables import TABLES
from health.warehouse import Session, Warehouse, facts

TYPES = {
    "text": pl.String, "date": pl.Date, "timestamp": pl.Datetime("us"), "money": pl.Decimal(14, 2), "number": pl.Decimal(18, 4),
    "rate": pl.Decimal(18, 8),    "count": pl.Int64, "flag": pl.Boolean,
}  # fmt: skip


def typed(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the declared types and all declared columns, and the instants of timestamps that it has."""
    columns = TABLES[table].columns
    cast = [(pl.col(c.name) if c.name in frame.columns else pl.lit(None)).cast(TYPES[c.type]).alias(c.name) for c in columns]
    instants = [pl.col(name) for name in TABLES[table].instants.values() if name in frame.columns]
    return frame.select(cast + instants).with_columns(
        pl.lit(1, pl.Int64).alias("load_id"), pl.int_range(pl.len(), dtype=pl.Int64).alias("line")
    )


def unscored(tables: Mapping[str, pl.DataFrame]) -> Warehouse:
    """A warehouse in memory that holds these tables without a history, so that every score is worked out when it is asked for."""
    warehouse = Warehouse()
    with warehouse.writing() as session:
        for name, frame in tables.items():
            session.insert(name, typed(name, frame))
    return warehouse


HAND_LOAD = 100


def recorded(
    tables: Mapping[str, pl.DataFrame], through: Mapping[str, date] | None = None, by_hand: Mapping[str, pl.Expr] | None = None
) -> Warehouse:
    """The same with its loads on record: a file for each table, complete through these days, but for the rows entered by hand."""
    warehouse = unscored({})
    with warehouse.writing() as session:
        for number, (name, frame) in enumerate(tables.items(), start=1):
            entered = (by_hand or {}).get(name, pl.lit(False))
            session.insert(name, typed(name, frame).with_columns(pl.when(entered).then(HAND_LOAD).otherwise(number).alias("load_id")))
            file = {"load_id": number, "origin": "extract", "complete_through": (through or {}).get(name)}
            session.insert("loads", pl.DataFrame([file], schema_overrides={"complete_through": pl.Date}))
            session.insert("load_tables", pl.DataFrame([{"load_id": number, "table_name": name}]))
        if by_hand:
            session.insert("loads", pl.DataFrame([{"load_id": HAND_LOAD, "origin": "desk"}]))
            session.insert("load_tables", pl.DataFrame([{"load_id": HAND_LOAD, "table_name": name} for name in by_hand]))
    return warehouse


def warehouse_of(tables: Mapping[str, pl.DataFrame]) -> Warehouse:
    """The same with its history."""
    warehouse = unscored(tables)
    with warehouse.writing() as session:
        history.refresh(session, None)
    return warehouse


def stored_scores(session: Session) -> pl.DataFrame:
    """All scores that are stored, of month ends and of other days, sorted by day and customer."""
    return _together({table: session.rows(table) for table in (history.HISTORY, history.RECENT_DAYS)})


def rebuilt_scores(session: Session) -> pl.DataFrame:
    """The same worked out from the rows."""
    return _together(history.build(session))


def _together(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    first, *others = tables.values()
    return pl.concat([first, *(other.select(first.columns) for other in others)]).sort("as_of", "customer_id")


def rows(table: str, *records: dict[str, Any]) -> pl.DataFrame:
    """A frame of one table from records; what a record leaves out is blank."""
    schema: dict[str, Any] = {c.name: TYPES[c.type] for c in TABLES[table].columns}
    schema |= {name: pl.Datetime("us") for name in TABLES[table].instants.values() if any(name in record for record in records)}
    return pl.DataFrame({name: [record.get(name) for record in records] for name in schema}, schema=schema, strict=False)


def analyst(warehouse: Warehouse) -> Book:
    """The whole book, with every right an analyst has."""
    return Book(Viewer("test", "analyst"), warehouse)


def small_book() -> dict[str, pl.DataFrame]:
    """Two customers with one line each, so that a test can add the rows it is about."""
    customers = [
        {"customer_id": i, "name": i, "customer_since": date(2023, 1, 1), "tier": "B", "region": "north", "owner": f"E{n}"}
        for n, i in enumerate(("A", "B"))
    ]
    lines = [
        {
            "contract_id": f"K{i}",
            "customer_id": i,
            "product": "mobile",
            "start_on": date(2023, 1, 1),
            "unit_price": Decimal("100.00"),
            "quantity": 1,
        }
        for i in ("A", "B")
    ]
    talks = [
        {
            "interaction_id": f"I{i}{m}",
            "customer_id": i,
            "occurred_at": datetime(2024, m, 10, 9),
            "channel": "call",
            "direction": "out",
            "outcome": "reached",
        }
        for i in ("A", "B")
        for m in range(1, 7)
    ]
    return {
        "customers": rows("customers", *customers),
        "contracts": rows("contracts", *lines),
        "interactions": rows("interactions", *talks),
    }


def staged(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame's rows with the columns that the table's staging view adds."""
    with unscored({table: frame}).reading() as session:
        return session.staged(table)


def complaint_clocks(frame: pl.DataFrame, settings: Settings, day: date) -> pl.DataFrame:
    """Complaints as `facts.complaints` of that day."""
    customers = frame.select("customer_id", pl.col("customer_id").alias("name")).unique()
    with unscored({"customers": customers, "complaints": frame}).reading() as session:
        return facts.complaints(session, day, settings.terms)
