"""Cohorts: counted as a plain loop would, nothing told of what was not seen, and what is still open is no zero."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health import format as fmt
from health.insight.rates import months_back
from health.insight.value import cohorts, titles
from tests.insight.books import NEWEST, book, ends, row

OBSERVED = date(2025, 7, 1)
MONTHS = 16  # July 2025 to October 2026
ENDS = ends(MONTHS)


def starts(**days: date | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"customer_id": list(days), "start_on": list(days.values())}, schema={"customer_id": pl.String, "start_on": pl.Date}
    )


def stay(customer: str, first: date, until: date | None = None, mrr: float = 100.0, last: str = "lost") -> list[dict[str, Any]]:
    """A customer active from a day, `last` from another one on."""
    there = [e for e in ENDS if e >= first]
    return [row(customer, e, mrr=mrr) if until is None or e < until else row(customer, e, last, None, lost_on=until) for e in there]


def cell(found: pl.DataFrame, cohort: date, age: int) -> dict[str, Any]:
    return found.row(by_predicate=(pl.col("cohort") == cohort) & (pl.col("age") == age), named=True)


AUTUMN = date(2025, 10, 1)


def test_a_cohort_is_followed_from_the_end_of_its_own_quarter() -> None:
    history = book([*stay("A", date(2025, 10, 5)), *stay("B", date(2025, 11, 20), date(2026, 2, 10), 300.0)])
    found = cohorts.retention(history, starts(A=date(2025, 10, 5), B=date(2025, 11, 20)), OBSERVED)
    first, second = cell(found, AUTUMN, 0), cell(found, AUTUMN, 1)
    assert (first["measured_on"], first["customers"], first["kept"], first["gross_share"]) == (date(2025, 12, 31), 2, 2, 1.0)
    assert (second["measured_on"], second["kept"], second["logo_share"], second["gross_share"]) == (date(2026, 3, 31), 1, 0.5, 0.25)


def test_what_is_not_reached_or_was_not_seen_is_null_and_survivors_are_flagged() -> None:
    history = book([*stay("OLD", ENDS[0]), *stay("NEW", date(2026, 4, 2))])
    found = cohorts.retention(history, starts(OLD=date(2024, 2, 1), NEW=date(2026, 4, 2)), OBSERVED)
    spring, old = date(2026, 4, 1), date(2024, 1, 1)
    assert cell(found, spring, 1)["logo_share"] == 1.0 and not cell(found, spring, 1)["survivors"]
    assert cell(found, spring, 2)["logo_share"] is None and cell(found, spring, 2)["kept"] is None
    assert cell(found, old, 5)["customers"] is None  # June 2025 lies before the first observed day
    assert cell(found, old, 6)["customers"] == 1 and cell(found, old, 6)["survivors"]


def test_growth_is_net_only_and_who_is_in_grace_is_kept_but_bills_nothing() -> None:
    grown = [r | {"mrr": 150.0 if r["as_of"] > date(2026, 1, 31) else 100.0} for r in stay("A", AUTUMN)]
    history = book([*grown, *stay("B", AUTUMN, date(2026, 3, 10), last="in grace")])
    found = cell(cohorts.retention(history, starts(A=AUTUMN, B=AUTUMN), OBSERVED), AUTUMN, 1)
    assert (found["kept"], found["gross_share"], found["net_share"]) == (2, 0.5, 0.75)


def test_the_merged_are_in_neither_side_and_who_came_and_went_between_is_counted() -> None:
    gone = [row("C", e, "lost", None, lost_on=date(2025, 10, 20)) for e in ENDS if e >= date(2025, 10, 31)]
    history = book([*stay("A", AUTUMN), *stay("B", AUTUMN, date(2026, 1, 15), last="merged"), *gone])
    found = cohorts.retention(history, starts(A=AUTUMN, B=AUTUMN, C=date(2025, 10, 3)), OBSERVED)
    assert (cell(found, AUTUMN, 0)["customers"], cell(found, AUTUMN, 0)["kept"]) == (3, 2)
    assert (cell(found, AUTUMN, 1)["customers"], cell(found, AUTUMN, 1)["kept"]) == (2, 1)


def test_an_empty_book_has_no_cohorts() -> None:
    for seen in (None, OBSERVED):
        found = cohorts.retention(book([]), starts(), seen)
        assert found.is_empty() and cohorts.by_age(found).is_empty()


def test_the_title_of_the_cohorts_speaks_of_the_side_that_is_drawn() -> None:
    ages = pl.DataFrame({"age": [4], "customers": [200], "share": [0.8], "gross_share": [0.75], "net_share": [1.1]})
    told = [titles.cohorts(ages, 4, side).replace(fmt.SPACE, " ") for side in ("logo_share", "gross_share", "net_share")]
    assert told == [
        "80 % of 200 new customers stay a year or more",
        "75 % of the MRR of new customers stays for a year",
        "After a year, new customers bring 110 % of their first MRR",
    ]
    assert titles.cohorts(ages.with_columns(gross_share=pl.lit(None, pl.Float64)), 4, "gross_share").endswith("?")


STATUSES = st.sampled_from(["prospect", "active", "active", "active", "leaving", "in grace", "lost", "merged"])
LIVES = st.tuples(st.integers(0, 22), st.lists(st.tuples(STATUSES, st.none() | st.integers(0, 30000)), min_size=MONTHS, max_size=MONTHS))


@settings(max_examples=25, deadline=None)
@given(st.lists(LIVES, min_size=1, max_size=5), st.sampled_from(["quarter", "year"]))
def test_every_cell_is_what_a_plain_loop_counts(lives: list[tuple[int, list[tuple[str, int | None]]]], by: cohorts.By) -> None:
    began = {f"C{n}": months_back(NEWEST, months) for n, (months, _) in enumerate(lives)}
    rows = [
        row(f"C{n}", e, status, None, mrr=None if cents is None else cents / 100)
        for n, (_, life) in enumerate(lives)
        for e, (status, cents) in zip(ENDS, life, strict=True)
    ]
    found = cohorts.retention(book(rows), starts(**began), OBSERVED, by).drop_nulls("customers")
    told = {(r["cohort"], r["age"]): (r["customers"], r["kept"], r["mrr_then"], r["mrr_now"], r["survivors"]) for r in found.to_dicts()}
    assert told == plainly(rows, began, cohorts.MONTHS[by])


def plainly(rows: list[dict[str, Any]], began: dict[str, date], step: int) -> dict[tuple[date, int], tuple[int, int, float, float, bool]]:
    """The same, customer by customer and day by day."""
    cells: dict[tuple[date, int], list[Any]] = {}
    for customer, start in began.items():
        own = {r["as_of"]: r for r in rows if r["customer_id"] == customer}
        there = [e for e in ENDS if own[e]["status"] in ("active", "leaving")]
        flew = start >= OBSERVED and any(r["status"] in ("lost", "in grace") for r in own.values())
        since = there[0] if there else start if flew else None
        merged = min((e for e in ENDS if own[e]["status"] == "merged"), default=date.max)
        first = round(own[there[0]]["mrr"] * 100) if there and own[there[0]]["mrr"] is not None else None
        cohort = date(start.year, (start.month - 1) // step * step + 1, 1)
        for end in [e for e in ENDS if e.month % step == 0]:
            if since is None or end < max(since, start) or end >= merged:
                continue
            age = (end.year * 12 + end.month - cohort.year * 12 - cohort.month) // step
            status, mrr = own[end]["status"], own[end]["mrr"]
            now = (None if mrr is None else round(mrr * 100)) if status in ("active", "leaving") else 0
            counted = cells.setdefault((cohort, age), [0, 0, 0, 0, cohort < OBSERVED])
            counted[0] += 1
            counted[1] += status in ("active", "leaving", "in grace")
            if first is not None and now is not None:
                counted[2] += first
                counted[3] += now
    return {key: (n, kept, then / 100, now / 100, old) for key, (n, kept, then, now, old) in cells.items()}


def test_ages_are_summed_over_the_cohorts_seen_from_their_start() -> None:
    history = book([*stay("OLD", ENDS[0], date(2026, 2, 1)), *stay("A", AUTUMN), *stay("B", date(2026, 1, 5), date(2026, 6, 3), 300.0)])
    told = cohorts.by_age(cohorts.retention(history, starts(OLD=date(2023, 1, 1), A=AUTUMN, B=date(2026, 1, 5)), OBSERVED))
    first, second = told.row(0, named=True), told.row(1, named=True)
    assert (first["cohorts"], first["customers"], first["share"]) == (2, 2, 1.0)
    assert (second["customers"], second["kept"], second["gross_share"]) == (2, 1, pytest.approx(0.25))
    assert second["low"] < 0.5 < second["high"]
