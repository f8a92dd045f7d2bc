"""What customers are worth: recounted from the rows month by month, the same for every viewer, and a sentence where nothing can be said."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health.access import Book, Viewer
from health.demo import generate
from health.errors import InsufficientData, NotFound
from health.foresight import churn, lifetime
from health.foresight.backtest import band_rates
from health.foresight.backtest.panel import panel
from health.foresight.lifetime import FittedModels, band_fallback, longer_term, measured_inputs
from health.foresight.lifetime.assumptions import DEFAULT
from health.score.settings import DEFAULT as DEFAULT_SETTINGS
from health.warehouse import Warehouse
from tests.books import analyst, rows, small_book, warehouse_of

AS_OF = date(2026, 10, 31)
COMPANY = (320, 28, 5)
SHOPPED = date(2024, 8, 31)


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    made = generate(*COMPANY).tables
    costs = pl.when(pl.col("customer_id").hash(1) % 10 == 0).then(None).otherwise(pl.col("unit_cost")).alias("unit_cost")
    return made | {"contracts": made["contracts"].with_columns(costs)}


@pytest.fixture(scope="module")
def warehouse(tables: dict[str, pl.DataFrame]) -> Warehouse:
    return warehouse_of(tables)


@pytest.fixture(scope="module")
def book(warehouse: Warehouse) -> Book:
    return analyst(warehouse)


@pytest.fixture(scope="module")
def model(book: Book) -> churn.Hazard:
    return churn.fit(book, AS_OF)


@pytest.fixture(scope="module")
def values(book: Book, model: churn.Hazard) -> pl.DataFrame:
    return lifetime.value(book, AS_OF, model, DEFAULT)


def failing() -> churn.Check:
    """A check that nobody could pass."""
    found = churn.Check(as_of=AS_OF, horizons={}, slope=None, auc=None, auc_health=None, coverage=None, tables={})
    assert not found.holds
    return found


# --- contracts ---


def test_everybody_ever_signed_has_one_row_with_a_value_or_a_reason(values: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> None:
    assert values["customer_id"].to_list() == sorted(tables["customers"]["customer_id"])
    valued = values["method"] == "hazard"
    assert (values["status"] == "active").to_list() == valued.to_list()
    assert values["why"].is_null().to_list() == values["lifetime_value"].is_not_null().to_list() == valued.to_list()
    of_valued = values.filter(valued)
    assert of_valued["p_alive"].null_count() == of_valued.height and set(of_valued["chance_from"]) == {"model"}
    chances = of_valued.select("p_leave_90d", "p_leave_180d", "p_leave_12m")
    assert chances.null_count().row(0) == (0, 0, 0)
    assert of_valued.select(pl.col("p_leave_90d").is_between(0, pl.col("p_leave_180d")).all()).item()
    assert of_valued.select(pl.col("p_leave_12m").is_between(pl.col("p_leave_180d"), 1).all()).item()


def test_a_value_is_the_margin_of_each_month_times_the_chance_to_be_there_times_what_it_is_worth_today(
    book: Book, model: churn.Hazard, values: pl.DataFrame, tables: dict[str, pl.DataFrame]
) -> None:
    some = values.filter(pl.col("method") == "hazard")["customer_id"][:25].to_list()
    stays = churn.survival(book, model, AS_OF, some)
    ended = pl.min_horizontal("end_on", "terminated_on").fill_null(date.max)
    for customer in some:
        row = values.row(by_predicate=pl.col("customer_id") == customer, named=True)
        lines = tables["contracts"].filter((pl.col("customer_id") == customer) & (pl.col("start_on") <= AS_OF) & (ended >= AS_OF))
        margin = sum(
            float(line["unit_price"]) * line["quantity"] - float(line["unit_cost"]) * line["quantity"]
            if line["unit_cost"] is not None
            else 0.30 * float(line["unit_price"]) * line["quantity"]
            for line in lines.iter_rows(named=True)
        )
        assert row["margin"] == pytest.approx(margin)
        assert row["margin_assumed"] == bool(lines["unit_cost"].null_count())
        there = stays.filter(pl.col("customer_id") == customer).sort("month")["stays"].to_list()
        worth = sum(margin * there[k] * 1.10 ** (-k / 12) for k in range(60))
        assert row["lifetime_value"] == pytest.approx(worth)
        early = next((n for n, share in enumerate(there) if share <= 0.9), 60)
        late = next((n for n, share in enumerate(there) if share <= 0.1), 60)
        ends = [sum(margin * 1.10 ** (-k / 12) for k in range(min(last, 60))) for last in (early, late)]
        assert [row["low"], row["high"]] == pytest.approx(ends)


def test_some_costs_are_unknown_in_this_book(values: pl.DataFrame) -> None:
    assert 0 < values["margin_assumed"].sum() < values.height / 2


def test_what_is_served_at_a_loss_is_worth_less_than_nothing_and_low_stays_below_high(
    book: Book, model: churn.Hazard, tables: dict[str, pl.DataFrame]
) -> None:
    dear = tables | {"contracts": tables["contracts"].with_columns((pl.col("unit_price") * 2).cast(pl.Decimal(14, 2)).alias("unit_cost"))}
    few = {name: frame.filter(pl.col("customer_id") < "C0000040") for name, frame in dear.items() if name in ("customers", "contracts")}
    found = lifetime.value(analyst(warehouse_of(few)), AS_OF, model, DEFAULT).filter(pl.col("method") == "hazard")
    assert found.height and found.select((pl.col("lifetime_value") < 0) & (pl.col("low") <= pl.col("high"))).to_series().all()


def test_a_dearer_tomorrow_and_a_nearer_horizon_make_customers_worth_less(book: Book, model: churn.Hazard, values: pl.DataFrame) -> None:
    for less in (replace(DEFAULT, discount_rate=0.2), replace(DEFAULT, horizon_months=24)):
        found = lifetime.value(book, AS_OF, model, less)
        both = (
            found.filter(pl.col("margin") > 0)["lifetime_value"].drop_nulls()
            < values.filter(pl.col("margin") > 0)["lifetime_value"].drop_nulls()
        )
        assert len(both) and both.all()


def test_every_viewer_sees_his_own_customers_with_the_same_figures(warehouse: Warehouse, model: churn.Hazard, values: pl.DataFrame,
                                                                   tables: dict[str, pl.DataFrame]) -> None:  # fmt: skip
    owner = tables["customers"]["owner"].drop_nulls()[0]
    own = tables["customers"].filter(pl.col("owner") == owner)["customer_id"]
    seen = lifetime.value(Book(Viewer("am", "account_manager", owner), warehouse), AS_OF, model, DEFAULT)
    assert_frame_equal(seen, values.filter(pl.col("customer_id").is_in(own.implode())))
    assert lifetime.value(Book(Viewer("new", "account_manager", None), warehouse), AS_OF, model, DEFAULT).is_empty()


def test_the_same_bits_again(book: Book, model: churn.Hazard, values: pl.DataFrame) -> None:
    assert churn.fit(book, AS_OF) == model
    assert_frame_equal(lifetime.value(book, AS_OF, model, DEFAULT), values, check_exact=True)


# --- where the model does not hold ---


def test_where_the_check_fails_everybody_of_a_band_has_what_was_seen_of_it(book: Book, model: churn.Hazard, values: pl.DataFrame) -> None:
    found = lifetime.value(book, AS_OF, model, DEFAULT, failing())
    valued = found.filter(pl.col("method") == "hazard")
    assert set(valued["chance_from"]) == {"band"} and 1 < valued["p_leave_180d"].n_unique() <= 3
    with book.reading() as session:
        rates = band_rates.by_band(panel(session, 180, DEFAULT_SETTINGS))["rate"].to_list()
    assert all(any(seen == pytest.approx(rate, abs=0.01) for rate in rates) for seen in valued["p_leave_180d"].unique())
    row = valued.row(0, named=True)
    stay = (1 - row["p_leave_12m"]) ** (1 / 12)
    assert row["annuity"] == pytest.approx(sum(stay**k * 1.10 ** (-k / 12) for k in range(60)))
    early = next(n for n in range(100) if stay**n <= 0.9)
    assert row["annuity_low"] == pytest.approx(sum(1.10 ** (-k / 12) for k in range(min(early, 60))))
    assert row["annuity_low"] < row["annuity"] < row["annuity_high"]
    assert found["segment"].equals(values["segment"])
    again = lifetime.value(book, date(2026, 7, 31), model, DEFAULT, failing(), rates_of=AS_OF).filter(pl.col("method") == "hazard")
    assert set(again["annuity"]) <= set(valued["annuity"]), "an earlier day is valued by the rates seen until the later one"


def test_bands_of_which_nothing_was_seen_give_no_chance_and_one_that_all_have_left_is_gone_within_a_month(
    book: Book, model: churn.Hazard
) -> None:
    young = lifetime.value(book, date(2025, 10, 31), model, DEFAULT, failing())
    assert young.filter(pl.col("status") == "active").height > 0 and young["chance_from"].null_count() == young.height
    seen = pl.DataFrame({"band": ["at_risk", "watch", "healthy"], "rate": [1.0, 0.5, 0.0]})
    found = band_fallback.predict_from_bands(pl.DataFrame({"customer_id": ["A", "B", "C"], "band": seen["band"]}), seen, 0.10, 60)
    assert found["median_months"].to_list() == [1, 6, None]
    assert found["p_leave_90d"].to_list() == [1.0, pytest.approx(1 - 0.5 ** (3 * 30.4375 / 180)), 0.0]


def test_without_a_model_who_is_there_is_told_why_nothing_can_be_said(book: Book) -> None:
    found = lifetime.value(book, AS_OF, None, DEFAULT)
    assert set(found["method"]) == {"none"} and found["lifetime_value"].null_count() == found.height
    assert set(found.filter(pl.col("status") == "active")["why"]) == {"There is too little history to forecast churn."}


# --- a longer term ---


def test_the_term_as_agreed_is_what_the_value_rests_on_and_a_longer_one_moves_the_months_of_leaving(
    book: Book, model: churn.Hazard, values: pl.DataFrame
) -> None:
    valued = values.filter(pl.col("method") == "hazard")
    for row in valued[:10].iter_rows(named=True):
        moved = longer_term.annuities(book, AS_OF, model, row["customer_id"], [12, 36], DEFAULT)
        assert moved["term_months"].to_list() == [None, 12, 36]
        assert moved["annuity"][0] == pytest.approx(row["annuity"])
        assert moved["annuity"][2] > moved["annuity"][1]


def test_of_a_customer_that_is_gone_or_not_ones_own_there_is_no_term_to_move(book: Book, warehouse: Warehouse, model: churn.Hazard,
                                                                             values: pl.DataFrame) -> None:  # fmt: skip
    gone = values.filter(pl.col("status") == "lost")["customer_id"][0]
    with pytest.raises(NotFound, match="no contract in force"):
        longer_term.annuities(book, AS_OF, model, gone, [12], DEFAULT)
    with pytest.raises(NotFound, match="not found among your customers"):
        longer_term.annuities(Book(Viewer("am", "account_manager", "nobody"), warehouse), AS_OF, model, gone, [12], DEFAULT)


# --- what is measured from the book ---


def test_a_new_customer_is_measured_on_the_recent_ones_unless_it_is_stated(values: pl.DataFrame) -> None:
    found = measured_inputs.new_customer(values, DEFAULT)
    recent = values.filter((pl.col("tenure_months") <= 12) & (pl.col("method") == "hazard"))
    assert found is not None and found.recent and found.customers == recent.height >= 30
    assert (found.margin, found.annuity) == pytest.approx((recent["margin"].mean(), recent["annuity"].mean()))
    few = measured_inputs.new_customer(values.filter(~pl.col("customer_id").is_in(recent["customer_id"][5:].implode())), DEFAULT)
    assert few is not None and not few.recent
    stated = measured_inputs.new_customer(values.clear(), replace(DEFAULT, new_margin=10, new_annuity=20))
    assert stated is not None and (stated.value, stated.customers) == (200, 0)
    assert measured_inputs.new_customer(values.clear(), DEFAULT) is None


def test_every_viewer_reckons_with_the_same_new_customer(book: Book, model: churn.Hazard, values: pl.DataFrame) -> None:
    with book.reading() as session:
        whole = measured_inputs.new_customer_of_book(session, AS_OF, model, DEFAULT)
        by_band = measured_inputs.new_customer_of_book(session, AS_OF, model, DEFAULT, failing())
    found = measured_inputs.new_customer(values, DEFAULT)
    assert found and whole and (whole.margin, whole.annuity) == pytest.approx((found.margin, found.annuity))
    of_bands = measured_inputs.new_customer(lifetime.value(book, AS_OF, model, DEFAULT, failing()), DEFAULT)
    assert of_bands and by_band and by_band.annuity == pytest.approx(of_bands.annuity) != found.annuity


def test_what_the_lost_never_pay_is_counted_on_what_they_owed_on_their_last_day() -> None:
    gone = {"announced_on": date(2024, 5, 1), "left_on": date(2024, 5, 31), "reason": "price"}
    bill = {"issued_on": date(2024, 5, 1), "due_on": date(2024, 6, 1)}
    tables = small_book() | {
        "exits": rows("exits", {"customer_id": "A", **gone, "written_off": Decimal("30")}, {"customer_id": "B", **gone}),
        "invoices": rows(
            "invoices",
            {"invoice_id": "1", "customer_id": "A", "amount": Decimal("100"), **bill},
            {"invoice_id": "2", "customer_id": "A", "amount": Decimal("70"), **bill, "paid_on": date(2024, 5, 31)},
            {"invoice_id": "3", "customer_id": "B", "amount": Decimal("50"), **bill, "paid_on": date(2024, 6, 20)},
        ),
    }
    with analyst(warehouse_of(tables)).reading() as session:
        assert measured_inputs.write_off_share(session, date(2024, 6, 30), DEFAULT) == pytest.approx(30 / 150)
        assert measured_inputs.write_off_share(session, date(2024, 5, 30), DEFAULT) is None
        assert measured_inputs.write_off_share(session, date(2024, 6, 30), replace(DEFAULT, write_off_share=0.35)) == 0.35
        owed = measured_inputs.receivables(session, date(2024, 6, 10))
        assert owed.rows() == [("A", 100.0), ("B", 50.0)]
        assert measured_inputs.receivables(session, date(2024, 4, 30)).is_empty()


# --- without contracts, and books with little in them ---


def shop(customers: int, price: int = 20) -> dict[str, pl.DataFrame]:
    """Customers without a contract who buy each at a rhythm of its own, and one day no more."""
    rng = np.random.default_rng(1)
    people = [{"customer_id": f"S{n:03}", "name": f"S{n}"} for n in range(customers)]
    bills: list[dict[str, Any]] = []
    for one in people:
        day, pace, usual = date(2024, 1, 1) + timedelta(days=int(rng.integers(0, 60))), rng.gamma(2, 12), rng.gamma(3, 1)
        while day <= SHOPPED:
            dated = {"issued_on": day, "due_on": day, "paid_on": day, "amount": Decimal(round(price * usual * rng.gamma(5, 1)))}
            bills.append({"invoice_id": f"R{len(bills)}", "customer_id": one["customer_id"], **dated})
            day = SHOPPED + timedelta(1) if rng.random() < 0.3 else day + timedelta(days=1 + int(rng.exponential(pace)))
    return {"customers": rows("customers", *people), "invoices": rows("invoices", *bills)}


def test_who_has_no_contract_is_valued_by_what_it_buys() -> None:
    book = analyst(warehouse_of(shop(80)))
    fits = lifetime.fit(book, SHOPPED)
    assert fits.bg_nbd and fits.gamma_gamma and fits.hazard is None and "12" in fits.why["hazard"]
    found = lifetime.value(book, SHOPPED, fits.hazard, DEFAULT, fits.check, fits.purchases)
    assert set(found["method"]) == {"bg_nbd"} and found["p_alive"].is_between(0, 1).all() and (found["lifetime_value"] > 0).all()
    empty = ["p_leave_90d", "p_leave_12m", "annuity", "low", "high", "why"]
    assert found.select(empty).null_count().row(0) == (found.height,) * len(empty)
    twice = lifetime.value(book, SHOPPED, None, replace(DEFAULT, margin_rate=0.6))
    assert twice["lifetime_value"].to_list() == pytest.approx((2 * found["lifetime_value"]).to_list())
    unfitted = replace(fits, gamma_gamma=None, why=fits.why | {"gamma_gamma": "It varies too much."})
    assert isinstance(unfitted.purchases, InsufficientData)
    none = lifetime.value(book, SHOPPED, None, DEFAULT, models=unfitted.purchases)
    assert set(none["method"]) == {"none"} and set(none["why"]) == {"The customer has left.", "It varies too much."}, (
        "no other model is fitted instead"
    )


def one_customer() -> dict[str, pl.DataFrame]:
    return {name: frame.filter(pl.col("customer_id") == "A") for name, frame in small_book().items()}


def all_lost() -> dict[str, pl.DataFrame]:
    ended = pl.lit(date(2024, 3, 31)).alias("terminated_on")
    return small_book() | {"contracts": small_book()["contracts"].with_columns(ended)}


def zero_prices() -> dict[str, pl.DataFrame]:
    return small_book() | {"contracts": small_book()["contracts"].with_columns(pl.lit(0).cast(pl.Decimal(14, 2)).alias("unit_price"))}


def single_month() -> dict[str, pl.DataFrame]:
    return small_book() | {"interactions": small_book()["interactions"].filter(pl.col("occurred_at").dt.month() == 6)}


THIN = {
    "one customer": one_customer, "all lost": all_lost, "zero prices": zero_prices, "a single month": single_month,
    "one shopper": lambda: shop(1), "free goods": lambda: shop(60, 0),
}  # fmt: skip


@pytest.mark.parametrize("thin", THIN)
def test_a_book_with_little_in_it_says_why_in_sentences(thin: str) -> None:
    book = analyst(warehouse_of(THIN[thin]()))
    as_of = date(2024, 6, 30)
    fits: FittedModels = lifetime.fit(book, as_of)
    found = lifetime.value(book, as_of, fits.hazard, DEFAULT, fits.check, fits.purchases)
    assert found.height and set(found["method"]) == {"none"}
    assert all(why.endswith(".") for why in [*found["why"], *fits.why.values()])
    assert measured_inputs.new_customer(found, DEFAULT) is None
    assert fits.as_json()["hazard"] is None and "hazard" in fits.why


def test_an_empty_book_has_no_rows() -> None:
    book = analyst(Warehouse())
    fits = lifetime.fit(book, AS_OF)
    assert lifetime.value(book, AS_OF, fits.hazard, DEFAULT, fits.check, fits.purchases).is_empty()
