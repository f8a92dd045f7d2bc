"""The changes: a comparison turned, a number moved by one, and for or, a sign, a flag, a direction. One mutant per place and change."""

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
SWAPPED = {
    "min": "max", "max": "min", "min_horizontal": "max_horizontal", "max_horizontal": "min_horizontal", "any": "all", "all": "any",
    "semi": "anti", "anti": "semi",
}  # fmt: skip
DIRECTIONS = {"up": "down", "down": "up", "semi": "anti", "anti": "semi", "first": "last", "last": "first"}
SQL_TURNED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "<>": "=", "=": "<>"}
SQL_SWAPPED = {
    "least": "greatest", "greatest": "least", "min": "max", "max": "min", "asc": "desc", "and": "or", "or": "and", "true": "false",
    "false": "true", "desc": "asc",
}  # fmt: skip
_SQL = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\$?[A-Za-z_][A-Za-z0-9_.]*|\d+(?:\.\d+)?|<=|>=|<>|->|::|//|[-+<>=*/(),;\[\]\s]|.")
_NOT_A_RULE = {"decimal", "hugeint", "bigint"}


@dataclass(frozen=True)
class Mutant:
    """A change of one place: `start` and `end` are offsets into the text, `line` is for people."""

    path: str
    line: int
    start: int
    end: int
    was: str
    now: str
    source: str
    nth: int = 1

    @property
    def name(self) -> str:
        """What identifies it without line numbers: the file, the line's text and the change, with its number where a line has it again."""
        return f"{self.path} | {self.source} | {self.was} -> {self.now}" + (f" #{self.nth}" if self.nth > 1 else "")

    def applied(self, text: str) -> str:
        """The text with the change."""
        return text[: self.start] + self.now + text[self.end :]


def mutants(path: str, text: str) -> list[Mutant]:
    """Every mutant of a file, by place."""
    changes = _sql(text) if path.endswith(".sql") else _python(text)
    lines = text.splitlines()
    found, seen = [], Counter[tuple[int, str, str]]()
    for start, end, now in sorted(set(changes)):
        line, was = text.count("\n", 0, start), text[start:end]
        seen[line, was, now] += 1
        found.append(Mutant(path, line + 1, start, end, was, now, lines[line].strip(), seen[line, was, now]))
    return found


Change = tuple[int, int, str]


def _moved(number: str) -> str:
    """The number moved by one in its last place: 30 -> 31, 0.95 -> 0.96, 10_000 -> 10_001."""
    if "." in number:
        places = len(number.split(".")[1])
        return f"{float(number) + 10**-places:.{places}f}"
    return str(int(number) + 1)


def _python(text: str) -> Iterator[Change]:
    """From the syntax tree and the tokens; texts, annotations and docstrings are left alone."""
    offsets = [0]
    for line in text.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))

    def at(row: int, column: int) -> int:
        return offsets[row - 1] + column

    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    spots = [(at(*t.start), at(*t.end), t.string, t.type) for t in tokens]
    tree = ast.parse(text)

    def span(node: ast.AST) -> tuple[int, int]:
        return at(node.lineno, _column(node.lineno, node.col_offset)), at(node.end_lineno, _column(node.end_lineno, node.end_col_offset))

    lines = text.splitlines()

    def _column(row: int, bytes_in: int) -> int:
        return len(lines[row - 1].encode()[:bytes_in].decode())

    def between(left: ast.AST, right: ast.AST, wanted: set[str]) -> Iterator[tuple[int, int, str]]:
        low, high = span(left)[1], span(right)[0]
        yield from ((s, e, string) for s, e, string, _ in spots if low <= s and e <= high and string in wanted)

    yield from _walk(tree, span, between, spots)


