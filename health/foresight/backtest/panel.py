"""Panel of customers at cut-offs: what was known then, and what happened next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from health.access import Book
from health.foresight.backtest import cutoffs, labels
from health.score import compose, history, settings
from health.score.settings import Settings
from health.status import ACTIVE
from health.warehouse import Session, facts

KEY = ["customer_id", "cutoff"]
PANEL_COLUMNS = ["customer_id", "as_of", "status", "score_segment", "tenure_days", "days_since", "cadence_days",
        *compose.COLUMNS_READ, "health", "low", "high", "coverage", "cap", "band", "firm"]  # fmt: skip
"""Columns kept of the day: the inputs of health and of the baselines. All facts would take four times the memory."""


@dataclass(frozen=True)
class Panel:
    """One row per customer and cut-off, sorted by both: PANEL_COLUMNS, `health_last_quarter` (null where unknown), `lost`.

    `cutoffs`: those with at least one row. `left_out`: rows without a label, by reason: unknown (not enough data to score), merged,
    not_theirs (insolvency, or we ended it).
    """

    rows: pl.DataFrame
    cutoffs: list[date]
    horizon_days: int
    left_out: Mapping[str, int]
    settings: Settings
    span: facts.Span

    @property
    def losses(self) -> int:
        """Number of rows lost within the horizon."""
        return int(self.rows["lost"].sum())

    @property
    def why_empty(self) -> str:
        """Why there is no cut-off: history too short, or nobody could be scored."""
        if cutoffs.cutoffs(self.span, self.horizon_days):
            return "No customer could be scored on any test date. Load more tables, such as interactions."
        return cutoffs.explain_no_cutoffs(self.span, self.horizon_days)

    def at_cutoffs(self, days: Collection[date]) -> "Panel":
        """The part of the panel at these cut-offs."""
        cutoffs_kept = [day for day in self.cutoffs if day in set(days)]
        return replace(self, rows=self.rows.filter(pl.col("cutoff").is_in(cutoffs_kept)), cutoffs=cutoffs_kept)

    def halves(self) -> tuple["Panel", "Panel"]:
        """(earlier, later): one to fit on, one to test on."""
        earlier, later = cutoffs.split_in_halves(self.cutoffs, self.horizon_days)
        return self.at_cutoffs(earlier), self.at_cutoffs(later)

    def rescore(self, new_settings: Settings) -> "Panel":
        """The panel under other settings with the same terms, without `health_last_quarter`; customers not scored under them are left
        out.

        Raises ValueError where the terms differ, since the facts depend on them.
        """
        if new_settings.terms != self.settings.terms:
            raise ValueError("the facts depend on these settings; build a new panel")
        return replace(self, rows=compose.compose(self.rows, new_settings).filter(pl.col("band") != "unknown"), settings=new_settings)

    def own(self, book: Book, session: Session) -> "Panel":
        """The panel of the viewer's customers."""
        return replace(self, rows=book.own(session, self.rows))


def panel(session: Session, horizon_days: int, score_settings: Settings, only: Sequence[date] | None = None) -> Panel:
    """Panel under some settings, at all cut-offs or `only` these; no rows where history is too short (`cutoffs.explain_no_cutoffs`)."""
    span = facts.span(session)
    days = [day for day in cutoffs.cutoffs(span, horizon_days) if only is None or day in only]
    scored_days = sorted({*days, *map(cutoffs.previous_quarter_end, days)})
    scored = active_rows(session, score_settings, scored_days)
    earlier = scored.select("customer_id", pl.col("cutoff").alias("before"), pl.col("health").alias("health_last_quarter"))
    quarters = pl.DataFrame(
        {"cutoff": days, "before": [cutoffs.previous_quarter_end(day) for day in days]}, {"cutoff": pl.Date, "before": pl.Date}
    )
    rows = (
        scored.join(quarters, on="cutoff", how="inner", maintain_order="left")
        .join(earlier, on=["customer_id", "before"], how="left", maintain_order="left")
        .drop("before")
    )
    outcomes = labels.outcomes(session, rows.select(KEY), horizon_days)
    labelled = rows.join(outcomes, on=KEY, how="left", maintain_order="left").sort("cutoff", "customer_id")
    return _labelled_panel(labelled, days, horizon_days, score_settings, span)


def active_rows(session: Session, score_settings: Settings, days: list[date]) -> pl.DataFrame:
    """Active customers on each day. With stored points one day at a time, so that all facts are never in memory together."""
    points_are_stored = settings.in_force(session).terms == score_settings.terms
    day_groups = [[day] for day in days] if days and points_are_stored else [days]
    active = (history.history_under(session, score_settings, days_read).filter(ACTIVE).select(PANEL_COLUMNS) for days_read in day_groups)
    return pl.concat(active).rename({"as_of": "cutoff"})


def _labelled_panel(labelled: pl.DataFrame, days: list[date], horizon_days: int, score_settings: Settings, span: facts.Span) -> Panel:
    is_scored = pl.col("band") != "unknown"
    has_outcome = pl.col("outcome").is_in([labels.LOST, labels.STAYED])
    left_out = {"unknown": labelled.filter(~is_scored).height} | {
        kind: labelled.filter(is_scored & (pl.col("outcome") == kind)).height for kind in (labels.MERGED, labels.INVOLUNTARY)
    }
    rows = labelled.filter(is_scored & has_outcome).with_columns((pl.col("outcome") == labels.LOST).alias("lost")).drop("outcome")
    cutoffs_with_rows = [day for day in days if day in set(rows["cutoff"])]
    return Panel(rows, cutoffs_with_rows, horizon_days, left_out, score_settings, span)
