"""The templates are made out of TABLES and load as they stand."""

from pathlib import Path

import pytest

from health.intake import load
from health.intake.template import template
from health.tables import TABLES
from tests.intake.files import empty_book, feed

FOLDER = Path(__file__).parents[2] / "data" / "templates"


def test_there_is_one_template_a_table_and_no_other() -> None:
    wanted = sorted(f"{name}.csv" for name in TABLES)
    assert sorted(p.name for p in FOLDER.iterdir()) == wanted, "write them again with: make docs"


@pytest.mark.parametrize("name", TABLES)
def test_a_template_equals_its_table(name: str) -> None:
    path = FOLDER / f"{name}.csv"
    assert path.exists() and path.read_text(encoding="utf-8") == template(TABLES[name]), "write it again with: make docs"


def test_every_template_loads_as_it_stands() -> None:
    book = empty_book()
    for name in TABLES:
        (count,) = feed(book, name, template(TABLES[name])).tables
        assert (count.read, count.accepted) == (1, 1), (name, load.refused(book, 1))
