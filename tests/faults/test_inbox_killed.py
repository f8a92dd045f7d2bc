"""A run of the inbox may be ended at any moment and started twice at once; `make soak` ends fifty.

These start processes, each of which takes seconds: one inbox is ended in the midst of several files (soak: also at some time) before it is
let be.
"""

import random
import time
from pathlib import Path

from health.warehouse import Warehouse
from tests.faults.conftest import Undisturbed
from tests.faults.inbox_killed import Place, after, once, state, tried, write_files
from tests.size import LONG

SIGNS = ("in/.inbox/taken/*", "in/.inbox/loading/*", "in/done/*.report.json")


def test_a_run_that_nobody_ends_loads_or_refuses_every_file(whole: Undisturbed) -> None:
    _, left, _ = whole
    reports = left["reports"]
    assert isinstance(reports, dict)
    assert {report["file"]: report["outcome"] for report in reports.values()} == {
        "a.csv": "done", "b.csv": "done", "c.csv": "done", "d.csv": "refused", "e.csv": "refused"
    }  # fmt: skip


def test_ended_again_and_again_the_last_run_leaves_what_an_undisturbed_one_would(whole: Undisturbed, tmp_path: Path) -> None:
    chance = random.Random(1)
    in_the_midst = [once(sign, chance.randint(1, 3), chance.uniform(0, 0.02)) for sign in SIGNS]
    at_any_time = after(whole[2] * chance.uniform(0.3, 0.6))
    moments = [at_any_time, *in_the_midst] if LONG else in_the_midst[1:]
    assert tried(tmp_path, 0, whole[1], moments)


def test_two_runs_at_once_wait_for_who_holds_the_warehouse_and_load_every_file_once(whole: Undisturbed, tmp_path: Path) -> None:
    place = Place(tmp_path)
    write_files(place.folder)
    holder = Warehouse(place.warehouse)
    both = [place.start(), place.start()]
    until = time.monotonic() + 60
    while all(run.poll() is None for run in both) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.3)
    assert [run.poll() is None for run in both].count(True) == 1 and not list(place.folder.glob(".inbox/*/*"))
    holder.close()
    told = [run.communicate(timeout=120)[1].decode() for run in both]
    assert sorted(run.returncode for run in both) == [0, 1], told
    assert sum("nothing" in words.lower() for words in told) == 1
    assert state(place) == whole[1]
