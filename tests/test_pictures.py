"""A picture is remembered by all that is drawn in it."""

import polars as pl
import pytest

from health import charts
from health.ui import cards

MONTHS = 60


def staying(at: int, stays: float) -> pl.DataFrame:
    """A curve that leaves the straight line in one month."""
    shares = [stays if month == at else 1 - month / 100 for month in range(MONTHS)]
    return pl.DataFrame({"label": "All", "month": range(MONTHS), "stays": shares, "low": shares, "high": shares})


@pytest.mark.parametrize("at", [0, 30, MONTHS - 1])
def test_a_row_that_changes_anywhere_changes_the_picture(at: int) -> None:
    pictures = [cards._vega_specification("survival_curves", (staying(at, stays),), False, charts.survival_curves) for stays in (0.3, 0.2)]
    assert pictures[0]["datasets"] != pictures[1]["datasets"]


def test_the_same_rows_in_another_order_or_under_other_names_are_another_picture() -> None:
    rows = pl.DataFrame({"chip": [["a", "b"], None, []], "x": [1, None, 2]})
    told = {cards._frame_hash(frame) for frame in (rows, rows.reverse(), rows.rename({"x": "y"}), rows.cast({"x": pl.Float64}))}
    assert len(told) == 4 and cards._frame_hash(rows.clone()) in told
