"""The model of leaving: what it learns from, what it foresees, and how it is held to account."""

import math
import pickle
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from health import format as fmt
from health.access import Book, Viewer
from health.demo import Company, generate
from health.errors import InsufficientData, NotFound
from health.foresight import churn
from health.foresight.backtest import band_rates as observed
from health.foresight.backtest.panel import panel
from health.foresight.churn import held_out, labels, landmarks, training, validation
from health.foresight.churn.features import LandmarkFeatures, landmark_features
from health.foresight.churn.held_out import NEVER, HeldOut
from health.foresight.churn.prediction import discount_factors
from health.foresight.lifetime import band_fallback
from health.score import settings
from health.warehouse import Warehouse
from tests.books import analyst, rows, small_book, warehouse_of
from tests.foresight.lookahead import other_future
from tests.lifetimes import annuities

AS_OF, CUT = date(2026, 10, 31), date(2026, 3, 31)


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(400, 36, seed=7)


@pytest.fixture(scope="module")
def book(company: Company) -> Book:
    return analyst(warehouse_of(company.tables))


@pytest.fixture(scope="module")
def model(book: Book) -> churn.Hazard:
    return churn.fit(book, AS_OF)


@pytest.fixture(scope="module")
def foreseen(book: Book, model: churn.Hazard) -> pl.DataFrame:
    return churn.predict(book, model, AS_OF)


# --- what it learns from ---


def test_it_learns_from_every_matured_month_ahead_and_knows_who_truly_decided_in_it(book: Book, company: Company) -> None:
    with book.reading() as session:
        learned = training.training_rows(session, AS_OF)
    first, seen = date(2023, 11, 30), date(2026, 9, 30)  # 30 days of grace at the end
    truth = in_force(company).filter(pl.col("month_end").is_between(first, seen)).sort("customer_id", "month_end")
    expected = []
    for decided, day in truth.select("decided_on", "month_end").iter_rows():
        for lead in range(1, 13):
            if _months(day, seen) < lead or (decided and decided <= seen and _months(day, decided) < lead):
                break
            expected.append((lead, bool(decided and _months(day, decided) == lead)))
    assert list(zip(learned.lead.tolist(), learned.left.tolist(), strict=True)) == expected
    assert learned.losses == truth.filter(pl.col("decided_on") <= seen)["customer_id"].n_unique()


def in_force(company: Company) -> pl.DataFrame:
    """The truth about customers with a contract, apart from the month ends within a pause."""
    pauses = company.tables["contracts"].filter(pl.col("paused_from").is_not_null()).select("customer_id", "paused_from", "paused_until")
    paused = company.truth.join(pauses, on="customer_id").filter(
        pl.col("month_end") >= pl.col("paused_from"), (pl.col("month_end") <= pl.col("paused_until")).fill_null(True)
    )
    return company.truth.filter("exists").join(paused, on=["customer_id", "month_end"], how="anti")


def _months(day: date, later: date) -> int:
    return 12 * (later.year - day.year) + later.month - day.month


def test_what_became_known_later_teaches_nothing(book: Book, company: Company) -> None:
    other = analyst(warehouse_of(other_future(company.tables, CUT, seed=1)))
    assert churn.fit(other, CUT) == churn.fit(book, CUT)


