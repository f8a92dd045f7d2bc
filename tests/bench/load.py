"""How fast a million rows are read, checked, compared and stored, against DuckDB's own typed read_csv of the same file in the same run.

Run with `python -m tests.bench.load`. Each goes into a warehouse file of its own, in a process of its own, turn by turn; medians are
compared. Ours reads in its limited child and accounts for every line; facts, and the start of the child, are not counted.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from health.demo import generate
from health.intake import layout, load
from health.intake.check import CheckContext, check
from health.intake.compare import compare
from health.intake.reading import unpack
from health.tables import TABLES
from health.warehouse import Warehouse
from health.warehouse.schema import SQL_TYPES
from tests.books import analyst
from tests.intake.files import NOW

ROWS, BAD_EVERY, ROUNDS = 1_000_000, 1_000, 3
FLOOR, GOAL, MOST_MB = 0.15, 0.33, 1_500
TODAY = date(2026, 11, 22)
FILE, CUSTOMERS = "interactions.csv", "customers.csv"


def make(folder: Path) -> None:
    """A file of interactions, one row in a thousand bad, and one of the customers whom it names."""
    company = generate(2000, 36, 7).tables
    talks = company["interactions"]
    copies = range(-(-ROWS // talks.height))
    rows = pl.concat(talks.with_columns(pl.format("{}-{}", "interaction_id", pl.lit(k)).alias("interaction_id")) for k in copies).head(ROWS)
    bad = pl.int_range(pl.len()) % BAD_EVERY == 0
    rows = rows.with_columns(pl.when(bad).then(pl.lit("pigeon")).otherwise("channel").alias("channel"))
    rows.write_csv(folder / FILE, datetime_format="%Y-%m-%d %H:%M:%S")
    company["customers"].write_csv(folder / CUSTOMERS)


@contextmanager
def timed(stages: dict[str, float], name: str) -> Iterator[None]:
    """Notes the seconds of one stage."""
    start = time.perf_counter()
    yield
    stages[name] = time.perf_counter() - start


def raw(folder: Path) -> dict[str, Any]:
    """DuckDB's own reader, told every type, into a table of a database file."""
    file, stages = folder / FILE, dict[str, float]()
    names = file.open(encoding="utf-8").readline().strip().split(",")
    types = ", ".join(f"'{name}': '{SQL_TYPES[TABLES['interactions'].column(name).type]}'" for name in names)
    with tempfile.TemporaryDirectory(dir=folder) as place, duckdb.connect(f"{place}/raw.duckdb") as db, timed(stages, "raw"):
        db.execute(f"create table raw as from read_csv('{file}', header = true, auto_detect = false, delim = ',', columns = {{{types}}})")
    return {"stages": stages}


def ours(folder: Path) -> dict[str, Any]:
    """From the same file to rows in a warehouse file: seconds a stage, peak memory here and in the child, the longest wait for news."""
    stages, news, start = dict[str, float](), list[float](), dict[str, float]()
    small = folder / "small.csv"
    small.write_text("interaction_id,customer_id\nI,C\n", encoding="utf-8")
    with timed(start, "start"):
        unpack.read(small)
    with tempfile.TemporaryDirectory(dir=folder) as place:
        book = analyst(Warehouse(Path(place) / "ours.duckdb"))
        load.commit(book, load.prepare(book, load.read_file(folder / CUSTOMERS, "customers")), "bench", NOW)
        news.append(time.perf_counter())
        with timed(stages, "read"):
            sheet = unpack.read(folder / FILE, progress=lambda words, share: news.append(time.perf_counter()))
        news.append(time.perf_counter())
        (extract,) = layout.batch_from_extract("interactions", sheet).extracts
        with book.reading() as session:
            customers = session.frame("queries/customer_ids")
            with timed(stages, "check"):
                checked = check(extract, {"customers": customers["customer_id"]}, CheckContext(TODAY, {}, customers))
            with timed(stages, "compare"):
                change = compare(checked, session.alike("interactions", checked.accepted.select("interaction_id")))
        with timed(stages, "store"), book.writing("load") as session:
            session.insert("interactions", change.fresh.with_columns(pl.lit(2, pl.Int64).alias("load_id")))
    assert (change.counts["added"], checked.refused.height) == (ROWS - ROWS // BAD_EVERY, ROWS // BAD_EVERY), "a row is not accounted for"
    stages["read"] -= start["start"]
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    wait = max(later - earlier for earlier, later in zip(news, news[1:], strict=False))
    return {"stages": stages, "here_mb": peaks[0], "child_mb": peaks[1], "longest_wait": wait, "warned": checked.warned.height}


def run(side: str, folder: Path) -> dict[str, Any]:
    """One side in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "tests.bench.load", side, str(folder)], check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Prints the ratio, the seconds of each stage, the peak memory and the rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder)
        rounds = [(run("raw", folder), run("ours", folder)) for _ in range(ROUNDS)]
        size = (folder / FILE).stat().st_size / 1e6
    base = statistics.median(theirs["stages"]["raw"] for theirs, _ in rounds)
    stages = {stage: statistics.median(own["stages"][stage] for _, own in rounds) for stage in rounds[0][1]["stages"]}
    whole = statistics.median(sum(own["stages"].values()) for _, own in rounds)
    here, child, wait = (max(own[key] for _, own in rounds) for key in ("here_mb", "child_mb", "longest_wait"))
    print(f"{ROWS:,} rows, {size:.0f} MB: every line accounted for, {ROWS // BAD_EVERY:,} refused, {rounds[0][1]['warned']:,} flagged")
    print(
        f"a raw typed read_csv {base:.2f} s; ours {whole:.2f} s: {', '.join(f'{stage} {seconds:.2f}' for stage, seconds in stages.items())}"
    )
    print(f"{100 * base / whole:.0f} % of its speed (at least {100 * FLOOR:.0f}, goal {100 * GOAL:.0f})")
    print(f"peak memory {here:.0f} MB, in the child {child:.0f} MB (at most {MOST_MB:,}); the longest wait for news {wait:.2f} s")


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps({"raw": raw, "ours": ours}[sys.argv[1]](Path(sys.argv[2]))))
    else:
        main()
