"""Loads and undone loads in any order: the book is always what a naive replay of the loads still in force says, row by row."""

import re
from dataclasses import dataclass, field

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from health.access import Book
from health.errors import InvalidInput
from health.intake import load
from health.tables import TABLES
from tests.intake.files import NOW, content, empty_book, feed, previewed, same
from tests.size import size

Record = dict[str, str]
File = tuple[str, list[str], list[Record]]
WHO = st.sampled_from(["C1", "C2", "C3"])
DAY = st.sampled_from(["2025-01-07", "2025-02-28", "2025-03-01", "2025-03-01", "2025-02-30"])  # the last is none: its row is refused
SUM = st.sampled_from(["10.00", "24.90", "30.00", ""])


def ids(letter: str) -> st.SearchStrategy[str]:
    return st.integers(1, 3).map(f"{letter}{{}}".format)


ROWS: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "customers": {"customer_id": WHO, "name": st.sampled_from(["a", "b"]), "tier": st.sampled_from(["A", "Z"])},
    "contracts": {"contract_id": ids("K"), "customer_id": WHO, "product": st.just("mobile"), "start_on": DAY, "unit_price": SUM},
    "interactions": {
        "interaction_id": ids("I"), "customer_id": WHO, "occurred_at": DAY, "channel": st.just("call"),
        "direction": st.sampled_from(["in", "out"]), "outcome": st.sampled_from(["reached", ""]),
    },
    "exits": {"customer_id": WHO, "announced_on": DAY, "reason": st.sampled_from(["price", "moved"])},
    "market_prices": {
        "product": st.just("mobile"), "region": st.sampled_from(["", "north"]), "month": DAY, "source": st.just("s"), "price": SUM,
    },
    "invoices": {"invoice_id": ids("R"), "customer_id": WHO, "issued_on": DAY, "due_on": st.just("2025-03-31"), "amount": SUM},
    "employees": {"employee_id": ids("E"), "name": st.sampled_from(["a", "b"])},
}  # fmt: skip
NEEDED = {table: [name for name in columns if TABLES[table].column(name).required] for table, columns in ROWS.items()}


FIRST: list[File] = [
    ("customers", ["customer_id", "name"], [{"customer_id": who, "name": "a"} for who in ("C1", "C2")]),
    ("contracts", list(ROWS["contracts"]), [dict(zip(ROWS["contracts"], ("K1", "C1", "mobile", "2025-01-07", "10.00"), strict=True))]),
    (
        "interactions",
        list(ROWS["interactions"]),
        [dict(zip(ROWS["interactions"], ("I1", "C1", "2025-03-01", "call", "in", ""), strict=True))],
    ),
]


@st.composite
def files(draw: st.DrawFn) -> File:
    """A table, the columns the file has, and its rows."""
    table = draw(st.sampled_from([*ROWS, "customers", "contracts", "interactions"]))
    optional = [name for name in ROWS[table] if name not in NEEDED[table] and name not in TABLES[table].key]
    left_out = draw(st.sets(st.sampled_from(optional))) if optional else set()
    columns = [name for name in ROWS[table] if name not in left_out]
    return table, columns, draw(st.lists(st.fixed_dictionaries({name: ROWS[table][name] for name in columns}), min_size=1, max_size=5))


@dataclass
class Naive:
    """The loads in force, each as (table, columns, its accepted rows by line), and what they come to when played one after the other."""

    loads: dict[int, tuple[str, list[tuple[int, Record]]]] = field(default_factory=dict)

    def state(self) -> dict[str, dict[tuple[str, ...], tuple[Record, int, int]]]:
        held: dict[str, dict[tuple[str, ...], tuple[Record, int, int]]] = {table: {} for table in ROWS}
        for number in sorted(self.loads):
            table, rows = self.loads[number]
            for line, row in rows:
                key = tuple(row[name] for name in TABLES[table].key)
                stored = held[table].get(key)
                merged = (stored[0] if stored else dict.fromkeys(ROWS[table], "")) | row
                if stored is None or stored[0] != merged:
                    held[table][key] = (merged, number, line)
        return held