def test_a_draw_of_customers_keeps_all_rows_of_each(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    with book.reading() as session:
        whole = training.training_rows(session, AS_OF)
        monkeypatch.setattr(training, "MAX_ROWS", len(whole.lead) // 2)
        monkeypatch.setattr(training, "MIN_LOSSES", 1)
        some = training.training_rows(session, AS_OF)
    assert 0.4 < len(some.lead) / len(whole.lead) < 0.6 and 0.4 < some.drawn < 0.6
    sizes = {(n, k) for n, k in _by_customer(whole)}
    assert set(_by_customer(some)) <= sizes and some.customers < whole.customers


def _by_customer(learned: training.TrainingRows) -> list[tuple[int, int]]:
    return list(zip(np.bincount(learned.customer).tolist(), np.bincount(learned.customer, learned.left).astype(int).tolist(), strict=True))


def line(customer: str, n: int = 1, **more: object) -> dict[str, object]:
    start = {"start_on": date(2023, 1, 1), "unit_price": Decimal("100.00"), "product": "mobile"}
    return {"contract_id": f"{customer}{n}", "customer_id": customer} | start | more


def left(customer: str, on: date, reason: str) -> dict[str, object]:
    return {"customer_id": customer, "announced_on": on, "left_on": on, "reason": reason}


def test_merged_failed_and_sent_away_are_no_choice_and_spells_stand_apart() -> None:
    ended, again = date(2024, 3, 15), date(2024, 9, 1)
    lines = [*map(line, "ABCD"), line("E", end_on=ended), line("E", 2, start_on=again)]
    exits = [left(c, ended, reason) for c, reason in zip("BCD", ["price", "merged", "insolvency"], strict=True)]
    customers = [{"customer_id": c, "name": c, "customer_since": date(2023, 1, 1)} for c in "ABCDE"]
    warehouse = warehouse_of(
        {"customers": rows("customers", *customers), "contracts": rows("contracts", *lines), "exits": rows("exits", *exits)}
    )
    asked = pl.DataFrame({"customer_id": [*"ABCDEE"], "as_of": [date(2024, 1, 31)] * 5 + [date(2024, 10, 31)]})
    with warehouse.reading() as session:
        told = labels.with_spell_ends(session, asked, date(2025, 1, 31))
    assert told["decided_on"].to_list() == [None, ended, ended, ended, ended, None]
    assert told["voluntary"].to_list() == [True, True, False, False, True, True]


# --- what it looks at ---


def test_the_window_is_the_last_three_months_of_every_term_but_not_of_one_already_renewed() -> None:
    both = LandmarkFeatures(
        {}, {}, np.zeros(3), np.array([2, 14, 0]), np.array([12, 12, 12]), np.array([False, False, True]), np.zeros(3), np.ones(3)
    )
    inside = {place: [lead for lead in range(1, 40) if both.window(lead)[place]] for place in range(3)}
    assert inside == {0: [1, 2, 12, 13, 14, 24, 25, 26, 36, 37, 38], 1: [12, 13, 14, 24, 25, 26, 36, 37, 38], 2: []}


def test_a_record_that_has_just_begun_is_not_taken_for_health(book: Book, model: churn.Hazard) -> None:
    with book.reading() as session:
        learned = training.training_rows(session, AS_OF)
    standardised = (learned.matrix - np.array(model.mean)) / np.array(model.scale)
    chances = 1 / (1 + np.exp(-(standardised @ np.array(model.coefficients) + model.intercept)))
    filling, soon = learned.landmarks.on_file[learned.landmark] < 0.875, learned.lead <= 3
    for part in (filling & soon, ~filling & soon, filling & ~soon, ~filling & ~soon):
        assert chances[part].sum() / learned.left[part].sum() == pytest.approx(1, abs=0.1)


def test_the_record_is_as_old_as_the_complaints_on_file_however_far_contracts_reach_back() -> None:
    young = {"complaint_id": "1", "customer_id": "A", "opened_at": datetime(2024, 3, 2, 9)}
    tables = longer(small_book())
    days = [date(2024, 1, 31), date(2024, 3, 31), date(2024, 6, 30), date(2025, 5, 31)]
    with warehouse_of(tables | {"complaints": rows("complaints", young)}).reading() as session:
        told = [landmarks.landmarks_on(session, day) for day in days]
    assert [frame["months_on_file"].unique().to_list() for frame in told] == [
        [0.0], [pytest.approx(30 / 30.4375)], [pytest.approx(121 / 30.4375)], [pytest.approx(456 / 30.4375)],
    ]  # fmt: skip
    assert [float(landmark_features(frame).on_file[0]) for frame in told] == [
        0,
        *(pytest.approx(1 - 0.5 ** (d / 182.625)) for d in (30, 121, 456)),
    ]
    with warehouse_of(tables).reading() as session:
        assert set(landmarks.landmarks_on(session, days[3])["months_on_file"]) == {0.0}


def test_the_record_of_a_new_customer_is_as_young_as_the_customer() -> None:
    old = {"complaint_id": "1", "customer_id": "A", "opened_at": datetime(2023, 1, 2, 9)}
    newcomer = {"customer_id": "C", "name": "C"}
    begun = {"contract_id": "KC", "customer_id": "C", "product": "mobile", "start_on": date(2024, 3, 2), "unit_price": Decimal(10)}
    tables = small_book() | {"complaints": rows("complaints", old)}
    tables |= {name: pl.concat([tables[name], rows(name, row)]) for name, row in (("customers", newcomer), ("contracts", begun))}
    with warehouse_of(tables).reading() as session:
        told = landmarks.landmarks_on(session, date(2024, 5, 31))
    months = dict(told.select("customer_id", "months_on_file").iter_rows())
    assert (months["A"], months["C"]) == (pytest.approx(516 / 30.4375), pytest.approx(91 / 30.4375))


def test_the_chances_are_those_of_the_formula_written_out(book: Book, model: churn.Hazard, foreseen: pl.DataFrame) -> None:
    with book.reading() as session:
        facts = {row["customer_id"]: row for row in landmarks.landmarks_on(session, AS_OF).iter_rows(named=True)}
    for row in foreseen[::40].iter_rows(named=True):
        stays = [1.0]
        for lead in range(1, 61):
            stays.append(stays[-1] * (1 - _hazard(model, facts[row["customer_id"]], lead)))
        assert row["p_leave_90d"] == pytest.approx(1 - stays[3]) and row["p_leave_12m"] == pytest.approx(1 - stays[12])
        assert row["annuity"] == pytest.approx(sum(s * 1.1 ** (-k / 12) for k, s in enumerate(stays[:60])))
        early = next((t for t, s in enumerate(stays) if s <= 0.9), 61)
        assert row["annuity_low"] == pytest.approx(sum(1.1 ** (-k / 12) for k in range(min(early, 60))))
        assert row["median_months"] == next((t for t, s in enumerate(stays) if s <= 0.5), None)


def _hazard(model: churn.Hazard, fact: dict[str, object], lead: int) -> float:
    points = {key: 50.0 if fact[f"{key}_points"] is None else fact[f"{key}_points"] / 100 for key in ("contact", "complaints", "price")}
    log_lead, until, month = math.log(min(lead, 12)), fact["agreed_until"], 2 * math.pi * (10 + lead) / 12
    to_end = _months(AS_OF, until) - lead if until else None
    inside = to_end is not None and (to_end if to_end >= 0 else to_end % fact["term_months"]) in (0, 1, 2)
    filled = 1 - 0.5 ** (fact["months_on_file"] / 6)
    values = points | {f"{key}_by_lead": x * log_lead for key, x in points.items()} | {
        "lead": log_lead, "tenure": math.log2(1 + (fact["tenure_days"] + 30.4375 * (lead - 1)) / 365.25), "window": float(inside),
        "rolling": float(until is None), "on_file": filled, "on_file_by_lead": filled * log_lead,
        "month_sine": math.sin(month), "month_cosine": math.cos(month),
    }  # fmt: skip
    values |= {f"{key}_unknown": float(fact[f"{key}_points"] is None) for key in points}
    each = zip(model.features, model.coefficients, model.mean, model.scale, strict=True)
    return 1 / (1 + math.exp(-(model.intercept + sum(c * (values[name] - m) / s for name, c, m, s in each))))


# --- what it foresees ---


def test_more_time_means_more_leave_and_no_value_exceeds_the_horizon(foreseen: pl.DataFrame, company: Company) -> None:
    assert foreseen.select(
        (pl.col("p_leave_90d") <= pl.col("p_leave_180d")).all() & (pl.col("p_leave_180d") <= pl.col("p_leave_12m")).all()
    ).item()
    assert (
        foreseen["annuity"].is_between(1, discount_factors(0.10, 60).sum()).all()
        and (foreseen["annuity_low"] <= foreseen["annuity_high"]).all()
    )
    assert foreseen["customer_id"].is_sorted() and foreseen.null_count().drop("median_months").sum_horizontal().item() == 0
    here = in_force(company).filter(pl.col("month_end") == AS_OF)
    assert set(foreseen["customer_id"]) == set(here["customer_id"])


def test_residual_value_rises_with_tenure(model: churn.Hazard) -> None:
    assert (np.diff(annuities(model)) > 0).all()


def test_a_day_in_mid_month_is_foreseen_from_that_days_facts(book: Book, model: churn.Hazard) -> None:
    middle = churn.predict(book, model, date(2026, 10, 14))
    assert middle.height > 0 and middle["p_leave_90d"].is_between(0, 1).all()
    end = landmark_features(pl.DataFrame(FACTS | {"as_of": [date(2026, 10, 31)]}))
    mid = landmark_features(pl.DataFrame(FACTS | {"as_of": [date(2026, 10, 14)]}))
    assert (end.to_end[0], mid.to_end[0]) == (2, 3) and end.month[0] == 10 and 9 < mid.month[0] < 10


FACTS = {"contact_points": [5000], "complaints_points": [5000], "price_points": [None], "tenure_days": [400],
         "agreed_until": [date(2026, 12, 20)], "term_months": [12], "months_on_file": [30]}  # fmt: skip


def test_the_same_book_gives_the_same_bits_and_the_model_comes_back_from_text(
    book: Book, model: churn.Hazard, foreseen: pl.DataFrame
) -> None:
    again = churn.fit(book, AS_OF)
    assert again == model == churn.Hazard.loads(model.dumps()) == pickle.loads(pickle.dumps(model))
    assert churn.predict(book, again, AS_OF).equals(foreseen)


def test_a_manager_sees_the_same_chances_of_own_customers_only(
    book: Book, company: Company, model: churn.Hazard, foreseen: pl.DataFrame
) -> None:
    owner = company.tables["customers"]["owner"][0]
    own = company.tables["customers"].filter(pl.col("owner") == owner)["customer_id"]
    manager = Book(Viewer("m", "account_manager", owner), book._warehouse)
    assert churn.fit(manager, AS_OF) == model
    assert churn.predict(manager, model, AS_OF).equals(foreseen.filter(pl.col("customer_id").is_in(own.implode())))
    foreign = foreseen.filter(~pl.col("customer_id").is_in(own.implode()))["customer_id"][0]
    assert churn.survival(manager, model, AS_OF, [foreign]).is_empty()
    with pytest.raises(NotFound):
        churn.reasons(manager, model, AS_OF, foreign)


def test_the_curve_is_the_one_behind_the_chances(book: Book, model: churn.Hazard, foreseen: pl.DataFrame) -> None:
    some = foreseen["customer_id"].head(3).to_list()
    curve = churn.survival(book, model, AS_OF, some)
    assert curve.height == 3 * 61 and curve.filter(pl.col("month") == 0)["stays"].to_list() == [1.0] * 3
    assert (1 - curve.filter(pl.col("month") == 12)["stays"]).equals(foreseen["p_leave_12m"].head(3), check_names=False)


def test_reasons_add_up_to_what_sets_a_customer_apart(book: Book, model: churn.Hazard, foreseen: pl.DataFrame) -> None:
    with book.reading() as session:
        everybody = landmark_features(landmarks.landmarks_on(session, AS_OF))
    odds = np.mean([model.log_odds(everybody, lead) for lead in range(1, 13)], axis=0)
    worst = int(foreseen["p_leave_12m"].arg_max() or 0)
    told = churn.reasons(book, model, AS_OF, foreseen["customer_id"][worst])
    assert told["change"].sum() == pytest.approx(odds[worst] - odds.mean())
    assert told["change"].abs().is_sorted(descending=True) and told["change"][0] > 0
    value = told.filter(pl.col("group") == "contact")["value"][0]
    assert value == f"{math.floor(everybody.points['contact'][worst])} of 100; average {everybody.points['contact'].mean():.0f}"


# --- how it is held to account ---


def test_curves_that_are_right_give_a_slope_of_one_and_four_fifths_inside() -> None:
    rng = np.random.default_rng(1)
    hazard = np.exp(rng.normal(-4, 1, 20_000))[:, None] * np.ones(12)
    stays = np.concatenate([np.ones((20_000, 1)), (1 - np.minimum(hazard, 0.9)).cumprod(axis=1)], axis=1)
    gone = rng.random(20_000)[:, None] > stays
    month = np.where(gone.any(axis=1), gone.argmax(axis=1), NEVER)
    ids = pl.DataFrame({"customer_id": [f"{n:05}" for n in range(20_000)], "cutoff": [CUT] * 20_000})
    right = HeldOut(CUT, 12, ids, stays, month, np.ones(20_000, bool), np.zeros(20_000))
    assert held_out.calibration_slope(right) == pytest.approx(1, abs=0.05) and held_out.interval_coverage(right) == pytest.approx(
        0.8, abs=0.01
    )
    bold = HeldOut(CUT, 12, ids, stays**6, month, np.ones(20_000, bool), np.zeros(20_000))
    assert abs((held_out.interval_coverage(bold) or 0) - 0.8) > 0.05


def test_a_ratio_is_judged_by_its_interval() -> None:
    """Twice as many losses expected as seen is too many; that of a handful may be chance, and nothing is said of none."""

    def ratio(customers: int, share: float, expected: float) -> HeldOut:
        ids = pl.DataFrame({"customer_id": [f"{n:05}" for n in range(customers)], "cutoff": [CUT] * customers})
        month = np.where(np.arange(customers) < share * customers, 1, NEVER)
        stays = np.column_stack([np.ones(customers), np.full(customers, 1 - expected)])
        return HeldOut(CUT, 1, ids, stays, month, np.ones(customers, bool), np.zeros(customers))

    large, small = (validation._horizon(ratio(n, 0.1, 0.13), []) for n in (20_000, 200))
    assert large.ratio == pytest.approx(1.3) and small.ratio == pytest.approx(1.3)
    assert large.outside_bounds and not small.outside_bounds
    assert large.low is not None and large.high is not None and 1.15 < large.low < 1.3 < large.high < 1.4
    assert "1-month forecast was 30 % too high (95 % interval of the ratio 1.2" in large.fault.replace(fmt.SPACE, " ")
    assert validation._horizon(ratio(20_000, 0.1, 0.07), []).outside_bounds
    assert not validation._horizon(ratio(9, 0, 0.1), []).outside_bounds


@pytest.mark.parametrize(
    ("low", "high", "outside"), [(1.15, 1.5, False), (1.16, 1.5, True), (0.5, 0.85, False), (0.5, 0.84, True), (0.5, 2.0, False)]
)
def test_the_bounds_belong_to_what_is_accepted(low: float, high: float, outside: bool) -> None:
    assert validation.Horizon(6, (CUT,), 100, 12.0, 10, low, high).outside_bounds == outside


def test_the_check_counts_what_truly_happened_after_each_cut_off(book: Book, company: Company) -> None:
    found = churn.check(book, AS_OF)
    assert list(found.horizons) == [3, 6, 12]
    for months, told in found.horizons.items():
        happened = 0
        for cut in told.cutoffs:
            there = company.truth.filter((pl.col("month_end") == cut) & pl.col("exists"))
            happened += sum(d is not None and _months(cut, d) <= months for d in there["decided_on"])
        assert told.observed == happened and told.expected / happened == pytest.approx(1, abs=0.35)
    assert found.tables["months"]["observed"][-1] == found.horizons[12].observed
    assert found.tables["tenths"]["lost"].sum() == found.horizons[6].observed
    assert found.auc is not None and found.auc > 0.65 and found.sentence
    assert found.holds == (not found.faults)


def test_the_interval_of_the_fit_holds_the_fit(book: Book, foreseen: pl.DataFrame) -> None:
    done: list[int] = []
    found = churn.model_interval(book, AS_OF, draws=4, on_progress=lambda nth, of: done.append(nth))
    assert done == [1, 2, 3, 4] and found.book_low < found.book_high
    assert found.customers.select("customer_id", "annuity").equals(foreseen.select("customer_id", "annuity"))
    width = (found.customers["annuity_high"] - found.customers["annuity_low"]) / found.customers["annuity"]
    assert 0.02 < float(width.median() or 0) < 0.5


def test_the_rates_that_stand_in_are_those_of_the_bands(book: Book) -> None:
    with book.reading() as session:
        told, early = band_fallback.observed_band_rates(session, AS_OF), band_fallback.observed_band_rates(session, date(2024, 9, 30))
        assert told.equals(observed.by_band(panel(session, band_fallback.DAYS, settings.in_force(session))))
    assert early.is_empty() or int(early["customers"].sum()) < int(told["customers"].sum()), "later days are not known by then"


# --- too little ---


def test_too_little_is_said_with_the_number_needed(book: Book) -> None:
    with pytest.raises(InsufficientData, match="12 are needed"):
        churn.fit(analyst(Warehouse()), AS_OF)
    with pytest.raises(InsufficientData, match="11 month ends by 30 Sep 2024; 12 are needed"):
        churn.fit(book, date(2024, 9, 30))
    with pytest.raises(InsufficientData, match="50 are needed"):
        churn.fit(analyst(warehouse_of(longer(small_book()))), date(2025, 6, 10))
    unchecked = churn.check(analyst(Warehouse()), AS_OF)
    assert not unchecked.holds and "cannot be tested yet" in unchecked.sentence and "needed" in unchecked.sentence
    assert "churn rate of its band, once there is one" in unchecked.sentence, "a book so young has no rates of its bands either"
    with analyst(Warehouse()).reading() as session:
        assert band_fallback.observed_band_rates(session, AS_OF).is_empty()


def longer(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The same with contacts for a year more."""
    talks = tables["interactions"]
    later = talks.with_columns(pl.col("interaction_id") + "b", pl.col("occurred_at") + timedelta(days=365))
    return tables | {"interactions": pl.concat([talks, later])}


def test_a_book_that_all_have_left_and_whose_prices_are_unknown_is_told_without_a_word_of_trouble() -> None:
    ids = [f"C{n:03}" for n in range(80)]
    start, end = date(2023, 1, 1), [date(2023, 3, 15) + timedelta(days=9 * n) for n in range(80)]
    customers = [{"customer_id": i, "name": i, "customer_since": start} for i in ids]
    gone = [{"customer_id": i, "announced_on": e, "left_on": e, "reason": "price"} for i, e in zip(ids, end, strict=True)]
    tables = {
        "customers": rows("customers", *customers),
        "contracts": rows("contracts", *map(line, ids)),
        "exits": rows("exits", *gone),
    }
    book, after = analyst(warehouse_of(tables)), end[-1] + timedelta(days=60)
    model = churn.fit(book, after)
    assert churn.predict(book, model, after).is_empty() and churn.survival(book, model, after, ids).is_empty()
    assert churn.reasons(book, model, after, ids[0]).is_empty()
    before = churn.predict(book, model, date(2024, 6, 30))
    assert before.height == sum(e > date(2024, 6, 30) for e in end) and before["p_leave_12m"].is_between(0, 1).all()
    assert churn.check(book, after).sentence
    assert churn.model_interval(book, after, draws=2).customers.is_empty()
