"""README.md leads a newcomer to every package."""

import contextlib
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from health.cli import main

ROOT = Path(__file__).parent.parent.parent
CODE = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## The code\n")[1].split("\n## ")[0]


def test_every_package_is_named_under_its_layer() -> None:
    layers = [path.parent for path in (ROOT / "health").glob("*/__init__.py")]
    assert [layer.name for layer in layers if f"**`{layer.name}`**" not in CODE] == []
    inner = {path.parent.name for path in (ROOT / "health").glob("*/*/__init__.py")}
    assert [name for name in sorted(inner) if f"`{name}`" not in CODE] == []


def test_every_folder_and_module_that_is_named_is_there() -> None:
    named = re.findall(r"^(\w+(?:\.py|/))\s", CODE, re.MULTILINE)
    assert len(named) >= 7
    assert [name for name in named if not (ROOT / name).exists()] == []
    modules = set(re.findall(r"`(\w+\.py)`", CODE)) - {"app.py"}
    assert [name for name in sorted(modules) if not [*(ROOT / "health").rglob(name)]] == []


WALK = re.findall(
    r"^ +\.venv/bin/python -m health (.+)$", (ROOT / "README.md").read_text(encoding="utf-8").split("\n### Files ")[0], re.MULTILINE
)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The commands of 'Your own data', given in their order to the command line over an empty warehouse: the object that each prints."""
    folder = tmp_path_factory.mktemp("walk")
    (folder / "data").symlink_to(ROOT / "data")
    printed: dict[str, dict[str, Any]] = {}
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(folder):
        patch.setenv("HEALTH_WAREHOUSE", str(folder / "w.duckdb"))
        for words in WALK:
            said, told = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(told):
                code = main([*words.split(), "--json"])
            assert code == 0, (words, told.getvalue())
            printed[words] = json.loads(said.getvalue())
    return printed


def test_the_walk_through_own_data_ends_with_a_score(walk: dict[str, dict[str, Any]]) -> None:
    score = walk["score --out scores.csv"]
    assert score["mean_health"] is not None
    assert score["bands"]["unknown"] < score["customers"] / 2
    assert walk["check"]["ok"]


def test_the_refused_rows_of_the_walk_exist(walk: dict[str, dict[str, Any]]) -> None:
    assert walk["refused 3 --out corrections.csv"]["refused"] > 0
