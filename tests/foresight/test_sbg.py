"""The shifted-beta-geometric model against Fader and Hardie (2007, 2010) and against plain summation."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from health.errors import InsufficientData
from health.foresight.survival import sbg

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
LATER = np.arange(8, 13)
"""Years held out. What they kept, in per cent: Fader and Hardie 2007, table 1, after Berry and Linoff 2004."""
KEPT = {"regular": [22.3, 20.7, 19.4, 18.3, 17.3], "high end": [46.8, 44.5, 42.7, 40.9, 39.4]}


@pytest.mark.parametrize(
    ("segment", "survivors", "a", "b", "foreseen", "mape"),
    [
        ("regular", REGULAR, 0.704, 1.182, [22.0, 20.4, 19.1, 18.0, 17.0], 0.016),
        ("high end", HIGH_END, 0.668, 3.806, [46.0, 43.6, 41.4, 39.5, 37.8], 0.029),
    ],
)
def test_years_1_to_7_foretell_8_to_12(segment: str, survivors: list[int], a: float, b: float, foreseen: list[float], mape: float) -> None:
    model = sbg.fit(survivors)
    assert [model.a, model.b] == pytest.approx([a, b], abs=5e-4)
    stays, kept = 100 * model.survival(LATER), np.array(KEPT[segment])
    assert stays == pytest.approx(foreseen, abs=0.05)
    assert np.mean(np.abs(stays - kept) / kept) <= mape


@pytest.mark.parametrize(("survivors", "worth"), [(REGULAR, [2.964, 5.894, 6.842]), (HIGH_END, [5.414, 6.897, 7.530])])
def test_what_is_left_is_worth_as_published_and_more_the_longer_a_customer_has_stayed(survivors: list[int], worth: list[float]) -> None:
    model = sbg.fit(survivors)
    assert [model.residual_value(n, 0.1) for n in (1, 5, 8)] == pytest.approx(worth, abs=5e-4)
    assert (np.diff([model.residual_value(n, 0.1) for n in range(1, 30)]) > 0).all()


@given(st.floats(0.02, 100), st.floats(0.02, 100), st.integers(1, 150), st.floats(0.01, 1))
@example(66.0, 1.0, 64, 0.0625)  # SciPy's series overflows
@settings(max_examples=40, deadline=None)
def test_what_is_left_is_the_plain_sum(a: float, b: float, n: int, discount: float) -> None:
    k = np.arange(4000)
    paid = np.cumprod((b + n - 1 + k) / (a + b + n - 1 + k)) * (1 + discount) ** -k.astype(float)
    assert sbg.Sbg(a, b, 0).residual_value(n, discount) == pytest.approx(paid.sum(), rel=1e-6)


def test_a_cohort_drawn_from_the_model_gives_its_parameters_back() -> None:
    true = sbg.Sbg(0.9, 4.0, 0)
    found = sbg.fit((1e6 * true.survival(np.arange(10))).tolist())
    assert [found.a, found.b] == pytest.approx([0.9, 4.0], rel=1e-4)


@pytest.mark.parametrize("survivors", [[1000], [1000, 900], [100, 90, 85], [100, 50, 0], [5, 5, 5]])
def test_too_little_is_a_sentence(survivors: list[int]) -> None:
    with pytest.raises(InsufficientData, match="Too little data on renewals"):
        sbg.fit(survivors)
