"""What the screens say of lists by the score and by predicted churn."""

from datetime import date

import polars as pl
import pytest

from health.foresight.backtest.warning_curve import WarningCurve
from health.insight.evidence import warning


def curve(both: int, only_health: int, only_predicted: int, neither: int) -> WarningCurve:
    """Losses named by the lists of a fifth by both, one or neither."""
    health = [1] * both + [1] * only_health + [50] * only_predicted + [None] * neither
    predicted = [1] * both + [50] * only_health + [1] * only_predicted + [None] * neither
    others = dict.fromkeys(("tenure_only", "days_since_contact", "last_quarter"), [99] * len(health))
    needed = pl.DataFrame({"health": health, "predicted": predicted, **others}, dict.fromkeys(["health", "predicted", *others], pl.Int64))
    return WarningCurve(date(2025, 12, 31), needed.with_columns(pl.lit(False).alias("band")))


def said(found: WarningCurve, why: str = "") -> str:
    """The sentence with plain spaces."""
    return warning.comparison(found, why).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_the_better_list_is_named_with_the_difference_and_its_interval() -> None:
    text = said(curve(30, 5, 25, 40))
    assert text.startswith("Of 100 losses, the 20 % with the highest predicted churn included 55 % (45 to 64 %), the 20 % with the lowest")
    assert text.endswith("Predicted churn named 20.0 points more (95 % interval 9.4 to 29.8).")
    assert said(curve(30, 25, 5, 40)).endswith("The score named 20.0 points more (95 % interval 9.4 to 29.8).")


def test_a_difference_that_chance_can_explain_is_called_so() -> None:
    assert said(curve(30, 10, 14, 40)).endswith("; the difference is within chance.")
    assert said(curve(30, 4, 4, 40)).endswith("Both lists named equally many.")


def test_a_missing_list_has_its_reason() -> None:
    assert said(curve(1, 1, 1, 1), "Too few losses.") == "No list by predicted churn: Too few losses."
    assert warning.comparison(None, "") == ""
    without = WarningCurve(date(2025, 12, 31), curve(30, 5, 25, 40).needed.drop("predicted"))
    assert "Predicted churn" not in set(warning.curve(without)["label"])
    assert set(warning.lists(without)["predicted"]) == {"–"} == set(warning.lists(without)["difference"])


@pytest.mark.parametrize("label", ["This score", "Predicted churn"])
def test_both_lists_have_an_interval(label: str) -> None:
    line = warning.curve(curve(30, 5, 25, 40)).filter(pl.col("label") == label)
    assert line.height == 10 and (line["low"] < line["warned"]).all() and (line["warned"] < line["high"]).all()
