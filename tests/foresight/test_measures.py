"""The measures are those of scikit-learn on the same rows; pooled, they are counts of pairs of the same day."""

from itertools import product
from math import ceil

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression

from health.foresight.backtest import calibration
from health.foresight.backtest.bootstrap import Sample, percentile_interval
from health.foresight.backtest.ranking import Ranking
from health.foresight.stats import logistic
from health.foresight.stats.proportions import wilson

SEEDS = range(4)


def drawn(seed: int, cuts: int = 1, size: int = 400) -> tuple[Sample, np.ndarray]:
    """Rows of some customers at some cut-offs with a risk in coarse steps, so that there are ties."""
    rng = np.random.default_rng(seed)
    there = np.sort(np.concatenate([c * size + rng.choice(size, rng.integers(size // 2, size), replace=False) for c in range(cuts)]))
    risk = np.round(rng.normal(0, 1, len(there)), 1)
    lost = rng.random(len(there)) < 1 / (1 + np.exp(2 - risk))
    return Sample(there // size, there % size, lost, cuts, size), risk


@pytest.mark.parametrize("seed", SEEDS)
def test_at_one_cut_off_area_and_precision_are_those_of_scikit_learn(seed: int) -> None:
    sample, risk = drawn(seed)
    tally = Ranking(sample, risk).tally(sample.all_once).pooled()
    assert tally.auc == pytest.approx(metrics.roc_auc_score(sample.lost, risk), abs=1e-12)
    assert tally.average_precision == pytest.approx(metrics.average_precision_score(sample.lost, risk), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_drawn_customers_count_as_often_as_they_are_drawn(seed: int) -> None:
    sample, risk = drawn(seed)
    for weights in sample.draws[:5]:
        times = weights[sample.customer]
        tally = Ranking(sample, risk).tally(weights).pooled()
        assert tally.auc == pytest.approx(metrics.roc_auc_score(sample.lost, risk, sample_weight=times), abs=1e-12)
        assert tally.average_precision == pytest.approx(metrics.average_precision_score(sample.lost, risk, sample_weight=times), abs=1e-12)


def test_pooled_only_customers_of_the_same_day_are_held_against_each_other() -> None:
    sample, risk = drawn(1, cuts=3, size=60)
    points, pairs = 0.0, 0
    for one, other in product(range(len(risk)), repeat=2):
        if sample.cut[one] == sample.cut[other] and sample.lost[one] and not sample.lost[other]:
            points += 1 if risk[one] > risk[other] else 0.5 if risk[one] == risk[other] else 0
            pairs += 1
    tally = Ranking(sample, risk).tally(sample.all_once).pooled()
    assert (tally.auc, tally.pairs) == (pytest.approx(points / pairs, abs=1e-12), pairs)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_worst_tenth_and_fifth_are_counted_by_hand_ties_by_customer(weighted: bool) -> None:
    sample, risk = drawn(2, cuts=3, size=90)
    weights = sample.draws[0] if weighted else sample.all_once
    found, taken, found_fifth = 0, 0, 0
    for cut in range(3):
        rows = [i for i in range(len(risk)) if sample.cut[i] == cut]
        ordered = [i for i in sorted(rows, key=lambda i: (-risk[i], sample.customer[i])) for _ in range(weights[sample.customer[i]])]
        tenth, fifth = ceil(len(ordered) / 10), ceil(len(ordered) / 5)
        found += sum(bool(sample.lost[i]) for i in ordered[:tenth])
        found_fifth += sum(bool(sample.lost[i]) for i in ordered[:fifth])
        taken += tenth
    tally = Ranking(sample, risk).tally(weights).pooled()
    times = weights[sample.customer].astype(int)
    rate = times[sample.lost].sum() / times.sum()
    assert tally.lift == pytest.approx(found / taken / rate, abs=1e-12)
    assert tally.found_in_fifth == pytest.approx(found_fifth / times[sample.lost].sum(), abs=1e-12)


def test_the_curve_of_gains_begins_at_nothing_and_ends_at_all() -> None:
    sample, risk = drawn(3, cuts=2)
    curve = Ranking(sample, risk).gains()
    assert curve[0] == (0, 0) and curve[-1] == (1, 1)
    assert [found for _, found in curve] == sorted(found for _, found in curve)
    worst = sum(
        sorted(np.flatnonzero(sample.cut == cut), key=lambda i: (-risk[i], sample.customer[i])).index(i) * 5 < (sample.cut == cut).sum()
        for cut in range(2)
        for i in np.flatnonzero(sample.lost & (sample.cut == cut))
    )
    assert dict(curve)[0.2] == pytest.approx(worst / sample.lost.sum())


def test_where_nobody_left_nothing_is_told() -> None:
    sample, risk = drawn(0)
    kept = Sample(sample.cut, sample.customer, np.zeros_like(sample.lost), 1, sample.customers)
    assert np.isnan(Ranking(kept, risk).tally(kept.all_once).pooled().auc)
    assert percentile_interval(Ranking(kept, risk).tally_draws(kept.draws[:3]).pooled().auc) == (None, None)


def test_every_draw_holds_as_many_customers_as_there_are() -> None:
    sample, _ = drawn(0)
    assert sample.draws.shape == (200, 400)
    assert (sample.draws.sum(axis=1) == 400).all()
    assert len({draw.tobytes() for draw in sample.draws}) == 200
    assert (drawn(0)[0].draws == sample.draws).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_chances_are_those_of_a_logistic_regression(seed: int) -> None:
    sample, risk = drawn(seed)
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=1000).fit(risk[:, None], sample.lost)
    mine = logistic.fit(risk[:, None], sample.lost)
    assert (mine.intercept, mine.slopes[0]) == (pytest.approx(theirs.intercept_[0], abs=1e-4), pytest.approx(theirs.coef_[0, 0], abs=1e-4))
    assert mine.probability(risk[:, None]) == pytest.approx(theirs.predict_proba(risk[:, None])[:, 1], abs=1e-4)


def test_a_slope_that_may_not_be_negative_stops_at_nought() -> None:
    sample, risk = drawn(0, size=2000)
    noise = np.random.default_rng(5).normal(size=len(risk))
    fit = logistic.fit(np.column_stack([risk, -risk + 0.1 * noise, noise]), sample.lost, lowest_slope=0.0)
    assert fit.slopes.min() == 0 and fit.slopes[0] > 0.5


@pytest.mark.parametrize("seed", SEEDS)
def test_brier_is_that_of_scikit_learn_weighted_or_not(seed: int) -> None:
    sample, risk = drawn(seed, cuts=2)
    foretold = 1 / (1 + np.exp(2.2 - risk))
    foretold[sample.cut == 0] = np.nan
    has = sample.cut == 1
    sums = calibration.probability_sums(sample, foretold, np.full(len(risk), 0.1))
    draws = np.stack([sample.all_once, *sample.draws[:3]]).astype(float)
    for weights, brier, skill in zip(draws, sums.brier(draws), sums.skill(draws), strict=True):
        times = weights[sample.customer[has]]
        theirs = metrics.brier_score_loss(sample.lost[has], foretold[has], sample_weight=times)
        base = metrics.brier_score_loss(sample.lost[has], np.full(has.sum(), 0.1), sample_weight=times)
        assert (brier, skill) == (pytest.approx(theirs, abs=1e-12), pytest.approx(1 - theirs / base, abs=1e-12))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"), [(26, 84, 0.2208, 0.4149), (0, 20, 0.0, 0.1611), (3, 40, 0.0258, 0.1986), (261, 1450, 0.1611, 0.2006)]
)
def test_wilson_gives_the_published_intervals(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


def test_calibration_by_tenth_is_that_of_scikit_learn() -> None:
    sample, risk = drawn(1, size=3000)
    foretold = 1 / (1 + np.exp(2.2 - risk - np.random.default_rng(1).random(len(risk)) / 100))
    size = len(foretold) // 10 * 10
    table = calibration.calibration_by_decile(sample.lost[:size], foretold[:size])
    observed, expected = calibration_curve(sample.lost[:size], foretold[:size], n_bins=10, strategy="quantile")
    assert table["rate"].to_numpy() == pytest.approx(observed, abs=1e-12)
    assert table["expected"].to_numpy() == pytest.approx(expected, abs=1e-12)
    assert (table["customers"].sum(), table["lost"].sum()) == (size, sample.lost[:size].sum())
