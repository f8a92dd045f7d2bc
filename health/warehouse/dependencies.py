"""Which steps of the facts depend on which tables; the facts of the other steps can be taken from the stored history."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from health.tables import TABLES
from health.warehouse import SQL, Session

_NAMED = re.compile(r"\b(?:from|join)\s+(\w+)")


@cache
def reads(step: str) -> frozenset[str]:
    """The tables and the other steps that a step of the facts reads, directly or indirectly, parsed from its SQL."""
    named = set(_NAMED.findall((SQL / "facts" / f"{step}.sql").read_text(encoding="utf-8"))) - {step}
    steps = {name for name in named if (SQL / "facts" / f"{name}.sql").is_file()}
    return frozenset(named & {*TABLES, *steps}).union(*map(reads, steps))


def columns(session: Session, step: str) -> list[str]:
    """The columns that a step of the facts yields, parsed from its SQL."""
    query = {"query": (SQL / "facts" / f"{step}.sql").read_text(encoding="utf-8")}
    parsed = json.loads(session._cursor.execute("select json_serialize_sql($query)", query).fetchall()[0][0])
    selected = parsed["statements"][0]["node"]["select_list"]
    return [name for item in selected if (name := item["alias"] or item.get("column_names", [""])[-1])]


def parts(steps: Sequence[str], changed: Collection[str] | None) -> list[str]:
    """The steps that yield facts and read one of the changed tables; None: any table may have changed."""
    return [step for step in steps if step.endswith("_facts") and (changed is None or not reads(step).isdisjoint(changed))]


def needed(steps: Sequence[str], wanted: Collection[str]) -> list[str]:
    """The wanted steps and the steps they read, in their order."""
    return [step for step in steps if step in wanted or any(step in reads(other) for other in wanted)]


@contextmanager
def kept(session: Session, steps: Collection[str]) -> Iterator[None]:
    """Inside the block these steps are read from the stored history of the customers in scope and the days asked for."""
    if steps:
        session.run("facts/stored")
    for step in steps:
        session._cursor.execute(f"drop table if exists temp.{step}")
        session._cursor.execute(f"create temp view {step} as from stored")
    yield
    for step in steps:
        session._cursor.execute(f"drop view temp.{step}")
