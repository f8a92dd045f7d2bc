"""The verdict is the first that holds in the order of docs/method.md, section 5, and its sentence names what decided it."""

from dataclasses import replace

import pytest

from health.foresight.backtest.verdict import VerdictInputs, verdict, verdict_text

GOOD = VerdictInputs(90, 7, 411, 0.79, 0.76, 0.81, "last_quarter", 0.05)


@pytest.mark.parametrize(
    ("grounds", "expected"),
    [
        (GOOD, "useful"),
        (replace(GOOD, low=0.65), "useful"),
        (replace(GOOD, low=0.649), "weak"),
        (replace(GOOD, lead_low=0.0), "no_better_than_baseline"),
        (replace(GOOD, low=0.551, lead_low=-0.1), "no_better_than_baseline"),
        (replace(GOOD, low=0.55), "no_better_than_chance"),
        (replace(GOOD, low=0.40, lead_low=-0.1), "no_better_than_chance"),
        (replace(GOOD, losses=30), "useful"),
        (replace(GOOD, losses=29), "too_few_losses"),
        (replace(GOOD, losses=29, low=0.4, lead_low=-0.1), "too_few_losses"),
        (replace(GOOD, losses=0, auc=None, low=None, high=None, lead_low=None), "too_few_losses"),
        (replace(GOOD, cutoffs=0), "too_little_history"),
        (VerdictInputs(90, 0, 0), "too_little_history"),
    ],
)
def test_the_first_that_holds_is_the_verdict(grounds: VerdictInputs, expected: str) -> None:
    assert verdict(grounds) == expected


@pytest.mark.parametrize(
    ("grounds", "words"),
    [
        (GOOD, ["Useful", "79 of 100", "76 to 81", "90 days", "last quarter's health"]),
        (replace(GOOD, low=0.60), ["Weak", "last quarter's health"]),
        (replace(GOOD, best_baseline="days_since_contact", lead_low=-0.01), ["No better than days since the last contact", "simple rule"]),
        (replace(GOOD, low=0.5), ["No better than chance", "random guessing gives 50"]),
        (replace(GOOD, losses=1), ["Too few losses", "1 loss", "30"]),
        (VerdictInputs(90, 0, 0, why_no_history="The book was observed on one day."), ["Not enough history", "observed on one day"]),
    ],
)
def test_the_sentence_says_what_it_rests_on(grounds: VerdictInputs, words: list[str]) -> None:
    assert all(word in verdict_text(grounds) for word in words), verdict_text(grounds)
