"""The demo company keeps its laws, hides nothing in the rows that was not known, and is the same book every time."""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import polars as pl
import pytest

from health.columns import Column
from health.demo import Company, generate
from health.tables import TABLES

END = dt.date(2026, 10, 31)
FIRST = dt.date(2023, 11, 1)
GRACE = 30
TYPES: dict[str, list[pl.DataType]] = {
    "text": [pl.String()], "date": [pl.Date()], "timestamp": [pl.Datetime("us")], "money": [pl.Float64()],
    "number": [pl.Float64(), pl.Int64()], "rate": [pl.Float64()], "count": [pl.Int64()], "flag": [pl.Boolean()],
}  # fmt: skip
FILLED = (
    "customers", "contacts", "contracts", "market_prices", "interactions", "complaints", "surveys", "invoices", "promises", "diary",
    "exits", "referrals", "opportunities", "usage", "employees",
)  # fmt: skip
"""The tables that the demo company hands over; a table declared later need not be one of them."""
OPENINGS = ("customer_since", "start_on", "signed_on")
ACTS = {
    "interactions": "occurred_at", "complaints": "opened_at", "surveys": "asked_on", "invoices": "issued_on", "usage": "month",
    "promises": "promised_on", "diary": "created_on", "opportunities": "opened_on", "referrals": "made_on",
}  # fmt: skip


@pytest.fixture(scope="module", params=[7, 8])
def book(request: pytest.FixtureRequest) -> Company:
    seed: int = request.param
    return generate(seed=seed)


@pytest.fixture(scope="module")
def seven() -> Company:
    return generate(seed=7)


def ended(book: Company) -> pl.DataFrame:
    """Each customer's `lost_on` and `decided_on` from the rows alone, as docs/method.md, section 1, derives them."""
    exits = book.tables["exits"].select("customer_id", "announced_on", "left_on")
    lines = (
        paid_lines(book)
        .join(exits, on="customer_id", how="left")
        .with_columns(end=pl.min_horizontal("end_on", "terminated_on", "left_on"))
        .sort("customer_id", "start_on")
        .with_columns(gap=(pl.col("start_on") - pl.col("end").shift(1).over("customer_id")).dt.total_days())
    )
    assert (lines["gap"].fill_null(0) <= GRACE).all(), "a customer's lines fall into two spells"
    last = lines.group_by("customer_id", maintain_order=True).last()
    silent_or_said = pl.min_horizontal("announced_on", "notice_on", "end").alias("decided_on")
    return last.select("customer_id", lost_on="end", decided_on=silent_or_said, announced=pl.col("announced_on").is_not_null())


def lost(book: Company) -> pl.DataFrame:
    """One row per leaving customer, from the truth."""
    return book.truth.filter(pl.col("lost_on").is_not_null()).unique("customer_id", maintain_order=True)


def day_columns() -> list[tuple[str, Column]]:
    return [(t.name, c) for t in (TABLES[name] for name in FILLED) for c in t.columns if c.type in ("date", "timestamp")]


def day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Date)


def auc(risk: np.ndarray, event: np.ndarray) -> float:
    rank = risk.argsort().argsort() + 1.0
    hits = event.sum()
    return float((rank[event].sum() - hits * (hits + 1) / 2) / (hits * (len(event) - hits)))


def ceiling(book: Company, days: int, cut: dt.date = dt.date(2026, 1, 31)) -> float:
    """How well the true chance at one month end ranks the customers who decide within the days that follow."""
    there = book.truth.filter(pl.col("exists") & (pl.col("month_end") == cut))
    event = (there["decided_on"] <= cut + dt.timedelta(days=days)).fill_null(False)
    return auc(there["log_odds"].to_numpy(), event.to_numpy())


# --- the rows are fit for the door ---


def paid_lines(book: Company) -> pl.DataFrame:
    """The contract lines without trials."""
    return book.tables["contracts"].filter(pl.col("trial").is_null())


def test_the_tables_are_the_filled_ones_with_declared_columns_only(book: Company) -> None:
    assert set(book.tables) == set(FILLED) <= set(TABLES)
    for name, rows in book.tables.items():
        assert rows.height > 0, name
        assert set(rows.columns) <= set(TABLES[name].names), name


