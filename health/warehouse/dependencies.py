"""Which steps of the facts depend on which tables; the facts of the other steps can be taken from the stored history."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager

from health.errors import Storage
from health.warehouse import Session
from health.warehouse.sql_files import STEPS, query_text, relations, tables_read

FACT_STEPS = tuple(step for step in STEPS if step.endswith("_facts"))
"""The steps whose columns are facts, one row per customer and day; the others prepare rows for them."""
KEY = ("customer_id", "as_of")


def affected_steps(changed: Collection[str] | None) -> list[str]:
    """The fact steps that read one of the changed tables; None: any table may have changed.

    A table that facts.sql reads itself decides which customers have facts, so a change of it affects every step.
    """
    if changed is None or not relations("facts/facts").isdisjoint(changed):
        return list(FACT_STEPS)
    return [step for step in FACT_STEPS if not tables_read(step).isdisjoint(changed)]


def needed_steps(wanted_steps: Collection[str]) -> list[str]:
    """The wanted steps and the steps they read, in the order in which they run."""
    return [step for step in STEPS if step in wanted_steps or any(step in tables_read(other) for other in wanted_steps)]


def step_columns(session: Session, step: str) -> list[str]:
    """The columns that a fact step yields, its key included, parsed from its SQL. Errors: Storage where it selects `*`."""
    columns, is_complete = _selected_columns(session, f"facts/{step}")
    if not is_complete:
        raise Storage(f"facts/{step}.sql: list the columns of its last select by name.")
    return columns


def fact_columns(session: Session) -> list[str]:
    """The columns of all facts, key included: those of every fact step and those that facts.sql adds."""
    added, _ = _selected_columns(session, "facts/facts")
    steps = [name for step in FACT_STEPS for name in step_columns(session, step) if name not in KEY]
    return [*KEY, *steps, *added]


def _selected_columns(session: Session, name: str) -> tuple[list[str], bool]:
    """The named columns of the file's last select, and whether these are all."""
    parsed = json.loads(session._cursor.execute("select json_serialize_sql($query)", {"query": query_text(name)}).fetchall()[0][0])
    items = parsed["statements"][0]["node"]["select_list"]
    columns = [name for item in items if (name := item["alias"] or item.get("column_names", [""])[-1])]
    return columns, len(columns) == len(items)


@contextmanager
def steps_from_history(session: Session, columns: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Inside the block these steps are read from the stored history of the customers in scope and the days asked for."""
    if columns:
        session.run("facts/stored")
    for step, names in columns.items():
        session._cursor.execute(f"drop table if exists temp.{step}")
        session._cursor.execute(f"create temp view {step} as select {', '.join(names)} from stored")
    yield
    for step in columns:
        session._cursor.execute(f"drop view temp.{step}")
