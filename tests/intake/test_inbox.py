"""The inbox in one process: what is taken, in which order, where it ends, and how a run goes on from wherever another ended."""

import gzip
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from health.access import Book
from health.errors import NotFound, Storage
from health.intake import inbox, load
from health.intake.inbox.atomic_files import digest
from health.intake.inbox.folder import InboxFolder
from health.intake.inbox.report import find_load_in_force
from health.intake.mapping import store
from tests.intake.files import CALLS, CONTRACTS, CUSTOMERS, content, empty_book, feed, rows, same

pytestmark = pytest.mark.usefixtures("childless")
LONG_AGO = 1_500_000_000
NOW = datetime(2026, 11, 1, 9, 0)
FIVE = CONTRACTS + "K4,C9,voice,2025-01-15,2026-01-14,12,1\nK5,C1,voice,soon,,x,1\n"
OUTSIDE = "[tables.customers.fields]\ncustomer_id = 'Kundennummer'\nname = 'Firma'\n"


def put(folder: Path, **files: str | bytes) -> None:
    """Files written long ago; name_csv becomes name.csv."""
    for name, text in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        os.utime(path, (LONG_AGO, LONG_AGO))


def run(folder: Path, book: Book) -> list[dict[str, Any]]:
    with inbox.lock_folder(folder) as tray:
        assert tray
        return list(inbox.run(book, tray, tray.found(NOW, 2)[0], "timer", NOW))


def settled(folder: Path, book: Book) -> dict[str, str]:
    """File by file where it was put, in the order of the run."""
    return {report["file"]: report["put"] for report in run(folder, book)}


