"""README.md leads a newcomer to every package."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

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
    """The commands of 'Your own data', run in their order on an empty warehouse: the object that each prints."""
    folder = tmp_path_factory.mktemp("walk")
    (folder / "data").symlink_to(ROOT / "data")
    environment = os.environ | {"HEALTH_WAREHOUSE": str(folder / "w.duckdb"), "PYTHONPATH": str(ROOT)}
    printed: dict[str, dict[str, Any]] = {}
    for words in WALK:
        command = [sys.executable, "-m", "health", *words.split(), "--json"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (words, done.stderr)
        printed[words] = json.loads(done.stdout)
    return printed


def test_the_walk_through_own_data_ends_with_a_score(walk: dict[str, dict[str, Any]]) -> None:
    score = walk["score --out scores.csv"]
    assert score["mean_health"] is not None
    assert score["bands"]["unknown"] < score["customers"] / 2
    assert walk["check"]["ok"]


def test_the_refused_rows_of_the_walk_exist(walk: dict[str, dict[str, Any]]) -> None:
    assert walk["refused 3 --out corrections.csv"]["refused"] > 0
