"""Delimited text as a sheet: plain lines are split all at once, lines with quotes one by one and strictly; no line is lost."""

import csv
from collections.abc import Sequence

import polars as pl

from health.errors import Refused
from health.intake.sheet import LINE, MENDED, Form, Sheet, broken, named

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLANKS = "blanks"
LONGEST_LINE, MOST_JOINED = 1_000_000, 20
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def read(content: bytes, file: str, sha256: str, form: Form) -> Sheet:
    """Every record of the file, read or broken. Errors: Refused where the file as a whole cannot be read."""
    lines = _lines(_decoded(content, file))
    first = lines.row(0, named=True) if lines.height else None
    if first is None:
        raise Refused(f"{file}: the file is empty; export it again with a header line and rows.")
    if first["text"].startswith(",".join(MENDED) + ","):
        form = Form(delimiter=",")
    delimiter = form.delimiter or detected(first["text"])
    if delimiter == BLANKS:
        lines = lines.with_columns(pl.col("text").str.strip_chars(" \t").str.replace_all(r"[ \t]+", "\t"))
    if form.header:
        header = _header(lines["text"][0], delimiter, file, first["line"])
        lines = lines.slice(1)
    columns = list(form.columns) or (header if form.header else _numbered(first["text"], delimiter))
    if form.header and len(columns) != len(header):
        raise Refused(f"{file}: the header has {len(header)} columns where the mapping names {len(columns)}; mend the mapping's columns.")
    return _sheet(lines, columns, delimiter, file, sha256)


def detected(header: str) -> str:
    """The delimiter that the header line uses most, outside quotes; a comma where there is none."""
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=lambda mark: bare.count(mark))


