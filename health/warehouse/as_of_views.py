"""Data as known at the end of a day: temporary views that hide later information from the same SQL.

A row is known from its first event (docs/method.md, section 1); answers, payments, notices and resolutions from their own day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from health.columns import Column, Table
from health.tables import TABLES
from health.warehouse import Session, completeness

_KNOWN_FROM = {
    "customers": "",  # master data are not events: tier, region and start are read as stored
    "contacts": "active_from",
    "diary": "coalesce(created_on, least(planned_on, cancelled_on))",
    "usage": "last_day(month)",
    "market_prices": "coalesce(observed_on, last_day(month))",
    "rates": "day",
}
_ABOUT_DAY = {"contracts": "start_on", "diary": "planned_on", "market_prices": "last_day(month)"}
"""The day a row is about, for tables where it can precede the day from which the row is known."""
_PAYMENT_KNOWN = (
    "coalesce(paid_on, cast(recorded_at as date), "
    "(select coalesce(extract_on, cast(loaded_at as date)) from (select load_id as of_load, extract_on, loaded_at from loads) "
    "where of_load = load_id))"
)
"""A payment without a day of its own is known from the day of the file that brought it (as in stg_invoices)."""
_LATER_KNOWN = {
    "contacts": {"active_to": "active_to"},
    "contracts": {
        "terminated_on": "coalesce(notice_on, terminated_on)",
        "paused_from": "paused_from - 1",
        "paused_until": "paused_until",
    },
    "surveys": {"score": "coalesce(answered_on, asked_on)", "comment": "coalesce(answered_on, asked_on)"},
    "invoices": {
        "paid_amount": _PAYMENT_KNOWN,
        "status": f"case when status = 'paid' then {_PAYMENT_KNOWN} else issued_on end",  # what is void never was a debt
    },
    "opportunities": {"outcome": "coalesce(closed_on, opened_on)"},
}
"""Columns that are not events themselves, with the day from which they are known; null until then."""

_END_HELD_TO = """
    case
        when renews_months is null and end_on between date '{day}' and date '{held_to}'
            and end_on = max(case when renews_months is null then coalesce(end_on, date '9999-12-31') else date '9999-12-31' end)
                filter ((terminated_on is null or {told} > date '{day}') and not coalesce(trial, false)) over (partition by customer_id)
        then date '{held_to}'
        else end_on
    end"""


def known_from_day(table: Table) -> str:
    """The day from which a row of the table is known, as an SQL expression; empty if rows are always known."""
    events = [part for c in table.columns if c.event for part in (c.name, c.blank_is) if part]
    declared = _KNOWN_FROM.get(table.name)
    return declared if declared is not None else f"coalesce({', '.join(f'cast({e} as date)' for e in events)})" if events else ""


def about_day(table: Table) -> str:
    """The day a row of the table is about, as an SQL expression; for most tables the day from which it is known."""
    return _ABOUT_DAY.get(table.name) or known_from_day(table)


def later_known_columns(table: Table) -> dict[str, str]:
    """The columns that may be filled after the row is known, each with the day (in SQL) from which its value is known."""
    if not known_from_day(table):
        return {}
    filled_later = {c.name: f"cast({c.name} as date)" for c in table.columns if _may_be_filled_later(c)}
    instants = {table.instants[name]: day for name, day in filled_later.items() if name in table.instants}
    return filled_later | instants | _LATER_KNOWN.get(table.name, {})


def _may_be_filled_later(column: Column) -> bool:
    return column.event and not column.required


@contextmanager
def views_as_of(session: Session, day: date, late_until: date | None = None, held_to: date | None = None) -> Iterator[None]:
    """Inside the block, this session only reads the data as known at the end of `day`.

    `late_until`: rows that became known by then are included if they are about days up to `day`.
    `held_to`: if all contract lines of a customer end as agreed between `day` and then, the last end is read as that day.
    If the block raises, discard the session.
    """
    stored = session.select("select current_database() as name")["name"][0]
    known = completeness.read(session)  # how far the tables reach is not changed by what is hidden
    dated_tables = [t for t in TABLES.values() if known_from_day(t)]
    for table in dated_tables:
        session._cursor.execute(_create_view(table, f'"{stored}".main.{table.name}', day, late_until, held_to))
    with completeness.assumed(session, known):
        yield
    for table in dated_tables:
        session._cursor.execute(f"drop view temp.{table.name}")


def _create_view(table: Table, source: str, day: date, late_until: date | None, held_to: date | None) -> str:
    """Statement that creates the view of one table as known on a day."""
    is_visible = f"coalesce({known_from_day(table)} <= date '{day}', true)"
    if late_until and table.name in _ABOUT_DAY:
        is_visible += f" or ({known_from_day(table)} <= date '{late_until}' and {about_day(table)} <= date '{day}')"
    column_values = {
        name: f"case when {known_from} <= date '{day}' then {name} end" for name, known_from in later_known_columns(table).items()
    }
    if held_to and table.name == "contracts":
        column_values["end_on"] = _END_HELD_TO.format(day=day, held_to=held_to, told=later_known_columns(table)["terminated_on"])
    replaced = ", ".join(f"{value} as {name}" for name, value in column_values.items())
    return f"create temp view {table.name} as select *{f' replace ({replaced})' if column_values else ''} from {source} where {is_visible}"


def late_customers(session: Session, day: date, until: date) -> set[str] | None:
    """Customers with rows that are about days up to `day` but became known between `day` and `until`; None for all customers."""
    customers: set[str] = set()
    for name in _ABOUT_DAY:
        known_from, about_day_sql = known_from_day(TABLES[name]), about_day(TABLES[name])
        customer_column = "customer_id" if "customer_id" in TABLES[name].names else "null"
        rows = session.select(
            f"select distinct {customer_column} as customer_id from {name} "
            f"where {known_from} > date '{day}' and {known_from} <= date '{until}' and {about_day_sql} <= date '{day}'"
        )
        if rows["customer_id"].null_count():
            return None
        customers |= set(rows["customer_id"])
    return customers
