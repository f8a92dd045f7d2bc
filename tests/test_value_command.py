"""The command `value`: its file, its object and its words, which scripts rely on."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from health.cli import main
from health.demo import generate
from health.score import history
from health.warehouse import Warehouse
from tests.books import small_book, typed

COLUMNS = ["customer_id", "method", "p_leave_90d", "p_leave_12m", "p_alive", "lifetime_value", "low", "high", "segment"]
Run = Callable[..., tuple[int, Any, str]]


def kept(path: Path, tables: dict[str, pl.DataFrame]) -> Path:
    """A warehouse file with these rows."""
    warehouse = Warehouse(path)
    with warehouse.writing() as session:
        for name, frame in tables.items():
            session.insert(name, typed(name, frame))
        history.refresh(session, None)
    warehouse.close()
    return path


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """007 and 008, and 009 who has left."""
    of, ids = small_book(), pl.col("customer_id").replace({"A": "007", "B": "008"})
    gone = [frame.head(1).with_columns(customer_id=pl.lit("009")) for frame in (of["customers"], of["contracts"])]
    left = gone[1].with_columns(contract_id=pl.lit("K9"), terminated_on=pl.lit(date(2024, 3, 31)))
    tables = {name: frame.with_columns(ids) for name, frame in of.items()}
    tables |= {"customers": pl.concat([tables["customers"], gone[0]]), "contracts": pl.concat([tables["contracts"], left])}
    return kept(tmp_path_factory.mktemp("thin") / "w.duckdb", tables)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kept(tmp_path_factory.mktemp("demo") / "w.duckdb", generate(300, 27, 5).tables)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(warehouse: Path, *arguments: str) -> tuple[int, Any, str]:
        code = main(["--warehouse", str(warehouse), "value", *arguments])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return call


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a file as text."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_too_little_history_is_said_and_the_file_still_names_everybody(run: Run, thin: Path, tmp_path: Path) -> None:
    code, told, err = run(thin, "--out", str(tmp_path / "v.csv"), "--json")
    assert code == 0 and told["as_of"] == "2024-06-10" and told["customers"] == 3
    found = read(tmp_path / "v.csv")
    assert list(found[0]) == COLUMNS and [row["customer_id"] for row in found] == ["007", "008", "009"]
    assert {row["method"] for row in found} == {"none"} and {row["lifetime_value"] for row in found} == {""}
    assert told["fit"]["hazard"] is told["fit"]["bg_nbd"] is told["fit"]["gamma_gamma"] is told["lifetime_value"] is None
    assert "12 are needed" in told["fit"]["why"]["hazard"] and told["fit"]["why"]["hazard"] in err
    assert "1  not valued: The customer has left." in err and told["assumptions"]["discount_rate"] == 0.10


def test_a_demo_is_valued_with_its_fit_and_with_chances_to_four_decimals(run: Run, demo: Path, tmp_path: Path) -> None:
    code, told, err = run(demo, "--out", str(tmp_path / "v.csv"), "--json")
    assert code == 0, err
    found = [row for row in read(tmp_path / "v.csv") if row["method"] == "hazard"]
    assert found and len(found) == told["methods"]["hazard"]["customers"]
    assert all(len(row["p_leave_12m"].split(".")[1]) == 4 and len(row["high"].split(".")[1]) == 2 for row in found)
    assert all(row["p_alive"] == "" and float(row["low"]) <= float(row["high"]) for row in found)
    assert told["methods"]["hazard"]["lifetime_value"] == pytest.approx(sum(float(row["lifetime_value"]) for row in found), abs=1)
    fit = told["fit"]["hazard"]
    assert fit["events"] >= 50 and {"contact", "tenure", "window"} <= set(fit["terms"])
    assert (told["fit"]["why"]["check"] if fit["check"] is None else fit["check"]["sentence"]) in err
    assert {row["segment"] for row in found} <= {"protect", "rescue", "grow", "decide", ""}


def test_a_day_after_the_newest_one_is_valued_and_said(run: Run, thin: Path) -> None:
    code, told, err = run(thin, "--as-of", "2025-01-01", "--json")
    assert (code, told["as_of"]) == (0, "2025-01-01") and "Data ends on 2024-06-10; 2025-01-01 is valued" in err


def test_before_anybody_began_nobody_is_valued(run: Run, thin: Path) -> None:
    code, told, _ = run(thin, "--as-of", "2020-01-01", "--json")
    assert code == 0 and told["methods"]["none"]["customers"] == told["customers"]


def test_where_there_is_nothing_it_says_what_to_load(run: Run, tmp_path: Path) -> None:
    code, told, _ = run(tmp_path / "none.duckdb", "--json")
    assert (code, told["error"]) == (1, "NotFound") and not (tmp_path / "none.duckdb").exists()
    Warehouse(tmp_path / "w.duckdb").close()
    code, told, err = run(tmp_path / "w.duckdb", "--json")
    assert (code, told["error"]) == (1, "Refused") and "load customers" in err


def test_a_file_of_another_kind_is_wrong_usage(run: Run, thin: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as told:
        run(thin, "--out", str(tmp_path / "v.txt"))
    assert told.value.code == 2
