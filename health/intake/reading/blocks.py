"""Read the records of a delimited text in blocks: plain lines in bulk, irregular ones singly; no line is lost."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from health.errors import InvalidInput
from health.intake.progress import ProgressCallback
from health.intake.reading import records
from health.intake.reading.dialect import BLANKS, quoted_pattern
from health.intake.reading.header import is_total
from health.intake.reading.limits import LONGEST_CELL, LONGEST_LINE, MOST_CELLS, MOST_ROWS
from health.intake.reading.records import Records
from health.intake.reading.sheet import BROKEN, LINE, broken_frame

BLOCK_BYTES, _MOST_TOTALS = 8_000_000, 3
_TEXT = pl.col("text")


@dataclass
class Text:
    """UTF-8 text with known delimiter and quote.

    `at`: offset of the next line, `line`: its number, `end`: end of the text; `header` and `header_line`: its cells and line.
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
        """The cell separator."""
        return "\t" if self.delimiter == BLANKS else self.delimiter

    def even(self, line: str) -> str:
        """The line with exactly one separator between cells."""
        return "\t".join(line.split()) if self.delimiter == BLANKS else line

    def skip(self, lines: int) -> None:
        """Skip this many lines."""
        for _ in range(lines):
            line_end = self.body.find(b"\n", self.at, self.end)
            self.at, self.line = self.end if line_end < 0 else line_end + 1, self.line + 1

    def rows(self, columns: list[str], progress: ProgressCallback) -> tuple[pl.DataFrame, pl.DataFrame]:
        """(rows, broken records), sorted by line. Errors: InvalidInput if there are too many."""
        rows, broken_blocks = [pl.DataFrame(schema={LINE: pl.Int64} | dict.fromkeys(columns, pl.String))], [pl.DataFrame(schema=BROKEN)]
        size, start, row_count = BLOCK_BYTES, self.at, 0
        while self.at < self.end:
            progress("Reading the lines", 0.05 + 0.85 * (self.at - start) / (self.end - start))
            cut = self._block_end(size)
            block = self._oversized_line(columns) if cut is None else self._read_block(cut, columns)
            size = BLOCK_BYTES if block else 2 * size
            if block:
                rows.append(block[0])
                broken_blocks.append(block[1])
                row_count += block[0].height
            if row_count > MOST_ROWS or row_count * len(columns) > MOST_CELLS:
                raise InvalidInput(f"{self.file}: the file has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells; split it.")
        return without_totals(pl.concat(rows, rechunk=False), pl.concat(broken_blocks), self.mark)

    def _block_end(self, size: int) -> int | None:
        """End of the block that starts here, after a whole line; None if the block is one line beyond the limit."""
        block_end = self.at + size
        cut = self.end if block_end >= self.end else self.body.find(b"\n", block_end, self.end) + 1 or self.end
        return cut if cut - block_end <= LONGEST_LINE else self.body.rfind(b"\n", self.at, block_end) + 1 or None

    def _oversized_line(self, columns: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Report an oversized line as a broken record without processing it further, to save memory."""
        raw = self.body[self.at : self.at + LONGEST_LINE].decode("utf-8", "ignore")
        broken_record = broken_frame([self.line], [records.TOO_LONG_LINE], [raw])
        self.skip(1)
        return pl.DataFrame(schema={LINE: pl.Int64} | dict.fromkeys(columns, pl.String)), broken_record

    def _read_block(self, cut: int, columns: list[str]) -> tuple[pl.DataFrame, pl.DataFrame] | None:
        """(rows, broken records) up to the cut, then move on; None if the first record continues beyond it."""
        content = self.body[self.at : cut]
        content += b"" if content.endswith(b"\n") else b"\n"
        block = self._lines(content)
        is_plain = self._is_plain(block, content, len(columns))
        irregular_lines = (~is_plain).arg_true().to_list()
        texts = block["text"].to_list() if irregular_lines else []
        careful_records = records.read_carefully(texts, irregular_lines, len(columns), self.mark, self.quote, cut == self.end)
        if careful_records.stop == 0:
            return None
        height = block.height if careful_records.stop is None else careful_records.stop
        plain_lines = _plain_lines(block, is_plain, careful_records, height) if irregular_lines else block
        cells = self._split_cells(plain_lines, columns, content if not irregular_lines and self.delimiter != BLANKS else None)
        if cells.height + len(careful_records.lines) + careful_records.broken.height + len(careful_records.continued) != height:
            raise InvalidInput(f"{self.file}: the lines read do not add up, so nothing was loaded; report this file to the developers.")
        rows, broken_records = self._split_repeated_headers(
            pl.concat([cells, careful_records.rows(columns)]).sort(LINE) if careful_records.lines else cells, columns
        )
        broken_records = pl.concat([careful_records.broken, broken_records]).sort(LINE)
        true_line, self.line = pl.col(LINE) + self.line, self.line + height
        if careful_records.stop is None:
            self.at = cut
        else:
            self.at += sum(map(len, content.split(b"\n", height)[:height])) + height
        return rows.with_columns(true_line), broken_records.with_columns(true_line)

    def _lines(self, content: bytes) -> pl.DataFrame:
        """One row per line, without line ends: text."""
        lines = pl.scan_lines(io.BytesIO(content), name="text").collect()
        if self.delimiter == BLANKS:
            return lines.select(_TEXT.str.strip_chars(" \t").str.replace_all(r"[ \t]+", "\t"))
        return lines

    def _is_plain(self, block: pl.DataFrame, content: bytes, width: int) -> pl.Series:
        """Whether each line is one complete record of this width without any special case."""
        is_plain = (_TEXT.str.count_matches(self.mark, literal=True) == width - 1) & (_TEXT.str.len_bytes() <= LONGEST_CELL)
        if width == 1 or self.mark.isspace():
            is_plain &= _TEXT.str.strip_chars() != ""
        if b"\0" in content or b"\xef\xbb\xbf" in content:
            is_plain &= ~_TEXT.str.contains("[\0\ufeff]")
        if not self.quote or self.quote.encode() not in content:
            return block.select(is_plain).to_series()
        has_quotes = block.select(_TEXT.str.contains(self.quote, literal=True)).to_series()
        is_plain_unquoted = block.select(is_plain).to_series() & ~has_quotes
        if width == 1:
            return is_plain_unquoted
        is_safe = ~_TEXT.str.contains("[\0\ufeff]") & (_TEXT.str.len_bytes() <= LONGEST_CELL)
        return is_plain_unquoted.scatter(
            has_quotes.arg_true(), block.filter(has_quotes).select(self._well_quoted(width) & is_safe).to_series()
        )

    def _well_quoted(self, width: int) -> pl.Expr:
        """Whether quotes enclose whole cells only (doubled inside) and the number of separators outside quotes is right."""
        quoted_piece, mark = quoted_pattern(self.quote), f"\\x{ord(self.mark):02x}"
        cell = f"(?:{quoted_piece}|[^\\x{ord(self.quote):02x}{mark}]*)"
        quotes_match = _TEXT.str.contains(f"^{cell}(?:{mark}{cell})*$")
        return quotes_match & (_TEXT.str.replace_all(quoted_piece, "").str.count_matches(self.mark, literal=True) == width - 1)

    def _split_cells(self, plain_lines: pl.DataFrame, columns: list[str], content: bytes | None) -> pl.DataFrame:
        """LINE (from 0) and the cells of plain lines; `content`: the same lines as bytes, if available."""
        numbers = (
            (plain_lines["n"] if "n" in plain_lines.columns else pl.int_range(plain_lines.height, eager=True)).cast(pl.Int64).alias(LINE)
        )
        if plain_lines.is_empty() or len(columns) == 1:
            return pl.DataFrame([numbers, *(plain_lines["text"].alias(name) for name in columns)])
        buffer = io.BytesIO(content or b"")
        if content is None:
            plain_lines.select("text").write_csv(buffer, include_header=False, quote_style="never")
            buffer.seek(0)
        # Named by number, so that unusual column names cannot disturb the CSV reader.
        schema = {str(n): pl.String for n in range(len(columns))}
        quote = self.quote if self.quote and plain_lines.select(_TEXT.str.contains(self.quote, literal=True).any()).item() else None
        cells = pl.read_csv(buffer, has_header=False, schema=schema, separator=self.mark, quote_char=quote, empty_string_is_null=False)
        if cells.height != plain_lines.height:
            raise InvalidInput(f"{self.file}: the lines read do not add up, so nothing was loaded; report this file to the developers.")
        cells.columns = columns
        return cells.insert_column(0, numbers)

    def _split_repeated_headers(self, rows: pl.DataFrame, columns: list[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """(rows without repeated headers, the repeated headers as broken records)."""
        if not self.header or not (rows[columns[0]] == self.header[0]).any():
            return rows, pl.DataFrame(schema=BROKEN)
        is_header = pl.all_horizontal(pl.col(name) == cell for name, cell in zip(columns, self.header, strict=True))
        lines = rows.filter(is_header)[LINE].to_list()
        raw = self.mark.join(self.header)
        return rows.filter(~is_header), broken_frame(lines, ["the line repeats the header"] * len(lines), [raw] * len(lines))


def without_totals(rows: pl.DataFrame, broken_records: pl.DataFrame, mark: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Move totals among the last rows to the broken records; a sheet's only row is always kept."""
    last_rows: Iterable[tuple[int, *tuple[str | None, ...]]] = rows.tail(_MOST_TOTALS).rows()[::-1] if rows.height > 1 else ()
    total_count = 0
    for _, *cells in last_rows:
        if not is_total([cell or "" for cell in cells]):
            break
        total_count += 1
    total_rows = rows.tail(total_count)
    raw = [mark.join(cell or "" for cell in cells) for _, *cells in total_rows.rows()]
    broken_totals = broken_frame(total_rows[LINE].to_list(), ["the row is a total of the other rows"] * total_count, raw)
    return rows.head(rows.height - total_count), pl.concat([broken_records, broken_totals]).sort(LINE)


def _plain_lines(block: pl.DataFrame, is_plain: pl.Series, careful_records: Records, height: int) -> pl.DataFrame:
    """n, text: plain lines before `height` that do not continue an earlier record."""
    plain_lines = block.with_row_index("n").filter(is_plain).filter(pl.col("n") < height)
    continued = pl.DataFrame({"n": careful_records.continued}, schema={"n": plain_lines.schema["n"]})
    return plain_lines.join(continued, on="n", how="anti", maintain_order="left") if careful_records.continued else plain_lines
