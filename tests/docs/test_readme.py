"""README.md leads a newcomer to every package."""

import re
from pathlib import Path

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
