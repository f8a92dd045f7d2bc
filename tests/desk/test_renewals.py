"""Renewals recorded: what was said of the end of a term, as it was known on a day."""

from datetime import date

import polars as pl

from health.desk import renewals
from health.insight.value.renewal_outcomes import with_outcomes
from tests.books import analyst, rows, small_book, warehouse_of
from tests.desk.office import manager

AS_OF = date(2024, 6, 20)
END = date(2024, 8, 1)


def renewal(key: str, customer: str, opened: date, **more: object) -> dict[str, object]:
    return {"opportunity_id": key, "customer_id": customer, "kind": "renewal", "opened_on": opened} | more


ROWS = [
    renewal("O1", "A", date(2024, 5, 1), outcome="lost", closed_on=date(2024, 5, 9)),
    renewal("O2", "A", date(2024, 6, 1), outcome="won", closed_on=date(2024, 6, 25)),
    renewal("O3", "A", date(2024, 6, 21), outcome="won", closed_on=date(2024, 6, 21)),
    renewal("O4", "B", date(2023, 7, 1), outcome="won", closed_on=date(2023, 7, 2)),
    renewal("O5", "B", date(2024, 6, 1), kind="upsell", outcome="won"),
]


def test_an_outcome_is_known_from_the_day_it_was_closed_and_to_who_may_see_it() -> None:
    warehouse = warehouse_of(small_book() | {"opportunities": rows("opportunities", *ROWS)})
    found = {row["opportunity_id"]: row for row in renewals.outcomes(analyst(warehouse), AS_OF).iter_rows(named=True)}
    assert {i: (row["outcome"], row["closed_on"]) for i, row in found.items()} == {
        "O1": ("lost", date(2024, 5, 9)), "O2": ("open", None), "O4": ("won", date(2023, 7, 2)),
    }  # fmt: skip
    assert renewals.outcomes(manager(warehouse, "E1"), AS_OF)["opportunity_id"].to_list() == ["O4"]


def test_the_newest_word_about_an_end_stands_beside_it_and_an_older_terms_does_not() -> None:
    warehouse = warehouse_of(small_book() | {"opportunities": rows("opportunities", *ROWS)})
    listed = pl.DataFrame({"customer_id": ["A", "B", "C"], "renewal_on": [END, END, None]}, schema_overrides={"renewal_on": pl.Date})
    told = with_outcomes(listed, renewals.outcomes(analyst(warehouse), AS_OF))
    assert told.select("customer_id", "opportunity_id", "recorded").rows() == [
        ("A", "O2", "under way"), ("B", None, "nothing recorded"), ("C", None, "nothing recorded"),
    ]  # fmt: skip
    later = with_outcomes(listed, renewals.outcomes(analyst(warehouse), END))
    assert later["recorded"][0] == "won, but no new term is on file yet" and later["seen_load_id"][0] == 1
