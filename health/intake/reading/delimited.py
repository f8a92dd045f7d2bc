"""Delimited text as a sheet: its encoding, delimiter and quote, the lines above the header, the header, then every record after it."""

from dataclasses import replace

from health.errors import Refused
from health.intake.progress import Tell, silent
from health.intake.reading import encoding, header, records
from health.intake.reading.blocks import Text
from health.intake.reading.dialect import dialect
from health.intake.reading.sheet import MENDED, Form, Sheet, named

_SAMPLE_BYTES, _SAMPLE_LINES, _NEAR = 1_000_000, 100, 10_000


def read(content: bytes, file: str, sha256: str, form: Form, tell: Tell = silent) -> Sheet:
    """Every record of the file, read or broken. Errors: Refused where the file as a whole cannot be read; Ask, in which encoding."""
    tell("Looking at the characters", 0.02)
    body, name = encoding.as_utf8(content, file, form.encoding)
    start, end = _filled(body)
    if start == end:
        raise Refused(f"{file}: the file is empty; export it again with a header line and rows.")
    line = body.count(b"\n", 0, start) + 1
    sample = _sample(body, start, end)
    if sample[0].startswith(",".join(MENDED) + ","):
        form = Form(delimiter=",", quote='"', header_line=line)
    delimiter, quote = dialect([each for each in sample if each.strip()], form, file)
    text = Text(file, body, start, end, line, delimiter, quote)
    columns, above = _columns(text, sample, form)
    rows, lost = text.rows(columns, tell)
    notices = tuple(f"{file}: {words}" for words in (above, _otherwise(name, form.encoding)) if words)
    shown = replace(
        form,
        delimiter=delimiter,
        quote=quote if form.quote is not None or quote == "'" else None,
        encoding=name if name == form.encoding else None,
        header_line=text.header_line if above or form.header_line else None,
    )
    return Sheet(file, sha256, rows, lost, shown, notices)


def _otherwise(name: str, declared: str | None) -> str:
    return "" if declared in (None, name) else f"the file is in {name.upper()} and was read as such, not in {declared}."


def _filled(body: bytes) -> tuple[int, int]:
    """Where the first line that is not blank begins and the last one ends; twice 0 where there is none."""
    near = body[-_NEAR:] if body[-_NEAR:].strip() else body
    whole = len(body) - len(near) + len(near.rstrip())
    if not near.strip():
        return 0, 0
    near = body[:_NEAR] if body[:_NEAR].strip() else body
    first, end = len(near) - len(near.lstrip()), body.find(b"\n", whole)
    return body.rfind(b"\n", 0, first) + 1, len(body) if end < 0 else end


def _sample(body: bytes, start: int, end: int) -> list[str]:
    """The first lines; the last of them may be cut."""
    return body[start : min(end, start + _SAMPLE_BYTES)].decode("utf-8", "ignore").replace("\r", "").split("\n")[:_SAMPLE_LINES]


def _columns(text: Text, sample: list[str], form: Form) -> tuple[list[str], str]:
    """The columns' names, and what is to be said of the lines above them; the text then stands behind its header."""
    if not form.header:
        first = records.record([text.even(sample[0])], 0, text.mark, text.quote)[0]
        return list(form.columns) or [f"column_{n}" for n in range(1, len(first) + 1)], ""
    top = text.line
    text.skip(_above(text, sample, form))
    stands = text.line
    lines = [text.even(line) for line in _sample(text.body, text.at, text.end)]
    cells, last, why = records.record(lines, 0, text.mark, text.quote)
    if why:
        raise Refused(f"{text.file}, line {stands}: the header cannot be read (a quote not closed, or a name far too long); mend it.")
    names = named(cells, text.file)
    columns = list(form.columns) or names
    if len(columns) != len(names):
        raise Refused(
            f"{text.file}: the header has {len(names)} columns where the mapping names {len(columns)}; mend the mapping's columns."
        )
    text.skip(last + 1)
    text.header, text.header_line = tuple(cells), stands
    return columns, _said_above(top, stands)


def _said_above(top: int, stands: int) -> str:
    if stands == top:
        return ""
    which = f"line {top} stands" if stands == top + 1 else f"lines {top} to {stands - 1} stand"
    return f"{which} above the header in line {stands}; no rows are taken from there."


def _above(text: Text, sample: list[str], form: Form) -> int:
    """How many lines stand above the header."""
    if form.header_line is None:
        filled = [(n, line) for n, line in enumerate(sample) if line.strip()]
        cells = [records.record([text.even(line)], 0, text.mark, text.quote)[0] for _, line in filled]
        return filled[header.header_at(cells)][0]
    above = form.header_line - text.line
    if above < 0 or text.body.count(b"\n", text.at, text.end) < above:
        raise Refused(f"{text.file}: line {form.header_line} holds no header; say in which line it stands.")
    return above
