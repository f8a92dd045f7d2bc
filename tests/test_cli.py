"""The command line's forms and exit codes, which scripts rely on."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from health.__main__ import main

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


def test_a_load_tells_what_became_of_every_row(run: Any) -> None:
    assert run("load", "customers", "@customers.csv")[0] == 0
    code, told, _ = run("load", "contracts", "@contracts.csv", "--json")
    assert code == 0
    assert set(told) >= {"load_id", "file", "tables"}
    counts = {"read": 3, "accepted": 2, "refused": 1, "skipped": 0, "added": 2, "changed": 0, "unchanged": 0}
    assert told["tables"] == [{"table": "contracts"} | counts]


def test_refused_rows_come_back_with_every_reason_and_load_again_once_mended(run: Any, tmp_path: Path) -> None:
    run("load", "customers", "@customers.csv")
    run("load", "contracts", "@contracts.csv")
    assert run("refused", "2", "--out", "@mend.csv")[0] == 0
    mend = (tmp_path / "mend.csv").read_text(encoding="utf-8")
    assert "009" in mend and "customer_id" in mend and "unit_price" in mend
    (tmp_path / "mend.csv").write_text(mend.replace("009", "007").replace(",x", ",5.00"), encoding="utf-8")
    code, told, err = run("load", "contracts", "@mend.csv", "--json")
    assert (code, told["tables"][0]["added"]) == (0, 1), err


def test_a_dry_run_writes_nothing(run: Any) -> None:
    code, told, _ = run("load", "customers", "@customers.csv", "--dry-run", "--json")
    assert (code, told["load_id"], told["tables"][0]["added"]) == (0, None, 2)
    assert run("loads", "--json")[1] == {"loads": []}


def test_the_same_file_twice_is_refused_with_exit_code_1(run: Any) -> None:
    run("load", "customers", "@customers.csv")
    code, told, err = run("load", "customers", "@customers.csv", "--json")
    assert (code, told) == (1, None)
    assert "customers.csv" in err and "load 1" in err.lower()


def test_undo_takes_a_load_back_and_the_file_loads_again(run: Any) -> None:
    run("load", "customers", "@customers.csv")
    assert run("undo", "1")[0] == 0
    assert run("load", "customers", "@customers.csv")[0] == 0
    assert run("check", "--json")[1] == {"ok": True, "findings": []}


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
    assert run("demo", "--customers", "40", "--months", "14")[0] == 0
    assert run("demo", "--customers", "40", "--months", "14")[0] == 1
    assert run("demo", "--clear")[0] == 0
    assert run("load", "customers", "@customers.csv")[0] == 0
    assert run("demo", "--clear")[0] == 1
    assert run("demo")[0] == 1


def test_an_empty_warehouse_has_nothing_to_score_and_says_what_to_do(run: Any) -> None:
    code, _, err = run("score")
    assert code == 1 and "load customers" in err
    assert run("check")[0] == 0


def test_a_missing_file_and_an_unknown_load_are_told_in_one_sentence(run: Any) -> None:
    for arguments in (("load", "customers", "@none.csv"), ("undo", "7"), ("refused", "7")):
        code, _, err = run(*arguments)
        assert code == 1 and len(err.strip().splitlines()) == 1, err


def test_a_place_that_cannot_be_written_is_told_in_one_sentence(run: Any, tmp_path: Path) -> None:
    run("demo", "--customers", "20", "--months", "14")
    code, _, err = run("score", "--out", "@missing/scores.csv")
    assert code == 1 and "cannot be written" in err
    (tmp_path / "file").write_text("")
    assert main(["--warehouse", str(tmp_path / "file" / "w.duckdb"), "loads"]) == 1


@pytest.mark.parametrize(
    "arguments",
    [(), ("load", "nonsense", "x.csv"), ("load", "customers"), ("score", "--as-of", "yesterday"), ("demo", "--months", "0"), ("fly",)],
)
def test_wrong_usage_exits_with_2(run: Any, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == 2
