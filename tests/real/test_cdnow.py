"""CDNOW's own files, where they are there: the sample through its mapping, the whole cohort by a reader of its own."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from health.foresight import purchases
from health.foresight.purchases import bg_nbd, gamma_gamma
from health.foresight.purchases.counts import count_purchases
from tests.foresight import cdnow
from tests.real.test_outside_files import outside, real

CUT, END = date(1997, 9, 30), date(1998, 6, 30)
NUMBERS = ["frequency", "recency_weeks", "age_weeks", "spend"]


def test_the_sample_loads_and_gives_the_published_models_and_shows_where_they_fall_short() -> None:
    book, counts = outside("cdnow_sample.toml", "cdnow/CDNOW_sample.txt")
    assert (counts["customers"].accepted, counts["invoices"].accepted) == (2357, 6919)
    with book.reading() as session:
        bought = purchases.counts(session, CUT)
        lines = session.rows("invoices").select("customer_id", "issued_on", "amount")
    assert bought.head(3)["customer_id"].to_list() == ["00004", "00018", "00021"]
    assert lines.height - lines.n_unique() >= 21  # lines that repeat another are purchases too
    assert bought.select(NUMBERS).sort(NUMBERS).equals(cdnow.counts().select(NUMBERS).sort(NUMBERS))
    models, later = purchases.fit(book, CUT), purchases.check(book, END)
    assert [models.bg_nbd.r, models.bg_nbd.alpha, models.bg_nbd.a, models.bg_nbd.b] == pytest.approx(
        [0.2426, 4.4135, 0.7929, 2.4258], abs=2e-4
    )
    assert [models.gamma_gamma.p, models.gamma_gamma.q, models.gamma_gamma.v] == pytest.approx([6.25, 3.74, 15.44], abs=0.006)
    assert (later.fitted_on, later.held_weeks, round(later.foreseen), later.made) == (CUT, 39, 4161, cdnow.MADE_BY_WEEK_78)
    assert (round(later.later_foreseen), later.later_made) == (1653, cdnow.MADE_LATER)
    assert "12\u00a0% too few" in later.sentence and later.holds


def test_the_whole_cohort_fits_too() -> None:
    bought = count_purchases(_days(real("cdnow/CDNOW_master.txt")), CUT)
    often, much = bg_nbd.fit(bought), gamma_gamma.fit(bought)
    assert (often.customers, much.customers) == (23_570, 9_450)
    assert [often.r, often.alpha, often.a, often.b] == pytest.approx([0.2516, 4.789, 0.7234, 2.161], rel=1e-3)
    assert much.mean == pytest.approx(35.83, abs=0.01)


def _days(path: Path) -> pl.DataFrame:
    """Days of purchase up to the cut, read line by line."""
    lines = [line.split() for line in path.read_text(encoding="ascii").splitlines()[1:]]
    named = pl.DataFrame(
        {"customer_id": [n[0] for n in lines], "day": [n[1] for n in lines], "cents": [round(100 * float(n[3])) for n in lines]}
    )
    days = named.with_columns(pl.col("day").str.to_date("%Y%m%d"), pl.lit(False).alias("gone")).filter(pl.col("day") <= CUT)
    return days.group_by("customer_id", "day").agg(pl.col("cents").sum(), pl.col("gone").first()).sort("customer_id", "day")
