"""The evidence on the demo: the same on every run, true to the rows, with a ledger that holds every loss."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from health.access import Book, Viewer
from health.cli import main
from health.demo import Company, generate
from health.errors import InsufficientData
from health.foresight import churn
from health.foresight.backtest import band_rates, calibration, thresholds
from health.foresight.backtest import churn_ledger as lost
from health.foresight.backtest import learned_weights as learned
from health.foresight.backtest.baselines import MODELS
from health.foresight.backtest.compare import compare
from health.foresight.backtest.evidence import Evidence, evidence
from health.foresight.backtest.learned_weights import whole_percentages
from health.foresight.backtest.paired_test import PairedTest
from health.foresight.backtest.warning import LEVELS
from health.foresight.backtest.warning_curve import LIST_PERCENT, held_out_months
from health.foresight.backtest.warning_report import WarningReport, warning_report
from health.foresight.churn import Hazard
from health.foresight.stats import logistic
from health.foresight.stats.proportions import wilson
from health.score.settings import DEFAULT, Settings
from tests.books import analyst, warehouse_of
from tests.foresight import naive_warning

ROOT = Path(__file__).parents[2]
AS_OF = date(2026, 10, 31)


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(900, 36, seed=3)


@pytest.fixture(scope="module")
def book(company: Company) -> Book:
    return analyst(warehouse_of(company.tables))


@pytest.fixture(scope="module")
def found(book: Book) -> Evidence:
    return evidence(book)


@pytest.fixture(scope="module")
def losses(book: Book) -> pl.DataFrame:
    return lost.ledger(book, AS_OF)


# --- the panel against the truth ---


def test_a_row_is_lost_where_the_truth_says_so(found: Evidence, company: Company) -> None:
    truth = company.truth.select("customer_id", pl.col("month_end").alias("cutoff"), "exists", pl.col("decided_on").alias("truly"))
    both = found.panel.rows.join(truth, on=["customer_id", "cutoff"])
    assert both.height == found.panel.rows.height and both["exists"].all()
    within = (pl.col("truly") <= pl.col("cutoff") + timedelta(days=90)).fill_null(False)
    assert both.select((within == pl.col("lost")).all()).item()


# --- the JSON ---


def test_the_object_has_every_field_and_every_model(found: Evidence) -> None:
    told = json.loads(json.dumps(found.as_json()))
    assert set(told) >= {"verdict", "horizon_days", "cutoffs", "customers", "exits", "models", "learned", "best_baseline", "bands"}
    assert set(told) >= {"lost_while_healthy", "stayed_at_risk"}
    assert list(told["models"]) == ["health", "tenure_only", "days_since_contact", "last_quarter", "all_healthy"] == [m.key for m in MODELS]
    for model in told["models"].values():
        for name in ("auc", "average_precision", "lift_top_decile", "brier", "brier_skill", "expected_over_observed"):
            assert model[f"{name}_low"] <= model[name] <= model[f"{name}_high"] or name == "auc"
    assert told["exits"] == found.panel.rows["lost"].sum() == sum(cut["lost"] for cut in told["models"]["health"]["by_cutoff"])
    assert told["models"]["all_healthy"]["auc"] == 0.5 and told["models"]["all_healthy"]["brier_skill"] == 0


def test_the_same_book_gives_the_same_bits(found: Evidence, book: Book) -> None:
    assert evidence(book).as_json() == found.as_json()


def test_the_longer_horizon_has_fewer_cut_offs_and_more_losses(found: Evidence, book: Book) -> None:
    longer = evidence(book, 180)
    assert longer.panel.cutoffs == found.panel.cutoffs[:-1]
    both = set(longer.panel.cutoffs)
    assert longer.panel.losses > found.panel.at_cutoffs(both).losses


def test_a_manager_sees_the_evidence_of_own_customers_only(found: Evidence, book: Book, company: Company) -> None:
    owner = company.tables["customers"]["owner"][0]
    own = set(company.tables["customers"].filter(pl.col("owner") == owner)["customer_id"])
    theirs = evidence(Book(Viewer("m", "account_manager", owner), book._warehouse))
    assert set(theirs.panel.rows["customer_id"]) == own & set(found.panel.rows["customer_id"])


def test_chances_come_from_earlier_cut_offs_only(found: Evidence) -> None:
    rows = found.panel.rows.with_columns((-pl.col("health") / 1000).alias("risk"))
    first = found.panel.cutoffs[2]
    past = rows.filter(pl.col("cutoff") == found.panel.cutoffs[0])
    fit = logistic.fit(past["risk"].to_numpy()[:, None], past["lost"].to_numpy())
    here = rows.filter(pl.col("cutoff") == first)
    only = found.panel.at_cutoffs(found.panel.cutoffs[:3])
    chances = calibration.churn_probabilities(only, only.rows.select(-pl.col("health") / 1000).to_series().to_numpy())
    assert np.isnan(chances[: -here.height]).all()
    assert chances[-here.height :] == pytest.approx(fit.probability(here["risk"].to_numpy()[:, None]), abs=1e-12)


# --- bands, edges, weights ---


def test_the_rate_of_a_band_is_counted_from_its_rows(found: Evidence) -> None:
    for band, n, k, rate, low, high in band_rates.by_band(found.panel).iter_rows():
        rows = found.panel.rows.filter(pl.col("band") == band)
        assert (n, k, rate) == (rows.height, rows["lost"].sum(), k / n)
        assert (low, high) == wilson(k, n)
    assert found.bands["customers"].sum() == found.panel.rows.height
    assert found.bands["rate"].is_sorted(descending=True)


def test_edges_keep_their_rules_on_the_cut_offs_they_were_found_on(found: Evidence) -> None:
    proposal = thresholds.propose_thresholds(found.panel)
    assert proposal is not None
    earlier, later = found.panel.halves()
    assert max(earlier.cutoffs) + timedelta(days=120) <= min(later.cutoffs)
    below = earlier.rows.filter(pl.col("health") < 100 * proposal.at_risk_below)
    above = earlier.rows.filter(pl.col("health") >= 100 * proposal.healthy_from)
    base = earlier.losses / earlier.rows.height
    assert 50 <= below.height <= 0.2 * earlier.rows.height and above.height >= 50
    assert wilson(below["lost"].sum(), below.height)[0] >= 2 * base
    assert wilson(above["lost"].sum(), above.height)[1] <= base / 2
    assert earlier.rows.height - below.height - above.height >= 0.1 * earlier.rows.height
    assert proposal.judged["customers"].sum() == later.rows.height


def test_no_edges_are_proposed_where_health_tells_nothing(found: Evidence) -> None:
    rng = np.random.default_rng(1)
    blind = found.panel.rows.with_columns(pl.Series("health", rng.permutation(found.panel.rows["health"].to_numpy())))
    assert thresholds.propose_thresholds(type(found.panel)(**(vars(found.panel) | {"rows": blind}))) is None


def test_shares_become_whole_weights_that_add_up() -> None:
    assert whole_percentages(np.array([1 / 3, 1 / 3, 1 / 3])) == [34, 33, 33]
    assert whole_percentages(np.array([0.0, 1.0])) == [0, 100]
    assert whole_percentages(np.array([0.125, 0.375, 0.25, 0.25])) == [13, 37, 25, 25]


def test_learned_weights_are_whole_and_adopted_only_for_a_sure_gain(found: Evidence) -> None:
    proposal = learned.learn_weights(found.panel)
    assert proposal.weights is not None and proposal.gain_low is not None
    assert sum(proposal.weights.values()) == 100 and min(proposal.weights.values()) >= 0
    assert proposal.adopt == (proposal.gain_low > 0 and (proposal.auc_low or 0) > 0.55)
    assert proposal.settings(DEFAULT).weights == dict.fromkeys(DEFAULT.weights, 0) | proposal.weights


@pytest.mark.parametrize(("auc_low", "adopted"), [(0.551, True), (0.55, False)])
def test_a_gain_is_not_adopted_where_the_learned_weights_do_not_beat_chance(
    found: Evidence, auc_low: float, adopted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sure gain over weights that are worse than a coin is no reason: the weights themselves must tell who leaves."""
    lucky = PairedTest(900, 80, (0.48, 0.57), ((0.45, 0.51), (auc_low, 0.6)), (0.2, 0.22), 0.09, 0.04, 0.14)
    monkeypatch.setattr(learned, "paired_test", lambda one, other: lucky)
    proposal = learned.learn_weights(found.panel)
    assert (proposal.adopt, proposal.auc, proposal.auc_low) == (adopted, 0.57, auc_low)
    assert proposal.why.startswith("Use the learned weights:" if adopted else "Keep the current weights:")
    assert ("no better than chance" in proposal.why) != adopted
    assert (
        f"in 57 of 100 pairs the churned customer had the lower score (95 % interval {100 * auc_low:.0f} to 60" in proposal.why
    ) != adopted