def lying(folder: Path) -> set[str]:
    """Every file under the folder but the lock."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {".inbox/lock"}


def test_customers_come_before_what_refers_to_them_whatever_the_files_are_called(tmp_path: Path) -> None:
    put(tmp_path, a_csv=CALLS, b_csv=CONTRACTS, z_csv=CUSTOMERS)
    book = empty_book()
    assert list(settled(tmp_path, book).items()) == [("z.csv", "done/z.csv"), ("b.csv", "done/b.csv"), ("a.csv", "done/a.csv")]
    by_hand = empty_book()
    for table, text in (("customers", CUSTOMERS), ("contracts", CONTRACTS), ("interactions", CALLS)):
        feed(by_hand, table, text)
    assert same(book, content(by_hand)) and load.findings(book) == []


@pytest.mark.usefixtures("scoreless")
def test_refused_rows_lie_beside_the_file_and_load_from_the_same_folder_once_mended(tmp_path: Path) -> None:
    put(tmp_path, customers_csv=CUSTOMERS, contracts_csv=FIVE)
    book = empty_book()
    told = run(tmp_path, book)[1]
    assert (told["outcome"], told["refused"], told["tables"][0]["accepted"]) == ("done", 2, 3)
    assert json.loads((tmp_path / "done/contracts.csv.report.json").read_text()) == json.loads(json.dumps(told, default=str))
    assert [reason["line"] for reason in told["reasons"]] == [5, 6] and "C9" in told["reasons"][0]["reasons"]
    mend = (tmp_path / told["mend"]).read_text()
    put(tmp_path, again_csv=mend.replace("C9", "C2").replace("soon", "2025-02-01").replace(",x,", ",5,"))
    (mended,) = run(tmp_path, book)
    assert (mended["outcome"], mended["refused"], mended["tables"][0]["added"]) == ("done", 0, 2)


@pytest.mark.usefixtures("scoreless")
def test_a_file_of_which_no_row_can_be_loaded_is_refused_with_its_rows_to_mend(tmp_path: Path) -> None:
    put(tmp_path, contracts_csv=CONTRACTS)
    book = empty_book()
    before = content(book)
    (told,) = run(tmp_path, book)
    assert (told["outcome"], told["refused"], told["load_id"]) == ("refused", 3, None) and same(book, before)
    assert lying(tmp_path) == {f"refused/contracts.csv{ending}" for ending in ("", ".report.json", ".mend.csv")}


@pytest.mark.usefixtures("scoreless")
def test_the_same_bytes_again_are_refused_naming_the_load_they_are_in(tmp_path: Path) -> None:
    put(tmp_path, customers_csv=CUSTOMERS, customers2_csv=CUSTOMERS)
    book = empty_book()
    first, second = run(tmp_path, book)
    assert (first["outcome"], second["outcome"], second["error"]) == ("done", "refused", "Duplicate")
    assert "as load 1 (customers.csv)" in second["message"]
    put(tmp_path, customers_csv=CUSTOMERS)
    (again,) = run(tmp_path, book)
    assert again["put"] == "refused/customers.csv" and "as load 1" in again["message"] and load.loads(book).height == 1


@pytest.mark.usefixtures("scoreless")
def test_a_file_put_back_once_the_cause_is_mended_is_loaded(tmp_path: Path) -> None:
    put(tmp_path, contracts_csv=CONTRACTS)
    book = empty_book()
    run(tmp_path, book)
    (tmp_path / "refused/contracts.csv").rename(tmp_path / "contracts.csv")
    put(tmp_path, customers_csv=CUSTOMERS)
    assert settled(tmp_path, book) == {"customers.csv": "done/customers.csv", "contracts.csv": "done/contracts.csv"}
    assert not list((tmp_path / "refused").iterdir()), "the report of the first attempt speaks of a file that is no longer there"


@pytest.mark.usefixtures("scoreless")
def test_a_name_that_was_used_before_gets_a_number(tmp_path: Path) -> None:
    book = empty_book()
    for n in range(3):
        put(tmp_path, customers_csv=CUSTOMERS + f"D{n},New,B,\n")
        run(tmp_path, book)
    assert {"done/customers.csv", "done/customers-2.csv", "done/customers-3.csv", "done/customers-3.csv.report.json"} <= lying(tmp_path)


def test_files_that_are_hidden_unfinished_growing_or_no_files_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    put(folder, **{"_hidden": "x", "a_part": "x", "b_TMP": "x", "c_crdownload": "x", "~$d_xlsx": "x", "fresh_csv": CUSTOMERS})
    os.utime(folder / "fresh.csv", (NOW.timestamp() - 1,) * 2)
    put(tmp_path, outside_csv=CUSTOMERS)
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "folder.csv").mkdir()
    put(folder / "folder.csv", customers_csv=CUSTOMERS)
    os.mkfifo(folder / "pipe.csv")
    with inbox.lock_folder(folder) as tray:
        assert tray
        files, left = tray.found(NOW, 2)
        assert files == [] and [name for name, _ in left] == [
            "a.part",
            "b.TMP",
            "c.crdownload",
            "folder.csv",
            "fresh.csv",
            "link.csv",
            "pipe.csv",
        ]
        later, _ = tray.found(NOW + timedelta(seconds=2), 2)
        assert [path.name for path in later] == ["fresh.csv"]


@pytest.mark.usefixtures("scoreless")
def test_a_saved_mapping_knows_its_file_and_its_letters(tmp_path: Path) -> None:
    book = empty_book()
    toml = '[file]\nencoding = "cp1252"\n' + OUTSIDE
    store.save(book, toml, "kunden", ["Kundennummer", "Firma"], "test", NOW)
    put(tmp_path, kunden_csv="Kundennummer,Firma\n007,Müller\n".encode("cp1252"))
    (told,) = run(tmp_path, book)
    assert (told["outcome"], told["mapping"]) == ("done", "kunden"), told
    assert rows(book, "customers")["name"].to_list() == ["Müller"] and rows(book, "customers")["customer_id"].to_list() == ["007"]


@pytest.mark.usefixtures("scoreless")
def test_a_form_that_one_mapping_tells_is_no_answer_for_the_file_of_another(tmp_path: Path) -> None:
    book = empty_book()
    store.save(book, '[file]\nencoding = "cp1252"\n' + OUTSIDE, "kunden", ["Kundennummer", "Firma"], "test", NOW)
    store.save(book, OUTSIDE.replace("Firma", "Name"), "others", ["Kundennummer", "Name"], "test", NOW)
    put(
        tmp_path,
        others_csv="Kundennummer,Name\n007,Müller\n".encode("cp1252"),
        customers_csv="customer_id,name\n1,Müller\n".encode("cp1252"),
    )
    asked = run(tmp_path, book)
    assert [told["outcome"] for told in asked] == ["refused", "refused"]
    assert [told.get("setting") for told in asked] == ["encoding", "encoding"] and all(told["choices"] for told in asked)
    assert all("by hand" in told["message"] for told in asked)


@pytest.mark.usefixtures("scoreless")
def test_a_mapping_that_comes_with_the_product_needs_no_saving(tmp_path: Path) -> None:
    header, row = "customerID,tenure,InternetService,Contract,MonthlyCharges,TotalCharges,Churn", "0042,12,DSL,One year,56.95,700.10,No"
    put(tmp_path, telco_csv=f"{header}\n{row}\n", unknown_csv="a,b\n1,2\n")
    telco, unknown = run(tmp_path, empty_book())
    assert telco["mapping"] == "telco_ibm.toml" and "31 December 2019 is assumed" in telco["assumption"]
    assert [table["accepted"] for table in telco["tables"]] == [1, 1, 1, 0]
    assert unknown["outcome"] == "refused" and "no saved mapping has the header a, b" in unknown["message"]


@pytest.mark.usefixtures("scoreless")
def test_a_packed_file_is_known_by_the_bytes_that_lie_in_the_folder(tmp_path: Path) -> None:
    packed = gzip.compress(CUSTOMERS.encode(), mtime=0)
    put(tmp_path, **{"customers_csv_gz": packed})
    book = empty_book()
    path = tmp_path / "customers.csv.gz"
    sha = digest(path)
    (told,) = run(tmp_path, book)
    assert told["outcome"] == "done" and find_load_in_force(book, sha, "customers.csv.gz") == 1
    assert lying(tmp_path) == {"done/customers.csv.gz", "done/customers.csv.gz.report.json"}


@pytest.mark.usefixtures("scoreless")
def test_a_file_that_changed_after_it_was_ordered_is_loaded_as_it_is_when_taken(tmp_path: Path) -> None:
    put(tmp_path, customers_csv=CUSTOMERS, contracts_csv=CONTRACTS)
    book = empty_book()
    with inbox.lock_folder(tmp_path) as tray:
        assert tray
        going = inbox.run(book, tray, tray.found(NOW, 2)[0], "timer", NOW)
        next(going)
        put(tmp_path, contracts_csv=CONTRACTS + "K7,C1,voice,2025-01-15,2026-01-14,12,1\n")
        (told,) = going
    assert told["tables"][0]["accepted"] == 4
    assert find_load_in_force(book, digest(tmp_path / "done/contracts.csv"), "contracts.csv") == 2


@pytest.mark.usefixtures("scoreless")
def test_what_is_too_large_to_be_kept_in_memory_is_read_again_at_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "KEPT_BYTES", 0)
    put(tmp_path, a_csv=CONTRACTS, z_csv=CUSTOMERS)
    assert settled(tmp_path, empty_book()) == {"z.csv": "done/z.csv", "a.csv": "done/a.csv"}


@pytest.mark.usefixtures("scoreless")
def test_a_file_that_goes_away_again_is_nothing_to_settle(tmp_path: Path) -> None:
    put(tmp_path, customers_csv=CUSTOMERS, contracts_csv=CONTRACTS)
    with inbox.lock_folder(tmp_path) as tray:
        assert tray
        going = inbox.run(empty_book(), tray, [*tray.found(NOW, 2)[0], tmp_path / "never.csv"], "timer", NOW)
        assert next(going)["file"] == "customers.csv"
        (tmp_path / "contracts.csv").unlink()
        assert list(going) == []


def ended(folder: Path, book: Book, room: str, loaded: bool, told: str = "") -> None:
    """The state a run leaves that ends while it deals with customers.csv."""
    with inbox.lock_folder(folder):
        put(folder / ".inbox" / room, customers_csv=CUSTOMERS)
    if loaded:
        feed(book, "customers", CUSTOMERS)
    if told:
        sha = digest(folder / ".inbox" / room / "customers.csv")
        (folder / told / "customers.csv.report.json").write_text(json.dumps({"sha256": sha}))
        (folder / told / "customers.csv.mend.csv").write_text("line\n")


@pytest.mark.usefixtures("scoreless")
@pytest.mark.parametrize(
    ("room", "loaded", "told"),
    [
        ("taken", False, ""), ("loading", False, ""), ("loading", True, ""), ("loading", True, "done"), ("taken", False, "refused"),
        ("loading", False, "refused"), ("loading", False, "done"),
    ],
)  # fmt: skip
def test_a_run_goes_on_from_wherever_another_ended(tmp_path: Path, room: str, loaded: bool, told: str) -> None:
    book = empty_book()
    ended(tmp_path, book, room, loaded, told)
    (report,) = run(tmp_path, book)
    assert (report["put"], report["load_id"], report["tables"][0]["accepted"]) == ("done/customers.csv", 1, 3)
    assert load.loads(book).height == 1 and lying(tmp_path) == {"done/customers.csv", "done/customers.csv.report.json"}


@pytest.mark.usefixtures("scoreless")
def test_a_repeated_file_whose_run_ended_is_refused_and_not_taken_for_the_load_it_repeats(tmp_path: Path) -> None:
    book = empty_book()
    ended(tmp_path, book, "taken", loaded=True)
    (report,) = run(tmp_path, book)
    assert (report["put"], report["error"]) == ("refused/customers.csv", "Duplicate")


@pytest.mark.usefixtures("scoreless")
def test_a_file_of_a_name_that_is_being_dealt_with_waits(tmp_path: Path) -> None:
    book = empty_book()
    ended(tmp_path, book, "loading", loaded=True)
    put(tmp_path, customers_csv=CUSTOMERS + "D1,New,B,\n")
    assert settled(tmp_path, book) == {"customers.csv": "done/customers.csv"}
    assert settled(tmp_path, book) == {"customers.csv": "done/customers-2.csv"}
    assert load.loads(book).height == 2


def test_where_no_report_can_be_written_the_run_stops_in_a_sentence_and_a_later_one_ends_its_work(tmp_path: Path) -> None:
    put(tmp_path, customers_csv=CUSTOMERS)
    book = empty_book()
    (tmp_path / "done" / ".writing").mkdir(parents=True)  # where a report is drafted, nothing can be written
    with pytest.raises(Storage, match=r"nothing is loaded twice\.$"):
        run(tmp_path, book)
    (tmp_path / "done" / ".writing").rmdir()
    assert load.loads(book).height == 1 and (tmp_path / ".inbox/loading/customers.csv").exists()
    assert settled(tmp_path, book) == {"customers.csv": "done/customers.csv"}
    assert load.loads(book).height == 1


def test_only_one_run_at_a_time_holds_the_folder(tmp_path: Path) -> None:
    with inbox.lock_folder(tmp_path) as one, inbox.lock_folder(tmp_path) as other:
        assert isinstance(one, InboxFolder) and other is None
    with inbox.lock_folder(tmp_path) as next_one:
        assert next_one


def test_a_folder_that_is_missing_or_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    put(tmp_path, done="", file="")
    for folder, words in ((tmp_path / "none", "folder not found"), (tmp_path / "file", "this is a file"), (tmp_path, "cannot be")):
        with pytest.raises((NotFound, Storage), match=words), inbox.lock_folder(folder):
            pass


@pytest.mark.usefixtures("scoreless")
def test_names_that_are_long_or_no_text_are_put_away_all_the_same(tmp_path: Path) -> None:
    for n, name in enumerate((b"x" * 240 + b".csv", b"caf\xe9.csv")):
        path = os.path.join(os.fsencode(tmp_path), name)
        with open(path, "wb") as file:
            file.write((CUSTOMERS + f"D{n},New,B,\n").encode())
        os.utime(path, (LONG_AGO, LONG_AGO))
    book = empty_book()
    told = run(tmp_path, book)
    assert [report["outcome"] for report in told] == ["done", "done"] and load.loads(book).height == 2
    assert len(lying(tmp_path)) == 4
