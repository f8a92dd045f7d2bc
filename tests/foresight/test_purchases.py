"""The models of customers without contracts against what was published, against second methods, and against later purchases."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln, hyp2f1

from health.errors import InsufficientData
from health.foresight.purchases import bg_nbd, gamma_gamma
from health.foresight.purchases.bg_nbd import BgNbd
from tests.foresight import cdnow

COUNTS = cdnow.counts()
MODEL = bg_nbd.fit(COUNTS)
SPENDING = gamma_gamma.fit(COUNTS)
STARTS = ((0.1, 10.0, 2.0, 0.5), (5.0, 1.0, 0.1, 5.0), (1.0, 30.0, 3.0, 9.0))
POSITIVE = {r: st.floats(*r) for r in ((0.05, 5.0), (0.5, 50.0))}


def history(times: int, last: float, age: float, spend: float | None = None) -> pl.DataFrame:
    return pl.DataFrame({"frequency": [times], "recency_weeks": [last], "age_weeks": [age], "spend": [spend]})


def test_the_sample_gives_the_published_parameters() -> None:
    assert (MODEL.customers, MODEL.groups) == (2357, 1016)
    assert [round(x, 3) for x in (MODEL.r, MODEL.alpha, MODEL.a, MODEL.b)] == [0.243, 4.414, 0.793, 2.426]
    assert [MODEL.r, MODEL.alpha, MODEL.a, MODEL.b] == pytest.approx([0.2426, 4.4135, 0.7929, 2.4258], abs=2e-4)
    assert MODEL.log_likelihood == pytest.approx(-9582.43, abs=0.005)


@pytest.mark.parametrize("start", STARTS)
def test_wherever_the_search_starts_it_ends_there(start: tuple[float, ...]) -> None:
    again = bg_nbd.fit(COUNTS, np.array(start))
    assert [again.r, again.alpha, again.a, again.b] == pytest.approx([MODEL.r, MODEL.alpha, MODEL.a, MODEL.b], rel=1e-5)


def test_what_one_customer_will_buy_is_as_published() -> None:
    known = history(2, 30.43, 38.86)
    assert MODEL.expected(known, 39)[0] == pytest.approx(1.2259, abs=5e-5)
    assert MODEL.p_alive(known)[0] == pytest.approx(0.7266, abs=5e-5)
    assert MODEL.expected_for_new(np.array([1.0, 32.0, 78.0])) == pytest.approx([0.0532, 1.0437, 1.8580], abs=5e-5)


def test_what_purchases_are_worth_is_as_published() -> None:
    assert SPENDING.customers == 946
    assert [SPENDING.p, SPENDING.q, SPENDING.v, SPENDING.mean] == pytest.approx([6.25, 3.74, 15.44, 35.17], abs=0.006)
    assert SPENDING.log_likelihood == pytest.approx(-4055.92, abs=0.005)
    first_ten = pl.DataFrame(
        {"frequency": [2, 1, 0, 0, 0, 7, 1, 0, 2, 0], "spend": [22.35, 11.77, *3 * [None], 73.74, 11.77, None, 25.55, None]}
    )
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert SPENDING.mean_spend(first_ten) == pytest.approx(published, abs=0.011)
    assert SPENDING.correlation == pytest.approx(0.11, abs=0.005) and SPENDING.warning is None


def test_by_week_78_purchases_come_within_a_twentieth_and_the_later_weeks_alone_fall_short_by_an_eighth() -> None:
    ages = COUNTS["age_weeks"].to_numpy() + cdnow.LATER_WEEKS
    whole, later = MODEL.expected_for_new(ages).sum(), MODEL.expected(COUNTS, cdnow.LATER_WEEKS).sum()
    assert (round(whole), round(later)) == (4161, 1653)
    assert whole == pytest.approx(cdnow.MADE_BY_WEEK_78, rel=0.05)
    assert 1 - later / cdnow.MADE_LATER == pytest.approx(0.12, abs=0.005)


def log_beta(x: float, y: float) -> float:
    return float(gammaln(x) + gammaln(y) - gammaln(x + y))


def chance_of(times: int, t: float, m: BgNbd) -> float:
    """P(X(t) = times) of a new customer, by the paper's equation 8, term by term."""

    def drawn(j: int) -> float:
        odds = m.r * math.log(m.alpha / (m.alpha + t)) + j * math.log(t / (m.alpha + t))
        return math.exp(math.lgamma(m.r + j) - math.lgamma(m.r) - math.lgamma(j + 1) + odds)

    whole = log_beta(m.a, m.b)
    active = math.exp(log_beta(m.a, m.b + times) - whole) * drawn(times)
    if not times:
        return active
    return active + math.exp(log_beta(m.a + 1, m.b + times - 1) - whole) * (1 - sum(drawn(j) for j in range(times)))


