"""How complete the tables are: the day up to which each was loaded, and what was entered by hand later (docs/method.md, section 2)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from health.columns import Column, Table
from health.tables import TABLES
from health.warehouse import Session
from health.warehouse.lineage import DESK
from health.warehouse.schema import replaced

SOURCES = ("interactions", "complaints", "diary", "surveys", "invoices", "promises", "referrals", "usage")
"""The tables whose silence the score counts: clocks that read them run until the day up to which the customer was seen in them."""
STALE_DAYS = 45
NO_LIMIT = date(9999, 12, 30)
_FROM_FILES = f"(load_id is null or load_id not in (select load_id from loads where origin = '{DESK}'))"
_REPLACED_BY_HAND = f"replaced_by in (select load_id from loads where origin = '{DESK}')"
_BY_HAND = f"load_id in (select load_id from loads where origin = '{DESK}' and undone_at is null)"


@dataclass(frozen=True)
class Completeness:
    """How far the loads in force reach. Where no load is on record nothing is known of it, and no clock stops.

    `files_through`: the newest day of all rows that came from files. `declared`: by table, the day stated by its loads, or the newest day
    of rows that a file without a statement brought, if later. `loaded`: the tables with a file on record; `entered`: those with rows
    entered by hand.
    """

    files_through: date | None = None
    declared: Mapping[str, date] = field(default_factory=dict)
    loaded: frozenset[str] = frozenset()
    entered: frozenset[str] = frozenset()

    def through(self, table: str) -> date | None:
        """The day up to which a table is complete: declared, else the newest day of all files; None: not known."""
        return self.declared.get(table, self.files_through)

    def _ends_on(self, table: str) -> date | None:
        """The same where the table is one that can end: its rows have days, or a load declared one."""
        return self.through(table) if has_days(table) else self.declared.get(table)

    def limits(self) -> dict[str, date]:
        """The same of every source of silence, by the name of its SQL parameter; NO_LIMIT where it is not known."""
        return {f"{source}_through": self.through(source) or NO_LIMIT for source in SOURCES}

    def ends(self) -> dict[str, date | None]:
        """All that scores depend on: the newest day of the files, and by table the last complete day; None: not known, or not loaded."""
        tables = {name: self._ends_on(name) if name in self.loaded else None for name in TABLES}
        return {"files": self.files_through} | tables

    def stale(self, day: date) -> dict[str, date]:
        """The loaded tables that end more than 45 days before a day, in the declared order, each with its last complete day."""
        ends = {name: through for name in TABLES if name in self.loaded and (through := self._ends_on(name))}
        return {name: through for name, through in ends.items() if (day - through).days > STALE_DAYS}

    def labels_through(self) -> date | None:
        """The day up to which it is known who left: contracts and exits are both complete; None: not known."""
        return min(self.through("contracts") or NO_LIMIT, self.through("exits") or NO_LIMIT) if self.files_through else None


def read(session: Session) -> Completeness:
    """Completeness of the tables as this session sees them; while views hide later rows, that of the stored tables."""
    if session.completeness is not None:
        return session.completeness
    if session.completeness_by_version is None:
        return _read(session)
    version = session.version
    known = session.completeness_by_version.get(version)
    if known is None:
        session.completeness_by_version.clear()
        known = session.completeness_by_version[version] = _read(session)
    return known


def _read(session: Session) -> Completeness:
    loads = session.frame("queries/loads_of_tables")
    files, entered = loads.filter(~pl.col("by_hand")), frozenset(loads.filter("by_hand")["table_name"])
    if files.is_empty():
        return Completeness(entered=entered)
    stated = files.drop_nulls("complete_through").group_by("table_name").agg(pl.col("complete_through").max())
    declared = dict(stated.iter_rows())
    silent = files.filter(pl.col("complete_through").is_null() & pl.col("table_name").is_in(declared))
    for (name,), rows in silent.group_by("table_name"):
        newest = _newest_day(session, [TABLES[str(name)]], f"load_id in ({', '.join(map(str, rows['load_id']))})")
        declared[str(name)] = max(declared[str(name)], newest or declared[str(name)])
    return Completeness(_files_through(session, entered), declared, frozenset(files["table_name"]), entered)


@contextmanager
def assumed(session: Session, known: Completeness) -> Iterator[None]:
    """Inside the block, this session takes the tables as this complete. If the block raises, discard the session."""
    before, session.completeness = session.completeness, known
    yield
    session.completeness = before


def after_load(session: Session, declared: Mapping[str, date | None]) -> Completeness:
    """Completeness with a load that is laid over the tables but not on record: its tables, each with the day that it declares, if any."""
    known = session.completeness or _read(session)  # with the rows laid over the tables, which no version holds
    later = dict(known.declared)
    for name, stated in declared.items():
        day = stated or (name in later and _newest_day(session, [TABLES[name]], "load_id is null"))
        if day:
            later[name] = max(later.get(name, day), day)
    newest = known.files_through or _newest_day(session, TABLES.values())
    return replace(known, files_through=newest, declared=later, loaded=known.loaded | set(declared))


def _files_through(session: Session, entered: Collection[str]) -> date | None:
    """The newest day of all rows from files, those that an entry by hand replaced included. `entered`: the tables with such entries."""
    days = [_newest_day(session, [table for name, table in TABLES.items() if name not in entered])]
    if entered:
        tables = [table for name, table in TABLES.items() if name in entered]
        days += [
            _newest_day(session, tables, _FROM_FILES),
            _newest_day(session, tables, f"{_FROM_FILES} and {_REPLACED_BY_HAND}", replaced),
        ]
    return max((day for day in days if day), default=None)


def _newest_day(session: Session, tables: Iterable[Table], condition: str = "true", name_of: Callable[[str], str] = str) -> date | None:
    """The latest event of the rows of these tables that meet the condition; `name_of`: the table that is read."""
    days = [
        f"select greatest({', '.join(f'max({event_day(t, c)})' for c in _events(t))}) as day from {name_of(t.name)} where {condition}"
        for t in tables
        if has_days(t.name)
    ]
    if not days:
        return None
    newest: date | None = session.select(f"select max(day) as day from ({' union all '.join(days)})")["day"][0]
    return newest


def hand_days(session: Session, known: Completeness) -> pl.DataFrame:
    """One row per customer, source and day of a row entered by hand: customer_id, source, day."""
    queries = [
        f"select customer_id, '{name}' as source, {event_day(TABLES[name], column)} as day from {name} where {_BY_HAND}"
        for name in SOURCES
        if name in known.entered
        for column in _events(TABLES[name])
    ]
    if not queries:
        return pl.DataFrame(schema={"customer_id": pl.String, "source": pl.String, "day": pl.Date})
    return session.select(f"select distinct * from ({' union all '.join(queries)}) where day is not null")


def has_days(table: str) -> bool:
    """Whether rows of the table have a day on which something happened."""
    return bool(_events(TABLES[table]))


def event_day(table: Table, column: Column) -> str:
    """The day of an event column, as an SQL expression."""
    value = f"coalesce({column.name}, {column.blank_is})" if column.blank_is else column.name
    return f"cast({value} as date)" if column.type == "timestamp" else value


def _events(table: Table) -> list[Column]:
    return [column for column in table.columns if column.event]
