"""Every beast of the zoo is read, then goes through layout, check, commit and undo; the book is none the worse.

Archives, whatever is large and what is built to exhaust or to break its reader are read by the child, as the product reads every file;
the others in this process (`make soak`: only short text): that the child reads the same is held in test_child.
"""

import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl
import pytest

from health.access import Book
from health.errors import InvalidInput
from health.intake import layout, load
from health.intake.reading import limits, parse, unpack
from health.intake.reading.sheet import Sheet
from tests.intake.files import CONTRACTS, CUSTOMERS, NOW, content, empty_book, feed, same
from tests.intake.zoo import ZOO
from tests.size import LONG

SHORT = 200_000
PACKED = (b"PK", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0")
ARCHIVES = ("z.zip", "z.gz", "z.csv.gz")
HOSTILE = {
    "a cell in the far corner", "a workbook of 1 GB of spaces", "billion laughs", "a workbook that asks for another file",
    "entities in the list of sheets", "a cut Parquet file", "a Parquet file of flipped bits", "a Parquet file of 50 million rows",
}  # fmt: skip


@dataclass
class Read:
    """What became of a file, and how long it took."""

    outcome: Sheet | InvalidInput
    seconds: float


def _harmless(name: str, made: bytes) -> bool:
    """Whether it is short and may be read in this process."""
    if LONG:
        return ZOO[name].file == "z.csv" and len(made) <= SHORT and not made.startswith(PACKED)
    return ZOO[name].file not in ARCHIVES and len(made) <= SHORT and name not in HOSTILE


def _read(name: str) -> Read:
    beast = ZOO[name]
    made = beast.build()
    reader = parse.parse_file if _harmless(name, made) else unpack.unpack
    began = time.monotonic()
    try:
        return Read(reader(made, beast.file), time.monotonic() - began)
    except InvalidInput as refusal:
        return Read(refusal, time.monotonic() - began)


@pytest.fixture(scope="module")
def memory() -> list[int]:
    """The most bytes that each child held."""
    return []


@pytest.fixture(scope="module")
def read(memory: list[int]) -> Iterator[dict[str, Read]]:
    """All of them, two at a time."""
    told, run, patch = unpack._read_answer, unpack._run_child, pytest.MonkeyPatch()

    def answer(held: object) -> object:
        said = told(held)  # type: ignore[arg-type]
        memory.append(said.get("resident", 0))
        return said

    def ran(*given: object) -> object:
        ended = run(*given)  # type: ignore[arg-type]
        memory.append(ended[1])
        return ended

    patch.setattr(unpack, "_read_answer", answer)
    patch.setattr(unpack, "_run_child", ran)
    with ThreadPoolExecutor(limits.MOST_READERS) as pool:
        yield dict(zip(ZOO, pool.map(_read, ZOO), strict=True))
    patch.undo()


@pytest.fixture(scope="module")
def kept() -> tuple[Book, tuple[pl.DataFrame, pl.DataFrame]]:
    """A small book, and what it holds; no calls are on file, so that nobody is scored again after every beast."""
    book = empty_book()
    feed(book, "customers", CUSTOMERS)
    feed(book, "contracts", CONTRACTS)
    return book, content(book)


def test_the_zoo_is_large() -> None:
    assert len(ZOO) >= 80


@pytest.mark.usefixtures("scoreless")
@pytest.mark.parametrize("name", ZOO)
def test_a_beast_ends_in_one_sentence_or_in_refused_rows(
    name: str, read: dict[str, Read], kept: tuple[Book, tuple[pl.DataFrame, pl.DataFrame]]
) -> None:
    beast, found, (book, before) = ZOO[name], read[name], kept
    assert found.seconds < limits.SECONDS
    try:
        if isinstance(found.outcome, InvalidInput):
            raise found.outcome
        sheet = found.outcome
        loaded = load.commit(book, load.prepare(book, layout.batch_from_extract(beast.table, sheet)), "test", NOW)
    except InvalidInput as refusal:
        said = str(refusal)
        assert beast.accepted == 0, said
        assert re.search(beast.said, said) and said.endswith(".") and "\n" not in said and len(said) < 300, said
        assert beast.file in said
    else:
        (count,) = loaded.tables
        reasons = load.refused(book, loaded.load_id)["reasons"].to_list()  # type: ignore[arg-type]
        assert (count.accepted, count.refused, count.read) == (beast.accepted, beast.refused, beast.accepted + beast.refused), reasons
        assert all(re.search(beast.said, reason) for reason in reasons), reasons
        load.undo(book, loaded.load_id, NOW)  # type: ignore[arg-type]
    assert same(book, before)


def test_no_child_held_more_than_it_may(read: dict[str, Read], memory: list[int]) -> None:
    assert len(read) == len(ZOO) and len(memory) >= 50 and 0 < max(memory) < 1_000_000_000
