"""What the desk has confirmed is on file, whoever else writes and however the process ends; these start a process or threads."""

from pathlib import Path

from health.warehouse import Warehouse
from tests.desk.office import office
from tests.faults import desk_killed, desk_writers


def test_what_was_confirmed_outlives_signal_9(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    office(Warehouse(path)).close()
    told = desk_killed.killed(path, 3)
    assert told
    desk_killed.check(path, told)


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    told = desk_writers.run(tmp_path / "w.duckdb", writers=4, edits=3)
    assert sum(len(one.rows) for one in told) == 4