@pytest.mark.parametrize("name", FILLED)
def test_rows_keep_types_required_values_ranges_and_keys(book: Company, name: str) -> None:
    table, rows = TABLES[name], book.tables[name]
    for column in table.columns:
        if column.name not in rows.columns:
            assert not column.required, column.name
            continue
        values = rows[column.name]
        assert values.dtype in TYPES[column.type], column.name
        assert not (column.required and values.null_count()), column.name
        assert not column.allowed or values.drop_nulls().is_in(column.allowed).all(), column.name
        assert column.least is None or (values.drop_nulls() >= column.least).all(), column.name
        assert column.most is None or (values.drop_nulls() <= column.most).all(), column.name
    assert rows.select(table.key).is_unique().all()


@pytest.mark.parametrize("name", FILLED)
def test_no_row_breaks_a_rule_across_its_columns(book: Company, name: str) -> None:
    rows = book.tables[name]
    for rule in TABLES[name].rules:
        if set(rule.broken.meta.root_names()) <= set(rows.columns):
            assert not rows.select(rule.broken.alias("broken"))["broken"].any(), rule.words


def test_every_id_a_row_names_exists(book: Company) -> None:
    known = {name: set(book.tables[name][TABLES[name].key[0]]) for name in ("customers", "contacts", "employees")}
    customers = dict.fromkeys(("customer_id", "parent_id", "referred_id"), "customers")
    named = customers | {"contact_id": "contacts", "employee_id": "employees", "owner": "employees"}
    for name, rows in book.tables.items():
        for column, of in named.items():
            if column in rows.columns:
                assert set(rows[column].drop_nulls()) <= known[of], f"{name}.{column}"


def test_a_contact_belongs_to_the_customer_it_is_named_for(book: Company) -> None:
    of = book.tables["contacts"].select("contact_id", of="customer_id")
    for name in ("interactions", "surveys"):
        named = book.tables[name].join(of, on="contact_id")
        assert (named["customer_id"] == named["of"]).all(), name


def test_names_are_distinct_in_a_large_book() -> None:
    assert generate(customers=25_000, months=2).tables["customers"]["name"].is_unique().all()


# --- the past does not know the future ---


def test_nothing_has_happened_after_the_book_ends(book: Company) -> None:
    for name, column in day_columns():
        rows = book.tables[name]
        if column.event and column.name in rows.columns:
            assert rows.select(day(column.name).max()).item() <= END, f"{name}.{column.name}"


def test_nothing_but_starts_and_signings_lies_before_the_first_month(book: Company) -> None:
    for name, column in day_columns():
        rows = book.tables[name]
        if column.name not in OPENINGS and column.name in rows.columns:
            first = rows.select(day(column.name).min()).item()
            assert first is None or first >= FIRST, f"{name}.{column.name}"


def test_the_agreed_end_is_never_brought_forward(book: Company) -> None:
    terms = paid_lines(book).filter(pl.col("end_on").is_not_null())
    months = terms.select(((pl.col("end_on") - pl.col("start_on")).dt.total_days() / 30.4375).round().alias("m"))["m"]
    assert set(months) == {12, 24, 36}


def test_an_early_end_stands_beside_the_day_it_was_known(book: Company) -> None:
    early = book.tables["contracts"].filter(pl.col("terminated_on").is_not_null())
    assert early.height > 100
    assert (early["notice_on"] <= early["terminated_on"]).all()
    assert (early["terminated_on"] < early["end_on"]).fill_null(True).all()


def test_successors_are_signed_three_to_eight_weeks_before_the_end(book: Company) -> None:
    lines = paid_lines(book).sort("customer_id", "start_on")
    renewals = lines.filter(pl.int_range(pl.len()).over("customer_id") > 0)
    ahead = (renewals["start_on"] - renewals["signed_on"]).dt.total_days()
    assert ahead.len() > 1000
    assert ahead.is_between(22, 56).all()


def test_no_customer_acts_after_leaving(book: Company) -> None:
    gone = lost(book).select("customer_id", "lost_on")
    for name, column in ACTS.items():
        late = book.tables[name].join(gone, on="customer_id").filter(day(column) > pl.col("lost_on"))
        assert late.height == 0, name


