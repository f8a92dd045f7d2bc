"""The catalogue of columns: a column that several tables show is declared once; what a screen declares itself is its own."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from health import format as fmt
from health.ui import columns
from health.ui.columns import band_chip, column, configured

ROOT = Path(__file__).parent.parent
SOURCES = sorted([*ROOT.glob("health/ui/**/*.py"), *ROOT.glob("pages/**/*.py")])


def declarations(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Kind and label of each column that is declared in words."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
            kind = ast.unparse(call.func)
            if (kind.endswith("Column") or kind == "chips") and isinstance(call.args[0].value, str):
                yield kind, call.args[0].value


def test_no_label_is_declared_twice() -> None:
    declared = Counter(one for path in SOURCES for one in declarations(ast.parse(path.read_text(encoding="utf-8"))))
    assert [one for one, times in declared.items() if times > 1] == []


def test_every_column_taken_from_the_catalogue_is_in_it() -> None:
    taken = [
        call.args[0].value
        for path in SOURCES
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "column" and isinstance(call.args[0], ast.Constant)
    ]
    assert taken and [name for name in taken if name not in columns.names()] == []


@pytest.mark.parametrize("name", sorted(columns.names()))
def test_every_column_of_the_catalogue_has_a_label_and_a_width_that_a_screen_may_change(name: str) -> None:
    assert column(name)["label"] and column(name)["width"]
    assert column(name, 321) == {**column(name), "width": 321}


def test_a_table_shows_the_catalogue_by_name_and_by_width_and_the_columns_of_its_own() -> None:
    own = columns.TextColumn("Only here")
    shown = configured({"customer": 190, "mrr": 76, "special": own})
    assert [one["label"] for one in shown.values()] == ["Customer", "MRR", "Only here"] and shown["mrr"]["width"] == 76
    assert configured(["name", "band"]) == {"name": column("name"), "band": column("band")}


def test_a_change_of_format_leaves_the_catalogue_as_it_is() -> None:
    assert column("mrr", 80, format=columns.CENTS)["type_config"]["format"] == columns.CENTS  # type: ignore[index]
    assert column("mrr")["type_config"]["format"] == columns.MONEY  # type: ignore[index]


def test_a_column_that_is_neither_declared_nor_given_is_an_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        configured(["nowhere"])


def test_a_band_is_shown_as_a_chip_and_no_band_as_none() -> None:
    frame = pl.DataFrame({"band": ["at_risk", None], "then": [None, "healthy"]}).with_columns(band_chip(), band_chip("then"))
    labels = {band.key: band.label for band in fmt.BANDS}
    assert frame.rows() == [([labels["at_risk"]], None), (None, [labels["healthy"]])]
