"""The records of a text, a block at a time: plain lines are split all at once, the others one by one and strictly; no line is lost."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from health.errors import Refused
from health.intake.progress import Tell
from health.intake.reading import records
from health.intake.reading.dialect import BLANKS, outside
from health.intake.reading.header import is_total
from health.intake.reading.limits import LONGEST_CELL, LONGEST_LINE, MOST_CELLS, MOST_ROWS
from health.intake.reading.records import Records
from health.intake.reading.sheet import BROKEN, LINE, broken

BLOCK_BYTES, _MOST_TOTALS = 8_000_000, 3
_TEXT = pl.col("text")


@dataclass
class Text:
    """A text in UTF-8 whose delimiter and quote are known; `at` is where the next line begins, `line` its number, `end` the text's end.

    `header`: the cells of the header, where there is one, and `header_line` its line.
    """

    file: str
    body: bytes
    at: int
    end: int
    line: int
    delimiter: str
    quote: str
    header: tuple[str, ...] = ()
    header_line: int | None = None

    @property
    def mark(self) -> str:
        """What stands between two cells."""
        return "\t" if self.delimiter == BLANKS else self.delimiter

    def even(self, line: str) -> str:
        """The line with one mark between cells."""
        return "\t".join(line.split()) if self.delimiter == BLANKS else line

    def skip(self, lines: int) -> None:
        """Passes these lines by."""
        for _ in range(lines):
            found = self.body.find(b"\n", self.at, self.end)
            self.at, self.line = self.end if found < 0 else found + 1, self.line + 1

    def rows(self, columns: list[str], tell: Tell) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Rows and broken records in the order of their lines. Errors: Refused where they are too many."""
        rows, lost = [pl.DataFrame(schema={LINE: pl.Int64} | dict.fromkeys(columns, pl.String))], [pl.DataFrame(schema=BROKEN)]
        size, first, read = BLOCK_BYTES, self.at, 0
        while self.at < self.end:
            tell("Reading the lines", 0.05 + 0.85 * (self.at - first) / (self.end - first))
            cut = self._cut(size)
            part = self._vast(columns) if cut is None else self._read(cut, columns)
            size = BLOCK_BYTES if part else 2 * size
            if part:
                rows.append(part[0])
                lost.append(part[1])
                read += part[0].height
            if read > MOST_ROWS or read * len(columns) > MOST_CELLS:
                raise Refused(f"{self.file}: the file has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells; split it.")
        return without_totals(pl.concat(rows, rechunk=False), pl.concat(lost), self.mark)

    def _cut(self, size: int) -> int | None:
        """Where the block ends that begins here: behind a line. None, where all of it and more is one line far too long."""
        near = self.at + size
        cut = self.end if near >= self.end else self.body.find(b"\n", near, self.end) + 1 or self.end
        return cut if cut - near <= LONGEST_LINE else self.body.rfind(b"\n", self.at, near) + 1 or None

    def _vast(self, columns: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The line here as a broken record: its many copies would take more memory than there is."""
        raw = self.body[self.at : self.at + LONGEST_LINE].decode("utf-8", "ignore")
        lost = broken([self.line], [records.VAST], [raw])
        self.skip(1)
        return pl.DataFrame(schema={LINE: pl.Int64} | dict.fromkeys(columns, pl.String)), lost

    def _read(self, cut: int, columns: list[str]) -> tuple[pl.DataFrame, pl.DataFrame] | None:
        """Rows and broken records up to the cut, and on to the next line; None where the first record does not end before it."""
        piece = self.body[self.at : cut]
        piece += b"" if piece.endswith(b"\n") else b"\n"
        block = self._lines(piece)
        plain = self._plain(block, piece, len(columns))
        hard = (~plain).arg_true().to_list()
        texts = block["text"].to_list() if hard else []
        found = records.careful(texts, hard, len(columns), self.mark, self.quote, cut == self.end)
        if found.stop == 0:
            return None
        height = block.height if found.stop is None else found.stop
        kept = _kept(block, plain, found, height) if hard else block
        cells = self._split(kept, columns, piece if not hard and self.delimiter != BLANKS else None)
        if cells.height + len(found.lines) + found.broken.height + len(found.continued) != height:
            raise Refused(f"{self.file}: the lines read do not add up, so nothing was loaded; report this file to the makers.")
        rows, lost = self._repeated(pl.concat([cells, found.rows(columns)]).sort(LINE) if found.lines else cells, columns)
        lost = pl.concat([found.broken, lost]).sort(LINE)
        here, self.line = pl.col(LINE) + self.line, self.line + height
        if found.stop is None:
            self.at = cut
        else:
            self.at += sum(map(len, piece.split(b"\n", height)[:height])) + height
        return rows.with_columns(here), lost.with_columns(here)

    def _lines(self, piece: bytes) -> pl.DataFrame:
        """text: its lines, without their ends."""
        lines = pl.scan_lines(io.BytesIO(piece), name="text").collect()
        if self.delimiter == BLANKS:
            return lines.select(_TEXT.str.strip_chars(" \t").str.replace_all(r"[ \t]+", "\t"))
        return lines

    def _plain(self, block: pl.DataFrame, piece: bytes, width: int) -> pl.Series:
        """Whether a line is one whole record of the width, whatever reads it."""
        plain = (_TEXT.str.count_matches(self.mark, literal=True) == width - 1) & (_TEXT.str.len_bytes() <= LONGEST_CELL)
        if width == 1 or self.mark.isspace():
            plain &= _TEXT.str.strip_chars() != ""
        if b"\0" in piece or b"\xef\xbb\xbf" in piece:
            plain &= ~_TEXT.str.contains("[\0\ufeff]")
        if not self.quote or self.quote.encode() not in piece:
            return block.select(plain).to_series()
        quoted = block.select(_TEXT.str.contains(self.quote, literal=True)).to_series()
        found = block.select(plain).to_series() & ~quoted
        if width == 1:
            return found
        seen = ~_TEXT.str.contains("[\0\ufeff]") & (_TEXT.str.len_bytes() <= LONGEST_CELL)
        return found.scatter(quoted.arg_true(), block.filter(quoted).select(self._well_quoted(width) & seen).to_series())

    def _well_quoted(self, width: int) -> pl.Expr:
        """Whether quotes stand only round whole cells and, inside these, in pairs; and the marks outside are as many as there should be."""
        piece, mark = outside(self.quote), f"\\x{ord(self.mark):02x}"
        cell = f"(?:{piece}|[^\\x{ord(self.quote):02x}{mark}]*)"
        well = _TEXT.str.contains(f"^{cell}(?:{mark}{cell})*$")
        return well & (_TEXT.str.replace_all(piece, "").str.count_matches(self.mark, literal=True) == width - 1)

    def _split(self, kept: pl.DataFrame, columns: list[str], piece: bytes | None) -> pl.DataFrame:
        """LINE (from 0) and the cells of plain lines; `piece`: the same lines as bytes, where they are at hand."""
        numbers = (kept["n"] if "n" in kept.columns else pl.int_range(kept.height, eager=True)).cast(pl.Int64).alias(LINE)
        if kept.is_empty() or len(columns) == 1:
            return pl.DataFrame([numbers, *(kept["text"].alias(name) for name in columns)])
        given = io.BytesIO(piece or b"")
        if piece is None:
            kept.select("text").write_csv(given, include_header=False, quote_style="never")
            given.seek(0)
        # Named by number: a reader of CSV may not trip over what a column is called.
        schema = {str(n): pl.String for n in range(len(columns))}
        quote = self.quote if self.quote and kept.select(_TEXT.str.contains(self.quote, literal=True).any()).item() else None
        cells = pl.read_csv(given, has_header=False, schema=schema, separator=self.mark, quote_char=quote, empty_string_is_null=False)
        if cells.height != kept.height:
            raise Refused(f"{self.file}: the lines read do not add up, so nothing was loaded; report this file to the makers.")
        cells.columns = columns
        return cells.insert_column(0, numbers)

    def _repeated(self, rows: pl.DataFrame, columns: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The rows that are none but the header once more, apart from the others."""
        if not self.header or not (rows[columns[0]] == self.header[0]).any():
            return rows, pl.DataFrame(schema=BROKEN)
        again = pl.all_horizontal(pl.col(name) == cell for name, cell in zip(columns, self.header, strict=True))
        lines = rows.filter(again)[LINE].to_list()
        raw = self.mark.join(self.header)
        return rows.filter(~again), broken(lines, ["the line repeats the header"] * len(lines), [raw] * len(lines))


def without_totals(rows: pl.DataFrame, lost: pl.DataFrame, mark: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The last rows that add up the others are none; but a sheet's only row is one, whatever it says."""
    last: Iterable[tuple[int, *tuple[str | None, ...]]] = rows.tail(_MOST_TOTALS).rows()[::-1] if rows.height > 1 else ()
    totals = 0
    for _, *cells in last:
        if not is_total([cell or "" for cell in cells]):
            break
        totals += 1
    gone = rows.tail(totals)
    raw = [mark.join(cell or "" for cell in cells) for _, *cells in gone.rows()]
    told = broken(gone[LINE].to_list(), ["the row is a total of the others, not one of them"] * totals, raw)
    return rows.head(rows.height - totals), pl.concat([lost, told]).sort(LINE)


def _kept(block: pl.DataFrame, plain: pl.Series, found: Records, height: int) -> pl.DataFrame:
    """n, text: the plain lines above `height` that belong to no record begun before them."""
    kept = block.with_row_index("n").filter(plain).filter(pl.col("n") < height)
    continued = pl.DataFrame({"n": found.continued}, schema={"n": kept.schema["n"]})
    return kept.join(continued, on="n", how="anti", maintain_order="left") if found.continued else kept
