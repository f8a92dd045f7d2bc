"""How many losses a list of the riskiest customers would have held 60 days ahead, by the length of the list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from health.access import Book
from health.foresight.backtest import cutoffs
from health.foresight.backtest.baselines import ALL_HEALTHY, HEALTH, MODELS, Model, risk_scores
from health.foresight.backtest.labels import INVOLUNTARY_REASONS
from health.foresight.backtest.panel import active_rows
from health.foresight.backtest.predicted_churn import PREDICTED
from health.foresight.backtest.spells import spells
from health.foresight.backtest.warning import LEVELS, LOSS_KEY
from health.foresight.stats.proportions import Difference, Rate, paired_difference, rate
from health.month_ends import last_month_end, months_from
from health.score import compose
from health.score.settings import Settings
from health.status import CHURNED
from health.warehouse import Session, facts
from health.warehouse.facts import GRACE_DAYS

AHEAD_DAYS = 60
LIST_PERCENT = tuple(range(5, 55, 5))
"""Lengths of the list, in per cent of the customers scored on the day."""
RANKED = tuple(model for model in MODELS if model.key != ALL_HEALTHY)
"""Models that rank customers; health is the first."""
RANDOM = "random"
PREDICTED_FIGURES = tuple(f"{PREDICTED.key}{end}" for end in ("", "_low", "_high", "_lead", "_lead_low", "_lead_high"))
"""Figures of predicted churn in a point of the curve: share with its interval, and lead over health with its interval."""


@dataclass(frozen=True)
class WarningCurve:
    """Losses of the held-out months that a list of each length warned of.

    A list warned of a loss if the customer was on it at every month end from 60 days before the decision until the decision.
    `needed`: one row per loss: customer_id, decided_on, by model the length in per cent of the shortest list that warned of it, and `band`:
    whether the score was watch or worse at all these month ends. Null where the customer was not scored at one of them: no warning. Losses
    without a score at any month end before the decision are left out. `predicted` is among the models where churn could be predicted.
    """

    since: date
    needed: pl.DataFrame

    @property
    def losses(self) -> int:
        """Number of losses."""
        return self.needed.height

    @property
    def has_predictions(self) -> bool:
        """Whether there is a list by predicted churn."""
        return PREDICTED.key in self.needed.columns

    @property
    def warned_by_band(self) -> Rate | None:
        """Share of the losses that watch or worse warned of; None without a loss."""
        return rate(int(self.needed["band"].sum()), self.losses)

    def warned(self, model: str, percent: int) -> Rate | None:
        """Share of the losses that a model's list of this length warned of; None without a loss, or without the model."""
        return rate(int((self.needed[model] <= percent).sum()), self.losses) if model in self.needed.columns else None

    def lead(self, percent: int) -> Difference | None:
        """Share that a list by predicted churn warned of, less that by health, on the same losses; None without either."""
        if not self.has_predictions or not self.losses:
            return None
        predicted, own = ((self.needed[key] <= percent).fill_null(False) for key in (PREDICTED.key, HEALTH))
        return paired_difference(int((own & ~predicted).sum()), int((predicted & ~own).sum()), self.losses)

    def points(self) -> list[dict[str, float | None]]:
        """One object per length of the list. Empty without a loss.

        list_share, warned_60 (by health) with low and high, `predicted` with its low and high, its lead over health with the lead's low and
        high (null where churn could not be predicted), each baseline, and a random list that stays.
        """
        return [self._point(percent, own) for percent in LIST_PERCENT if (own := self.warned(HEALTH, percent))]

    def _point(self, percent: int, own: Rate) -> dict[str, float | None]:
        baselines = {model.key: share.rate for model in RANKED[1:] if (share := self.warned(model.key, percent))}
        own_figures = {"list_share": percent / 100, "warned_60": own.rate, "low": own.low, "high": own.high}
        return {**own_figures, **self._predicted_figures(percent), **baselines, RANDOM: percent / 100}

    def _predicted_figures(self, percent: int) -> dict[str, float | None]:
        share, lead = self.warned(PREDICTED.key, percent), self.lead(percent)
        shares = (share.rate, share.low, share.high) if share else (None,) * 3
        leads = (lead.difference, lead.low, lead.high) if lead else (None,) * 3
        return dict(zip(PREDICTED_FIGURES, (*shares, *leads), strict=True))

    def as_json(self) -> dict[str, Any]:
        """First held-out month end, number of losses, and the points of the curve."""
        return {"held_out_since": self.since.isoformat(), "held_out_losses": self.losses, "curve": self.points()}


