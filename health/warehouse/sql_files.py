"""The SQL files of the warehouse: their text, the relations they read, and the order in which the files of the facts run."""

import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

from health.tables import TABLES

SQL = Path(__file__).parent / "sql"
_COMMENT = re.compile(r"--[^\n]*")
_CREATE = re.compile(r"^create or replace temp (?:table|view) \w+ as\s+")
_RELATION = re.compile(r"\b(?:from|join)\s+(\w+)")
_PARAMETER = re.compile(r"\$(\w+)")


@cache
def sql_text(name: str) -> str:
    """The text of sql/<name>.sql."""
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def query_text(name: str) -> str:
    """The query of sql/<name>.sql, without the `create ... as` before it."""
    return _CREATE.sub("", _COMMENT.sub("", sql_text(name)).strip(), count=1)


@cache
def relations(name: str) -> frozenset[str]:
    """The names after `from` and `join` in sql/<name>.sql: tables, views, steps and common table expressions."""
    return frozenset(_RELATION.findall(_COMMENT.sub("", sql_text(name))))


@cache
def parameters(name: str) -> frozenset[str]:
    """The names of the $parameters in sql/<name>.sql."""
    return frozenset(_PARAMETER.findall(_COMMENT.sub("", sql_text(name))))


@cache
def staging_views(name: str) -> tuple[str, ...]:
    """Statements that create the staging views sql/<name>.sql reads, each after those that it reads itself.

    Each view is a file of sql/staging named after it; inside an overlay it reads the overlaid tables.
    """
    views = [statement for view in sorted(relations(name) & STAGING) for statement in create_staging(view)]
    return tuple(dict.fromkeys(views))


def create_staging(view: str) -> tuple[str, ...]:
    """The statements that create one staging view for the session, after the views that it reads."""
    file = f"staging/{view}"
    return (*staging_views(file), f"create or replace temp view {view} as {sql_text(file)}")


@cache
def _tables_staged(view: str) -> frozenset[str]:
    """The tables of TABLES that a staging view reads, itself or through another one."""
    read_directly = relations(f"staging/{view}")
    return (read_directly & TABLES.keys()).union(*map(_tables_staged, read_directly & STAGING))


@cache
def tables_read(step: str) -> frozenset[str]:
    """The tables of TABLES and the other steps that a step of the facts reads, itself or through a staging view or another step."""
    read_directly = relations(f"facts/{step}") - {step}
    return (read_directly & {*TABLES, *STEPS}).union(
        *map(_tables_staged, read_directly & STAGING), *map(tables_read, read_directly & set(STEPS))
    )


def _file_names(folder: str) -> list[str]:
    return sorted(path.stem for path in (SQL / folder).glob("*.sql"))


def _ordered_steps() -> tuple[str, ...]:
    """Every file of sql/facts ending in _facts and the files these read, each after the files it reads."""
    files = set(_file_names("facts"))
    graph = TopologicalSorter[str]()
    waiting = [name for name in sorted(files) if name.endswith("_facts")]
    for name in waiting:
        reads = sorted((relations(f"facts/{name}") & files) - {name, "scope"})
        graph.add(name, *reads)
        waiting += [other for other in reads if other not in waiting]
    return tuple(graph.static_order())


STAGING = frozenset(_file_names("staging"))
STEPS = _ordered_steps()
"""The steps of the facts in the order in which they run."""
