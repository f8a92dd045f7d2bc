"""Read delimited text as a sheet: encoding, delimiter and quote, lines above the header, header, records."""

from dataclasses import replace

from health.errors import InvalidInput
from health.intake.progress import ProgressCallback, ignore_progress
from health.intake.reading import encoding, header, records
from health.intake.reading.blocks import Text
from health.intake.reading.dialect import detect_dialect
from health.intake.reading.sheet import CORRECTION_COLUMNS, Form, Sheet, clean_header

_SAMPLE_BYTES, _SAMPLE_LINES, _NEAR = 1_000_000, 100, 10_000


def read(content: bytes, file: str, sha256: str, form: Form, progress: ProgressCallback = ignore_progress) -> Sheet:
    """Read every record of the file, broken ones included. Errors: InvalidInput if the file cannot be read; Ask for the encoding."""
    progress("Checking the encoding", 0.02)
    body, name = encoding.decode_to_utf8(content, file, form.encoding)
    start, end = _filled_range(body)
    if start == end:
        raise InvalidInput(f"{file}: the file is empty; export it again with a header line and rows.")
    line = body.count(b"\n", 0, start) + 1
    sample = _sample(body, start, end)
    if sample[0].startswith(",".join(CORRECTION_COLUMNS) + ","):
        form = Form(delimiter=",", quote='"', header_line=line)
    delimiter, quote = detect_dialect([line_text for line_text in sample if line_text.strip()], form, file)
    text = Text(file, body, start, end, line, delimiter, quote)
    columns, skipped_notice = _read_header(text, sample, form)
    rows, broken_records = text.rows(columns, progress)
    notices = tuple(f"{file}: {notice}" for notice in (skipped_notice, _encoding_notice(name, form.encoding)) if notice)
    form_used = replace(
        form,
        delimiter=delimiter,
        quote=quote if form.quote is not None or quote == "'" else None,
        encoding=name if name == form.encoding else None,
        header_line=text.header_line if skipped_notice or form.header_line else None,
    )
    return Sheet(file, sha256, rows, broken_records, form_used, notices)


def _encoding_notice(name: str, declared: str | None) -> str:
    return "" if declared in (None, name) else f"the file is in {name.upper()} and was read as {name.upper()}, not as {declared}."


def _filled_range(body: bytes) -> tuple[int, int]:
    """Offsets of the start of the first and the end of the last non-blank line; (0, 0) if all are blank."""
    edge = body[-_NEAR:] if body[-_NEAR:].strip() else body
    last_filled = len(body) - len(edge) + len(edge.rstrip())
    if not edge.strip():
        return 0, 0
    edge = body[:_NEAR] if body[:_NEAR].strip() else body
    first_filled, end = len(edge) - len(edge.lstrip()), body.find(b"\n", last_filled)
    return body.rfind(b"\n", 0, first_filled) + 1, len(body) if end < 0 else end


def _sample(body: bytes, start: int, end: int) -> list[str]:
    """The first lines; the last may be truncated."""
    return body[start : min(end, start + _SAMPLE_BYTES)].decode("utf-8", "ignore").replace("\r", "").split("\n")[:_SAMPLE_LINES]


def _read_header(text: Text, sample: list[str], form: Form) -> tuple[list[str], str]:
    """(column names, notice about lines above the header); moves the text past its header."""
    if not form.header:
        first_cells = records.read_record([text.even(sample[0])], 0, text.mark, text.quote)[0]
        return list(form.columns) or [f"column_{n}" for n in range(1, len(first_cells) + 1)], ""
    first_line = text.line
    text.skip(_lines_above_header(text, sample, form))
    header_line = text.line
    lines = [text.even(line) for line in _sample(text.body, text.at, text.end)]
    cells, last_line, fault = records.read_record(lines, 0, text.mark, text.quote)
    if fault:
        raise InvalidInput(
            f"{text.file}, line {header_line}: the header cannot be read (a quote is not closed, or a name is too long); correct it."
        )
    names = clean_header(cells, text.file)
    columns = list(form.columns) or names
    if len(columns) != len(names):
        raise InvalidInput(
            f"{text.file}: the header has {len(names)} columns where the mapping names {len(columns)}; correct the columns in the mapping."
        )
    text.skip(last_line + 1)
    text.header, text.header_line = tuple(cells), header_line
    return columns, _skipped_notice(first_line, header_line)


def _skipped_notice(first_line: int, header_line: int) -> str:
    if header_line == first_line:
        return ""
    skipped_lines = f"line {first_line} stands" if header_line == first_line + 1 else f"lines {first_line} to {header_line - 1} stand"
    return f"{skipped_lines} above the header in line {header_line} and are ignored."


def _lines_above_header(text: Text, sample: list[str], form: Form) -> int:
    """Number of lines above the header."""
    if form.header_line is None:
        filled_lines = [(n, line) for n, line in enumerate(sample) if line.strip()]
        cells = [records.read_record([text.even(line)], 0, text.mark, text.quote)[0] for _, line in filled_lines]
        return filled_lines[header.find_header(cells)][0]
    lines_above = form.header_line - text.line
    if lines_above < 0 or text.body.count(b"\n", text.at, text.end) < lines_above:
        raise InvalidInput(f"{text.file}: line {form.header_line} is not a header row; choose the line with the column names.")
    return lines_above
