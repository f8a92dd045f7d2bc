"""What the code cites of docs/method.md is there, and nothing else is cited."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
FILES = (*(ROOT / "health").rglob("*.py"), *(ROOT / "health").rglob("*.sql"))
SOURCES = {path.relative_to(ROOT).as_posix(): " ".join(path.read_text(encoding="utf-8").split()) for path in sorted(FILES)}
"""Every source as one line, since a citation may run over the end of one."""
NUMBERS = {found.rstrip(".") for found in re.findall(r"^#{2,3} ([\d.]+)", PAGE, re.MULTILINE)}
TITLES = tuple(re.findall(r"^#{2,3} (?:[\d.]+ )?(.+)$", PAGE, re.MULTILINE))


def is_there(cited: str) -> bool:
    """Whether what follows `docs/method.md` names a section, by number or title."""
    number = re.match(r", section (\d(?:\.\d)?)", cited)
    return number.group(1) in NUMBERS if number else cited.startswith(tuple(f", {title}" for title in TITLES))


def test_every_citation_names_a_section_that_is_there() -> None:
    cited = {path: [source[at.end() : at.end() + 80] for at in re.finditer(r"docs/method\.md", source)] for path, source in SOURCES.items()}
    assert sum(map(bool, cited.values())) >= 30
    assert {path: lost for path, words in cited.items() if (lost := [w for w in words if not is_there(w)])} == {}


def test_no_source_cites_a_method_that_is_not_in_the_repository() -> None:
    assert [path for path, source in SOURCES.items() if re.search(r"\bMETHOD\b", source)] == []
