"""The command line's forms and exit codes, which scripts rely on."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from health.cli import main, output
from health.cli.parser import parser
from health.intake import mapping
from health.intake.mapping import store as saved
from health.intake.progress import ignore_progress
from health.tables import TABLES
from health.warehouse import Warehouse
from tests.intake.files import workbook

pytestmark = pytest.mark.usefixtures("childless")
ROOT = Path(__file__).parent.parent
CUSTOMERS = "customer_id,name,customer_since,tier\n007,Bond & Co,2024-01-01,A\n008,Emoji 🦊 GmbH,2024-02-01,\n"
CONTRACTS = """contract_id,customer_id,product,start_on,end_on,unit_price
K1,007,mobile,2024-01-01,2026-12-31,10.50
K2,008,mobile,2024-02-01,,20.00
K3,009,mobile,2024-02-01,,x
"""
CALLS = "interaction_id,customer_id,occurred_at,channel,direction,outcome\nI1,007,2024-05-31 10:00:00,call,out,reached\n"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    for name, text in (("customers", CUSTOMERS), ("contracts", CONTRACTS), ("interactions", CALLS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")

    def call(*arguments: str) -> tuple[int, Any, str]:
        code = main(["--warehouse", str(tmp_path / "w.duckdb"), *[a.replace("@", str(tmp_path) + "/") for a in arguments]])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return call


@pytest.mark.usefixtures("scoreless")
def test_a_load_tells_what_became_of_every_row(run: Any) -> None:
    assert run("load", "customers", "@customers.csv")[0] == 0
    code, told, _ = run("load", "contracts", "@contracts.csv", "--json")
    assert code == 0
    assert set(told) >= {"load_id", "file", "tables"}
    counts = {"read": 3, "accepted": 2, "refused": 1, "skipped": 0, "added": 2, "changed": 0, "unchanged": 0}
    assert told["tables"] == [{"table": "contracts"} | counts]


@pytest.mark.usefixtures("scoreless")
def test_refused_rows_come_back_with_every_reason_and_load_again_once_mended(run: Any, tmp_path: Path) -> None:
    run("load", "customers", "@customers.csv")
    run("load", "contracts", "@contracts.csv")
    assert run("refused", "2", "--out", "@mend.csv")[0] == 0
    mend = (tmp_path / "mend.csv").read_text(encoding="utf-8")
    assert "009" in mend and "customer_id" in mend and "unit_price" in mend
    (tmp_path / "mend.csv").write_text(mend.replace("009", "007").replace(",x", ",5.00"), encoding="utf-8")
    code, told, err = run("load", "contracts", "@mend.csv", "--json")
    assert (code, told["tables"][0]["added"]) == (0, 1), err


@pytest.mark.usefixtures("scoreless")
def test_a_dry_run_writes_nothing(run: Any, tmp_path: Path) -> None:
    code, told, _ = run("load", "customers", "@customers.csv", "--dry-run", "--json")
    assert (code, told["load_id"], told["tables"][0]["added"]) == (0, None, 2)
    assert not (tmp_path / "w.duckdb").exists()
    run("load", "customers", "@customers.csv")
    assert run("load", "contracts", "@contracts.csv", "--dry-run")[0] == 0
    assert [load["load_id"] for load in run("loads", "--json")[1]["loads"]] == [1]


@pytest.mark.usefixtures("scoreless")
def test_a_dry_run_gives_the_first_reasons_and_warnings(run: Any, tmp_path: Path) -> None:
    run("load", "customers", "@customers.csv")
    rows = "".join(f"I{n},009,2024-02-01,call,out\n" for n in range(25))
    early = "I99,007,2020-01-01,call,out\n"
    (tmp_path / "many.csv").write_text(f"interaction_id,customer_id,occurred_at,channel,direction\n{rows}{early}")
    code, told, err = run("load", "interactions", "@many.csv", "--dry-run", "--json")
    assert (code, len(told["reasons"]), told["tables"][0]["refused"]) == (0, 20, 25)
    assert told["reasons"][0]["line"] == 2 and "009" in told["reasons"][0]["reasons"] and "... and 5 more rows refused" in err
    assert "line 2, interactions: customer_id '009'" in err
    assert [warning["line"] for warning in told["warnings"]] == [27] and "line 27, interactions: " in err


@pytest.mark.usefixtures("scoreless")
def test_the_same_file_twice_is_refused_with_exit_code_1(run: Any) -> None:
    run("load", "customers", "@customers.csv")
    code, told, err = run("load", "customers", "@customers.csv", "--json")
    assert "customers.csv" in err and "load 1" in err.lower()
    assert (code, told) == (1, {"error": "Duplicate", "message": err.removeprefix("refused: ").strip()})


def test_undo_takes_a_load_back_and_the_file_loads_again(run: Any) -> None:
    run("load", "customers", "@customers.csv")
    assert run("undo", "1")[0] == 0
    assert run("load", "customers", "@customers.csv")[0] == 0
    assert run("check", "--json")[1] == {"ok": True, "findings": [], "stale": [], "spoken_since": []}


def test_scores_are_sorted_with_two_decimals_and_empty_where_unknown(run: Any, tmp_path: Path) -> None:
    for table in ("customers", "contracts", "interactions"):
        run("load", table, f"@{table}.csv")
    code, told, _ = run("score", "--out", "@s.csv", "--json")
    assert (code, told["as_of"], told["customers"], set(told["bands"])) == (
        0,
        "2024-05-31",
        2,
        {"healthy", "watch", "at_risk", "unknown", "leaving"},
    )
    with open(tmp_path / "s.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "customer_id", "as_of", "health", "low", "high", "band", "coverage", "contact_points", "complaints_points", "price_points",
            "tenure_points",
    ]  # fmt: skip
    assert [r["customer_id"] for r in rows] == ["007", "008"]
    assert rows[0]["complaints_points"] == rows[0]["price_points"] == ""
    assert all(len(r["health"].split(".")[1]) == 2 for r in rows)


def test_a_demo_fills_only_an_empty_warehouse_and_clears_only_a_demo(run: Any) -> None:
    assert run("demo", "--customers", "40", "--months", "14", "--until", "2026-10-31")[0] == 0
    assert run("demo", "--customers", "40", "--months", "14", "--until", "2026-10-31")[0] == 1
    assert run("demo", "--clear")[0] == 0
    assert run("load", "customers", "@customers.csv")[0] == 0
    assert run("demo", "--clear")[0] == 1
    assert run("demo")[0] == 1


def test_an_empty_warehouse_has_nothing_to_score_and_says_what_to_do(run: Any) -> None:
    run("load", "customers", "@customers.csv")
    run("undo", "1")
    code, told, err = run("score", "--json")
    assert code == 1 and "load customers" in err and told["error"] == "Refused"
    assert run("check")[0] == 0


READ_ONLY = [("loads",), ("check",), ("score",), ("refused", "1"), ("undo", "1"), ("rebuild",), ("demo", "--clear")]


@pytest.mark.parametrize("command", READ_ONLY, ids=" ".join)
def test_a_command_that_reads_makes_no_warehouse_and_says_that_there_is_none(run: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    code, told, err = run(*command, "--json")
    assert code == 1 and err == f"refused: {tmp_path}/w.duckdb: warehouse not found; load customers or the demo first.\n"
    assert told == {"error": "NotFound", "message": err.removeprefix("refused: ").strip()}
    assert not list(tmp_path.glob("w.duckdb*"))


@pytest.mark.parametrize(
    "command", [("load", "customers", "@none.csv"), ("mappings",), ("load", "contracts", "@contracts.csv", "--dry-run")]
)
def test_what_loads_nothing_makes_no_warehouse(run: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    run(*command)
    assert not list(tmp_path.glob("w.duckdb*"))


def test_a_day_after_the_newest_is_scored_with_a_word_that_nothing_is_known_of_it(run: Any) -> None:
    for table in ("customers", "contracts", "interactions"):
        run("load", table, f"@{table}.csv")
    code, told, err = run("score", "--as-of", "2024-07-31", "--json")
    assert (code, told["as_of"]) == (0, "2024-07-31") and "Data ends on 2024-05-31; 2024-07-31 is scored" in err
    assert "Data ends on" not in run("score", "--as-of", "2024-05-31")[2]


def test_without_a_known_band_there_is_no_mean_health(run: Any, tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("customer_id,name\n007,Bond & Co\n")
    run("load", "customers", "@one.csv")
    (tmp_path / "line.csv").write_text("contract_id,customer_id,product,start_on,unit_price\nK1,007,mobile,2024-01-01,10.50\n")
    run("load", "contracts", "@line.csv")
    code, told, err = run("score", "--json")
    assert (code, told["bands"]["unknown"], told["mean_health"]) == (0, 1, None)
    assert "1 customer, mean health unknown" in err
    assert "Only tenure is known" in err and "a band needs a coverage of 60 %.\n  Load interactions: +30\n" in err


def test_the_mean_health_is_of_those_of_whom_enough_is_known(run: Any, tmp_path: Path) -> None:
    (tmp_path / "exits.csv").write_text("customer_id,announced_on,left_on,reason\n007,2024-05-01,2024-12-31,price\n")
    for table in ("customers", "contracts", "exits"):
        run("load", table, f"@{table}.csv")
    code, told, _ = run("score", "--as-of", "2024-05-31", "--json")
    assert (code, told["bands"]["leaving"], told["bands"]["unknown"], told["mean_health"]) == (0, 1, 1, None), "a mean of guesses is none"


def test_an_option_may_stand_between_the_table_and_its_file(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("load", "customers", "--dry-run", "@customers.csv", "--json")[1]["tables"][0]["added"] == 2
    with pytest.raises(SystemExit):
        run("load", "customers", "--dryrun", "@customers.csv")
    assert "--dryrun" in (said := capsys.readouterr().err) and "not recognised; put options after the command" in said


@pytest.mark.usefixtures("scoreless")
def test_a_dry_run_tells_that_the_load_would_be_refused(run: Any, tmp_path: Path) -> None:
    (tmp_path / "us.csv").write_text("customer_id,name,customer_since\n1,One,03/14/2026\n")
    reason = (
        "us.csv, line 2: customer_since '03/14/2026' is not a date in the format YYYY-MM-DD; its only row is refused and cannot be loaded"
    )
    code, _, err = run("load", "customers", "@us.csv", "--dry-run")
    assert code == 0 and f"The load would be refused: {reason}: correct the file, or use a mapping that fits" in err
    code, _, err = run("load", "customers", "@us.csv")
    assert code == 1 and f"refused: {reason}" in err


@pytest.mark.usefixtures("scoreless")
def test_a_mapping_of_files_without_a_header_is_saved_with_a_word_that_it_must_be_named(run: Any, tmp_path: Path) -> None:
    (tmp_path / "bare.csv").write_text("007,Bond\n")
    (tmp_path / "bare.toml").write_text('[file]\nheader = false\ncolumns = ["Kundennummer", "Firma"]\n' + KUNDEN)
    code, _, err = run("mappings", "--save", "@bare.toml", "@bare.csv")
    assert code == 0 and "iles without a header are not recognised, so name the mapping: load --mapping bare FILE." in err
    assert run("load", "--mapping", "bare", "@bare.csv")[0] == 0


def test_a_day_in_another_form_is_told_the_right_one(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("score", "--as-of", "30.06.2026")
    assert "30.06.2026 is not a date; write it as in 2026-06-30" in capsys.readouterr().err


def test_a_folder_is_named_as_one(run: Any, tmp_path: Path) -> None:
    code, _, err = run("load", "customers", "@")
    assert code == 1 and "this is a folder" in err and "inbox" in err and len(err.strip().splitlines()) == 1


@pytest.mark.usefixtures("scoreless")
def test_refused_rows_stand_in_the_object_too(run: Any) -> None:
    run("load", "customers", "@customers.csv")
    run("load", "contracts", "@contracts.csv")
    _, told, err = run("refused", "2", "--json")
    assert told["refused"] == 1 and "1 refused row in load 2." in err
    assert {"line": 4, "contract_id": "K3", "unit_price": "x"}.items() <= told["rows"][0].items()


LATIN = "customer_id,name\n1,Müller\n".encode("cp1252")


@pytest.mark.usefixtures("scoreless")
def test_a_question_is_told_with_its_choices_and_the_flag_that_settles_it(run: Any, tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes(LATIN)
    code, told, err = run("load", "customers", "@latin.csv", "--json")
    assert (code, told["error"], told["setting"]) == (1, "Ask", "encoding")
    value = next(choice["value"] for choice in told["choices"] if "Müller" in choice["reads_as"])
    assert f"  {value} = " in err and "Choose with --encoding " in err
    assert run("load", "customers", "@latin.csv", "--encoding", value)[0] == 0


@pytest.mark.usefixtures("scoreless")
def test_flags_tell_how_a_file_is_written(run: Any, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("A report, with a title\n\ncustomer_id|name\n1|Smith, Jones; Co\n")
    code, told, err = run("load", "customers", "@odd.csv", "--delimiter", "|", "--header-line", "3", "--json")
    assert (code, told and told["tables"][0]["added"]) == (0, 1), err


KUNDEN = "[tables.customers.fields]\ncustomer_id = 'Kundennummer'\nname = 'Firma'\n"


@pytest.mark.usefixtures("scoreless")
def test_a_mapping_is_saved_for_a_header_listed_written_out_and_used_by_name(run: Any, tmp_path: Path) -> None:
    (tmp_path / "kunden.toml").write_text("assumption = 'Names are assumed.'\n" + KUNDEN)
    (tmp_path / "k.csv").write_text("Kundennummer,Firma\n007,Bond\n")
    assert run("mappings", "--save", "@kunden.toml", "@k.csv", "--json")[1] == {
        "name": "kunden", "version": 1, "columns": ["Kundennummer", "Firma"]
    }  # fmt: skip
    _, told, err = run("mappings", "--json")
    assert [row["name"] for row in told["saved"]] == ["kunden"] and "telco_ibm" in told["shipped"] and "kunden, version 1" in err
    assert run("mappings", "--out", "@out.toml", "kunden")[0] == 0 and "Kundennummer" in (tmp_path / "out.toml").read_text()
    code, told, err = run("load", "--mapping", "kunden", "@k.csv", "--json")
    assert (code, told["assumption"]) == (0, "Names are assumed.") and "Names are assumed." in err
    assert run("load", "--mapping", "nothing", "@k.csv")[0] == 1


def test_a_mapping_that_does_not_fit_its_file_is_not_saved(run: Any, tmp_path: Path) -> None:
    (tmp_path / "kunden.toml").write_text(KUNDEN)
    code, _, err = run("mappings", "--save", "@kunden.toml", "@customers.csv")
    assert code == 1 and "Kundennummer" in err or "Firma" in err


FOREIGN = "Kundennummer,Firma," + ",".join(f"c{n}" for n in range(9)) + "\n007,Bond" + "," * 9 + "\n"


def test_a_foreign_file_is_told_with_its_columns_and_the_ways_on(run: Any, tmp_path: Path) -> None:
    (tmp_path / "crm.csv").write_text(FOREIGN)
    code, told, err = run("load", "customers", "@crm.csv", "--json")
    assert (code, told["error"]) == (1, "Refused") and len(err.strip().splitlines()) == 1
    assert "customers needs the columns customer_id and name, the file has 'Kundennummer', 'Firma', 'c0'" in err
    assert "'c5' and 3 more; the Upload screen proposes a mapping for it, or choose one with --mapping." in err


@pytest.mark.usefixtures("scoreless")
def test_a_file_without_a_table_is_loaded_by_the_mapping_that_knows_it(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "k.csv").write_text("Kundennummer;Firma\n007;M\u00fcller\n", encoding="cp1252")
    (tmp_path / "kunden.toml").write_text("[file]\nencoding = 'cp1252'\n" + KUNDEN)
    with pytest.raises(SystemExit):
        run("load", "@customers.csv")
    said = capsys.readouterr().err
    assert f"load needs TABLE FILE, or --mapping NAME FILE; the header of customers.csv fits customers: load customers {tmp_path}" in said
    (tmp_path / "crm.csv").write_text(FOREIGN)
    with pytest.raises(SystemExit):
        run("load", "@crm.csv")
    assert "no mapping fits the header of crm.csv; the Upload screen proposes a mapping for it" in capsys.readouterr().err
    code, told, _ = run("load", "@k.csv", "--json")
    assert (code, told["error"]) == (1, "Ask"), "what the file leaves open is asked, as ever"
    assert run("mappings", "--save", "@kunden.toml", "@k.csv")[0] == 0
    code, told, err = run("load", "@k.csv", "--json")
    assert (code, told and told["tables"][0]["added"]) == (0, 1), err
    assert "k.csv: read with the mapping kunden, which fits its header." in err


def test_a_shipped_mapping_is_found_by_the_header_too(run: Any, tmp_path: Path) -> None:
    columns = mapping.read(saved.SHIPPED / "telco_ibm.toml").columns
    (tmp_path / "telco.csv").write_text(",".join(columns) + "\n" + ",".join("1" for _ in columns) + "\n")
    _, _, err = run("load", "@telco.csv", "--dry-run")
    assert "telco.csv: read with the mapping telco_ibm.toml, which fits its header." in err


def test_a_mapping_to_save_must_be_there_and_where_one_comes_from_is_told(run: Any, tmp_path: Path) -> None:
    code, told, err = run("mappings", "--save", "@none.toml", "@customers.csv", "--json")
    assert (code, told["error"]) == (1, "NotFound") and "--save needs an existing mapping file" in err
    assert "Upload screen" in err and "mappings --out " in err and not (tmp_path / "w.duckdb").exists()


@pytest.mark.usefixtures("scoreless")
def test_several_sheets_are_all_told_and_none_is_taken_for_the_right_one(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cover, rows = [["Report"], ["of", "May"]], [["customer_id", "name"], ["007", "Bond"]]
    (tmp_path / "book.xlsx").write_bytes(workbook(("Deckblatt", cover, False), ("Kunden", rows, False)))
    code, _, err = run("load", "customers", "@book.xlsx")
    assert code == 1 and "  Deckblatt = " in err and "  Kunden = " in err
    assert "Choose with --sheet and the right value, for example --sheet 'Deckblatt'." in err
    code, _, err = run("load", "customers", "@book.xlsx", "--sheet", "calls")
    assert code == 1 and "no sheet 'calls'; use one of its sheets: 'Deckblatt', 'Kunden'." in err
    assert run("load", "customers", "@book.xlsx", "--sheet", "Kunden")[0] == 0
    with pytest.raises(SystemExit):
        run("load", "--help")
    assert "the only visible sheet with rows" in " ".join(capsys.readouterr().out.split())


@pytest.mark.usefixtures("scoreless")
def test_columns_that_are_left_out_are_told(run: Any, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("customer_id,name,shoe_size\n1,One,44\n")
    for arguments in (("--dry-run",), ()):
        _, told, err = run("load", "customers", "@more.csv", "--json", *arguments)
        assert "shoe_size" in err and "shoe_size" in told["notices"][0]


@pytest.mark.usefixtures("scoreless")
def test_a_template_loads_as_it_stands_and_all_of_them_are_written_at_once(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["template", "customers"]) == 0
    printed = capsys.readouterr().out
    assert run("template", "--all", "@templates", "--json")[1]["tables"] == list(TABLES)
    assert (tmp_path / "templates" / "customers.csv").read_text() == printed
    assert run("template", "customers", "--out", "@t.csv")[0] == 0
    assert run("load", "customers", "@t.csv")[0] == 0


@pytest.mark.usefixtures("scoreless")
def test_an_inbox_is_loaded_and_told_file_by_file(run: Any, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("customers", "contracts"):
        (tmp_path / f"{name}.csv").rename(folder / f"{name}.csv")
    (folder / "growing.part").write_text("x")
    code, told, err = run("inbox", "@in", "--settle", "0", "--json")
    assert code == 0 and [(file["file"], file["outcome"]) for file in told["files"]] == [
        ("customers.csv", "done"),
        ("contracts.csv", "done"),
    ]
    assert (
        "done/contracts.csv: load 2, 2 added, 0 changed, 0 unchanged, 1 refused. Correct the refused rows in done/contracts.csv.mend.csv."
        in err
    )
    assert [left["file"] for left in told["left"]] == ["growing.part"] and "2 files: 2 done, 0 refused." in err
    (folder / "odd.csv").write_text("a,b\n1,2\n")
    code, told, err = run("inbox", "@in", "--settle", "0", "--json")
    assert code == 1 and told["files"][0]["put"] == "refused/odd.csv" and "refused: odd.csv: " in err
    assert run("inbox", "@in")[0] == 0 and run("inbox", "@nowhere")[0] == 1


def test_an_inbox_with_nothing_new_makes_no_warehouse_and_needs_none_that_is_in_use(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    assert run("inbox", "@in")[0] == 0 and not (tmp_path / "w.duckdb").exists()


def test_a_warehouse_among_the_files_to_load_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Warehouse(tmp_path / "w.duckdb").close()
    assert main(["--warehouse", str(tmp_path / "w.duckdb"), "inbox", str(tmp_path)]) == 1
    assert "is in the folder with the files to load" in capsys.readouterr().err and (tmp_path / "w.duckdb").exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_the_progress_of_what_takes_long_and_nothing_in_a_file_steers_it(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert output.progress() is ignore_progress
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    tell = output.progress()
    tell("reading", 0.5)
    assert terminal.getvalue() == "", "the first second needs no progress"
    monkeypatch.setattr(output, "_PROGRESS_DELAY_SECONDS", 0)
    tell("reading", 0.5)
    output.print_message("two\nlines \x1b[31mred")
    assert terminal.getvalue() == "\r\x1b[2K 50%  reading\r\x1b[2Ktwo\ufffdlines \ufffd[31mred\n"


def test_every_command_is_told_in_the_help_and_knows_json() -> None:
    commands = next(action for action in parser()._actions if action.choices).choices
    assert {"load", "inbox", "mappings", "template", "score", "check"} <= set(commands or ())
    for name, sub in dict(commands or {}).items():  # type: ignore[call-overload]
        assert "--json" in sub.format_help(), name


NEEDS_NO_MODEL = (
    "--help", "template customers", "mappings", "demo --customers 2 --months 3", "loads", "refused 1", "score", "rebuild", "check",
    "undo 1", "load customers @customers.csv", "inbox @in --settle 0",
)  # fmt: skip
HEAVY = {"sklearn", "scipy", "altair", "streamlit", "typst"}
IN_TURN = """
import contextlib, io, json, sys
from health.cli import main
for command in json.loads(sys.argv[1]):
    code = 0
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        code = main(command)
    print(json.dumps([code, sorted({name.split(".")[0] for name in sys.modules})]))
