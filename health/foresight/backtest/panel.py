"""The panel: every customer at every cut-off, with what was known then and what then happened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from health.access import Book
from health.foresight.backtest import cutoffs as calendar
from health.foresight.backtest import labels
from health.score import compose, history, settings
from health.score.settings import Settings
from health.warehouse import Session, facts

KEY = ["customer_id", "cutoff"]
HELD = ["customer_id", "as_of", "status", "score_segment", "tenure_days", "days_since", "cadence_days",
        *compose.READ, "health", "low", "high", "coverage", "cap", "band", "firm"]  # fmt: skip
"""What a row holds of the day: what health is composed of, and what the plain rules go by. All facts would be four times as much."""


@dataclass(frozen=True)
class Panel:
    """Rows: one a customer and cut-off, sorted by cut-off and customer: HELD of the day, `health_last_quarter` (under the same settings;
    null where there was none), `lost`.

    `cutoffs`: those at which somebody stands. `left_out`: rows that say nothing, by reason: unknown (too little known to score), merged,
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
        """How many rows were lost within the horizon."""
        return int(self.rows["lost"].sum())

    @property
    def why_none(self) -> str:
        """Why there is no cut-off: the book is too young, or nobody in it could be scored."""
        if calendar.cutoffs(self.span, self.horizon_days):
            return "At no cut-off was enough known of a customer to score anybody: it takes more kinds of rows, such as interactions."
        return calendar.why_none(self.span, self.horizon_days)

    def within(self, days: Collection[date]) -> "Panel":
        """The part of it at some of the cut-offs."""
        kept = [day for day in self.cutoffs if day in set(days)]
        return replace(self, rows=self.rows.filter(pl.col("cutoff").is_in(kept)), cutoffs=kept)

    def halves(self) -> tuple["Panel", "Panel"]:
        """(earlier, later): to learn from, and to judge by."""
        earlier, later = calendar.split(self.cutoffs, self.horizon_days)
        return self.within(earlier), self.within(later)

    def under(self, other: Settings) -> "Panel":
        """The rows as settings with the same terms would have scored them, but for `health_last_quarter`; who would not be scored is
        left out. Raises ValueError where the terms differ."""
        if other.terms != self.settings.terms:
            raise ValueError("the facts depend on these settings; make the panel anew")
        return replace(self, rows=compose.compose(self.rows, other).filter(pl.col("band") != "unknown"), settings=other)

    def own(self, book: Book, session: Session) -> "Panel":
        """The customers of a viewer's book."""
        return replace(self, rows=book.own(session, self.rows))


def panel(session: Session, horizon_days: int, in_force: Settings, only: Sequence[date] | None = None) -> Panel:
    """The panel under some settings; `only` some of its cut-offs. No rows where the book is too young (see `cutoffs.why_none`)."""
    span = facts.span(session)
    days = [day for day in calendar.cutoffs(span, horizon_days) if only is None or day in only]
    asked = sorted({*days, *map(calendar.quarter_before, days)})
    scored = _scored(session, in_force, asked)
    earlier = scored.select("customer_id", pl.col("cutoff").alias("before"), pl.col("health").alias("health_last_quarter"))
    quarters = pl.DataFrame(
        {"cutoff": days, "before": [calendar.quarter_before(day) for day in days]}, {"cutoff": pl.Date, "before": pl.Date}
    )
    rows = (
        scored.join(quarters, on="cutoff", how="inner", maintain_order="left")
        .join(earlier, on=["customer_id", "before"], how="left", maintain_order="left")
        .drop("before")
    )
    became = labels.outcomes(session, rows.select(KEY), horizon_days)
    labelled = rows.join(became, on=KEY, how="left", maintain_order="left").sort("cutoff", "customer_id")
    return _known(labelled, days, horizon_days, in_force, span)


def _scored(session: Session, in_force: Settings, asked: list[date]) -> pl.DataFrame:
    """Who was active on each day. Where stored points serve, a day at a time: all facts of all days never stand in memory together."""
    stored = settings.in_force(session).terms == in_force.terms
    parts = [[day] for day in asked] if asked and stored else [asked]
    active = (history.under(session, in_force, part).filter(pl.col("status") == "active").select(HELD) for part in parts)
    return pl.concat(active).rename({"as_of": "cutoff"})


def _known(labelled: pl.DataFrame, days: list[date], horizon_days: int, in_force: Settings, span: facts.Span) -> Panel:
    known = pl.col("band") != "unknown"
    told = pl.col("outcome").is_in([labels.LOST, labels.STAYED])
    left_out = {"unknown": labelled.filter(~known).height} | {
        kind: labelled.filter(known & (pl.col("outcome") == kind)).height for kind in (labels.MERGED, labels.OTHER)
    }
    rows = labelled.filter(known & told).with_columns((pl.col("outcome") == labels.LOST).alias("lost")).drop("outcome")
    spoken_for = [day for day in days if day in set(rows["cutoff"])]
    return Panel(rows, spoken_for, horizon_days, left_out, in_force, span)
