"""A company that ends inside a month is the company of the whole month, as it was on file on that day."""

import datetime as dt

import polars as pl
import pytest

from health.demo import Company, generate
from health.tables import TABLES

UNTIL, MONTH_END = dt.date(2026, 11, 20), dt.date(2026, 11, 30)
LATER = {"left_on", "planned_on", "due_at", "due_on", "end_on", "terminated_on", "start_on", "active_to", "month"}
"""Days that may lie ahead: what was planned, agreed or announced; usage and prices are of their month."""


@pytest.fixture(scope="module")
def cut() -> Company:
    return generate(150, 20, until=UNTIL)


@pytest.fixture(scope="module")
def whole() -> Company:
    return generate(150, 20, until=MONTH_END)


def test_nothing_that_happened_after_the_day_is_on_file(cut: Company) -> None:
    for name, frame in cut.tables.items():
        days = [c.name for c in TABLES[name].columns if c.type in ("date", "timestamp") and c.name in frame.columns]
        for column in set(days) - LATER:
            assert (frame[column].drop_nulls().cast(pl.Date) <= UNTIL).all(), (name, column)
    assert cut.tables["usage"]["month"].max() == dt.date(2026, 10, 1)
    assert cut.truth["month_end"].max() == dt.date(2026, 10, 31)


def test_what_was_on_file_by_then_is_the_same_row(cut: Company, whole: Company) -> None:
    for name, day in (("interactions", "occurred_at"), ("invoices", "issued_on"), ("contracts", "signed_on")):
        full = whole.tables[name].filter(pl.col(day).cast(pl.Date) <= UNTIL)
        assert full.height < whole.tables[name].height or name != "interactions"  # there are some on every day
        steady = [
            column for column in full.columns if column not in ("paid_on", "notice_on", "terminated_on", "paused_from", "paused_until")
        ]
        assert cut.tables[name].select(steady).equals(full.select(steady)), name


def test_a_later_answer_is_blank_and_an_earlier_one_is_there(cut: Company, whole: Company) -> None:
    for name, key, day in (
        ("invoices", "invoice_id", "paid_on"),
        ("complaints", "complaint_id", "resolved_at"),
        ("contracts", "contract_id", "notice_on"),
    ):
        both = cut.tables[name].join(whole.tables[name].select(key, later=day), on=key)
        is_known = (pl.col("later").cast(pl.Date) <= UNTIL).fill_null(False)
        assert both.filter(is_known, pl.col(day).ne_missing(pl.col("later"))).is_empty()
        assert both.filter(~is_known)[day].null_count() == both.filter(~is_known).height > 0
        assert both.filter(~is_known)["later"].drop_nulls().len() > 0, name
    assert cut.tables["opportunities"].filter(pl.col("closed_on").is_null())["outcome"].unique().to_list() == ["open"]


def test_every_row_names_customers_who_are_on_file(cut: Company) -> None:
    customers = set(cut.tables["customers"]["customer_id"])
    assert 0 < len(customers) <= 150
    for name, frame in cut.tables.items():
        for column in {"customer_id", "referred_id", "parent_id"} & set(frame.columns):
            assert set(frame[column].drop_nulls()) <= customers, (name, column)
    assert set(cut.tables["contracts"]["customer_id"]) == customers


def test_the_last_day_of_a_month_cuts_nothing_and_the_same_day_gives_the_same_bytes(cut: Company) -> None:
    again = generate(150, 20, until=UNTIL)
    assert all(frame.equals(again.tables[name]) for name, frame in cut.tables.items()) and list(cut.tables) == list(again.tables)
    usual = generate(30, 14)
    assert all(frame.equals(usual.tables[name]) for name, frame in generate(30, 14, until=dt.date(2026, 10, 31)).tables.items())
