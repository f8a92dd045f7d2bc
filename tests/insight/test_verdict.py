"""What the overview says of the score: in words, and never that value at risk can be acted on where outcomes do not support it."""

from datetime import date

import pytest

from health import format as fmt
from health.foresight.stats.proportions import Rate
from health.insight.client import overrides
from health.insight.evidence import verdict
from health.insight.evidence.band_churn import BandChurn
from health.insight.headlines import Headline

MEASURED = {"auc": 0.79, "auc_low": 0.76, "auc_high": 0.81}
AT_RISK = Headline("mrr_at_risk", "MRR at risk", "€336k", "+€29k", "down", [1.0, 2.0], "Billed a month.", number=336_000.0)


def test_the_verdict_is_told_with_its_figure_and_its_grounds() -> None:
    told = verdict.verdict("useful", "Useful: of a customer who left and one who stayed.", MEASURED)
    assert told.head == "The score predicts churn: AUC 0.79 (0.76 to 0.81)"
    assert told.reasons == "Of a customer who left and one who stayed."
    assert told.useful


def test_without_history_there_is_no_figure() -> None:
    told = verdict.verdict("too_little_history", "The book was observed on one day.", {})
    assert "AUC" not in told.head and told.reasons == "The book was observed on one day." and not told.useful


@pytest.mark.parametrize("key", ["weak", "no_better_than_baseline", "no_better_than_chance", "too_few_losses", "too_little_history"])
def test_value_at_risk_is_grey_unless_the_score_is_useful(key: str) -> None:
    flagged = verdict.flag_unproven(AT_RISK, verdict.verdict(key, "No: because.", {}))
    assert flagged.value == ":gray[€336k]" and flagged.change == "not proven" and flagged.series == []
    assert verdict.flag_unproven(AT_RISK, verdict.verdict("useful", "Useful: because.", MEASURED)) == AT_RISK


def test_what_stands_beside_is_left_out_where_there_is_nothing_to_say() -> None:
    assert verdict.VerdictNotes(None, None, 0).sentences() == []
    told = verdict.VerdictNotes(Rate(0.6, 0.5, 0.7, 60, 100), date(2026, 4, 30), 1).sentences()
    assert told[0] == f"Of the 100 customers at risk on 30 Apr 2026, 60 (60{fmt.SPACE}%) are still customers."
    assert told[1].startswith("1 manual override in force")


def test_a_badge_prints_the_rate_and_its_n_or_that_there_is_none() -> None:
    rates = {"at_risk": Rate(0.18, 0.161, 0.2006, 261, 1450), "watch": Rate(0.1, 0.0, 0.4, 1, 10)}
    odds = BandChurn(90, rates, True, "Customers in the band.")
    assert odds.words("at_risk") == f"At risk: 18{fmt.SPACE}% left within 90 days (1,450 cases)"
    assert odds.help("at_risk").startswith(f"261 of 1,450; 95{fmt.SPACE}% interval 16 to 20{fmt.SPACE}%.")
    assert odds.words("watch") == odds.words("healthy").replace("Healthy", "Watch") == "Watch: churn rate not reliable yet"
    assert odds.words("leaving") == "Leaving"
    assert BandChurn(90, rates, False, "").words("at_risk") == "At risk: churn rate not reliable yet"


HELD = {
    "override_id": 1, "author": "Jo", "reason": "new contract", "from_on": date(2026, 10, 31), "until_on": date(2027, 1, 12),
    "withdrawn_on": None,
}  # fmt: skip


@pytest.mark.parametrize(("health", "band", "said"), [(7000, "healthy", "healthy at 70"), (None, "at_risk", "at risk"), (4999, None, "49")])
def test_an_override_is_told_beside_the_machine(health: int | None, band: str | None, said: str) -> None:
    told = overrides.comparison_text({"band": "watch", "health": 55.9}, HELD | {"health": health, "band": band})
    assert told == f"Calculated: 55, watch. Override by Jo: {said}, from 31 Oct 2026 to 12 Jan 2027. Reason: new contract"
