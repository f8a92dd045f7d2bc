"""What the screens say of the detection lag."""

import polars as pl

from health.desk.worklist.detection_lag import DetectionLag
from health.foresight.stats.proportions import rate
from health.insight.evidence import detection


def values(lag: DetectionLag) -> list[str]:
    """The figures with plain spaces."""
    return [value.replace("\N{NO-BREAK SPACE}", " ") for value in detection.figures(lag)["value"]]


def test_the_figures_come_with_their_number_and_interval() -> None:
    lag = DetectionLag(50, 10, 0, 36, 1.0, rate(4, 40))
    assert detection.title(lag) == "Half of the first acts came within 1 day of the urgent trigger"
    assert values(lag) == ["80 %, 40 of 50", "1 day, 36 acted on", "10 %, 4 of 40 (4 to 23 %)"]
    assert values(DetectionLag(50, 10, 3, 33, 1.0, rate(4, 37)))[-1] == "3"


def test_where_nothing_is_known_there_is_a_dash() -> None:
    assert values(DetectionLag(0, 0, 0, 0, None, None)) == ["–", "–", "–"]
    assert detection.title(DetectionLag(5, 5, 0, 0, None, None)).endswith("?")
    assert detection.title(DetectionLag(5, 3, 0, 0, None, rate(2, 2))) == "No act on 2 churned customers who had been urgent"


def test_the_ledger_tells_no_act_from_unknown() -> None:
    losses = pl.DataFrame({"acted": [True, False, None], "detection_days": [12, None, None]})
    assert losses.select(detection.first_act())["first_act"].to_list() == ["after 12 d", "no act", None]
