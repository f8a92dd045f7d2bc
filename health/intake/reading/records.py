"""Strict reading of irregular lines, one by one: quotes, records over several lines, and invalid records."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from health.intake.reading.limits import LONGEST_CELL, LONGEST_LINE, MOST_JOINED_LINES
from health.intake.reading.sheet import LINE, broken_frame

TOO_LONG_LINE = "the line is too long to be a row"


@dataclass
class Records:
    """Result of reading lines: records, `refused` ones, and `continued`: lines that continue a record.

    `stop`: first line of a record that is incomplete in this block; it and all later lines must be read again with more lines.
    """

    lines: list[int] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)
    refused: tuple[list[int], list[str], list[str]] = field(default_factory=lambda: ([], [], []))
    continued: list[int] = field(default_factory=list)
    stop: int | None = None

    def rows(self, columns: list[str]) -> pl.DataFrame:
        """The records read: LINE and the columns."""
        schema = {LINE: pl.Int64} | dict.fromkeys(columns, pl.String)
        columns_of_cells = [list(column) for column in zip(*self.cells, strict=True)] or [[] for _ in columns]
        return pl.DataFrame(dict(zip(schema, [self.lines, *columns_of_cells], strict=True)), schema=schema)

    @property
    def broken(self) -> pl.DataFrame:
        """The refused records: LINE, reasons, raw."""
        return broken_frame(*self.refused)

    def refuse(self, line: int, reason: str, raw: str) -> None:
        """Add a refused record with its reason."""
        lines, reasons, raw_records = self.refused
        lines.append(line)
        reasons.append(reason)
        raw_records.append(raw[:LONGEST_LINE])


def read_carefully(texts: Sequence[str], irregular_lines: list[int], width: int, mark: str, quote: str, is_last_block: bool) -> Records:
    """Read the lines with these numbers (from 0); `is_last_block`: no more lines follow."""
    records, last_done = Records(), -1
    for start in irregular_lines:
        if start <= last_done:
            continue
        cells, end, fault = read_record(texts, start, mark, quote, is_last_block)
        if end == len(texts):
            records.stop = start
            break
        last_done = end
        raw = "\n".join(texts[start : end + 1])
        records.continued.extend(range(start + 1, end + 1))
        fault = fault or _fault(raw, cells, width)
        if fault:
            records.refuse(start, fault, raw)
        else:
            records.lines.append(start)
            records.cells.append(cells)
    return records


def read_record(texts: Sequence[str], start: int, mark: str, quote: str, is_last_block: bool = True) -> tuple[list[str], int, str]:
    """(cells of the record that starts in this line, its last line, why it cannot be read); an unreadable record is one line.

    The last line is len(texts) if the record is incomplete and more lines may follow.
    """
    if not quote or quote not in texts[start]:
        return texts[start].split(mark), start, ""
    record_text = ""
    for end in range(start, start + MOST_JOINED_LINES):
        if end == len(texts):
            if not is_last_block:
                return [], end, ""
            break
        record_text = record_text + "\n" + texts[end] if end > start else texts[end]
        if len(record_text) > LONGEST_LINE:
            return [], start, TOO_LONG_LINE
        if quote not in texts[end]:
            continue
        try:
            return next(csv.reader([record_text], delimiter=mark, quotechar=quote, strict=True)), end, ""
        except csv.Error as problem:
            if "field larger" in str(problem):
                return [], start, _TOO_LONG_CELL
            if "unexpected end" not in str(problem):
                break
    return [], start, "a quote is not closed, or text follows a closing quote"


_TOO_LONG_CELL = f"a cell is longer than {LONGEST_CELL:,} characters"


def _fault(raw: str, cells: list[str], width: int) -> str:
    if not raw.strip():
        return "the line is blank"
    if "\0" in raw:
        return "the line contains a NUL character"
    if "\ufeff" in raw:
        return "the line contains a byte order mark, probably because two files were joined"
    if len(raw) > LONGEST_LINE // 4 and len(raw.encode()) > LONGEST_LINE:
        return TOO_LONG_LINE
    if len(cells) != width:
        return f"{len(cells)} {'cell' if len(cells) == 1 else 'cells'} where the header has {width}"
    return _TOO_LONG_CELL if len(raw) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL else ""