@dataclass(frozen=True)
class HeldOutMonths:
    """Losses of the held-out months (customer_id, decided_on, spell_start_on), and scores at the month ends before them.

    `scores`: one row per active customer and month end `cutoff`, sorted by both, as of `panel.active_rows`.
    """

    since: date
    losses: pl.DataFrame
    scores: pl.DataFrame
    settings: Settings

    def rescore(self, new_settings: Settings) -> "HeldOutMonths":
        """The same under other settings with the same terms."""
        return replace(self, scores=compose.compose(self.scores, new_settings), settings=new_settings)

    def curve(self, predictions: pl.DataFrame | None = None) -> WarningCurve:
        """Follow each loss back to 60 days before its decision. `predictions`: of `predicted_churn`, for a line of their own."""
        scored = self.scores.filter(pl.col("band") != "unknown").sort("cutoff", "customer_id")
        if predictions is None:
            return WarningCurve(self.since, _needed_lists(self.losses, _with_places(scored, RANKED), RANKED))
        models = (*RANKED, PREDICTED)
        predicted = scored.join(predictions, on=["customer_id", "cutoff"], how="left", maintain_order="left")
        return WarningCurve(self.since, _needed_lists(self.losses, _with_places(predicted, models), models))


def held_out_months(book: Book, score_settings: Settings) -> HeldOutMonths | None:
    """Read the held-out months of the viewer's customers under some settings; None with too little history."""
    with book.reading() as session:
        span = facts.span(session)
        since = held_out_since(span)
        if since is None or span.newest_day is None:
            return None
        days = [day for day in span.month_ends() if day >= cutoffs.previous_quarter_end(since)]
        losses = book.own(session, _known_losses(session, since, span.newest_day))
        return HeldOutMonths(since, losses, book.own(session, active_rows(session, score_settings, days)), score_settings)


def held_out_since(span: facts.Span) -> date | None:
    """First of the later test dates (`cutoffs.split_in_halves`); what was learned on the earlier ones has not seen the months after it."""
    horizon = cutoffs.HORIZONS[0]
    _, later = cutoffs.split_in_halves(cutoffs.cutoffs(span, horizon), horizon)
    return later[0] if later else None


def _known_losses(session: Session, since: date, newest_day: date) -> pl.DataFrame:
    """Voluntary losses that had 60 held-out days before the decision, decided on a day by which every loss is known."""
    known = pl.col("decided_on") <= newest_day - timedelta(days=GRACE_DAYS)
    voluntary = ~pl.col("exit_reason").is_in(INVOLUNTARY_REASONS).fill_null(False)
    chosen = spells(session, newest_day).filter(CHURNED & voluntary & known & (_ahead_end() >= since))
    return chosen.select("customer_id", "decided_on", "spell_start_on")


def _ahead_end() -> pl.Expr:
    """The last month end at least 60 days before the decision."""
    return last_month_end(pl.col("decided_on") - timedelta(days=AHEAD_DAYS))


def _with_places(scored: pl.DataFrame, models: Sequence[Model]) -> pl.DataFrame:
    """Add by model the length of the shortest list, in per cent of the customers scored that day, that holds the row; ties by customer.

    A list of p per cent of n customers holds p x n / 100 of them, rounded up.
    """
    earlier = scored.select("customer_id", pl.col("cutoff").alias("before"), pl.col("health").alias("health_last_quarter"))
    before = pl.col("cutoff").dt.offset_by("-3mo").dt.month_end().alias("before")
    rows = scored.with_columns(before).join(earlier, on=["customer_id", "before"], how="left", maintain_order="left")
    rows = rows.with_columns(pl.Series(model.key, risk_scores(rows, model)) for model in models)
    ahead = pl.col(model.key for model in models).rank("ordinal", descending=True).over("cutoff").cast(pl.Int64) - 1
    return rows.with_columns(ahead * 100 // pl.len().over("cutoff") + 1)


def _needed_lists(losses: pl.DataFrame, placed: pl.DataFrame, models: Sequence[Model]) -> pl.DataFrame:
    """The rows of `WarningCurve.needed`, sorted by customer and day of the decision; only losses with a score before the decision."""
    keys = [model.key for model in models]
    last_end = last_month_end(pl.col("decided_on") - timedelta(days=1))
    spans = losses.with_columns(_ahead_end().alias("first"), (months_from(_ahead_end(), last_end) + 1).alias("months"))
    before = spans.join(placed.select("customer_id", "cutoff", "band", *keys), on="customer_id").filter(
        pl.col("cutoff") >= pl.col("spell_start_on"), pl.col("cutoff") < pl.col("decided_on")
    )
    warned = (
        before.filter(pl.col("cutoff") >= pl.col("first"))
        .group_by(*LOSS_KEY, "months")
        .agg(pl.col(keys).max(), pl.col("band").is_in(LEVELS["warning_days"]).all(), pl.len().alias("scored"))
        .filter(pl.col("scored") == pl.col("months"))
    )
    return before.select(LOSS_KEY).unique().join(warned.select(*LOSS_KEY, *keys, "band"), on=LOSS_KEY, how="left").sort(LOSS_KEY)