def stored(book: Book) -> dict[str, dict[tuple[str, ...], tuple[Record, int, int]]]:
    """What the warehouse holds, in the same form."""
    held = {}
    with book.reading() as session:
        for table, columns in ROWS.items():
            days = [pl.col(c.name).dt.date() for c in TABLES[table].columns if c.type == "timestamp" and c.name in columns]
            rows = session.rows(table).with_columns(days).select(pl.col(*columns).cast(pl.String).fill_null(""), "load_id", "line")
            held[table] = {
                tuple(row[name] for name in TABLES[table].key): ({name: row[name] for name in columns}, row["load_id"], row["line"])
                for row in rows.iter_rows(named=True)
            }
            assert len(held[table]) == rows.height
    return held


class Loads(RuleBasedStateMachine):
    """A book and its naive twin."""

    def __init__(self) -> None:
        super().__init__()
        self.book, self.naive, self.turn = empty_book(), Naive(), 0
        self.files: list[File] = []
        for file in FIRST:
            self.feed_file(file)

    def feed_file(self, file: File) -> None:
        self.files.append(file)
        self._feed(*file)

    @rule(file=files())
    def feed(self, file: File) -> None:
        self.feed_file(file)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def feed_an_earlier_file_with_one_row_more(self, data: st.DataObject) -> None:
        table, columns, rows = data.draw(st.sampled_from(self.files))
        self._feed(table, columns, [*rows, data.draw(st.fixed_dictionaries({name: ROWS[table][name] for name in columns}))])

    def _feed(self, table: str, columns: list[str], rows: list[Record]) -> None:
        self.turn += 1
        before, lines = content(self.book), [",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]
        text = "\n".join([*lines, *[""] * self.turn])  # another file each time, the same rows
        preview_refused = self._refused_lines(table, text)
        try:
            loaded = feed(self.book, table, text)
        except InvalidInput:
            assert same(self.book, before)
            return
        accepted = [(n, row) for n, row in enumerate(rows, 2) if n not in preview_refused]
        (counts,), held = loaded.tables, self.naive.state()[table]
        self.naive.loads[loaded.load_id or 0] = (table, [(n, _first_of_month(table, row)) for n, row in accepted])
        after = self.naive.state()[table]
        assert counts.added == len(after.keys() - held.keys())
        assert counts.changed == sum(after[key] != held[key] for key in held)
        assert counts.accepted == len(accepted) == counts.added + counts.changed + counts.unchanged
        if self.turn > len(FIRST) and self.turn % 2:  # and straight back, and there again: the numbers of loads go on
            load.undo(self.book, loaded.load_id or 0, NOW)
            assert same(self.book, before)
            again = feed(self.book, table, text).load_id or 0
            self.naive.loads[again] = self.naive.loads.pop(loaded.load_id or 0)

    def _refused_lines(self, table: str, text: str) -> set[int]:
        return set(previewed(self.book, table, text).refused["line"])

    @precondition(lambda self: self.naive.loads)
    @rule(data=st.data())
    def undo_with_all_that_depends_on_it(self, data: st.DataObject) -> None:
        wanted = data.draw(st.sampled_from(sorted(self.naive.loads)))
        while wanted in self.naive.loads:
            self._undo_or_what_it_names(wanted)

    def _undo_or_what_it_names(self, number: int) -> None:
        before = content(self.book)
        try:
            load.undo(self.book, number, NOW)
        except InvalidInput as refusal:
            named = [int(n) for n in re.findall(r"load (\d+)", str(refusal))]
            assert same(self.book, before) and named and set(named) <= {n for n in self.naive.loads if n > number}, str(refusal)
            self._undo_or_what_it_names(max(named))
        else:
            del self.naive.loads[number]

    @invariant()
    def is_what_the_replay_says(self) -> None:
        assert stored(self.book) == self.naive.state()
        assert load.findings(self.book) == []  # the history equals a rebuild, too

    def teardown(self) -> None:
        for number in sorted(self.naive.loads, reverse=True):
            load.undo(self.book, number, NOW)
        assert same(self.book, content(empty_book())) and load.findings(self.book) == []


def _first_of_month(table: str, row: Record) -> Record:
    return {**row, "month": row["month"][:8] + "01"} if table == "market_prices" else row


TestLoads = Loads.TestCase
TestLoads.settings = settings(
    max_examples=size(2, 12), stateful_step_count=size(6, 10), deadline=None, suppress_health_check=list(HealthCheck)
)
"""Each step holds the history against a rebuild, which takes seconds; `make soak` runs the long version."""
