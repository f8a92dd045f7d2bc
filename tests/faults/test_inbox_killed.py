"""A run of the inbox may be ended at any moment and started twice at once; these start processes, so they take seconds."""

import random
import time
from pathlib import Path

import pytest

from health.warehouse import Warehouse
from tests.faults.inbox_killed import Place, after, once, state, tried, undisturbed, write_files

Undisturbed = tuple[Place, dict[str, object], float]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed(tmp_path_factory.mktemp("inbox"))


def test_a_run_that_nobody_ends_loads_or_refuses_every_file(whole: Undisturbed) -> None:
    _, left, _ = whole
    reports = left["reports"]
    assert isinstance(reports, dict)
    assert {report["file"]: report["outcome"] for report in reports.values()} == {
        "a.csv": "done", "b.csv": "done", "c.csv": "done", "d.csv": "refused", "e.csv": "refused"
    }  # fmt: skip


@pytest.mark.parametrize("sign", ["in/.inbox/taken/*", "in/.inbox/loading/*", "in/done/*.report.json"])
def test_ended_in_the_midst_of_a_file_the_next_run_leaves_what_an_undisturbed_one_would(
    whole: Undisturbed, tmp_path: Path, sign: str
) -> None:
    chance = random.Random(sign)
    tried(tmp_path, 0, whole[1], [once(sign, chance.randint(1, 3), chance.uniform(0, 0.02))])


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_ended_at_any_time_the_next_run_leaves_what_an_undisturbed_one_would(whole: Undisturbed, tmp_path: Path, share: float) -> None:
    tried(tmp_path, 0, whole[1], [after(whole[2] * share * random.Random(share).uniform(0.9, 1.1))])


def test_two_runs_at_once_load_every_file_once(whole: Undisturbed, tmp_path: Path) -> None:
    place = Place(tmp_path)
    write_files(place.folder)
    both = [place.start(), place.start()]
    told = [run.communicate(timeout=120)[1].decode() for run in both]
    assert sorted(run.returncode for run in both) == [0, 1], told
    assert sum("nothing" in words.lower() for words in told) == 1
    assert state(place) == whole[1]


def test_a_run_waits_for_who_holds_the_warehouse(whole: Undisturbed, tmp_path: Path) -> None:
    place = Place(tmp_path)
    write_files(place.folder)
    holder = Warehouse(place.warehouse)
    running = place.start()
    time.sleep(1.5)
    assert running.poll() is None and not list(place.folder.glob(".inbox/*/*"))
    holder.close()
    running.communicate(timeout=120)
    assert running.returncode == 1 and state(place) == whole[1]
