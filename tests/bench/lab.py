"""The score lab on 100,000 customers: what a draft does to the whole book, as a multiple of a rerun of an empty page, both in one run
and turn by turn; and the seconds that a draft takes on the held-out months.

Run with `make bench`, or `python -m tests.bench.lab --warehouse FILE` over a book made before. Exit 1 where a goal is missed.
The what-if is what a rerun of the lab works out anew when a slider moves: health, bands and ranks of everybody, who crosses, what
revenue moves. What is read once for all drafts, the points of the day and the panel of the held-out months, is told apart.
The seconds are those on the wall, so they mean little on a busy machine: those of work stand beside them.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from health import portfolio
from health.access import Book
from health.foresight.backtest import compare
from health.insight import lab
from health.score.settings import DEFAULT, Settings
from health.warehouse import Warehouse
from tests.bench.rerun import EMPTY, Visitor
from tests.books import analyst
from tests.browser.server import ROOT, served

T = TypeVar("T")
CUSTOMERS = 100_000
ROUNDS, WARM_UP = 20, 3
GOAL_TIMES, GOAL_SECONDS = 5.0, 5.0
DRAFTS: tuple[Settings, ...] = (
    replace(DEFAULT, weights={"contact": 40, "complaints": 30, "price": 20, "tenure": 10}),
    replace(DEFAULT, weights={"contact": 10, "complaints": 30, "price": 20, "tenure": 40}),
    replace(DEFAULT, at_risk_below=57, healthy_from=66),
    replace(DEFAULT, segment_weights={"small": {"contact": 60, "tenure": 40}}, cap_on_broken_promises=True),
)


def seconds(act: Callable[[], T]) -> tuple[float, float, T]:
    """How long it took, how long all cores worked at it, and what came of it."""
    start, worked = time.perf_counter(), time.process_time()
    done = act()
    return time.perf_counter() - start, time.process_time() - worked, done


def made(folder: Path) -> Path:
    """A book of that many customers."""
    path = folder / "book.duckdb"
    command = [sys.executable, "-m", "health", "--warehouse", str(path), "demo", "--customers", str(CUSTOMERS), "--until", "2026-10-31"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return path


def what_if(book: Book, page: Visitor) -> bool:
    """Tells the medians of the what-if and of the empty page's rerun, turn by turn; whether the goal is met."""
    state = portfolio.state(book)
    assert state.as_of
    day = lab.preview_day(state.month_ends, state.as_of)
    first, _, rows = seconds(lambda: lab.active_customers(book, day, DEFAULT))
    before = lab.score_customers(rows, DEFAULT)
    empty, tried = [], []
    for at in range(ROUNDS + WARM_UP):
        draft = DRAFTS[at % len(DRAFTS)]
        empty.append(page.rerun_ms())
        took, _, done = seconds(lambda draft=draft: lab.compare_scores(before, lab.score_customers(rows, draft), DEFAULT, draft))  # type: ignore[misc]
        assert done.band_changes.height
        tried.append(1000 * took)
    plain, ours = (statistics.median(times[WARM_UP:]) for times in (empty, tried))
    print(f"a draft on {rows.height:,} active customers takes {ours:.0f} ms (the points of the day, read once: {first:.1f} s)")
    print(f"an empty page as Streamlit ships it {plain:.0f} ms: {ours / plain:.1f} times (goal: at most {GOAL_TIMES:.0f})")
    return ours <= GOAL_TIMES * plain


def held_out(book: Book) -> bool:
    """Tells the seconds of a draft on the held-out months, the first with the panel; whether the goal is met."""
    took, worked, panel = seconds(lambda: compare.held_out_panel(book))
    each = [seconds(lambda draft=draft: compare.compare(book, draft, present=panel))[:2] for draft in DRAFTS]  # type: ignore[misc]
    first, first_worked = took + each[0][0], worked + each[0][1]
    most, most_worked = max(each)
    print(f"held-out months, {panel.rows.height:,} rows: the first draft {first:.1f} s ({first_worked:.1f} s of work)", end=", ")
    print(f"another at most {most:.1f} s ({most_worked:.1f} s of work) (goal: at most {GOAL_SECONDS:.0f} s)")
    return first <= GOAL_SECONDS


def main() -> int:
    """Both, over a warehouse of one's own or the one given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warehouse", type=Path, help="a book made before, instead of a new demo of 100,000 customers")
    given: Path | None = parser.parse_args().warehouse
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        shipped = folder / "shipped" / "empty.py"
        shipped.parent.mkdir()
        shipped.write_text(EMPTY)
        book = analyst(Warehouse(given or made(folder)))
        page = Visitor(stack.enter_context(served(folder / "a.duckdb", shipped)))
        kept = [what_if(book, page), held_out(book)]
        page.close()
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
