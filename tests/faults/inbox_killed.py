"""Ends the inbox with signal 9 at random moments and checks what the next run makes of it.

python -m tests.faults.inbox_killed --times 50 [--seed 1] tells in which phase each kill landed; it fails where a promise is broken.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from health.access import Book
from health.intake import load
from health.intake.inbox.atomic_files import digest
from health.warehouse import Warehouse
from tests.books import analyst

LONG_AGO = 1_500_000_000
CUSTOMERS = 60
SIGNS = (
    ("in/.inbox/taken/*", 4), ("in/.inbox/loading/*", 3), ("w.duckdb.wal", 7), ("in/done/.writing", 2), ("in/*/*.report.json", 4),
    ("in/*/?.csv", 4),
)  # fmt: skip
"""What a phase leaves, and how often in a run."""
PHASES = (
    "before the first file was taken", "while one was taken", "before its commit", "between commit and report", "between report and move",
    "between files", "after the last one",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One try: the inbox and the warehouse beside it."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "in"

    @property
    def warehouse(self) -> Path:
        return self.root / "w.duckdb"

    def start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "health", "--warehouse", str(self.warehouse), "inbox", str(self.folder), "--settle", "0"]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ | {"HEALTH_THREADS": "1"})


def write_files(folder: Path) -> None:
    """Five files: customers, contracts with rows to refuse, calls, the customers once more, and one that nobody knows."""
    folder.mkdir(parents=True)
    ids = [f"C{n:03}" for n in range(CUSTOMERS)]
    customers = ["customer_id,name,tier", *(f"{i},Name {i},B" for i in ids)]
    contracts = ["contract_id,customer_id,product,start_on,unit_price", *(f"K{i},{i},mobile,2024-01-01,10.50" for i in ids)]
    contracts += ["K404,C404,mobile,2024-01-01,1", "K405,C001,mobile,soon,x"]
    calls = [f"I{n},C{n % CUSTOMERS:03},2025-0{n % 9 + 1}-1{n % 7} 10:00:00,call,out,reached" for n in range(1000)]
    texts = {
        "a.csv": ["interaction_id,customer_id,occurred_at,channel,direction,outcome", *calls], "b.csv": contracts, "c.csv": customers,
        "d.csv": customers, "e.csv": ["a,b", "1,2"],
    }  # fmt: skip
    for name, lines in texts.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        os.utime(folder / name, (LONG_AGO, LONG_AGO))


def looked_at(place: Place, copy: bool = False) -> tuple[Book, Warehouse]:
    """The book; of a copy where the next run must find the files as they were left."""
    path = place.warehouse
    if copy:
        path = place.root / "copy" / "w.duckdb"
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        for file in place.root.glob("w.duckdb*"):
            shutil.copy(file, path.parent / file.name)
    warehouse = Warehouse(path)
    return analyst(warehouse), warehouse


def phase(place: Place) -> str:
    """Where the kill landed, by what it left."""
    rooms = {
        name: sorted(p.name for p in (place.folder / name).glob("[!.]*")) for name in (".inbox/taken", ".inbox/loading", "done", "refused")
    }
    settled = [name for room in ("done", "refused") for name in rooms[room] if name.count(".") == 1]
    reported = [name for room in ("done", "refused") for name in rooms[room] if name.removesuffix(".report.json") not in (*settled, name)]
    if reported:
        return PHASES[4]
    if rooms[".inbox/loading"]:
        book, warehouse = looked_at(place, copy=True)
        try:
            hashes = set(load.loads(book)["file_hash"])
        finally:
            warehouse.close()
        return PHASES[3] if digest(place.folder / ".inbox/loading" / rooms[".inbox/loading"][0]) in hashes else PHASES[2]
    if rooms[".inbox/taken"]:
        return PHASES[1]
    if not settled:
        return PHASES[0]
    return PHASES[6] if len(settled) == 5 else PHASES[5]


def after(seconds: float) -> Callable[[Place], bool]:
    """Whether so much time has passed since the first asking."""
    asked: list[float] = []

    def due(place: Place) -> bool:
        asked.append(time.monotonic())
        return asked[-1] >= asked[0] + seconds

    return due


def once(pattern: str, nth: int, more_seconds: float) -> Callable[[Place], bool]:
    """Whether that many files (of the warehouse's log: sizes) were seen to match, and a moment has passed since."""
    seen: set[tuple[str, int]] = set()
    since: list[float] = []

    def due(place: Place) -> bool:
        for path in place.root.glob(pattern):
            with suppress(FileNotFoundError):
                seen.add((path.name, path.stat().st_size if path.suffix == ".wal" else 0))
        if len(seen) >= nth and not since:
            since.append(time.monotonic())
        return bool(since) and time.monotonic() >= since[0] + more_seconds

    return due


def moment(n: int, times: int, whole_seconds: float, chance: random.Random) -> Callable[[Place], bool]:
    """The moments of a soak: half spread evenly over the whole run, half set off by what a phase leaves in the folder."""
    if n % 2 == 0:
        return after(whole_seconds * (n + chance.random()) / times)
    sign, most = SIGNS[n // 2 % len(SIGNS)]
    return once(sign, chance.randint(1, most), chance.choice((0, 0, 0, chance.uniform(0, 0.03), chance.uniform(0, 0.15))))


def ended(place: Place, due: Callable[[Place], bool]) -> bool:
    """Starts a run and ends it with signal 9 when it is due; whether it was not done before."""
    running = place.start()
    while running.poll() is None and not due(place):
        time.sleep(0.0005)
    running.kill()
    running.communicate()
    return running.returncode == -signal.SIGKILL


def state(place: Place) -> dict[str, Any]:
    """All that a run is answerable for: the files with their reports, the loads, every row, the history; checked on the way."""
    lying = sorted(p.relative_to(place.folder).as_posix() for p in place.folder.rglob("*") if p.is_file() and p.name != "lock")
    book, warehouse = looked_at(place)
    try:
        loads = load.loads(book)
        assert load.findings(book) == []
        with book.reading() as session:
            content = session.content_hash().rows()
            ledgers = {name: sorted(session.rows(name).rows(), key=str) for name in ("load_tables", "refused", "warned")}
            scored = session.rows("history").sort("as_of", "customer_id").rows()
    finally:
        warehouse.close()
    reports = {name: json.loads((place.folder / name).read_text(encoding="utf-8")) for name in lying if name.endswith(".report.json")}
    by_id = {row["load_id"]: row for row in loads.to_dicts()}
    for name, report in reports.items():
        file = place.folder / name.removesuffix(".report.json")
        assert file.exists() and digest(file) == report["sha256"], f"{name} speaks of a file that is not there"
        assert report["put"] == file.relative_to(place.folder).as_posix()
        if report["outcome"] == "done":
            row = by_id.pop(report["load_id"])
            assert (row["file_hash"], row["undone_at"]) == (report["sha256"], None)
            assert row["accepted"] == sum(t["accepted"] for t in report["tables"]) and row["refused"] == report["refused"]
    assert not by_id, f"loads without a file in done: {by_id}"
    told = {name: {key: value for key, value in r.items() if key not in VARYING} for name, r in reports.items()}
    return {"files": lying, "reports": told, "content": content, "ledgers": ledgers, "history": scored}


VARYING = ("at", "message", "mapping", "notices")
"""What a report tells of its own run: the hour, also within the words on a repeated file, and what only the reading run knew."""


def finish(place: Place) -> float:
    """A run that is let be; returns how long it took."""
    began = time.monotonic()
    running = place.start()
    _, err = running.communicate(timeout=120)
    assert running.returncode in (0, 1) and b"Traceback" not in err, err.decode()
    return time.monotonic() - began


def undisturbed(root: Path) -> tuple[Place, dict[str, Any], float]:
    """The state that a run leaves which nobody ends, and how long it takes."""
    place = Place(root / "whole")
    write_files(place.folder)
    seconds = finish(place)
    return place, state(place), seconds


def tried(root: Path, n: int, expected: dict[str, Any], moments: list[Callable[[Place], bool]]) -> list[str]:
    """Ends runs at these moments, lets the next one be, and compares all that it leaves; returns the phases of the kills."""
    place = Place(root / f"try{n}")
    write_files(place.folder)
    phases = []
    for due in moments:
        if ended(place, due):
            phases.append(phase(place))
    finish(place)
    found = state(place)
    for part, wanted in expected.items():
        assert found[part] == wanted, f"try {n}, ended {', then '.join(phases)}: {part} differ:\n{found[part]}\nexpected\n{wanted}"
    shutil.rmtree(place.root)
    return phases


def main() -> None:
    """So many kills; every fifth try is ended twice before it is let be."""
    parser = argparse.ArgumentParser("python -m tests.faults.inbox_killed", description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, landed, killed, n = random.Random(options.seed), Counter[str](), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        _, expected, seconds = undisturbed(Path(folder))
        print(f"a run that nobody ends takes {seconds:.1f} s", flush=True)
        while killed < options.times:
            twice = n % 5 == 4 and killed + 1 < options.times
            phases = tried(Path(folder), n, expected, [moment(killed + k, options.times, seconds, chance) for k in range(1 + twice)])
            landed.update(phases)
            killed, n = killed + len(phases), n + 1
            seconds *= 1 if phases else 0.8  # the machine has become faster, and the run was done before its end
            print(f"{killed:>4}  ended {', then '.join(phases) or 'too late'}", flush=True)
    print("\n".join(f"{landed[name]:>4}  {name}" for name in PHASES))
    print(f"{killed} kills; after each, every file was loaded exactly once or refused with its report, all rows and scores as undisturbed")


if __name__ == "__main__":
    main()
