"""Lists by predicted churn, by hand-made probabilities: who is on them, and who a model cannot score."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from health.access import Book
from health.foresight.backtest.predicted_churn import predictions
from health.foresight.backtest.warning_curve import HeldOutMonths, WarningCurve
from health.foresight.churn.hazard import Hazard
from health.foresight.stats.proportions import paired_difference
from health.score.settings import DEFAULT
from health.warehouse import Warehouse
from tests.books import analyst
from tests.foresight.test_warning import DECIDED, SINCE, book_of_ten

MODEL = Hazard((), (), (), (), -3.0, SINCE, 0, 0, 0)


def curve(churn: dict[str, float], *lost: str) -> WarningCurve:
    """The lists of ten customers, C0 the lowest in health to C9; `churn`: predicted at every month end, for whom it could be."""
    scores = book_of_ten({})
    losses = pl.DataFrame({"customer_id": lost, "decided_on": [DECIDED] * len(lost), "spell_start_on": [date(2020, 1, 1)] * len(lost)})
    known = pl.DataFrame(
        {"customer_id": list(churn), "p_leave_90d": list(churn.values())}, {"customer_id": pl.String, "p_leave_90d": pl.Float64}
    )
    return HeldOutMonths(SINCE, losses, scores, DEFAULT).curve(scores.select("customer_id", "cutoff").join(known, on="customer_id"))


def predicted(churn: dict[str, float], customer: str) -> int:
    """Length in per cent of the shortest list by predicted churn that warns of a customer."""
    length: int = curve(churn, customer).needed["predicted"][0]
    return length


def test_the_likeliest_to_churn_come_first() -> None:
    churn = {f"C{n}": 0.01 * n for n in range(10)}
    assert [predicted(churn, f"C{n}") for n in (9, 8, 5, 0)] == [1, 11, 41, 91]
    assert curve(churn, "C9").needed["health"][0] == 91


def test_equal_predictions_are_ranked_by_customer() -> None:
    assert [predicted(dict.fromkeys((f"C{n}" for n in range(10)), 0.2), name) for name in ("C0", "C9")] == [1, 91]


def test_a_list_takes_the_same_share_of_those_whom_the_model_cannot_score() -> None:
    """C0 to C5 have a prediction, C0 the lowest; of the other four C6 has the lowest health. Three of six and two of four are half."""
    churn = {f"C{n}": 0.01 * (n + 1) for n in range(6)}
    order = ["C5", "C6", "C4", "C7", "C3", "C2", "C8", "C1", "C9", "C0"]
    assert sorted((f"C{n}" for n in range(10)), key=lambda name: predicted(churn, name)) == order
    assert [predicted(churn, name) for name in order] == [1, 11, 21, 31, 41, 51, 61, 71, 81, 91]


def test_without_any_prediction_the_list_is_that_of_health() -> None:
    found = curve({}, *(f"C{n}" for n in range(10))).needed
    assert found["predicted"].equals(found["health"].alias("predicted"))


def test_the_lead_is_of_the_same_losses() -> None:
    """Of four losses both lists of 40 % name C3; that by predicted churn also C8 and C9, that by health also C0."""
    found = curve({f"C{n}": 0.01 * n for n in range(10)} | {"C3": 0.9}, "C0", "C3", "C8", "C9")
    lead, shares = found.lead(40), [found.warned(model, 40) for model in ("health", "predicted")]
    assert [share and share.k for share in shares] == [2, 3] and lead is not None
    assert lead == paired_difference(1, 2, 4) and lead.difference == 0.25 and lead.low < 0 < lead.high


def test_a_difference_of_pairs_rests_on_those_that_differ() -> None:
    """5 and 15 of 100: 16/102 - 6/102 = 0.0980; its error is the root of (22/102 - 0.0980^2) / 102 = 0.0449."""
    found = paired_difference(5, 15, 100)
    assert (found.difference, round(found.low, 4), round(found.high, 4)) == (0.10, 0.0099, 0.1861)
    opposite = paired_difference(15, 5, 100)
    assert (opposite.difference, opposite.low, opposite.high) == (-found.difference, -found.high, -found.low)
    assert paired_difference(0, 0, 10).low < 0 == paired_difference(0, 0, 10).difference


def test_a_model_that_knows_what_happened_is_refused() -> None:
    book: Book = analyst(Warehouse())
    with pytest.raises(ValueError, match="fitted on 2026-04-01, after the first day"):
        predictions(book, replace(MODEL, fitted_on=date(2026, 4, 1)), SINCE)
