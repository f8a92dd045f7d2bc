"""The command `value`: its file, its object and its words, which scripts rely on."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from health.cli import main

CUSTOMERS = "customer_id,name,customer_since\n007,Bond,2024-01-01\n008,=1+1,2024-02-01\n009,Gone,2023-01-01\n"
CONTRACTS = """contract_id,customer_id,product,start_on,end_on,unit_price
K1,007,mobile,2024-01-01,2026-12-31,10.50
K2,008,mobile,2024-02-01,,20.00
K3,009,mobile,2023-01-01,2024-03-31,20.00
"""
CALLS = "interaction_id,customer_id,occurred_at,channel,direction,outcome\nI1,007,2024-05-31 10:00:00,call,out,reached\n"
COLUMNS = ["customer_id", "method", "p_leave_90d", "p_leave_12m", "p_alive", "lifetime_value", "low", "high", "segment"]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> tuple[int, Any, str]:
        code = main(["--warehouse", str(tmp_path / "w.duckdb"), *arguments])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    for name, text in (("customers", CUSTOMERS), ("contracts", CONTRACTS), ("interactions", CALLS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")

    def loaded() -> Any:
        for name in ("customers", "contracts", "interactions"):
            assert call("load", name, str(tmp_path / f"{name}.csv"))[0] == 0
        return call

    call.loaded = loaded  # type: ignore[attr-defined]
    return call


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file as text."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_too_little_history_is_said_and_the_file_still_names_everybody(run: Any, tmp_path: Path) -> None:
    code, told, err = run.loaded()("value", "--out", str(tmp_path / "v.csv"), "--json")
    assert code == 0 and told["as_of"] == "2024-05-31" and told["customers"] == 3
    found = read(tmp_path / "v.csv")
    assert list(found[0]) == COLUMNS and [row["customer_id"] for row in found] == ["007", "008", "009"]
    assert {row["method"] for row in found} == {"none"} and {row["lifetime_value"] for row in found} == {""}
    assert told["fit"]["hazard"] is told["fit"]["bg_nbd"] is told["fit"]["gamma_gamma"] is told["lifetime_value"] is None
    assert "takes 12" in told["fit"]["why"]["hazard"] and told["fit"]["why"]["hazard"] in err
    assert "1  not valued: It has left." in err and told["assumptions"]["discount_rate"] == 0.10


def test_a_demo_is_valued_with_its_fit_and_with_chances_to_four_decimals(run: Any, tmp_path: Path) -> None:
    assert run("demo", "--customers", "350", "--months", "30", "--seed", "5")[0] == 0
    code, told, err = run("value", "--out", str(tmp_path / "v.csv"), "--json")
    assert code == 0, err
    found = [row for row in read(tmp_path / "v.csv") if row["method"] == "hazard"]
    assert found and len(found) == told["methods"]["hazard"]["customers"]
    assert all(len(row["p_leave_12m"].split(".")[1]) == 4 and len(row["high"].split(".")[1]) == 2 for row in found)
    assert all(row["p_alive"] == "" and float(row["low"]) <= float(row["high"]) for row in found)
    assert told["methods"]["hazard"]["lifetime_value"] == pytest.approx(sum(float(row["lifetime_value"]) for row in found), abs=1)
    fit = told["fit"]["hazard"]
    assert fit["events"] >= 50 and {"contact", "tenure", "window"} <= set(fit["terms"]) and fit["check"]["sentence"] in err
    assert {row["segment"] for row in found} <= {"protect", "rescue", "grow", "decide", ""}


def test_a_day_after_the_newest_one_is_valued_and_said(run: Any) -> None:
    code, told, err = run.loaded()("value", "--as-of", "2025-01-01", "--json")
    assert (code, told["as_of"]) == (0, "2025-01-01") and "Nothing is known after 2024-05-31" in err


def test_before_anybody_began_nobody_is_valued(run: Any) -> None:
    code, told, _ = run.loaded()("value", "--as-of", "2020-01-01", "--json")
    assert code == 0 and told["methods"]["none"]["customers"] == told["customers"]


def test_where_there_is_nothing_it_says_what_to_load(run: Any, tmp_path: Path) -> None:
    code, told, err = run("value", "--json")
    assert (code, told["error"]) == (1, "NotFound") and not (tmp_path / "w.duckdb").exists()
    run("load", "customers", str(tmp_path / "customers.csv"))
    run("undo", "1")
    code, told, err = run("value", "--json")
    assert (code, told["error"]) == (1, "Refused") and "load customers" in err


def test_a_file_of_another_kind_is_wrong_usage(run: Any, tmp_path: Path) -> None:
    loaded = run.loaded()
    with pytest.raises(SystemExit) as told:
        loaded("value", "--out", str(tmp_path / "v.txt"))
    assert told.value.code == 2