def test_no_customer_acts_before_signing(book: Company) -> None:
    since = paid_lines(book).group_by("customer_id").agg(pl.min("signed_on"))
    for name, column in ACTS.items():
        early = book.tables[name].join(since, on="customer_id").filter(day(column) < pl.col("signed_on"))
        assert early.height == 0, name


def test_some_lines_renew_themselves_some_are_paused_and_some_customers_had_a_trial(book: Company) -> None:
    lines, gone = book.tables["contracts"], lost(book).filter(pl.col("decided_on") <= END)
    share = {name: lines[name].count() / lines.height for name in ("renews_months", "paused_from", "trial")}
    assert 0.05 < share["renews_months"] < 0.25 and 0.002 < share["paused_from"] < 0.03 and 0.005 < share["trial"] < 0.06
    assert lines["notice_days"].null_count() > 0 and set(lines["notice_days"].drop_nulls()) == {30, 60, 90}
    kept = lines.filter(pl.any_horizontal(pl.col("renews_months", "paused_from").is_not_null()))
    assert kept.join(gone, on="customer_id", how="semi").is_empty(), "only customers who stay"
    assert (kept.filter(pl.col("renews_months").is_not_null())["end_on"] > END).all()
    trials = lines.filter("trial").join(paid_lines(book).group_by("customer_id").agg(first=pl.min("start_on")), on="customer_id")
    assert (trials["end_on"] < trials["first"]).all()


def test_nothing_is_billed_in_a_pause(book: Company) -> None:
    paused = book.tables["contracts"].drop_nulls("paused_from").select("customer_id", "paused_from", "paused_until")
    billed = book.tables["invoices"].join(paused, on="customer_id")
    assert billed.height > 0
    assert not billed["issued_on"].is_between(billed["paused_from"], billed["paused_until"]).any()


# --- who leaves, and what the rows tell of it ---


def test_the_day_of_loss_read_from_the_rows_is_the_true_one(book: Company) -> None:
    told = ended(book)
    matured = told["announced"] | (told["lost_on"] + dt.timedelta(days=GRACE) <= END).fill_null(False)
    read = told.filter(matured).select("customer_id", "lost_on", "decided_on").sort("customer_id")
    true = lost(book).filter((pl.col("decided_on") <= END) & (~pl.col("silent") | (pl.col("lost_on") + dt.timedelta(days=GRACE) <= END)))
    assert read.height > 500
    assert read.equals(true.select(read.columns).sort("customer_id"))


def test_a_silent_loss_leaves_no_word_and_no_successor(book: Company) -> None:
    silent = lost(book).filter("silent")
    lines = book.tables["contracts"].join(silent, on="customer_id", how="semi").sort("customer_id", "start_on")
    last = lines.group_by("customer_id").last().join(silent, on="customer_id")
    assert book.tables["exits"].join(silent, on="customer_id").height == 0
    assert last["notice_on"].null_count() == last.height
    assert (last["end_on"] == last["lost_on"]).all()


def test_the_true_chance_is_given_exactly_while_a_customer_is_there_and_undecided(book: Company) -> None:
    truth = book.truth.join(book.tables["customers"], on="customer_id")
    undecided = (pl.col("customer_since") <= pl.col("month_end")) & (pl.col("month_end") < pl.col("decided_on")).fill_null(True)
    assert (truth["exists"] == truth.select(undecided.alias("u"))["u"]).all()
    assert (truth["hazard"].is_not_null() == truth["exists"]).all()
    assert truth["hazard"].drop_nulls().is_between(0, 1, closed="none").all()


def test_as_many_decide_as_the_true_chances_promise() -> None:
    book = generate(customers=10_000, seed=3)
    said = book.truth.filter(pl.col("exists") & ~pl.col("silent") & (pl.col("month_end") < END))
    month_later = pl.col("month_end").dt.offset_by("1mo").dt.month_end()
    next_month = pl.col("decided_on").is_between("month_end", month_later, closed="right")
    observed = said.select(next_month.fill_null(False).sum()).item()
    silent = lost(book).filter("silent").height
    assert 0.97 < (observed + silent) / book.truth.filter(pl.col("month_end") < END)["hazard"].sum() < 1.03


