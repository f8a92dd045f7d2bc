"""Cohorts checked by themselves: what is foreseen is fitted on the first quarters alone, and its miss is told."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from health.errors import InsufficientData
from health.foresight.survival.sbg import Sbg
from health.insight.value import cohort_check

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
"""Survivors of years 0 to 7 (Fader and Hardie 2007)."""
LAW = [round(1000 * float(stays)) for stays in Sbg(0.7, 3.0, 7).survival(np.arange(8.0))]


def cohort(survivors: list[int], start: date = date(2024, 1, 1), survived: bool = False) -> pl.DataFrame:
    return pl.DataFrame(
        {"cohort": start, "age": range(len(survivors)), "customers": survivors[0], "kept": survivors, "survivors": survived}
    )


def test_the_later_quarters_are_held_against_a_model_that_never_saw_them() -> None:
    found = cohort_check.check(cohort(LAW))
    bent = cohort_check.check(cohort([*LAW[:4], 300, 200, 150, 100]))
    foreseen = pl.col("label") == cohort_check.PREDICTED_LABEL
    assert found.curves.filter(foreseen).equals(bent.curves.filter(foreseen))
    assert found.fitted_quarters == 3 and found.mape < 0.02 < bent.mape
    assert "1,000 customers" in found.sentence and "the next 4 quarters" in found.sentence


def test_cohorts_of_which_only_survivors_are_on_file_teach_nothing() -> None:
    with pytest.raises(InsufficientData, match="100 customers must be observed from their start"):
        cohort_check.check(cohort(HIGH_END, survived=True))


def test_a_few_customers_or_quarters_are_too_little() -> None:
    for survivors in ([99, 80, 70, 60, 50, 40], [1000, 869, 743, 653]):
        with pytest.raises(InsufficientData):
            cohort_check.check(cohort(survivors))


def test_where_the_oldest_lost_too_few_those_begun_later_are_counted_too() -> None:
    old = cohort([120, 118, 115, 112, 110, 107, 104, 100])
    young = [cohort([200, 180, 165, 155, 148, 142], date(2024, month, 1)) for month in (4, 7)]
    found = cohort_check.check(pl.concat([old, *young]))
    assert (found.customers, found.fitted_quarters) == (520, 2), "6 quarters of all three, not 8 of the first alone"