@given(POSITIVE[(0.05, 5.0)], POSITIVE[(0.5, 50.0)], POSITIVE[(0.05, 5.0)], POSITIVE[(0.05, 5.0)], st.floats(0.1, 5))
@settings(max_examples=25, deadline=None)
def test_expected_purchases_are_the_sum_over_every_number_of_them(r: float, alpha: float, a: float, b: float, share: float) -> None:
    model, t = BgNbd(r, alpha, a, b, 0.0, 0, 0), alpha * share / r
    told = [chance_of(times, t, model) for times in range(1, 120)]
    rest = 1 - chance_of(0, t, model) - sum(told)
    brute = sum(times * chance for times, chance in enumerate(told, 1))
    found = model.expected_for_new(np.array([t]))[0]
    assert brute - 1e-6 <= found and (rest > 1e-9 or found == pytest.approx(brute, rel=1e-6, abs=1e-9))


@pytest.mark.parametrize(("times", "last", "age"), [(0, 0.0, 10.0), (1, 5.0, 39.0), (7, 29.4, 38.9), (26, 30.0, 31.0)])
def test_expected_purchases_are_those_of_the_closed_form_where_that_keeps_its_digits(times: int, last: float, age: float) -> None:
    r, alpha, a, b, t = MODEL.r, MODEL.alpha, MODEL.a, MODEL.b, 39.0
    gauss = hyp2f1(r + times, b + times, a + b + times - 1, t / (alpha + age + t))
    bought = (a + b + times - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + t)) ** (r + times) * gauss)
    dropped = a / (b + times - 1) * ((alpha + age) / (alpha + last)) ** (r + times) if times else 0.0
    assert MODEL.expected(history(times, last, age), t)[0] == pytest.approx(bought / (1 + dropped), rel=1e-9)


@pytest.mark.parametrize("a", [1e-3, 0.999999, 1.0, 1.000001, 40.0])
def test_no_value_of_a_leaves_a_hole_and_many_purchases_do_no_harm(a: float) -> None:
    model = BgNbd(0.5, 8.0, a, 2.0, 0.0, 0, 0)
    many = pl.DataFrame({"frequency": [0, 3, 5000], "recency_weeks": [0.0, 200.0, 259.0], "age_weeks": [0.0, 260.0, 260.0]})
    found = model.expected(many, 260)
    assert np.isfinite(found).all() and (found > 0).all() and (np.diff(model.expected_for_new(np.arange(1.0, 500.0))) > 0).all()


@pytest.mark.parametrize(("a", "b"), [(0.02, 0.3), (0.8, 2.4), (1.0, 1.0), (3.0, 4000.0)])
def test_the_chances_stand_for_the_beta(a: float, b: float) -> None:
    chance, weight = bg_nbd.beta_nodes(a, b, 24)
    moments = [(weight * chance**k).sum() for k in (0, 1, 2)]
    assert moments == pytest.approx([1, a / (a + b), a * (a + 1) / ((a + b) * (a + b + 1))], rel=1e-9)


@pytest.mark.parametrize("at", [(0.24, 4.4, 0.8, 2.4), (3.0, 0.5, 0.05, 9.0)])
def test_the_slopes_are_those_of_the_likelihoods(at: tuple[float, ...]) -> None:
    repeated = COUNTS.filter(pl.col("frequency") > 0)
    losses = (
        (bg_nbd._loss(bg_nbd.distinct_histories(COUNTS)), np.array(at)),
        (gamma_gamma._loss(repeated["frequency"].cast(pl.Float64).to_numpy(), repeated["spend"].to_numpy()), np.array(at[:3])),
    )
    for loss, place in losses:
        step = 1e-6 * np.diag(place)
        differences = [(loss(place + e)[0] - loss(place - e)[0]) / (2 * e.max()) for e in step]
        assert loss(place)[1] == pytest.approx(differences, rel=1e-4)