# --- the targets of docs/method.md, section 9 ---


def test_between_14_and_25_percent_are_lost_each_year(book: Company) -> None:
    for year in (2024, 2025, 2026):
        first, last = dt.date(year - 1, 10, 31), dt.date(year, 10, 31)
        there = pl.col("exists") & (pl.col("month_end") >= first) & (pl.col("month_end") <= last)
        customer_years = book.truth.filter(there).height / 12
        left = lost(book).filter((pl.col("decided_on") > first) & (pl.col("decided_on") <= last)).height
        assert 0.14 <= 1 - np.exp(-left / customer_years) <= 0.25, year


def test_a_customer_complains_about_twice_a_year(book: Company) -> None:
    customer_years = book.truth.filter("exists").height / 12
    assert 1.5 <= book.tables["complaints"].height / customer_years <= 2.1


def test_about_a_tenth_of_the_losses_is_silent(book: Company) -> None:
    assert 0.08 <= lost(book)["silent"].mean() <= 0.14  # type: ignore[operator]


def test_prices_lie_round_the_market_as_method_states(book: Company) -> None:
    at = dt.date(2026, 10, 1)
    in_force = (pl.col("start_on") <= END) & (pl.min_horizontal("end_on", "terminated_on") > END).fill_null(True)
    lines = book.tables["contracts"].filter(in_force)
    market = book.tables["market_prices"].filter(pl.col("month") == at)
    priced = lines.join(book.tables["customers"], on="customer_id").join(market, on=["product", "region"])
    gap = (priced["unit_price"] / priced["price"] - 1).to_numpy()
    assert np.allclose(np.quantile(gap, [0.1, 0.5, 0.9]), [-0.02, 0.05, 0.17], atol=0.03)


def test_the_true_chance_ranks_who_leaves_in_the_demo_and_means_nothing_in_the_null_world() -> None:
    assert ceiling(generate(customers=6000, seed=5), 90) > 0.75
    blind = generate(customers=6000, seed=5, world="null")
    demo_risk = generate(customers=6000, seed=5).truth.select("customer_id", "month_end", other="log_odds")
    cut = dt.date(2026, 1, 31)
    both = blind.truth.join(demo_risk, on=["customer_id", "month_end"]).filter(pl.col("exists") & pl.col("other").is_not_null())
    there = both.filter(pl.col("month_end") == cut)
    event = (there["decided_on"] <= cut + dt.timedelta(days=180)).fill_null(False)
    assert 0.42 < auc(there["other"].to_numpy(), event.to_numpy()) < 0.58


@pytest.mark.parametrize("world", ["null", "contact-only"])
def test_the_other_worlds_lose_customers_at_a_believable_rate(world: str) -> None:
    book = generate(world=world)
    assert 0.10 < lost(book).height / (book.truth.filter("exists").height / 12) < 0.30


# --- the same book every time ---


def test_the_same_seed_gives_the_same_bytes(seven: Company) -> None:
    again = generate(seed=7)
    assert all(again.tables[name].equals(rows) for name, rows in seven.tables.items())
    assert again.truth.equals(seven.truth)


@pytest.mark.parametrize("name", sorted(set(FILLED) - {"employees"}))
def test_another_seed_gives_another_book(seven: Company, name: str) -> None:
    assert not generate(seed=9).tables[name].equals(seven.tables[name])


@pytest.mark.parametrize(("customers", "months"), [(1, 1), (3, 2), (40, 13), (12_000, 6)])
def test_any_size_works(customers: int, months: int) -> None:
    book = generate(customers=customers, months=months)
    assert book.tables["customers"].height == customers
    assert book.truth.height == customers * months
    assert book.truth["month_end"].max() == END


def test_an_unknown_world_is_refused_with_the_choices() -> None:
    with pytest.raises(ValueError, match="demo, null, contact-only"):
        generate(world="moon")


def test_two_thousand_customers_take_less_than_three_seconds() -> None:
    before = time.perf_counter()
    generate()
    assert time.perf_counter() - before < 3
