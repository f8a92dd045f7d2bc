"""docs/method.md says what the code does: every worked example, curve, constant and generated table of it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.docs.method_checks import CHECKS, points_of
from tests.docs.method_tables import MADE, between

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```toml example=(\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CURVES = re.findall(r"^\| (\w+\.\w+) \|.*\| `([^`]+)` \|$", PAGE, re.MULTILINE)
CONSTANTS = re.findall(r"^\| (-?\d[^|]*) \| `(health[\w.]*):([\w,]+)(?:\[\"([\w-]+)\"\])?` \|$", PAGE, re.MULTILINE)


def printed(value: Any) -> float:
    """How far a figure may lie from the one printed: half of its last digit; nothing where it is whole."""
    return (
        0.5 * 10.0 ** int(value.as_tuple().exponent) * (1 + 1e-9) if isinstance(value, Decimal) else 0.5 if isinstance(value, int) else 0.0
    )


def wrong(said: Any, found: Any, where: str) -> Iterator[str]:
    """Figures of the page that the code does not give."""
    if isinstance(said, Mapping):
        for name, value in said.items():
            yield from wrong(value, found[name], f"{where}.{name}")
    elif isinstance(said, list):
        assert len(said) == len(found), f"{where}: {len(said)} figures on the page, {len(found)} in the code"
        for nth, (one, other) in enumerate(zip(said, found, strict=True)):
            yield from wrong(one, other, f"{where}[{nth}]")
    elif isinstance(said, Decimal) or (isinstance(said, int) and not isinstance(said, bool)):
        if abs(float(said) - float(found)) > printed(said):
            yield f"{where}: the page says {said}, the code {found}"
    elif said != found:
        yield f"{where}: the page says {said!r}, the code {found!r}"


@pytest.mark.parametrize(("kind", "body"), EXAMPLES, ids=[f"{kind}-{nth}" for nth, (kind, _) in enumerate(EXAMPLES)])
def test_the_worked_example_is_what_the_code_gives(kind: str, body: str) -> None:
    assert kind in CHECKS, f"nothing runs an example of the kind {kind}; add it to tests/docs/method_checks.py"
    given = tomllib.loads(body, parse_float=Decimal)
    said = given.pop("gives")
    assert said and not list(wrong(said, CHECKS[kind](given), kind)), list(wrong(said, CHECKS[kind](given), kind))


def test_every_kind_of_example_is_on_the_page_and_every_block_is_one() -> None:
    assert {kind for kind, _ in EXAMPLES} == set(CHECKS)
    assert PAGE.count("```toml") == len(EXAMPLES)


@pytest.mark.parametrize(("part", "formula"), CURVES)
def test_the_curve_of_each_part_is_the_one_on_the_page(part: str, formula: str) -> None:
    drawn = points_of(part)
    assert drawn, f"{part} has no curve"
    assert [points for _, points in drawn] == pytest.approx([formula_at(formula, x) for x, _ in drawn], abs=1e-9)


def formula_at(formula: str, x: float) -> float:
    """The points that a formula of the page gives."""
    if ramp := re.fullmatch(r"ramp\(x, (\S+), (\S+)\)", formula):
        worst, best = map(float, ramp.groups())
        return 100 * min(max((x - worst) / (best - worst), 0.0), 1.0)
    halving = re.fullmatch(r"(100 − )?100 × 2\^\(−x/(\d+)\)", formula)
    assert halving, f"{formula} is no formula this test knows"
    fading = 100 * 2 ** (-x / int(halving.group(2)))
    return 100 - fading if halving.group(1) else fading


def test_enough_curves_and_constants_are_read_from_the_page() -> None:
    assert len(CURVES) >= 20 and len(CONSTANTS) >= 45
    assert PAGE.count("| `health.") == len(CONSTANTS), "a row of a table 'number | in code' is not read"


@pytest.mark.parametrize(("words", "module", "names", "key"), CONSTANTS, ids=[f"{m}:{n}{k}" for _, m, n, k in CONSTANTS])
def test_the_number_on_the_page_is_the_one_in_the_code(words: str, module: str, names: str, key: str) -> None:
    found = [getattr(import_module(module), name) for name in names.split(",")]
    if key:
        found = list(vars(found[0][key]).values())
    flat = [x for value in found for x in (value if isinstance(value, tuple) else (value,))]
    said = re.match(r"(?:-?[\d.,]*\d(?:, )?)+", words)
    assert said and [float(n.replace(",", "")) for n in said.group().split(", ") if n] == [float(x) for x in flat], f"{words}: {flat}"


@pytest.mark.parametrize("mark", MADE)
def test_the_table_is_the_one_that_the_code_declares(mark: str) -> None:
    assert between(PAGE, mark).group().strip() == MADE[mark](), "regenerate it with: make docs"
