"""The language of the product: no text that a person reads uses a term to avoid, or shows Markdown as asterisks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent

NOT_READ = ("health/demo/", "health/intake/proposal/synonyms.py", "health/intake/proposal/vocabulary.py", "health/intake/reading/header.py")
"""Words of other systems and invented texts of customers: data, not the product's own voice."""

PLAIN = {
    r"(?<!\.)\bmend(s|ed|ing)?\b": "fix, correct",
    r"\bput off\b": "snooze",
    r"\bailing\b|\bsicker\b": "low health, at risk",
    r"\bunsorted\b": "uncategorised",
    r"\bwhoever\b|\bwhom\b": "customers who ..., the contact",
    r"\bnobody\b": "no customer, no contact",
    r"\bevery ?body\b": "all customers, every customer",
    r"\bthe book\b|\byour book\b|\bin the book\b": "all customers, your customers",
    r"\brelation\b(?! ?\()": "relationship",
    r"\bgoes with\b|\bgo with\b": "is associated with",
    r"\bas delivered\b": "default",
    r"\btossing a coin\b|\bcoin\b": "random guessing",
    r"\bpast (its|the) (limit|hour)\b": "overdue",
    r"\bby chance\b": "at random",
    r"\bdearer\b": "more expensive",
    r"\banew\b": "again",
    r"\bheld the\b|\bholds? anything\b|\bhold it\b": "override",
    r"\bchances? of leaving\b": "churn probability",
    r"\bthe lost\b": "churned customers",
    r"\ba draft is tried\b": "preview",
    r"\btake (over|it back)\b|\btaken back\b": "use, undo",
    r"\brows behind\b|\bnothing behind it\b": "source rows",
    r"\blook(ed)? round\b": "look around",
    r"\bof whom\b|\bamid\b|\bwhat parts\b|\bparted by\b": "plain words",
    r"\bwithout a word\b|\bstands? (worse|alone|still)\b|\bwill stand here\b": "plain words",
    r"\btold over\b|\bis told\b|\btells who\b|\bwho of (us|them)\b": "shows, predicts, our contact",
    r"\bcannot wait\b": "need action today",
    r"\bit is a risk, not an effect\b|\brisk, not (an )?effect\b": "this ranks by risk; it does not predict what a call will achieve",
    r"\bto the makers\b": "to the developers",
    r"\bbegan as a demo\b": "was created as a demo",
}
"""Patterns of the "not" side, and what to write instead."""

_RENDERS_MARKDOWN = {"markdown", "write", "caption", "info", "success", "warning", "error", "expander"}
_SKIPPED_CALLS = {"compile", "getLogger", "alias", "frame", "fullmatch", "search", "col", "sql", "execute", "with_columns_seq"}
_CODE = re.compile(
    r"^\s*(select|from|with|insert|create|drop|alter|delete|update|left join|coalesce|case|copy|attach)\b.*", re.IGNORECASE | re.DOTALL
)
_MARKDOWN = re.compile(r"\*\*[^*\n]+\*\*|(?<![\w*])\*[A-Za-z][^*\n]*[A-Za-z.]\*(?![\w*])")


class Text(NamedTuple):
    """A string literal that may be read: its file, line, words, and the function it is passed to, if any."""

    file: str
    line: int
    words: str
    call: str


def _files() -> list[Path]:
    files = [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "health").rglob("*.py")]
    return sorted(path for path in files if not str(path.relative_to(ROOT)).startswith(NOT_READ))


def _statement_strings(tree: ast.AST) -> set[int]:
    """Strings that stand alone as statements: docstrings, of attributes too."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}


def _keys(tree: ast.AST) -> set[int]:
    """Strings that are keys: of dicts, of subscripts, and of the arguments `key`."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            found |= {id(key) for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str) and " " not in key.value}
        elif isinstance(node, ast.Subscript):
            found.add(id(node.slice))
        elif isinstance(node, ast.keyword) and node.arg == "key":
            found |= {id(part) for part in ast.walk(node.value)}
    return found


def _calls(tree: ast.AST) -> dict[int, str]:
    """Name of the called function by the string passed to it, directly or by a variable of that name in the same file."""
    names: dict[int, str] = {}
    rendered_variables: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                names[id(argument)] = name
                if isinstance(argument, ast.Name) and name in _RENDERS_MARKDOWN:
                    rendered_variables[argument.id] = name
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in rendered_variables:
            names[id(node.value)] = rendered_variables[node.targets[0].id]
    return names


def texts(path: Path) -> Iterator[Text]:
    """String literals of a file that may reach a reader: more than one word, no docstring, SQL or key. Of f-strings, the fixed parts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped, calls, parts = _statement_strings(tree) | _keys(tree), _calls(tree), set()
    file = str(path.relative_to(ROOT))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts |= {id(part) for part in node.values}
            words = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            words = node.value
        else:
            continue
        call = calls.get(id(node), "")
        if id(node) in skipped or call in _SKIPPED_CALLS or _CODE.match(words) or " " not in words.strip():
            continue
        yield Text(file, node.lineno, words, call)


def faults(text: Text) -> list[str]:
    """What is wrong with a text: 'file:line: word, write instead: ...'."""
    place = f"{text.file}:{text.line}"
    found = [
        f"{place}: '{match.group()}' in {text.words.strip()[:80]!r}; write: {instead}"
        for pattern, instead in PLAIN.items()
        if (match := re.search(pattern, text.words, re.IGNORECASE))
    ]
    if text.call not in _RENDERS_MARKDOWN and (match := _MARKDOWN.search(text.words)):
        found.append(f"{place}: '{match.group()}' would show its asterisks")
    return found


def test_the_walk_finds_texts_of_every_kind_and_skips_what_nobody_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""Mend the docs."""\nX = 1\n"""Mend the attribute."""\n'
        'raise E(f"{X}: mend it")\nst.markdown("**bold words** here")\ncard("**bold words** here")\n'
        'q = "select mend from the book"\nd = {"mend": 1}\n'
    )
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    found = [fault for text in texts(module) for fault in faults(text)]
    assert [fault.split("'")[1] for fault in found] == ["mend", "**bold words**"]


def test_no_text_holds_a_word_of_the_not_side_or_shows_markdown() -> None:
    found = [fault for path in _files() for text in texts(path) for fault in faults(text)]
    assert found == []