def test_a_segment_with_weights_of_its_own_teaches_nothing(found: Evidence) -> None:
    """Its customers are weighed otherwise whatever is learned, so that what is learned is the same without them."""
    own = replace(DEFAULT, segment_weights={"small": {"tenure": 100}})
    panel = replace(found.panel, settings=own)
    rest = replace(found.panel, rows=found.panel.rows.filter(pl.col("score_segment") != "small"))
    assert 0 < rest.rows.height < panel.rows.height
    assert learned._fit_weights(panel) == learned._fit_weights(rest) != learned._fit_weights(found.panel)


def test_too_few_losses_teach_nothing(found: Evidence) -> None:
    first = found.panel.at_cutoffs(found.panel.cutoffs[:1])
    assert learned.learn_weights(first).weights is None and not learned.learn_weights(first).adopt


# --- a draft against the present ---


def test_a_draft_that_changes_nothing_is_inside_the_noise(book: Book) -> None:
    same = compare(book, DEFAULT)
    assert (same.inside_noise, same.test and same.test.gain) == (True, 0)
    assert same.lost_while_healthy[0] == same.lost_while_healthy[1]


def test_a_draft_that_looks_at_tenure_alone_is_worse_outside_the_noise(book: Book) -> None:
    worse = compare(book, Settings(weights={"contact": 0, "complaints": 0, "price": 0, "tenure": 100}))
    assert worse.test is not None and worse.test.gain is not None
    assert not worse.inside_noise and worse.test.gain < 0 and "reliably worse" in worse.sentence


