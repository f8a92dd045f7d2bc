"""The time zone of the book: stored times are local times in it; those given with an offset also keep their instant."""

from functools import cache
from zoneinfo import available_timezones

from health.errors import InvalidInput
from health.tables import TABLES
from health.warehouse import Session
from health.warehouse.schema import replaced

_NOT_PORTABLE = ("localtime", "Factory")


@cache
def names() -> tuple[str, ...]:
    """The time zones that can be chosen, by name."""
    return tuple(sorted(available_timezones().difference(_NOT_PORTABLE)))


def check(zone: str) -> None:
    """Raise InvalidInput if there is no such time zone."""
    if zone not in names():
        raise InvalidInput(f"There is no time zone '{zone[:60]}'; use a name such as Europe/Amsterdam or UTC.")


def move_instants(session: Session, zone: str) -> None:
    """Rewrite the local times of stored instants for another zone; times given without an offset stay as they were written."""
    for table in TABLES.values():
        for name, instant in table.instants.items():
            for stored in (table.name, replaced(table.name)):
                session._cursor.execute(
                    f"update {stored} set {name} = timezone($zone, timezone('UTC', {instant})) where {instant} is not null", {"zone": zone}
                )


def count_times(session: Session) -> tuple[int, int]:
    """How many stored times were given with an offset, and how many without."""
    counts = " union all ".join(
        f"select count({instant}) as instants, count({name}) as times from {table.name}"
        for table in TABLES.values()
        for name, instant in table.instants.items()
    )
    instants, times = session.select(f"select sum(instants)::bigint, sum(times)::bigint from ({counts})").row(0)
    return instants, times - instants