def _decoded(content: bytes, file: str) -> str:
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            raise Refused(f"{file}: the file is written in {name}; save it as CSV in UTF-8.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise Refused(f"{file}, line {line}: byte {content[problem.start]:#04x} is not UTF-8; save the file as CSV in UTF-8.") from problem
    return text if "\n" in text else text.replace("\r", "\n")


def _lines(text: str) -> pl.DataFrame:
    """line, text: the physical lines, without the blank ones before the first and after the last that is not blank."""
    split = pl.DataFrame({"text": [text]}).select(pl.col("text").str.split("\n").explode().str.strip_chars_end("\r"))
    lines = split.with_row_index("line", offset=1).with_columns(pl.col("line").cast(pl.Int64))
    filled = lines.filter(pl.col("text").str.strip_chars() != "")["line"]
    if filled.is_empty():
        return lines.clear()
    return lines.filter(pl.col("line").is_between(filled[0], filled[-1]))


def _header(text: str, delimiter: str, file: str, line: int) -> list[str]:
    mark = "\t" if delimiter == BLANKS else delimiter
    try:
        return named([name.strip() for name in next(csv.reader([text], delimiter=mark, strict=True))], file)
    except csv.Error as problem:
        raise Refused(f"{file}, line {line}: the header cannot be read (a quote not closed, or a name far too long); mend it.") from problem


def _numbered(first: str, delimiter: str) -> list[str]:
    cells = first.split() if delimiter == BLANKS else first.split(delimiter)
    return [f"column_{n}" for n in range(1, len(cells) + 1)]


def _sheet(lines: pl.DataFrame, columns: list[str], delimiter: str, file: str, sha256: str) -> Sheet:
    mark, text, width = "\t" if delimiter == BLANKS else delimiter, pl.col("text"), len(columns)
    has_quote = text.str.contains('"', literal=True) if delimiter != BLANKS else pl.lit(False)
    lines = lines.with_columns(
        pl.when(has_quote & _tidy(mark)).then(text.str.replace_all('"', "", literal=True)).otherwise(text).alias("bare")
    )
    bare, quoted = pl.col("bare"), has_quote & (pl.col("bare") == text)
    plain = (bare.str.count_matches(mark, literal=True) == width - 1) & (text.str.strip_chars() != "")
    plain = plain & ~text.str.contains("\0", literal=True) & (text.str.len_bytes() <= LONGEST_LINE)
    marked = lines.with_columns(quoted.alias("quoted"), (plain & ~quoted).alias("plain"))
    careful = _careful(marked, width, mark)
    easy = marked.filter("plain").join(careful.taken, on="line", how="anti", maintain_order="left")
    split = bare.str.split_exact(mark, width - 1).struct.rename_fields(columns)
    cells = easy.select(pl.col("line").alias(LINE), split.alias("cells")).unnest("cells")
    rows = pl.concat([cells, careful.rows(columns)], how="vertical").sort(LINE) if careful.cells else cells
    rest = marked.filter(~pl.col("plain") & ~pl.col("quoted")).join(careful.taken, on="line", how="anti", maintain_order="left")
    odd = broken(rest["line"].to_list(), [_why(t, width, mark) for t in rest["bare"]], [t[:LONGEST_LINE] for t in rest["text"]])
    sheet = Sheet(file, sha256, rows, pl.concat([odd, careful.broken]).sort(LINE))
    if sheet.rows.height + sheet.broken.height + careful.joined != lines.height:
        raise Refused(f"{file}: the lines read do not add up, so nothing was loaded; report this file to the makers.")
    return sheet


def _tidy(mark: str) -> pl.Expr:
    """Whether quotes stand only round whole cells that need none: without them, the line reads the same."""
    bare = f'[^"{mark}]*'
    cell = f'(?:"{bare}"|{bare})'
    return pl.col("text").str.contains(f"^{cell}(?:[{mark}]{cell})*$")


class _Careful:
    """What the strict reader made of the lines with quotes: rows, broken records, and the lines that belong to a record begun above."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.cells: list[list[str]] = []
        self.refused: tuple[list[int], list[str], list[str]] = ([], [], [])
        self.continued: list[int] = []

    @property
    def joined(self) -> int:
        return len(self.continued)

    @property
    def taken(self) -> pl.DataFrame:
        return pl.DataFrame({"line": self.continued}, schema={"line": pl.Int64})

    @property
    def broken(self) -> pl.DataFrame:
        return broken(*self.refused)

    def rows(self, columns: list[str]) -> pl.DataFrame:
        schema = {LINE: pl.Int64} | dict.fromkeys(columns, pl.String)
        by_column = [list(column) for column in zip(*self.cells, strict=True)]
        return pl.DataFrame(dict(zip(schema, [self.lines, *by_column], strict=True)), schema=schema)

    def refuse(self, line: int, why: str, raw: str) -> None:
        lines, reasons, held = self.refused
        lines.append(line)
        reasons.append(why)
        held.append(raw[:LONGEST_LINE])


def _careful(marked: pl.DataFrame, width: int, mark: str) -> _Careful:
    out, starts = _Careful(), marked["quoted"].arg_true().to_list()
    if not starts:
        return out
    texts, offset, done = marked["text"].to_list(), int(marked["line"][0]), -1
    for start in starts:
        if start <= done:
            continue
        cells, done, why = _record(texts, start, mark)
        raw = "\n".join(texts[start : done + 1])
        out.continued.extend(range(offset + start + 1, offset + done + 1))
        if cells is not None and len(cells) != width:
            why = _counted(len(cells), width)
        elif "\0" in raw:
            why = "the line holds a NUL character"
        if cells is None or why:
            out.refuse(offset + start, why, raw)
        else:
            out.lines.append(offset + start)
            out.cells.append(cells)
    return out


def _record(texts: Sequence[str], start: int, mark: str) -> tuple[list[str] | None, int, str]:
    """The cells of the record that begins in this line, the line it ends in, and why it cannot be read: then it is one line."""
    joined = ""
    for end in range(start, min(start + MOST_JOINED, len(texts))):
        joined = joined + "\n" + texts[end] if end > start else texts[end]
        if len(joined) > LONGEST_LINE:
            return None, start, "the line is too long to be a record"
        if '"' not in texts[end]:
            continue
        try:
            return next(csv.reader([joined], delimiter=mark, strict=True)), end, ""
        except csv.Error as problem:
            if "unexpected end" not in str(problem):
                break
    return None, start, "a quote is opened and not closed, or text follows a closed quote"


def _counted(cells: int, width: int) -> str:
    return f"{cells} {'cell' if cells == 1 else 'cells'} where the header has {width}"


def _why(text: str, width: int, mark: str) -> str:
    if not text.strip():
        return "the line is blank"
    if "\0" in text:
        return "the line holds a NUL character"
    if len(text) > LONGEST_LINE // 4 and len(text.encode()) > LONGEST_LINE:
        return "the line is too long to be a record"
    return _counted(text.count(mark) + 1, width)