def test_a_draft_with_another_cadence_is_scored_anew(book: Book) -> None:
    slack = compare(book, Settings(cadence_days={"A": 365, "B": 365, "C": 365}))
    assert slack.test is not None and slack.test.gain not in (None, 0)


# --- the ledger of the lost ---


def test_the_ledger_holds_every_loss_of_the_book_once(losses: pl.DataFrame, company: Company) -> None:
    known = (pl.col("decided_on") <= AS_OF) & (~pl.col("silent") | (pl.col("lost_on") + timedelta(days=30) <= AS_OF))
    truth = company.truth.filter(known).unique("customer_id").select("customer_id", "decided_on", "lost_on").sort("customer_id")
    assert losses.select(truth.columns).sort("customer_id").equals(truth)
    assert losses.filter(pl.col("status") == "lost").height == truth.filter(pl.col("lost_on") <= AS_OF).height
    assert set(company.tables["exits"]["customer_id"]) <= set(losses["customer_id"])
    assert losses["name"].null_count() == 0


@pytest.fixture(scope="module")
def past(book: Book) -> dict[str, dict[date, tuple[int | None, str | None]]]:
    """What the history says of each customer, by month end."""
    held: dict[str, dict[date, tuple[int | None, str | None]]] = defaultdict(dict)
    with book.reading() as session:
        for who, day, health, band in session.rows("history").select("customer_id", "as_of", "health", "band").iter_rows():
            held[who][day] = health, band
    return held


