"""Downsell: MRR that falls by 15 % or more while the customer stays; a second label beside churn, never mixed with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from health.access import Book
from health.foresight.backtest import verdict
from health.foresight.backtest.baselines import ALL_HEALTHY, HEALTH
from health.foresight.backtest.churn_ledger import DAYS_BEFORE, with_score_before
from health.foresight.backtest.measures import Measures, measure_models
from health.foresight.backtest.panel import KEY, Panel
from health.foresight.backtest.verdict import MIN_LOSSES, Verdict, VerdictInputs
from health.status import ACTIVE
from health.warehouse import Session, agreed_mrr

FALL_PERCENT = 15
SHOWN_DAYS = DAYS_BEFORE[2]
"""Days before a downsell for which the list shows the band."""


@dataclass(frozen=True)
class DownsellEvidence:
    """Whether the score foresees downsells: customers who stayed, with `lost` meaning that their MRR fell; `models` empty below 30."""

    panel: Panel
    grounds: VerdictInputs
    models: Mapping[str, Measures]

    @property
    def verdict(self) -> Verdict:
        """Key of the verdict."""
        return verdict.verdict(self.grounds)

    @property
    def sentence(self) -> str:
        """The verdict in a sentence."""
        return verdict.verdict_text(self.grounds, verdict.DOWNSELL)

    def as_json(self) -> dict[str, Any]:
        """The part `downsell` of the command's output."""
        return {
            "verdict": self.verdict,
            "sentence": self.sentence,
            "fall_percent": FALL_PERCENT,
            "rows": self.panel.rows.height,
            "downsells": self.panel.losses,
            "best_baseline": self.grounds.best_baseline,
            "models": {key: model.as_json() for key, model in self.models.items()},
        }


def downsell_panel(session: Session, tested: Panel) -> Panel:
    """The panel's customers who stayed, with `lost`: the MRR on the last day of the horizon is 15 % or more below that of the test date.

    As agreed in contracts and known on each day; paused lines count, so a pause is no fall. Customers without a line in force on both days
    are left out.
    """
    stayed = tested.rows.filter(~pl.col("lost"))
    ends = {day: day + timedelta(days=tested.horizon_days) for day in tested.cutoffs}
    agreed = agreed_mrr.at(session, [*ends, *ends.values()], stayed["customer_id"].unique().sort().to_list())
    before, after = (
        agreed.rename({"as_of": day_column, "agreed_cents": name})
        for day_column, name in (("cutoff", "before_cents"), ("end", "after_cents"))
    )
    fell = 100 * (pl.col("before_cents") - pl.col("after_cents")) >= FALL_PERCENT * pl.col("before_cents")
    rows = (
        stayed.with_columns(pl.col("cutoff").replace_strict(ends, return_dtype=pl.Date).alias("end"))
        .join(before.filter(pl.col("before_cents") > 0), on=KEY, how="inner", maintain_order="left")
        .join(after, on=["customer_id", "end"], how="inner", maintain_order="left")
        .with_columns(fell.alias("lost"))
        .drop("end", "before_cents", "after_cents")
    )
    return replace(tested, rows=rows, cutoffs=[day for day in tested.cutoffs if day in set(rows["cutoff"])], left_out={})


def downsell_evidence(tested: Panel) -> DownsellEvidence:
    """Measure the score and the baselines on a panel of `downsell_panel`; without measures where there are fewer than 30 downsells."""
    inputs = VerdictInputs(tested.horizon_days, len(tested.cutoffs), tested.losses, why_no_history=tested.why_empty)
    if not tested.cutoffs or tested.losses < MIN_LOSSES:
        return DownsellEvidence(tested, inputs, {})
    models, _, _ = measure_models(tested)
    health = models[HEALTH]
    baselines = [m for key, m in models.items() if key not in (HEALTH, ALL_HEALTHY)]
    best = max(baselines, key=lambda m: -np.inf if m.auc is None else m.auc)
    grounds = replace(inputs, auc=health.auc, low=health.auc_low, high=health.auc_high, best_baseline=best.key, lead_low=best.lead_low)
    return DownsellEvidence(tested, grounds, models)


def downsells(book: Book, as_of: date) -> pl.DataFrame:
    """One row per downsell by `as_of`, seen from month end to month end, latest first.

    customer_id, name, fell_by (month end), before_cents, after_cents (MRR agreed), health_90 (hundredths) and band_90: at the last month
    end 90 days before; null where it was not scored then. No rows before the first scoring.
    """
    with book.reading() as session:
        if not session.has("history"):
            return pl.DataFrame(schema=LEDGER)
        falls = book.own(session, session.frame("queries/downsells", as_of=as_of, percent=FALL_PERCENT))
        scored = session.frame("queries/history_of", customers=falls["customer_id"].unique().sort().to_list()).filter(ACTIVE)
        names = session.frame("queries/customers_named").select("customer_id", "name")
    scores = scored.select("customer_id", "as_of", "health", "band")
    named = with_score_before(falls, scores, SHOWN_DAYS, "fell_by").join(names, on="customer_id", how="left")
    return named.select(pl.col(name).cast(kind) for name, kind in LEDGER.items()).sort(["fell_by", "customer_id"], descending=[True, False])


LEDGER: dict[str, Any] = {
    "customer_id": pl.String, "name": pl.String, "fell_by": pl.Date, "before_cents": pl.Int64, "after_cents": pl.Int64,
    f"health_{SHOWN_DAYS}": pl.Int64, f"band_{SHOWN_DAYS}": pl.String,
}  # fmt: skip