def _walk(tree: ast.AST, span, between, spots) -> Iterator[Change]:  # type: ignore[no-untyped-def]
    silent = _silent(tree)
    for node in ast.walk(tree):
        if node in silent:
            continue
        match node:
            case ast.Compare():
                for left, right in zip([node.left, *node.comparators], node.comparators, strict=False):
                    yield from ((s, e, TURNED[op]) for s, e, op in between(left, right, set(TURNED)))
            case ast.BoolOp():
                for left, right in zip(node.values, node.values[1:], strict=False):
                    yield from ((s, e, {"and": "or", "or": "and"}[op]) for s, e, op in between(left, right, {"and", "or"}))
            case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
                yield from ((s, e, {"&": "|", "|": "&"}[op]) for s, e, op in between(node.left, node.right, {"&", "|"}))
            case ast.BinOp(op=ast.Add() | ast.Sub()) if not _is_text(node):
                yield from ((s, e, {"+": "-", "-": "+"}[op]) for s, e, op in between(node.left, node.right, {"+", "-"}))
            case ast.UnaryOp(op=ast.Not() | ast.Invert()):
                start, _ = span(node)
                yield start, span(node.operand)[0], "" if not _opens(node, span) else "("
            case ast.Constant(value=bool()):
                start, end = span(node)
                yield start, end, str(not node.value)
            case ast.Constant(value=int() | float()):
                start, end = span(node)
                shown = next((string for s, e, string, _ in spots if (s, e) == (start, end)), None)
                if shown and "e" not in shown:
                    yield start, end, _moved(shown)
            case ast.Constant(value=str()) if node.value in DIRECTIONS:
                start, end = span(node)
                yield start, end, repr(DIRECTIONS[node.value])
            case ast.Attribute() if node.attr in SWAPPED:
                _, end = span(node)
                yield end - len(node.attr), end, SWAPPED[node.attr]
            case ast.Call(func=ast.Name(id=("min" | "max" | "any" | "all") as name)):
                start, end = span(node.func)
                yield start, end, SWAPPED[name]


def _opens(node: ast.UnaryOp, span) -> bool:  # type: ignore[no-untyped-def]
    """Whether the removed text holds an opening bracket, which must stay."""
    return bool(span(node.operand)[0] - span(node)[0] > (1 if isinstance(node.op, ast.Invert) else 4))


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, ast.JoinedStr) or isinstance(side, ast.Constant) and isinstance(side.value, str)
               for side in (node.left, node.right))  # fmt: skip


def _silent(tree: ast.AST) -> set[ast.AST]:
    """Nodes that hold no rule: formatted texts and annotations."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        roots: list[ast.AST | None] = []
        if isinstance(node, ast.JoinedStr):
            roots.append(node)
        if isinstance(node, ast.arg | ast.AnnAssign):
            roots.append(node.annotation)
        if isinstance(node, ast.FunctionDef):
            roots.append(node.returns)
        if isinstance(node, ast.Call) and any(k.arg in {"infer_schema_length"} for k in node.keywords):
            roots.extend(k.value for k in node.keywords)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dataclass":
            roots.extend(node.keywords)
        for root in roots:
            if root is not None:
                found.update(ast.walk(root))
    return found


def _sql(text: str) -> Iterator[Change]:
    """From the tokens; comments, texts, joins' equalities and the `and` of a `between` are left alone."""
    tokens = [(m.start(), m.end(), m.group()) for m in _SQL.finditer(text) if not m.group().isspace()]
    tokens = [token for token in tokens if not token[2].startswith("--")]
    between = 0
    for n, (start, end, token) in enumerate(tokens):
        before = tokens[n - 1][2].lower() if n else ""
        after = tokens[n + 1][2] if n + 1 < len(tokens) else ""
        word = token.lower()
        if word == "between":
            between += 1 if before != "rows" else 0
        elif word == "and" and between:
            between -= 1
        elif word == "and" and _rows_between(tokens, n):
            continue
        elif token == "=":
            if after.isdigit() or after.startswith("'"):
                yield start, end, "<>"
        elif token in SQL_TURNED:
            yield start, end, SQL_TURNED[token]
        elif token in ("+", "-") and before not in ("(", ",", "then", "else", "select", "") and after != "":
            yield start, end, {"+": "-", "-": "+"}[token]
        elif (
            token == "-"
            and before in ("(", ",", "else", "then")
            or word == "not"
            and before != "is"
            and after.lower() not in ("null", "distinct")
        ):
            yield start, end, ""
        elif re.fullmatch(r"\d+(\.\d+)?", token):
            if before != "(" or not _of_type(tokens, n):
                yield start, end, _moved(token)
        elif word in SQL_SWAPPED:
            if word in ("true", "false") and before == "is":
                continue
            yield start, end, SQL_SWAPPED[word]


def _rows_between(tokens: list[tuple[int, int, str]], n: int) -> bool:
    """Whether this `and` belongs to a window's frame."""
    return any(tokens[k][2].lower() == "between" and tokens[k - 1][2].lower() == "rows" for k in range(max(0, n - 4), n))


def _of_type(tokens: list[tuple[int, int, str]], n: int) -> bool:
    return n >= 2 and tokens[n - 2][2].lower() in _NOT_A_RULE
