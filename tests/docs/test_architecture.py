"""docs/architecture.md names every package there is, and nothing that is not there."""

import re
from pathlib import Path

import health
from tests.test_layers import HOMES, ORDER

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
WALKED = {
    "health/warehouse/sql/facts/training_facts.sql", "health/score/components/training.py", "health/insight/regions.py",
    "pages/executive/regions.py",
}  # fmt: skip
"""Files that the walks of CONTRIBUTING.md tell the reader to write."""
PACKAGES = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "health").rglob("__init__.py")}


def test_every_package_is_named_once_and_every_named_one_is_there() -> None:
    named = re.findall(r"^\| `(health[\w.]*)` \|", PAGE, re.MULTILINE)
    assert sorted(named) == sorted(PACKAGES)


def test_every_path_and_module_that_is_named_is_there() -> None:
    pages = (ROOT / name for name in ("docs/architecture.md", "docs/method.md", "CONTRIBUTING.md", "README.md"))
    named = {
        path for page in pages for path in re.findall(r"`((?:health|pages|tests|docs|data)/[\w./]+)`", page.read_text(encoding="utf-8"))
    }
    assert len(named) >= 15
    made = {"data/warehouse.duckdb"} | WALKED
    assert [path for path in sorted(named - made) if not (ROOT / path).exists()] == []


def test_the_picture_holds_every_layer_in_the_order_of_the_imports() -> None:
    picture = PAGE.split("```")[1]
    found = [re.search(rf"\b{layer}\b", picture) for layer in ORDER]
    places = [place.start() for place in found if place]
    assert len(places) == len(ORDER) and places == sorted(places)


def test_the_picture_says_where_each_library_belongs() -> None:
    words = PAGE.lower()
    names = {"sklearn": "scikit-learn"}
    assert [library for library in HOMES if library not in ("icalendar", "typst") and names.get(library, library) not in words] == []


def test_the_package_lists_its_layers_in_order() -> None:
    listed = health.__doc__.split("before it: ")[1].split(". The command line")[0]
    assert tuple(re.split(r",\s+", listed)) == ORDER