def test_parameters_come_back_from_customers_drawn_with_them() -> None:
    """2,000 customers, each with a rate of its own and a chance to drop out after each purchase."""
    rng, rows = np.random.default_rng(5), []
    for age in rng.uniform(30, 80, 2000):
        rate, drop, day, days = rng.gamma(1.0) / 6.0, rng.beta(1.5, 5.0), 0.0, []
        while (day := day + rng.exponential(1 / rate)) < age:
            days.append(day)
            if rng.random() < drop:
                break
        rows.append((len(days), days[-1] if days else 0.0, age))
    model = bg_nbd.fit(pl.DataFrame(rows, schema=["frequency", "recency_weeks", "age_weeks"], orient="row"))
    assert [model.r, model.alpha] == pytest.approx([1.0, 6.0], rel=0.15)
    assert model.a / (model.a + model.b) == pytest.approx(1.5 / 6.5, rel=0.15)


def test_the_order_of_the_customers_changes_no_bit() -> None:
    turned = COUNTS.sample(fraction=1.0, shuffle=True, seed=1)
    assert (bg_nbd.fit(turned), gamma_gamma.fit(turned)) == (MODEL, SPENDING)


def test_money_in_other_coins_is_the_same_model() -> None:
    in_cents = gamma_gamma.fit(COUNTS.with_columns(pl.col("spend") * 100))
    assert [in_cents.p, in_cents.q, in_cents.v / 100] == pytest.approx([SPENDING.p, SPENDING.q, SPENDING.v], rel=1e-6)


@pytest.mark.parametrize(("power", "words"), [(1.0, "spend more each time"), (-1.0, "spend less each time")])
def test_spending_that_goes_with_frequency_is_warned_of(power: float, words: str) -> None:
    bound = COUNTS.with_columns(pl.col("spend") * pl.col("frequency").cast(pl.Float64) ** power)
    warning = gamma_gamma.fit(bound).warning
    assert warning is not None and words in warning


def test_customers_who_are_all_alike_are_foreseen_all_the_same() -> None:
    """The likelihood then rises for ever with its parameters; what they foretell stands still."""
    alike = pl.DataFrame({"frequency": [10] * 60, "recency_weeks": [40.0] * 60, "age_weeks": [40.0] * 60, "spend": [20.0] * 60})
    assert bg_nbd.fit(alike).expected(alike.head(1), 4)[0] == pytest.approx(1.0, rel=0.05)
    assert gamma_gamma.fit(alike).mean_spend(alike.head(1))[0] == pytest.approx(20.0, rel=0.01)


@pytest.mark.parametrize("spread", [1.35, 2.0])
def test_a_mean_that_runs_off_from_what_was_paid_is_not_foreseen(spread: float) -> None:
    """At 1.35 the likelihood has its top just where a mean exists, and puts it at 1.7 times what customers paid; farther on, anywhere."""
    rng = np.random.default_rng(0)
    times = rng.integers(1, 8, 800)
    means = np.exp(rng.normal(3, spread, 800))
    spend = [float(np.mean(mean * rng.gamma(3, 1 / 3, n))) for mean, n in zip(means, times, strict=True)]
    with pytest.raises(InsufficientData, match="vary too much for a reliable mean"):
        gamma_gamma.fit(pl.DataFrame({"frequency": times, "spend": spend}))


def test_too_little_is_said_in_a_sentence() -> None:
    for few in (COUNTS.head(1), COUNTS.head(0), COUNTS.filter(pl.col("frequency") == 0)):
        with pytest.raises(InsufficientData, match="forecast purchases: 0; 30 are needed"):
            bg_nbd.fit(few)
    with pytest.raises(InsufficientData, match="bought again and paid for it; 30 are needed"):
        gamma_gamma.fit(COUNTS.with_columns(pl.lit(0.0).alias("spend")))
