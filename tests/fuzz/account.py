"""Whether a sheet says of every record of a file what the file's writer meant."""

from collections.abc import Callable
from dataclasses import dataclass

from health.intake.reading.sheet import LINE, Form, Sheet
from tests.fuzz.damage import Written, written

Reader = Callable[[bytes, str, Form], Sheet]


@dataclass
class Count:
    """Files and records so far."""

    files: int = 0
    read: int = 0
    accepted: int = 0
    refused: int = 0


def faults(file: Written, sheet: Sheet) -> list[str]:
    """What the sheet has wrong, a sentence each."""
    found = {line: tuple(cell or "" for cell in cells) for line, *cells in sheet.rows.iter_rows()}
    lost = sheet.broken[LINE].to_list()
    out = [] if sheet.columns == file.columns else [f"columns {sheet.columns} where {file.columns} were written"]
    told = [*found, *lost]
    if len(told) != len(set(told)) or len(found) != sheet.rows.height or set(told) != set(file.meant):
        odd = sorted(set(told) ^ set(file.meant))[:5]
        out.append(f"{len(told)} records read of {len(file.meant)} written, lines {odd}")
    for line, cells in file.meant.items():
        if cells != found.get(line):
            out.append(f"line {line}: {found.get(line)!r} where {cells!r} was meant")
    return out


def run(read: Reader, files: int, rows: int, first: int = 1) -> tuple[Count, list[str]]:
    """Reads at least this many files and records; what came of it, and what was wrong."""
    count, wrong = Count(), list[str]()
    while count.files < files or count.read < rows:
        # Workbooks are shorter, so the texts are longer by as much.
        seed = first + count.files
        file = written(seed, max(10, -(-(rows - count.read) // max(1, files - count.files))))
        sheet = read(file.content, file.name, Form(**file.form))  # type: ignore[arg-type]
        wrong += [f"file {seed}: {fault}" for fault in faults(file, sheet)[:3]]
        count.files, count.read = count.files + 1, count.read + len(file.meant)
        count.accepted, count.refused = count.accepted + sheet.rows.height, count.refused + sheet.broken.height
    return count, wrong