"""


def test_a_command_that_needs_no_model_imports_none(run: Any, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "customers.csv").write_text("customer_id,name\n009,New & Co\n")
    asked = [["--warehouse", str(tmp_path / "w.duckdb"), *command.replace("@", f"{tmp_path}/").split()] for command in NEEDS_NO_MODEL]
    child = [sys.executable, "-c", IN_TURN, json.dumps(asked)]
    said = subprocess.run(child, cwd=ROOT, capture_output=True, text=True, check=True)
    for command, line in zip(NEEDS_NO_MODEL, said.stdout.splitlines(), strict=True):
        code, imported = json.loads(line)
        assert (code, HEAVY & set(imported)) == (0, set()), f"{command}: {said.stderr}"


@pytest.mark.usefixtures("scoreless")
def test_the_warehouse_may_be_named_before_the_command_or_after_it(run: Any, tmp_path: Path) -> None:
    assert run("load", "customers", "@customers.csv", "--warehouse", "@other.duckdb")[0] == 0
    assert (tmp_path / "other.duckdb").exists() and not (tmp_path / "w.duckdb").exists()


@pytest.mark.parametrize("said", [KeyboardInterrupt(), RuntimeError("Query interrupted")], ids=["python", "engine"])
def test_who_stops_a_command_reads_one_sentence(run: Any, monkeypatch: pytest.MonkeyPatch, said: BaseException) -> None:
    monkeypatch.setattr("health.cli.session.warehouse_path", Mock(side_effect=said))
    code, told, err = run("loads", "--json")
    assert (code, told) == (130, None) and err.startswith("Stopped") and len(err.splitlines()) == 1


def test_another_failure_is_not_taken_for_a_stop(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("health.cli.session.warehouse_path", Mock(side_effect=RuntimeError("else")))
    with pytest.raises(RuntimeError, match="else"):
        run("loads")


def test_a_missing_file_and_an_unknown_load_are_told_in_one_sentence(run: Any) -> None:
    for arguments in (("load", "customers", "@none.csv"), ("load", "@none.csv"), ("undo", "7"), ("refused", "7")):
        code, _, err = run(*arguments)
        assert code == 1 and len(err.strip().splitlines()) == 1, err


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(run: Any, tmp_path: Path) -> None:
    run("demo", "--customers", "20", "--months", "14", "--until", "2026-10-31")
    for command in (("score", "--out", "@missing/s.csv"), ("calendar", "--out", "@missing/d.ics"), ("calendar", "--out", f"{tmp_path}")):
        code, _, err = run(*command)
        assert code == 1 and "cannot be written" in err and len(err.strip().splitlines()) == 1
    (tmp_path / "file").write_text("")
    assert main(["--warehouse", str(tmp_path / "file" / "w.duckdb"), "demo"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("load", "nonsense", "x.csv"),
        ("load", "customers"),
        ("score", "--as-of", "yesterday"),
        ("demo", "--months", "0"),
        ("demo", "--world", "moon"),
        ("demo", "--seed", "-1"),
        ("undo", "0"),
        ("score", "--out", "scores.txt"),
        ("load", "customers", "--dryrun", "@customers.csv"),
        ("load", "customers", "@customers.csv", "@contracts.csv"),
        ("fly",),
        ("template",),
        ("template", "nonsense"),
        ("mappings", "x"),
        ("mappings", "--save", "x.toml"),
        ("inbox",),
        ("inbox", ".", "--wait", "-1"),
    ],
)
def test_wrong_usage_exits_with_2(run: Any, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == 2


def test_a_reader_that_has_read_enough_ends_the_output_in_silence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "health", "--warehouse", str(tmp_path / "w.duckdb"), "mappings", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout and child.stderr
        child.stdout.close()
        assert b"Error" not in child.stderr.read()
    assert child.returncode == 1


@pytest.mark.usefixtures("scoreless")
def test_a_change_of_the_time_zone_says_what_becomes_of_the_times_on_file(run: Any, tmp_path: Path) -> None:
    assert run("settings", "--json")[1]["zone"] == "UTC"
    with_offset = CALLS + "I2,007,2024-05-31T10:00:00Z,call,out,reached\n"
    (tmp_path / "interactions.csv").write_text(with_offset, encoding="utf-8")
    run("load", "customers", "@customers.csv")
    run("load", "interactions", "@interactions.csv")
    code, told, words = run("settings", "--zone", "Asia/Kolkata", "--json")
    assert (code, told["zone"], told["version"]) == (0, "Asia/Kolkata", 2)
    assert "1 time given with an offset from UTC: converted to Asia/Kolkata" in words
    assert "1 time given without an offset: kept as written" in words


def test_settings_that_are_not_understood_or_already_in_force_are_refused(run: Any) -> None:
    assert run("settings", "--service-hours", "Mon-Fri 9-17", "--holidays", "2026-12-25")[0] == 0
    code, _, words = run("settings", "--service-hours", "Mon-Fri 9-17")
    assert code == 1 and "already in force" in words
    for option, value, reason in (
        ("--zone", "Mars/Olympus", "There is no time zone"),
        ("--service-hours", "9 to 5", "write them as in"),
        ("--holidays", "Christmas", "is not a day"),
    ):
        code, _, words = run("settings", option, value)
        assert code == 1 and reason in words
    code, told, words = run("settings", "--service-hours", "always", "--json")
    assert (code, told["service_hours"], told["holidays"]) == (0, "", ["2026-12-25"]) and "around the clock" in words


@pytest.mark.usefixtures("scoreless")
def test_a_load_states_the_scale_of_survey_answers(run: Any, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("survey_id,customer_id,kind,answered_on,score\nS1,007,csat,2024-05-01,1\n", encoding="utf-8")
    run("load", "customers", "@customers.csv")
    code, _, words = run("load", "surveys", "@s.csv")
    assert code == 1 and "a csat or ces score needs its scale" in words
    assert run("load", "surveys", "@s.csv", "--csat-scale", "1..5")[0] == 0
