"""Account managers who write at the same time: no row of anybody is lost, no id given twice, and nobody overwrites what he has not seen.

python -m tests.faults.desk_writers [--writers 8] [--edits 200] writes into a warehouse file and fails where a promise is broken.
"""

import argparse
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from health.access import Book
from health.desk import entries
from health.errors import InvalidInput
from health.intake import load
from health.warehouse import Warehouse
from tests.books import analyst
from tests.desk.office import CALL, NOW, manager, office

SHARED = "QA"
"""The complaint that everybody works on at once."""


@dataclass
class Told:
    """What one writer was told: key and comment of each row that stands, loads of the shared complaint, refusals, seconds an edit."""

    rows: dict[str, str] = field(default_factory=dict)
    shared: list[int] = field(default_factory=list)
    refused: int = 0
    seconds: list[float] = field(default_factory=list)


def work(book: Book, writer: int, edits: int) -> Told:
    """Every third edit is a new row, a correction of the own last row, or progress on the complaint that all share."""
    told, last, of = Told(), entries.EntryResult(None, "", ""), "AB"[writer % 2]
    for n in range(edits):
        began, now, words = time.perf_counter(), NOW + timedelta(seconds=n), f"{writer}/{n}"
        if n % 3 == 0:
            last = entries.write(book, "interactions", CALL | {"customer_id": of, "comment": words}, now)
            told.rows[last.key] = words
        elif n % 3 == 1:
            last = entries.correct(book, "interactions", last.key, {"comment": words}, last.load_id or 0, "more to say", now)
            told.rows[last.key] = words
        else:
            with book.reading() as session:
                seen = session.rows("complaints").filter(complaint_id=SHARED)["load_id"][0]
            try:
                told.shared.append(entries.correct(book, "complaints", SHARED, {"comment": words}, seen, "progress", now).load_id or 0)
            except InvalidInput as problem:
                assert "after you opened it" in str(problem), problem
                told.refused += 1
        told.seconds.append(time.perf_counter() - began)
    return told


def check(warehouse: Warehouse, told: list[Told], edits: int) -> None:
    """Every confirmed edit stands; each refused one was refused because of a confirmed one; the warehouse agrees with itself."""
    with warehouse.reading() as session:
        rows = dict(session.rows("interactions").select("interaction_id", "comment").iter_rows())
        loads = session.rows("loads").filter(origin="desk")["load_id"].to_list()
        trail = Counter(session.rows("entries")["what"])
        kept = [*session.rows("complaints").filter(complaint_id=SHARED)["load_id"], *session.rows("complaints_replaced")["load_id"]]
    expected = {key: words for one in told for key, words in one.rows.items()}
    assert len(expected) == sum(len(one.rows) for one in told), "an id was given twice"
    assert {key: words for key, words in rows.items() if key.startswith("desk-")} == expected, "a row was lost"
    shared = [n for one in told for n in one.shared]
    assert sorted(kept) == sorted([1, *shared]), "progress on the shared complaint was lost"
    done = sum(edits - one.refused for one in told)
    assert len(loads) == len(set(loads)) == done == trail.total(), (len(loads), done, trail)
    assert load.findings(analyst(warehouse)) == []


def run(path: Path, writers: int, edits: int) -> list[Told]:
    """Writers in threads of one process, as a server has them; half as the account manager of A, half with the whole book."""
    warehouse = office(Warehouse(path))
    books = [analyst(warehouse) if n % 2 else manager(warehouse) for n in range(writers)]
    try:
        with ThreadPoolExecutor(writers) as pool:
            told = list(pool.map(work, books, range(writers), [edits] * writers))
        warehouse.close()
        warehouse = Warehouse(path)
        check(warehouse, told, edits)
    finally:
        warehouse.close()
    return told


def main() -> None:
    """So many writers with so many edits each."""
    parser = argparse.ArgumentParser("python -m tests.faults.desk_writers", description=__doc__)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--edits", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        told = run(Path(folder) / "w.duckdb", options.writers, options.edits)
        took = time.perf_counter() - began
    waits, refused = [s for one in told for s in one.seconds], sum(one.refused for one in told)
    print(f"{options.writers} writers x {options.edits} edits in {took:.0f} s: {len(waits) - refused:,} confirmed, all on file")
    print(f"{refused:,} refused because somebody had changed the row meanwhile")
    print(f"an edit took {1000 * median(waits):.0f} ms (median, waiting for the others included), {1000 * max(waits):.0f} ms at most")


if __name__ == "__main__":
    main()
