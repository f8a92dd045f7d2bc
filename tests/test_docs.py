"""The README and the templates say what the code declares. After a change of a declaration, `make docs` writes both again."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from health.cli.parser import parser
from health.intake.template import template
from health.score.components import COMPONENTS
from health.tables import TABLES
from health.ui.screens import SCREENS
from tests.docs import method_tables

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TEMPLATES = ROOT / "data" / "templates"


def lines(*rows: tuple[str, ...]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def components() -> str:
    """One row a component, as COMPONENTS declares it; those without a weight are off until the settings give them some."""
    declared = ((f"**{c.label}**", f"{c.weight} %" if c.weight else "off", f"`{c.needs}`", c.why) for c in COMPONENTS)
    return lines(("component", "weight", "needs the table", "why it counts"), *declared)


def tables() -> str:
    """One row a table, as TABLES declares it; columns a row is refused without are bold."""
    everywhere = set.intersection(*(set(t.names) for t in TABLES.values()))  # said once, above the table
    columns = {t.name: [f"**{c.name}**" if c.required else c.name for c in t.columns if c.name not in everywhere] for t in TABLES.values()}
    declared = ((f"`{t.name}`", t.grain, ", ".join(columns[t.name]), t.score_use) for t in TABLES.values())
    return lines(("table", "one row per", "columns (**required**)", "what the score takes from it"), *declared)


def screens() -> str:
    """The question each screen answers, as SCREENS declares it, and its pictures where they have been taken."""
    return "\n\n".join(_screen(key, screen.title, screen.question) for key, screen in SCREENS.items())


def _screen(key: str, title: str, question: str) -> str:
    sizes = {"light": "light", "dark": "dark", "phone": "on a phone"}
    files = {size: f"static/screens/{key}-{size}.webp" for size in sizes}
    head = f"**{title}**: {question[0].lower()}{question[1:]}"
    if not all((ROOT / file).exists() for file in files.values()):
        return head
    return f"{head}\n\n{lines(tuple(sizes), tuple(f'![{title}, {words}]({files[size]})' for size, words in sizes.items()))}"


MADE = {"components": components, "tables": tables, "screens": screens}


def between(text: str, mark: str) -> re.Match[str]:
    """The stretch of the README between two markers."""
    found = re.search(rf"(?<=<!-- {mark} -->\n).*?(?=<!-- /{mark} -->)", text, re.DOTALL)
    assert found, f"README.md has lost its markers <!-- {mark} --> and <!-- /{mark} -->"
    return found


@pytest.mark.parametrize("mark", MADE)
def test_the_readme_tells_what_the_code_declares(mark: str) -> None:
    told = between(README.read_text(encoding="utf-8"), mark).group()
    assert told.strip() == MADE[mark](), "write it again with: make docs"


def test_every_command_of_the_readme_is_understood() -> None:
    told = re.findall(r"\.venv/bin/python -m health ([^\n`]+)", README.read_text(encoding="utf-8"))
    assert len(told) >= 8
    for command in told:
        assert callable(parser().parse_args(shlex.split(command)).run), command


def test_every_file_the_readme_names_is_there() -> None:
    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"\]\(([^)]+)\)", text)) | set(re.findall(r"data/(?:mappings|templates)/[\w.]*", text))
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_screen_is_shown_in_the_readme() -> None:
    shown = between(README.read_text(encoding="utf-8"), "screens").group()
    assert [screen.title for screen in SCREENS.values() if f"**{screen.title}**" not in shown] == []


def test_the_server_listens_on_this_machine_only_and_tells_nobody() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["client"]["showErrorDetails"] == "none"
    assert config["browser"]["gatherUsageStats"] is False


def write() -> None:
    """Write the tables between the README's markers, and one template per table."""
    text = README.read_text(encoding="utf-8")
    for mark, made in MADE.items():
        place = between(text, mark)
        text = f"{text[: place.start()]}{made()}\n{text[place.end() :]}"
    README.write_text(text, encoding="utf-8")
    for path in TEMPLATES.glob("*.csv"):
        path.unlink()
    for name, table in TABLES.items():
        (TEMPLATES / f"{name}.csv").write_text(template(table), encoding="utf-8")


if __name__ == "__main__":
    write()
    method_tables.write()
