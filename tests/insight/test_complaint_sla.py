"""What became of a complaint's two clocks, and how much of its limit each of the open ones has used."""

from datetime import date, datetime

import polars as pl
import pytest

from health.desk.worklist.inputs import reason_inputs
from health.insight.client import complaint_sla
from health.score.settings import DEFAULT
from tests.books import analyst, complaint_clocks, rows, warehouse_of

AS_OF = date(2026, 1, 31)


def complaint(number: int, **more: object) -> dict[str, object]:
    return {"complaint_id": f"Q{number}", "customer_id": "A", "opened_at": datetime(2026, 1, number, 9), "severity": 3, **more}


def clocks(**more: object) -> dict[str, object]:
    return complaint_sla.with_deadline_texts(complaint_clocks(rows("complaints", complaint(10, **more)), DEFAULT, AS_OF)).row(0, named=True)


def test_an_answer_within_its_limit_is_kept_and_a_late_solution_is_broken() -> None:
    told = clocks(first_response_at=datetime(2026, 1, 10, 17), resolved_at=datetime(2026, 1, 14, 9))
    assert (told["answer"], told["solution"]) == ("● On time: 8 h, limit 8 h", "◆ Late: 4 days, limit 3 days")


def test_a_solution_after_the_day_shown_is_not_known_on_it() -> None:
    told = clocks(resolved_at=datetime(2026, 2, 2, 9))
    assert str(told["solution"]).startswith("◆ Open ")


def test_of_an_open_complaint_the_answer_runs_and_once_it_is_given_the_solution() -> None:
    late, given = datetime(2026, 1, 31, 20), datetime(2026, 1, 31, 10)
    raised = [
        complaint(30, theme="price"),
        complaint(31, opened_at=late, severity=None),
        complaint(29, opened_at=given, first_response_at=given),
        complaint(28, resolved_at=given),
        complaint(27, resolved_at=datetime(2026, 1, 28), reopened_at=given),
        complaint(26, resolved_at=datetime(2026, 2, 1)),
    ]
    book = analyst(warehouse_of({"customers": rows("customers", {"customer_id": "A"}), "complaints": rows("complaints", *raised)}))
    told = complaint_sla.with_running_deadline(reason_inputs(book, AS_OF).complaints)
    answer, solution = DEFAULT.response_hours, DEFAULT.resolution_hours
    assert told.select("complaint_id", "theme", "clock").rows() == [
        ("Q26", "unsorted", "answer"), ("Q27", "unsorted", "answer"), ("Q30", "price", "answer"), ("Q31", "unsorted", "answer"),
        ("Q29", "unsorted", "solution"),
    ]  # fmt: skip
    open_for = dict(zip(("Q30", "Q31", "Q29"), (39, 4, 14), strict=True))
    limits = {"Q30": answer[2], "Q31": answer[1], "Q29": solution[2]}
    for row in told.filter(told["complaint_id"].is_in(list(open_for))).iter_rows(named=True):
        hours, limit = open_for[row["complaint_id"]], limits[row["complaint_id"]]
        assert (row["left_hours"], row["used"]) == (pytest.approx(limit - hours, abs=1e-6), pytest.approx(hours / limit, abs=1e-6))


def test_complaints_of_those_who_left_are_on_file_but_not_counted() -> None:
    statuses = {"A": "active", "P": "paused", "L": "leaving", "X": "lost", "G": "in grace", "M": "merged"}
    now = pl.DataFrame({"customer_id": list(statuses), "name": None, "status": statuses.values()}, schema_overrides={"name": pl.String})
    on_file = pl.DataFrame({"complaint_id": ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7"], "customer_id": ["X", "A", "L", "G", "P", "M", "A"]})
    assert complaint_sla.of_present_customers(on_file, now)["complaint_id"].to_list() == ["Q2", "Q3", "Q5", "Q7"]