@pytest.mark.parametrize("days", lost.DAYS_BEFORE)
def test_what_the_score_said_then_is_the_score_of_the_month_end_before(
    losses: pl.DataFrame, past: dict[str, dict[date, tuple[int | None, str | None]]], days: int
) -> None:
    for row in losses.iter_rows(named=True):
        day = row["decided_on"] - timedelta(days=days)
        own = past[row["customer_id"]]
        ends = [end for end in own if end <= day]
        said = own[max(ends)] if ends else (None, None)
        assert (row[f"health_{days}"], row[f"band_{days}"]) == said


def test_lost_while_healthy_is_a_share_of_the_losses_that_were_scored_then(losses: pl.DataFrame, found: Evidence) -> None:
    for days in (90, 180):
        bands = losses[f"band_{days}"].drop_nulls()
        share = lost.lost_while_healthy(losses, days)
        assert share is not None and (share.k, share.n) == ((bands == "healthy").sum(), bands.len())
        assert found.lost_while_healthy[days] == share
    early, late = (lost.lost_while_healthy(losses, days) for days in (180, 30))
    assert early and late and early.rate > late.rate


def test_who_stayed_was_at_risk_and_is_there(book: Book, company: Company) -> None:
    stayed = lost.stayed_at_risk(book, AS_OF)
    assert stayed is not None and stayed.share is not None and stayed.since == date(2026, 4, 30)
    gone = set(company.truth.filter(pl.col("decided_on") <= AS_OF)["customer_id"])
    assert not set(stayed.customers["customer_id"]) & gone
    assert stayed.share.k == stayed.customers.height < stayed.share.n
    assert (stayed.customers["health_then"] < 5000).all() and stayed.customers["health_now"].null_count() == 0


# --- warning time ---


def test_the_warning_of_each_loss_is_what_a_walk_back_through_its_months_gives(losses: pl.DataFrame, book: Book) -> None:
    with book.reading() as session:
        bands = naive_warning.bands_by_customer(session.rows("history"))
    for level in LEVELS:
        walked = [naive_warning.days_warned(bands[who], on, level) for who, on in losses.select("customer_id", "decided_on").iter_rows()]
        assert losses[level].to_list() == walked
    assert losses["warning_days"].null_count() > 0 and (losses["warning_days"] == 0).any() and (losses["warning_days"] > 400).any()
    assert (losses["at_risk_days"] <= losses["warning_days"]).all()


def test_the_shortest_list_of_each_loss_is_found_by_trying_every_length(losses: pl.DataFrame, book: Book) -> None:
    months = held_out_months(book, DEFAULT)
    assert months is not None and months.since == date(2025, 12, 31)
    curve = months.curve()
    tried = naive_warning.shortest_lists(book, losses, months.since, AS_OF)
    assert dict(curve.needed.select("customer_id", "health").iter_rows()) == tried
    assert curve.losses == len(tried) > 40
    found = [sum(length is not None and length <= percent for length in tried.values()) / len(tried) for percent in LIST_PERCENT]
    assert [point["warned_60"] for point in curve.points()] == found


@pytest.fixture(scope="module")
def fitted_on() -> list[date]:
    """Days on which the report had a churn model fitted."""
    return []


@pytest.fixture(scope="module")
def report(book: Book, fitted_on: list[date]) -> WarningReport:
    def fit(of: Book, day: date) -> Hazard:
        fitted_on.append(day)
        return churn.fit(of, day)

    return warning_report(book, AS_OF, fit)


def test_the_report_tells_shares_with_intervals_and_the_curve_beside_its_baselines(losses: pl.DataFrame, report: WarningReport) -> None:
    told = json.loads(json.dumps(report.as_json()))
    days = losses["warning_days"].drop_nulls()
    assert told["horizon_days"] == [60, 90] and told["losses"] == losses.height and told["not_scored"] == losses.height - days.len()
    assert told["share_60"] == (days >= 60).sum() / days.len() and told["never"] == (days == 0).sum() / days.len()
    assert told["median_days"] == days.median() and told["at_risk"]["share_90"] < told["share_90"] < told["share_60"]
    assert (told["share_60_low"], told["share_60_high"]) == wilson((days >= 60).sum(), days.len())
    predicted = {f"predicted{end}" for end in ("", "_low", "_high", "_lead", "_lead_low", "_lead_high")}
    names = {"list_share", "warned_60", "low", "high", "tenure_only", "days_since_contact", "last_quarter", "random"}
    assert all(set(point) == names | predicted for point in told["curve"]) and len(told["curve"]) == 10
    assert all(point["warned_60"] > point["random"] for point in told["curve"])


