"""The order of the house: imports run one way, and each library, colour and clock has its one home. Read from the syntax trees."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ORDER = (
    "errors", "bands", "currency", "format", "status", "month_ends", "service_hours", "columns", "tables", "demo", "warehouse", "access",
    "score", "intake", "foresight", "desk", "insight", "portfolio", "charts", "report", "ui", "pages", "app",
)  # fmt: skip
BESIDE = {"cli": "ui", "__main__": "pages"}  # stand on the same step, and neither imports the other
HOMES = {
    "duckdb": {"warehouse"},
    "altair": {"charts"},
    "streamlit": {"ui", "pages", "app"},
    "sklearn": {"foresight"},
    "scipy": {"foresight"},
    "icalendar": {"report"},
    "typst": {"report"},
}
DEMO_READERS = {"demo", "cli", "ui"}
CLOCK_READERS = {"cli", "ui"}
CLOCKS = {"now", "today", "utcnow"}
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("health/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"])
}


@cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    """All of a module's syntax tree, read once for all rules."""
    return tuple(ast.walk(ast.parse(source)))


def layer(path: str) -> str:
    """'health/score/compose.py' -> 'score', 'pages/account/client.py' -> 'pages', 'app.py' -> 'app'."""
    parts = path.removesuffix(".py").split("/")
    return parts[1] if parts[0] == "health" else parts[0]


def imports(path: str, source: str) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a module imports; relative imports are written out."""
    here = path.removesuffix(".py").split("/")
    for node in nodes(source):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*(here[: -node.level] if node.level else []), *(node.module or "").split(".")]
            stem = ".".join(part for part in base if part)
            yield from ((node.lineno, f"{stem}.{name.name}") for name in node.names)


def against_the_order(path: str, source: str) -> list[str]:
    """Imports of a layer that does not stand to the left of the importing one."""
    mine = layer(path)
    if mine == "__init__":
        return [f"{path}:{line} imports {name}; health/__init__.py holds only its docstring" for line, name in imports(path, source)]
    steps = {name: ORDER.index(BESIDE.get(name, name)) for name in (*ORDER, *BESIDE)}
    if mine not in steps:
        return [f"{path}: {mine} has no place in ORDER"]
    wrong = []
    for line, name in imports(path, source):
        parts = name.split(".")
        theirs = parts[1] if parts[0] == "health" and len(parts) > 1 else parts[0]
        if parts[0] in {"health", "pages", "app"} and theirs != mine and steps.get(theirs, len(ORDER)) >= steps[mine]:
            wrong.append(f"{path}:{line} imports {name}, which does not stand before {mine}")
    return wrong


def away_from_home(path: str, source: str) -> list[str]:
    """Imports of a library, or of the demo, outside the rooms they belong to."""
    homes = {**HOMES, "health.demo": DEMO_READERS}
    return [
        f"{path}:{line} imports {name}; {library} belongs to {', '.join(sorted(rooms))}"
        for line, name in imports(path, source)
        for library, rooms in homes.items()
        if f"{name}.".startswith(f"{library}.") and layer(path) not in rooms
    ]


def clocks(path: str, source: str) -> list[str]:
    """Calls that ask the clock for the day, outside the command line and the screens."""
    calls = (node for node in nodes(source) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [f"{path}:{c.lineno} asks the clock" for c in calls if c.func.attr in CLOCKS and layer(path) not in CLOCK_READERS]


def unsafe_html(path: str, source: str) -> list[str]:
    """Calls that let HTML through."""
    calls = (node for node in nodes(source) if isinstance(node, ast.Call))
    return [f"{path}:{c.lineno} passes unsafe_allow_html" for c in calls for k in c.keywords if k.arg == "unsafe_allow_html"]


def typed_colours(path: str, source: str) -> list[str]:
    """Colours written as '#RRGGBB' in code, outside health/bands.py."""
    texts = (node for node in nodes(source) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return (
        []
        if path == "health/bands.py"
        else [f"{path}:{t.lineno} types a colour" for t in texts if re.search(r"#[0-9A-Fa-f]{6}\b", t.value)]
    )


RULES = {
    "imports run one way": (against_the_order, "health/score/x.py", "from health.charts import bars"),
    "the command line stands beside the screens": (against_the_order, "health/cli/x.py", "from health import ui"),
    "relative imports count": (against_the_order, "health/score/x.py", "from ..ui import cards"),
    "libraries stay at home": (away_from_home, "health/score/x.py", "import duckdb"),
    "the demo is not read by the product": (away_from_home, "health/score/x.py", "from health.demo import generate"),
    "nothing in health asks the clock": (clocks, "health/score/x.py", "from datetime import date\ndate.today()"),
    "no HTML from data": (unsafe_html, "health/ui/x.py", "st.markdown(name, unsafe_allow_html=True)"),
    "colours are stated once": (typed_colours, "health/charts/x.py", "RED = '#A5112F'"),
}


@pytest.mark.parametrize("rule", RULES)
def test_the_code_keeps_the_rule(rule: str) -> None:
    check, _, _ = RULES[rule]
    assert [fault for path, source in SOURCES.items() for fault in check(path, source)] == []


@pytest.mark.parametrize("rule", RULES)
def test_a_breach_of_the_rule_would_be_noticed(rule: str) -> None:
    check, path, breach = RULES[rule]
    assert len(check(path, breach)) == 1


def test_no_script_lies_directly_in_pages() -> None:
    assert [path for path in SOURCES if re.fullmatch(r"pages/[^/]+\.py", path)] == [], (
        "it could be opened past app.py: move it to a sub-folder"
    )


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    assert [path for path in SOURCES if re.search(r"(^|/)(utils?|helpers?|misc|common)(\.py|/)", path)] == []


def test_the_walk_sees_the_house() -> None:
    assert {"errors", "tables", "warehouse", "score", "ui", "pages", "app"} <= {layer(path) for path in SOURCES}
