"""Which steps of the facts depend on which tables; the facts of the other steps can be taken from the stored history."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

import duckdb

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


def step_columns(step: str) -> list[str]:
    """The columns that a fact step yields, its key included, parsed from its SQL. Errors: Storage where it selects `*`."""
    columns, is_complete = _selected_columns()[step]
    if not is_complete:
        raise Storage(f"facts/{step}.sql: list the columns of its last select by name.")
    return columns


def fact_columns() -> set[str]:
    """The columns of all facts, key included: those of every fact step and those that facts.sql adds."""
    added, _ = _selected_columns()["facts"]
    return {*KEY, *added, *(name for step in FACT_STEPS for name in step_columns(step))}


@cache
def _selected_columns() -> dict[str, tuple[list[str], bool]]:
    """By file of the facts that ends in `facts`: the named columns of its last select, and whether these are all."""
    with duckdb.connect() as parser:
        return {name: _parsed_columns(parser, query_text(f"facts/{name}")) for name in (*FACT_STEPS, "facts")}


def _parsed_columns(parser: duckdb.DuckDBPyConnection, query: str) -> tuple[list[str], bool]:
    parsed = json.loads(parser.execute("select json_serialize_sql($query)", {"query": query}).fetchall()[0][0])
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
