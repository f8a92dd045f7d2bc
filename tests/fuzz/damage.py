"""One file of records, some of them damaged, written by hand; beside it what each line means, known from how it was written.

Nothing of the product is used here, nor any reader of CSV: a record is accepted with the cells that went into it, or refused.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from random import Random

import xlsxwriter

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-_/()&+'"
FOREIGN = {
    "utf-8": "éüñłжΩ漢字\u2028\x85\u00a0\u200b🦀א",
    "utf-8-sig": "éüñłжΩ漢🦀",
    "utf-16": "éüñłжΩ漢🦀",
    "utf-32": "éüñłж漢🦀",
    "cp1252": "éüñßÆœ€",
    "iso8859-15": "éüñßÆœ€",
    "cp1250": "éüłčřžő",
    "cp850": "éüñßÆ",
    "mac_roman": "éüñßÆœ",
    "utf-16-le": "éüñł漢",
}
DECLARED = {"cp1252", "iso8859-15", "cp1250", "cp850", "mac_roman", "utf-16-le"}


@dataclass
class Written:
    """The bytes, what a reader must be told to read them, and by line number the cells to find there, or None for a refusal."""

    content: bytes
    columns: list[str]
    form: dict[str, str]
    meant: dict[int, tuple[str, ...] | None] = field(default_factory=dict)
    name: str = "fuzz.csv"


class _Writer:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.encoding = chance.choice(list(FOREIGN))
        self.mark = chance.choice([",", ";", "\t", "|"])
        self.quote = chance.choice(['"'] * 5 + ["'"])
        self.end = chance.choice(["\n", "\n", "\r\n", "\r"])
        self.mixed = self.end != "\r" and chance.random() < 0.2
        self.always = chance.random() < 0.2
        self.width = chance.choice([2, 3, 5, 8, 13])
        self.damaged = chance.choice([0.0, 0.02, 0.1, 0.4])
        self.columns = [f"col {chr(97 + n)}" for n in range(self.width)]
        self.lines: list[str] = []
        self.meant: dict[int, tuple[str, ...] | None] = {}

    def cell(self, plain: bool = False) -> str:
        text = "".join(self.chance.choices(LETTERS, k=self.chance.choice([0, 1, 3, 8, 20])))
        if self.chance.random() < 0.1:
            text += self.chance.choice(FOREIGN[self.encoding])
        if not plain and self.chance.random() < 0.06:
            text += self.chance.choice([self.mark, self.quote, self.mark + self.quote, self.quote * 2])
        if not plain and self.chance.random() < 0.01:
            text += "\n" * self.chance.randint(1, 3) + "x"
        return text.replace(self.quote, "") if plain else text

    def quoted(self, text: str) -> str:
        if not self.always and not any(each in text for each in (self.mark, self.quote, "\n")) and self.chance.random() > 0.05:
            return text
        return self.quote + text.replace(self.quote, self.quote * 2) + self.quote

    def add(self, text: str, cells: tuple[str, ...] | None) -> None:
        """A record that starts on its own line and is as many lines as it has; refused, every line of it is."""
        self.meant[len(self.lines) + 1] = cells
        for n, line in enumerate(text.split("\n")):
            if n and cells is None:
                self.meant[len(self.lines) + 1] = None
            self.lines.append(line)

    def good(self, first: str) -> None:
        cells = (first, *(self.cell() for _ in range(self.width - 1)))
        self.add(self.mark.join(map(self.quoted, cells)), cells)

    def bad(self, first: str) -> None:
        cells = [first, *(self.cell(plain=True).replace(self.mark, "") for _ in range(self.width - 1))]
        text = self.mark.join(cells)
        kinds = {
            "short": self.mark.join(cells[:-1]),
            "long": text + self.mark + "x",
            "blank": self.chance.choice(["", "  ", "" if self.mark == "\t" else "\t"]),
            "NUL": text + "\0",
            "mark": "\ufeff" + text if self.encoding.startswith("utf") else text + "\0",
            "stray": first + self.mark + self.quote + "a" + self.quote + "b" + self.mark * (self.width - 2),
            "doubled": self.quote + first + self.quote + " " + self.mark + "x" * (self.width > 2) + self.mark * max(0, self.width - 2),
            "long cell": first + "x" * 33_000 + self.mark * (self.width - 1),
            "header": self.mark.join(self.columns),
        }
        del kinds["long cell" if self.chance.random() > 0.02 else "short"]
        self.add(kinds[self.chance.choice(list(kinds))], None)

    def joined(self) -> str:
        ends = [self.chance.choice(["\n", "\r\n"]) if self.mixed else self.end for _ in self.lines]
        return "".join(line + end for line, end in zip(self.lines, ends, strict=True))


def text(seed: int, rows: int) -> Written:
    """A delimited text of so many records after the header."""
    chance = Random(seed)
    out = _Writer(chance)
    titled = chance.random() < 0.15
    out.lines = ["Extract of all rows", ""] if titled and out.width > 2 else []
    out.lines.append(out.mark.join(map(out.quoted, out.columns)))
    for n in range(rows):
        (out.bad if chance.random() < out.damaged and 5 < n < rows - 1 else out.good)(f"{chance.choice(['', '0', 'K'])}{seed}{n:06}")
    form = {"encoding": out.encoding} if out.encoding in DECLARED else {}
    if out.quote == "'":
        form["quote"] = "'"
    form |= {"delimiter": out.mark} if chance.random() < 0.5 else {}
    return Written(out.joined().encode(out.encoding), out.columns, form, out.meant)


def workbook(seed: int, rows: int) -> Written:
    """A workbook of so many rows; a blank row and a formula that fails are refused."""
    chance = Random(seed)
    held, out = io.BytesIO(), _Writer(chance)
    out.encoding = "utf-8"
    made = xlsxwriter.Workbook(
        held, {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    )
    sheet, meant = made.add_worksheet(), dict[int, "tuple[str, ...] | None"]()
    sheet.write_row(0, 0, out.columns)
    for n in range(1, rows + 1):
        cells = (f"00{n}", *(out.cell() for _ in range(out.width - 1)))
        if chance.random() < out.damaged and n < rows:
            meant[n + 1] = None
            if chance.random() < 0.5:
                sheet.write_string(n, 0, cells[0])
                sheet.write_formula(n, 1, "=1/0", None, "#DIV/0!")
        else:
            meant[n + 1] = cells
            for column, cell in enumerate(cells):
                sheet.write_string(n, column, cell)
    made.close()
    return Written(held.getvalue(), out.columns, {}, meant, "fuzz.xlsx")


def written(seed: int, rows: int) -> Written:
    """One file in twenty is a workbook."""
    return workbook(seed, min(rows, 200)) if seed % 20 == 0 else text(seed, rows)
