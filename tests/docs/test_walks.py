"""What CONTRIBUTING.md has the reader type is code that does what the walk says."""

import re
from pathlib import Path
from typing import Any

import polars as pl

from health import tables
from health.columns import Column, Table
from health.score.components import component_points
from health.ui.screens import Screen

ROOT = Path(__file__).parent.parent.parent
WALKS = re.split(r"^## Walk \d: .*$", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
FILES = [re.findall(r"^```python\n(.*?)^```$", walk, re.MULTILINE | re.DOTALL) for walk in WALKS]


def run(source: str) -> dict[str, Any]:
    """The names that a file of a walk defines."""
    names: dict[str, Any] = {}
    exec(compile(source, "CONTRIBUTING.md", "exec"), names)
    return names


def entry(walk: int, names: dict[str, Any]) -> Any:
    """What the first indented fragment of a walk adds to a list; it ends with the comma that parts it from the next."""
    found = re.findall(r"^```\n( +.*?)^```$", WALKS[walk], re.MULTILINE | re.DOTALL)
    assert found and found[0].rstrip().endswith(","), f"walk {walk + 1} has lost its fragment"
    return eval(found[0].strip().rstrip(","), dict(names))


def test_the_component_of_the_walk_gives_the_points_of_its_example() -> None:
    column = entry(0, vars(tables))
    assert isinstance(column, Column) and column.event
    component = run(FILES[0][0])["TRAINING"]
    facts = pl.DataFrame({"trained_people": [1, 0], "trainable_people": [2, 0]})
    assert facts.select(component_points(component))["training_points"].to_list() == [5000, None]
    assert component.needs in tables.TABLES


def test_the_table_of_the_walk_is_a_table() -> None:
    table = entry(1, vars(tables))
    assert isinstance(table, Table) and len(table.columns) == 6
    assert table.names[-1] == "recorded_at" and set(table.key) <= set(table.names)


def test_the_page_of_the_walk_is_declared_where_its_script_lies_and_says_what_it_found() -> None:
    screen = entry(2, {"Screen": Screen})
    assert f"`{screen.script}`" in WALKS[2] and f'ui.require("{screen.key}")' in FILES[2][1]
    regions = run(FILES[2][0])
    now = pl.DataFrame(
        {"status": ["active", "active", "active", "lost"], "region": ["north", None, "north", "south"],
         "band": ["at_risk", "watch", "at_risk", None]}
    )  # fmt: skip
    rows = regions["by_region"](now)
    assert rows.rows() == [("north", 2, 2), ("not given", 1, 0)]
    assert regions["title"](rows) == "North: 2 customers at risk" and regions["title"](rows.clear()) == "No active customers"