def test_predicted_churn_is_learned_once_and_before_the_months_it_is_tested_on(report: WarningReport, fitted_on: list[date]) -> None:
    assert report.curve is not None and fitted_on == [report.curve.since]
    told = report.as_json()
    assert told["why_not_predicted"] is None
    for point in told["curve"]:
        assert point["predicted_low"] <= point["predicted"] <= point["predicted_high"] and point["predicted"] > point["random"]
        assert point["predicted_lead"] == pytest.approx(point["predicted"] - point["warned_60"])
        assert point["predicted_lead_low"] < point["predicted_lead"] < point["predicted_lead_high"]


def test_without_a_model_the_curve_has_its_reason_and_no_figure(book: Book, report: WarningReport) -> None:
    def too_few(_: Book, day: date) -> Hazard:
        raise InsufficientData(f"Too few losses by {day}.")

    told = warning_report(book, AS_OF, too_few).as_json()
    assert told["why_not_predicted"] == "Too few losses by 2025-12-31."
    assert {value for point in told["curve"] for name, value in point.items() if name.startswith("predicted")} == {None}
    known = [name for name in told["curve"][0] if not name.startswith("predicted")]
    assert [[point[name] for name in known] for point in told["curve"]] == [
        [point[name] for name in known] for point in report.as_json()["curve"]
    ]


def test_a_manager_sees_the_lists_of_own_customers(book: Book, report: WarningReport, company: Company) -> None:
    owner = company.tables["customers"]["owner"][0]
    own = warning_report(Book(Viewer("m", "account_manager", owner), book._warehouse), AS_OF).curve
    assert own is not None and report.curve is not None and own.has_predictions and 0 < own.losses < report.curve.losses


def test_other_settings_with_the_same_terms_need_no_new_facts(book: Book) -> None:
    other = Settings(weights={"contact": 0, "complaints": 0, "price": 0, "tenure": 100})
    held, anew = held_out_months(book, DEFAULT), held_out_months(book, other)
    assert held is not None and anew is not None
    assert held.rescore(other).curve().needed.equals(anew.curve().needed)
    assert not held.curve().needed.equals(anew.curve().needed)


# --- the command ---


def test_one_snapshot_is_too_little_history_and_no_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = "customerID,gender,SeniorCitizen,Partner,Dependents,tenure,PhoneService,MultipleLines,InternetService,OnlineSecurity,OnlineBackup"
    rest = (
        "DeviceProtection,TechSupport,StreamingTV,StreamingMovies,Contract,PaperlessBilling,PaymentMethod,MonthlyCharges,TotalCharges,Churn"
    )
    rows = [f"N{n},Female,0,Yes,No,{n},No,No,DSL,No,Yes,No,No,No,No,One year,Yes,Mailed check,29.85,{29.85 * n:.2f},{churn}" for n, churn in
            enumerate(["No", "Yes"] * 40, 1)]  # fmt: skip
    (tmp_path / "telco.csv").write_text("\n".join([f"{ids},{rest}", *rows]) + "\n", encoding="utf-8")
    here = ["--warehouse", str(tmp_path / "w.duckdb")]
    assert main([*here, "load", "--mapping", str(ROOT / "data/mappings/telco_ibm.toml"), str(tmp_path / "telco.csv")]) == 0
    capsys.readouterr()
    assert main([*here, "evidence", "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["verdict"], told["models"], told["cutoffs"], told["learned"]) == ("too_little_history", {}, [], None)
    assert told["warning"] is None
    assert "on file on one day, 31 Dec 2019" in told["sentence"] and "start dates of contracts do not count" in err
    assert not [value for value in told.values() if isinstance(value, float)]
