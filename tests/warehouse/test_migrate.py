"""A warehouse file of an earlier version is widened on opening, after a copy of it was kept, and scores to the same bytes.

tests/warehouse/earlier/ holds files that commits of this repository wrote: the demo of 30 customers and 14 months (seed 7) with two
customers renamed by a second load. e1d8afc knows nine ledgers and half of the facts less, d6454da five ledgers less, 05b3736 nothing less.
All three wrote the two CSV files beside them, byte for byte the same.
"""

import gzip
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from health.__main__ import main
from health.errors import Locked, Storage
from health.score import history
from health.tables import TABLES
from health.warehouse import Warehouse, migrate, schema
from tests.size import size

EARLIER = Path(__file__).parent / "earlier"
FILES = sorted(path.name.removesuffix(".duckdb.gz") for path in EARLIER.glob("*.duckdb.gz"))
OLDEST, NEWEST = "e1d8afc", "05b3736"
DAYS = ("2026-03-31", "2026-10-30")


def written_by(commit: str, folder: Path) -> Path:
    """The file that an earlier commit wrote."""
    path = folder / "w.duckdb"
    path.write_bytes(gzip.decompress((EARLIER / f"{commit}.duckdb.gz").read_bytes()))
    return path


def changed(path: Path, *statements: str) -> Path:
    """The same file after some statements, run past the product."""
    with duckdb.connect(str(path)) as db:
        for statement in statements:
            db.execute(statement)
    return path


Columns = dict[str, dict[str, str]]


def contents(path: Path, read: Columns | None = None) -> dict[str, tuple[int, int]]:
    """How many rows each table of a file holds, and a hash of them that does not depend on their order.

    `read`: of these tables and columns alone; what was added since is left out.
    """
    with duckdb.connect(str(path), read_only=True) as db:
        listed = {table: ", ".join(names) for table, names in (read or migrate.stored_columns(db)).items()}
        return {
            table: db.execute(f"select count(*), sum(hash(t)) from (select {names} from {table}) as t").fetchall()[0]
            for table, names in listed.items()
        }


def columns(path: Path) -> dict[str, dict[str, str]]:
    with duckdb.connect(str(path), read_only=True) as db:
        return migrate.stored_columns(db)


def opened(path: Path) -> Path | None:
    """Opens and closes the file; the copy that was kept."""
    warehouse = Warehouse(path)
    warehouse.close()
    return warehouse.migration_copy


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.before-migration-*"))


def scored(path: Path, day: str) -> bytes:
    out = path.parent / f"{day}.csv"
    assert main(["--warehouse", str(path), "score", "--as-of", day, "--out", str(out)]) == 0
    return out.read_bytes()


def test_files_of_several_earlier_versions_are_here() -> None:
    assert {OLDEST, NEWEST} <= set(FILES) and len(FILES) >= 3


@pytest.mark.parametrize("commit", FILES)
def test_a_file_of_an_earlier_version_scores_to_the_same_bytes(commit: str, tmp_path: Path) -> None:
    path = written_by(commit, tmp_path)
    for day in DAYS:
        assert scored(path, day) == (EARLIER / f"{day}.csv").read_bytes()
    assert main(["--warehouse", str(path), "check"]) == 0


@pytest.mark.parametrize("commit", FILES)
def test_migration_keeps_every_row_and_adds_what_is_declared(commit: str, tmp_path: Path) -> None:
    path = written_by(commit, tmp_path)
    before, old = contents(path), columns(path)
    opened(path)
    assert contents(path, old) == before and before["customers_replaced"][0] == 2
    after, held = contents(path), columns(path)
    assert all(after[name][0] == 0 for name in set(after) - set(before))
    assert {name: held[name] for name in schema.declared()} == schema.declared()


def test_the_copy_holds_everything_the_file_held(tmp_path: Path) -> None:
    path = written_by(OLDEST, tmp_path)
    before, held = contents(path), columns(path)
    copy = opened(path)
    assert copy is not None and copies(path) == [copy]
    assert contents(copy) == before and columns(copy) == held
    assert contents(copy)["history"][0] == 390


@pytest.mark.parametrize("commit", FILES)
def test_opening_again_changes_nothing(commit: str, tmp_path: Path) -> None:
    path = written_by(commit, tmp_path)
    opened(path)
    first, kept = contents(path), copies(path)
    assert opened(path) is None
    assert (contents(path), copies(path)) == (first, kept)


def test_a_file_of_this_version_and_a_new_one_keep_no_copy(tmp_path: Path) -> None:
    assert opened(tmp_path / "new.duckdb") is None
    assert opened(changed(tmp_path / "new.duckdb", "drop table notes")) is None  # nothing was ever written to it
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.duckdb"]


@pytest.mark.parametrize("of_two", [0, 1])
def test_every_table_and_column_that_is_missing_comes_back(of_two: int, tmp_path: Path) -> None:
    path, names = tmp_path / "w.duckdb", list(schema.declared())
    opened(path)
    gone, narrow = names[of_two::2], [name for name in names[1 - of_two :: 2] if len(schema.declared()[name]) > 1]
    ends = [(name, list(schema.declared()[name])[i]) for name in narrow for i in (0, -1)]
    changed(path, *(f"drop table {name}" for name in gone), *(f"alter table {name} drop column {column}" for name, column in ends))
    opened(path)
    assert columns(path) == schema.declared()


