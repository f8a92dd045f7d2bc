"""NPS, CSAT and CES are shares of the answers known on a day, each on its scale, with intervals that hold for few answers."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from health.insight import survey_results
from health.insight.survey_results import DETRACTOR, EASY, NOT_EASY, NOT_SATISFIED, PASSIVE, PROMOTER, SATISFIED
from tests.books import rows, staged

AS_OF = date(2026, 11, 1)


def surveys(*answers: dict[str, Any]) -> pl.DataFrame:
    given = {"customer_id": "A", "kind": "nps", "answered_on": date(2026, 10, 1)}
    return staged("surveys", rows("surveys", *({"survey_id": f"S{n:02}"} | given | answer for n, answer in enumerate(answers))))


def result(kind: str, *answers: dict[str, Any], as_of: date = AS_OF) -> survey_results.Result:
    return survey_results.result(surveys(*answers), kind, as_of - survey_results.YEAR, as_of)


@pytest.mark.parametrize(
    ("score", "scale", "group"),
    [
        (10, None, PROMOTER), (9, None, PROMOTER), (8, None, PASSIVE), (7, None, PASSIVE), (6.5, None, PASSIVE), (6, None, DETRACTOR),
        (0, None, DETRACTOR), (9, (1, 10), PROMOTER), (7, (1, 10), PASSIVE), (6, (1, 10), DETRACTOR), (5, (1, 5), PROMOTER),
        (4, (1, 5), PASSIVE), (3, (1, 5), DETRACTOR), (4, (1, 4), PROMOTER), (3, (1, 4), PASSIVE),
    ],
)  # fmt: skip
def test_an_nps_is_counted_on_its_scale(score: float, scale: tuple[int, int] | None, group: str) -> None:
    ends = dict(zip(("scale_min", "scale_max"), scale, strict=True)) if scale else {}
    assert survey_results.scored_answers(surveys({"score": score, **ends}), AS_OF)["counted_as"].to_list() == [group]


@pytest.mark.parametrize(
    ("score", "scale", "satisfied"),
    [(5, (1, 5), True), (4, (1, 5), True), (3, (1, 5), False), (5, (1, 7), True), (4, (1, 7), False), (7, (0, 10), True),
     (6, (0, 10), False), (61, (0, 100), True), (60, (0, 100), False)],
)  # fmt: skip
def test_the_top_two_of_five_are_satisfied_and_the_top_forty_percent_of_other_scales(
    score: int, scale: tuple[int, int], satisfied: bool
) -> None:
    answer = {"kind": "csat", "score": score, "scale_min": scale[0], "scale_max": scale[1]}
    groups = survey_results.scored_answers(surveys(answer), AS_OF)["counted_as"].to_list()
    assert groups == [SATISFIED if satisfied else NOT_SATISFIED]


@pytest.mark.parametrize(("score", "scale", "easy"), [(5, (1, 7), True), (4, (1, 7), False), (4, (1, 5), True), (3, (1, 5), False)])
def test_the_top_three_of_seven_are_easy_and_the_top_forty_percent_of_other_scales(score: int, scale: tuple[int, int], easy: bool) -> None:
    answer = {"kind": "ces", "score": score, "scale_min": scale[0], "scale_max": scale[1]}
    assert survey_results.scored_answers(surveys(answer), AS_OF)["counted_as"].to_list() == [EASY if easy else NOT_EASY]


def test_ces_is_the_share_of_easy_answers_and_no_part_of_csat() -> None:
    given = surveys(*({"kind": "ces", "score": score, "scale_min": 1, "scale_max": 7} for score in (7, 6, 5, 2)))
    (found,) = survey_results.last_year(given, AS_OF)
    assert (found.kind, found.answers, found.value) == ("ces", 4, 75.0)
    assert found.words == "CES 75\u00a0% (30\u00a0% to 95\u00a0%, 4 answers)"


def test_nps_is_promoters_less_detractors_in_points() -> None:
    found = result("nps", *({"score": score} for score in (10, 9, 9, 8, 6, 0, 3, 10)))
    assert (found.answers, found.value) == (8, 12.5)
    assert found.low is not None and found.high is not None and found.low < 12.5 < found.high
    assert found.words.startswith("NPS +12 (")


def test_answers_are_counted_from_their_day_for_a_year_and_without_a_scale_not_at_all() -> None:
    edges = [{"score": 10, "answered_on": day} for day in (date(2025, 11, 1), date(2025, 11, 2), AS_OF, date(2026, 11, 2))]
    assert result("nps", *edges).answers == 2
    assert result("csat", {"kind": "csat", "score": 5}) == survey_results.Result("csat", 0)
    assert survey_results.last_year(surveys({"kind": "csat", "score": 5}), AS_OF) == []


def test_the_response_rate_is_known_only_where_unanswered_invitations_are_on_file() -> None:
    asked = [{"asked_on": date(2026, 9, 1), "score": 8} for _ in range(3)]
    unanswered = {"asked_on": date(2026, 9, 1), "answered_on": None}
    late = {"asked_on": date(2026, 9, 1), "answered_on": date(2026, 11, 2), "score": 1}
    assert result("nps", *asked).response is None
    assert result("nps", *asked, unanswered).response == 0.75
    assert result("nps", *asked, late).response == 0.75
    assert result("nps", {"score": 8}).response is None


def test_quarters_stand_apart_and_those_without_answers_are_left_out() -> None:
    given = surveys(
        {"score": 10, "answered_on": date(2026, 9, 30)},
        {"score": 0, "answered_on": date(2026, 10, 1)},
        {"score": 10, "answered_on": date(2024, 12, 31)},
        {"score": 10, "answered_on": date(2026, 11, 2)},
    )
    summary = survey_results.summarize(given, AS_OF)
    assert summary is not None
    quarters = summary.quarters
    assert quarters.select("quarter", "nps", "nps_answers", "csat").rows() == [("2026 Q4", "-100", "1", "–"), ("2026 Q3", "+100", "1", "–")]


def test_the_trend_keeps_a_quarter_without_answers_as_a_gap() -> None:
    given = surveys({"score": 10, "answered_on": date(2026, 3, 31)}, {"score": 0, "answered_on": date(2026, 9, 30)})
    summary = survey_results.summarize(given, AS_OF)
    assert summary is not None
    nps = summary.trend.filter(pl.col("kind") == "nps").select("quarter", "value", "answers", "words").rows()
    assert nps == [("2026 Q1", 100.0, 1, "+100"), ("2026 Q2", None, 0, "–"), ("2026 Q3", -100.0, 1, "-100"), ("2026 Q4", None, 0, "–")]


def test_a_later_answer_changes_no_earlier_result() -> None:
    known = [{"score": score, "asked_on": date(2026, 9, 1)} for score in (10, 8, 3)]
    later = {"score": 0, "asked_on": date(2026, 9, 1), "answered_on": date(2026, 11, 2)}
    waiting = later | {"score": None, "answered_on": None}
    assert result("nps", *known, later) == result("nps", *known, waiting)


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.1, 0.1, 0.8), (0.9, 0.1, 0.0)])
@pytest.mark.parametrize("n", [5, 12, 60])
def test_the_interval_of_an_nps_covers_the_truth_about_as_often_as_it_says(shares: tuple[float, float, float], n: int) -> None:
    drawn = np.random.default_rng(7).multinomial(n, shares, 2000)
    intervals = [survey_results.nps_interval(int(p), int(d), n) for p, _, d in drawn]
    truth = shares[0] - shares[2]
    assert 0.88 <= np.mean([low <= truth <= high for low, high in intervals]) <= 1
    assert all(low <= (p - d) / n <= high for (low, high), (p, _, d) in zip(intervals, drawn, strict=True))
