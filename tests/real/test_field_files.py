"""Files as other systems write them, through the command line: their times, hours of service and scales of answers."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from health import portfolio
from health.cli import main
from health.desk import plays
from health.insight import survey_results
from health.warehouse import Warehouse
from tests.books import analyst
from tests.real.test_outside_files import real

pytestmark = pytest.mark.usefixtures("childless")
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """One command over the warehouse `w.duckdb`; gives its object."""

    def call(*arguments: str) -> dict[str, Any]:
        main(["--warehouse", str(tmp_path / "w.duckdb"), *arguments, "--json"])
        printed: dict[str, Any] = json.loads(capsys.readouterr().out)
        return printed

    return call


def load_case(run: Run, case: str, table: str, file: str, *options: str) -> dict[str, Any]:
    """Load one file of a case after its customers and contracts, if these are not on file; gives the counts of that file."""
    for own in ("customers", "contracts"):
        run("load", own, str(real(f"field/{case}/{own}.csv")))
    counts: dict[str, Any] = run("load", table, str(real(f"field/{case}/{file}")), *options)["tables"][0]
    return counts


def stored(tmp_path: Path, table: str) -> pl.DataFrame:
    warehouse = Warehouse(tmp_path / "w.duckdb")
    try:
        with warehouse.reading() as session:
            return session.rows(table)
    finally:
        warehouse.close()


def test_times_with_offsets_are_read_in_the_zone_of_the_book(run: Run, tmp_path: Path) -> None:
    run("settings", "--zone", "Europe/Amsterdam")
    assert load_case(run, "time-zones", "interactions", "z.csv")["refused"] == 0
    assert stored(tmp_path, "interactions").sort("interaction_id")["occurred_at"][0] == datetime(2026, 10, 26, 0, 30)
    assert load_case(run, "time-zones", "interactions", "offsets.csv")["refused"] == 0
    first, second = stored(tmp_path, "interactions").sort("interaction_id").head(2).iter_rows(named=True)
    assert first["occurred_at"] == second["occurred_at"] == datetime(2026, 10, 25, 2, 30)
    assert (second["occurred_at_utc"] - first["occurred_at_utc"]).total_seconds() == 3600


def test_response_times_count_hours_of_service_and_merged_tickets_are_loaded(run: Run, tmp_path: Path) -> None:
    run("settings", "--service-hours", "Mon-Fri 9-17")
    counts = load_case(run, "business-hours", "complaints", "complaints.csv")
    assert (counts["accepted"], counts["refused"]) == (3, 0)
    out = tmp_path / "scores.csv"
    run("score", "--as-of", "2026-10-15", "--out", str(out))
    points = dict(pl.read_csv(out, schema_overrides={"customer_id": pl.String}).select("customer_id", "complaints_points").iter_rows())
    assert points["1001"] == points["1002"] > points["1003"]
    assert points["1003"] < points["1004"] == 100


def test_survey_answers_need_a_scale_and_a_poor_one_is_urgent(run: Run, tmp_path: Path) -> None:
    counts = load_case(run, "survey-scales", "surveys", "csat_noscale.csv")
    assert (counts["accepted"], counts["refused"]) == (1, 4)
    run("undo", "3")
    counts = load_case(run, "survey-scales", "surveys", "csat_noscale.csv", "--csat-scale", "1..5", "--ces-scale", "1..7")
    assert (counts["accepted"], counts["refused"]) == (4, 1)
    assert load_case(run, "survey-scales", "surveys", "csat_scale.csv")["refused"] == 0
    warehouse = Warehouse(tmp_path / "w.duckdb")
    book = analyst(warehouse)
    as_of = portfolio.state(book).as_of
    assert as_of is not None
    lane = plays.urgent_triggers(book, portfolio.build(book, as_of), as_of)
    assert "1002" in lane.filter(pl.col("trigger") == "answer")["customer_id"].to_list()
    with book.reading() as session:
        nps, csat, ces = survey_results.last_year(session.staged("surveys"), as_of)
    warehouse.close()
    assert (nps.answers, nps.value) == (3, pytest.approx(200 / 3))  # 6.5, 4 of 1..4 and 10 of 1..10
    assert (csat.answers, csat.value) == (3, pytest.approx(200 / 3))  # 5 of 5, 1 of 5 and 92 of 100
    assert (ces.answers, ces.value) == (1, 100)