def test_a_file_without_some_columns_scores_as_before_where_they_held_nothing(tmp_path: Path) -> None:
    path = written_by(NEWEST, tmp_path)
    blank = ("customers drop column parent_id", "customers_replaced drop column recorded_at", "usage drop column recorded_at")
    changed(path, *(f"alter table {words}" for words in blank), "drop table actions", "drop table usage_replaced")
    for day in DAYS:
        assert scored(path, day) == (EARLIER / f"{day}.csv").read_bytes()
    assert len(copies(path)) == 1


def test_columns_added_last_are_read_and_moved_by_name(tmp_path: Path) -> None:
    path = changed(written_by(NEWEST, tmp_path), "alter table customers drop column parent_id")
    warehouse = Warehouse(path)
    with warehouse.reading() as session:
        assert session.rows("customers").columns == list(schema.declared()["customers"])
        assert session.of_customer("customers", "C0000000").columns == [*schema.declared()["customers"], "file"]
    warehouse.close()
    assert main(["--warehouse", str(path), "undo", "2"]) == 0
    assert contents(path)["customers_replaced"][0] == 0
    assert main(["--warehouse", str(path), "check"]) == 0


@pytest.mark.parametrize("column", ["depth_points", "voices_365", "health"])
def test_a_history_without_a_column_that_is_stored_today_is_rebuilt(column: str, tmp_path: Path) -> None:
    path = changed(written_by(NEWEST, tmp_path), f"alter table history drop column {column}")
    warehouse = Warehouse(path)
    assert history.upgrade_history(warehouse) and not history.upgrade_history(warehouse)
    with warehouse.reading() as session:
        assert column in session.columns("history")
    warehouse.close()
    assert scored(path, DAYS[0]) == (EARLIER / f"{DAYS[0]}.csv").read_bytes()


def test_a_column_of_another_type_is_refused_with_a_remedy_and_nothing_changes(tmp_path: Path) -> None:
    path = changed(written_by(OLDEST, tmp_path), "alter table invoices alter column due_on type varchar")
    before = contents(path)
    with pytest.raises(Storage, match=r"w.duckdb: invoices.due_on is stored as varchar, and this version reads it as date.*load its data"):
        Warehouse(path)
    assert contents(path) == before and copies(path) == []


def test_a_copy_that_cannot_be_written_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = written_by(OLDEST, tmp_path)
    before = contents(path)
    with duckdb.connect(str(path), read_only=True) as db:
        held = migrate.stored_columns(db)
    blocked = migrate.copy_path(path, held, 2)
    (blocked / "in the way").mkdir(parents=True)
    with pytest.raises(Storage, match="no copy of it could be saved.*nothing was changed"):
        Warehouse(path)
    assert contents(path) == before


def test_a_disk_that_fills_up_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = written_by(OLDEST, tmp_path)
    before = contents(path)
    command = f'ulimit -f 4000; exec "{sys.executable}" -m health --warehouse "{path}" loads'
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert "the disk is full; free some space and try again. Nothing was changed." in ended.stderr
    assert contents(path) == before and copies(path) == []


def test_threads_that_open_at_once_migrate_once(tmp_path: Path) -> None:
    path, first, refused = written_by(OLDEST, tmp_path), [], []
    start = threading.Barrier(2)

    def open_it() -> None:
        start.wait()
        try:
            first.append(Warehouse(path))
        except Locked as problem:
            refused.append(str(problem))

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(first), len(refused)) == (1, 1) and "already has it open" in refused[0]
    first[0].close()
    assert len(copies(path)) == 1 and opened(path) is None


@pytest.mark.parametrize("after_seconds", [0.0, 0.05, 0.1, 0.2][:: size(2, 1)])
def test_a_killed_migration_leaves_the_old_file_or_the_new_one(after_seconds: float, tmp_path: Path) -> None:
    path = written_by(OLDEST, tmp_path)
    before, old = contents(path), columns(path)
    wanted = {*old, *schema.declared()}
    program = f"from health.warehouse import Warehouse; print('ready', flush=True); Warehouse({str(path)!r})"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    time.sleep(after_seconds)
    process.kill()
    process.communicate()
    with duckdb.connect(str(path)) as db:
        assert set(migrate.stored_columns(db)) in (set(old), wanted)
    for copy in copies(path):
        assert ".part" in copy.name or contents(copy) == before
    opened(path)
    assert set(columns(path)) == wanted and contents(path, old) == before
    assert [contents(copy) for copy in copies(path)] == [before]


def test_a_table_of_tomorrow_needs_no_more_than_its_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written_by(NEWEST, tmp_path)
    visits = replace(TABLES["diary"], name="visits")
    monkeypatch.setitem(TABLES, "visits", visits)
    opened(path)
    assert {"visits", "visits_replaced"} <= set(columns(path))
    assert len(copies(path)) == 1
