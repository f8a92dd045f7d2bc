"""No score knows the future, and a component that did would be found out."""

import random
import sys
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from health.demo import generate
from health.foresight.backtest import cutoffs
from health.foresight.backtest.panel import panel
from health.score import history
from health.score.components import COMPONENTS
from health.score.components.parts import Ramp
from health.score.settings import DEFAULT, Settings
from health.warehouse import Session, facts
from tests.books import recorded, rows, typed, unscored
from tests.foresight.lookahead import KNOWN_ON, other_future, scores
from tests.size import size

FIRST, LAST = date(2024, 6, 1), date(2026, 9, 30)
CUT = date(2026, 3, 31)


def with_part_payments(invoices: pl.DataFrame) -> pl.DataFrame:
    """Each seventh payment pays a half only, and each ninth invoice is a credit note."""
    n = pl.int_range(pl.len())
    half = pl.when(pl.col("paid_on").is_not_null() & (n % 7 == 0)).then(pl.col("amount") / 2)
    amount = pl.when(n % 9 == 0).then(-pl.col("amount")).otherwise("amount")
    return invoices.with_columns(half.alias("paid_amount"), amount.alias("amount"))


def with_events(contracts: pl.DataFrame) -> pl.DataFrame:
    """Each third fixed line renews itself, each fourth line is paused for two months, each eleventh is a trial."""
    n, pause = pl.int_range(pl.len()), pl.col("start_on") + pl.duration(days=100 + 7 * (pl.int_range(pl.len()) % 50))
    return contracts.with_columns(
        pl.when((n % 3 == 0) & pl.col("end_on").is_not_null()).then(6).alias("renews_months"),
        pl.when(n % 4 == 0).then(pause).alias("paused_from"), pl.when(n % 8 == 0).then(pause + timedelta(days=60)).alias("paused_until"),
        (n % 11 == 0).alias("trial"),
    )  # fmt: skip


COMPANY = generate(60, 30, seed=11).tables
TABLES = COMPANY | {"invoices": with_part_payments(COMPANY["invoices"]), "contracts": with_events(COMPANY["contracts"])}
NEWEST = date(2026, 10, 31)
WITNESS = rows("referrals", {"referral_id": "witness", "customer_id": TABLES["customers"]["customer_id"][0], "made_on": NEWEST})
"""A row of the newest day, so that every other future reaches as far."""
BOOK = unscored(TABLES)


OFFICE = replace(DEFAULT, service_hours="Mon-Fri 9-17", holidays=("2026-01-01",), zone="Europe/Amsterdam")


@examples(max_examples=size(5, 40), deadline=None, derandomize=True)
@given(cut=st.dates(FIRST, LAST), seed=st.integers(0, 10_000), settings=st.sampled_from([DEFAULT, OFFICE]))
def test_no_row_of_the_time_after_a_day_changes_its_scores(cut: date, seed: int, settings: Settings) -> None:
    other = unscored(other_future(TABLES, cut, seed))
    assert scores(other, cut, settings).equals(scores(BOOK, cut, settings))
    other.close()


@pytest.mark.parametrize("seed", range(size(2, 8)))
def test_what_is_declared_complete_or_entered_by_hand_after_a_day_changes_none_of_its_scores(seed: int) -> None:
    """Any tables may end on the day or later, and any later rows be by hand, as long as some file reaches the day."""
    chance = random.Random(seed)
    files = {name: typed(name, frame) for name, frame in other_future(TABLES, CUT, seed).items()}
    files["referrals"] = pl.concat([files["referrals"], typed("referrals", WITNESS)])
    through = {name: CUT + timedelta(days=chance.randrange(200)) for name in files if chance.random() < 0.6}
    later = {name: (KNOWN_ON[name].cast(pl.Date) > CUT).fill_null(False) for name in ("interactions", "complaints", "surveys")}
    with recorded(files, through, {name: is_later & (pl.int_range(pl.len()) % 3 == 0) for name, is_later in later.items()}).reading() as s:
        found = history.score_at(s, [CUT], DEFAULT)
    assert found.equals(scores(BOOK, CUT))


def test_the_other_future_is_another() -> None:
    other = unscored(other_future(TABLES, CUT, 1))
    assert not scores(other, LAST).equals(scores(BOOK, LAST))
    changed = [name for name, frame in other_future(TABLES, CUT, 1).items() if frame.height != TABLES[name].height]
    assert len(changed) > 3


@pytest.mark.parametrize("seed", range(size(1, 3)))
def test_a_component_that_reads_exits_is_caught(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = facts.at

    def leaking(session: Session, *asked: object) -> pl.DataFrame:
        gone = session.rows("exits").select("customer_id", pl.lit(1).alias("will_leave")).unique()
        return honest(session, *asked).join(gone, on="customer_id", how="left", maintain_order="left")  # type: ignore[arg-type]

    tenure = COMPONENTS[3]
    stays = pl.col("will_leave").is_null().cast(pl.Float64)
    part = replace(tenure.parts[0], share=100, measure=stays, shape=Ramp(0, 1), known=None, otherwise=None)
    leaky = tuple(replace(c, parts=(part,)) if c is tenure else c for c in COMPONENTS)
    for name, module in list(sys.modules.items()):
        if name.startswith("health.score") and getattr(module, "COMPONENTS", None) is COMPONENTS:
            monkeypatch.setattr(module, "COMPONENTS", leaky)
    monkeypatch.setattr(facts, "at", leaking)
    other = unscored(other_future(TABLES, CUT, seed) | {"exits": TABLES["exits"].filter(pl.col("announced_on") <= CUT)})
    assert not scores(other, CUT).equals(scores(BOOK, CUT))


@pytest.fixture(scope="module")
def told() -> pl.DataFrame:
    """The labels of the cut, as the book is."""
    with BOOK.reading() as session:
        return panel(session, 90, DEFAULT, [CUT]).rows


@pytest.mark.parametrize("seed", range(size(1, 4)))
def test_no_row_known_after_the_horizon_matured_changes_a_label(seed: int, told: pl.DataFrame) -> None:
    matured = cutoffs.matures_on(CUT, 90)
    other = dict(other_future(TABLES, matured, seed))
    other["referrals"] = pl.concat([other["referrals"].select(WITNESS.columns), WITNESS])
    with unscored(other).reading() as session:
        found = panel(session, 90, DEFAULT, [CUT]).rows
    assert told.height > 25 and told["lost"].any()
    assert told.equals(found)
    assert (matured - CUT).days == 120 and matured + timedelta(days=1) <= NEWEST
