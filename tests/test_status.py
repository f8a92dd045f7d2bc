"""Statuses are declared once: the facts yield no other, and each predicate is true of the ones it names and null without a status."""

import re
from pathlib import Path

import polars as pl
import pytest

from health import status

SQL = Path(__file__).parent.parent / "health/warehouse/sql/facts/status_facts.sql"
HOLDS = {
    "ACTIVE": {"active"},
    "LEAVING": {"leaving"},
    "IN_GRACE": {"in grace"},
    "LOST": {"lost"},
    "MERGED": {"merged"},
    "CUSTOMER": {"active", "paused", "leaving"},
    "FROZEN": {"paused", "leaving"},
    "CHURNED": {"leaving", "lost"},
    "DECIDED": {"leaving", "lost", "merged"},
    "WITHOUT_LINE": {"in grace", "lost"},
    "NOT_LOST": {"active", "paused", "leaving", "in grace", "trial", "prospect"},
    "ENDING": {"leaving", "in grace", "lost", "merged"},
}


def test_the_facts_yield_exactly_the_declared_statuses() -> None:
    sql = SQL.read_text(encoding="utf-8")
    case = sql[sql.index("judged as (") : sql.index("end as status")]
    without_any = re.findall(r"coalesce\(judged\.status, (case .*? end)\)", sql)
    assert len(without_any) == 1
    assert set(re.findall(r"(?:then|else) '([^']+)'", case + without_any[0])) == set(status.STATUSES)


@pytest.mark.parametrize("name", HOLDS)
def test_a_predicate_holds_of_its_statuses_alone(name: str) -> None:
    frame = pl.DataFrame({"status": [*status.STATUSES, None]}, schema={"status": pl.String})
    expected = [*(s in HOLDS[name] for s in status.STATUSES), None]
    assert frame.select(getattr(status, name).alias("holds"))["holds"].to_list() == expected


def test_every_predicate_is_held_to_its_statuses() -> None:
    assert {name for name, value in vars(status).items() if isinstance(value, pl.Expr)} == set(HOLDS)


def test_a_status_that_is_not_declared_is_refused() -> None:
    with pytest.raises(KeyError):
        status.one_of("active", "gone")
