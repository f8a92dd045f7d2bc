"""A draft of the settings against those in force, on the held-out months: nothing is written."""

from dataclasses import dataclass

import polars as pl

from health.access import Book
from health.foresight.backtest import band_rates, cutoffs
from health.foresight.backtest.baselines import MODELS, risk
from health.foresight.backtest.bootstrap import sample
from health.foresight.backtest.paired_test import Contest, common, contest
from health.foresight.backtest.panel import Panel, panel
from health.foresight.backtest.ranking import Ranking
from health.foresight.stats.proportions import Rate, rate
from health.score import settings
from health.score.settings import Settings
from health.warehouse import facts

DRAFT, PRESENT = "draft", "present"
BASELINES = ("days_since_contact", "tenure_only")


@dataclass(frozen=True)
class Comparison:
    """Present settings and draft (in this order in each pair) at the later cut-offs, on the rows both can score; no cut-off, no contest.

    `lost_while_healthy`: share of the losses whose band was healthy at the cut-off. `gains`: model (draft, present, and two baselines),
    share, found; `bands` of the draft, as of `observed.by_band`; both empty where there is no cut-off.
    """

    contest: Contest | None
    cutoffs: int
    lost_while_healthy: tuple[Rate | None, Rate | None]
    sentence: str
    gains: pl.DataFrame
    bands: pl.DataFrame

    @property
    def inside_noise(self) -> bool:
        """Whether the two cannot be told apart."""
        return self.contest is None or self.contest.inside_noise


def held_out(book: Book, horizon_days: int = 90) -> Panel:
    """The later half of the cut-offs under the settings in force: what every draft is held against, so worth keeping."""
    with book.reading() as session:
        _, later = cutoffs.split(cutoffs.cutoffs(facts.span(session), horizon_days), horizon_days)
        return panel(session, horizon_days, settings.in_force(session), later).own(book, session)


def compare(book: Book, draft: Settings, horizon_days: int = 90, present: Panel | None = None) -> Comparison:
    """The draft against the settings in force; `present`: the panel of `held_out`, where it was kept (same book, version, horizon).

    A draft with the same cadences and clocks reads nothing but that panel.
    """
    now = present or held_out(book, horizon_days)
    if not now.cutoffs:
        why = f"The draft cannot be tested yet. {now.why_none}"
        return Comparison(None, 0, (None, None), why, pl.DataFrame(), pl.DataFrame())
    then = now.under(draft) if draft.terms == now.settings.terms else _anew(book, draft, now)
    met = contest(now, then)
    rows = common(now.rows, then.rows)
    where = f"At {len(now.cutoffs)} later cut-offs ({met.losses:,} lost within {horizon_days} days)"
    lost_healthy = (_lost_healthy(rows[0]), _lost_healthy(rows[1]))
    return Comparison(met, len(now.cutoffs), lost_healthy, f"{where} the draft ranks {met.words}", _gains(*rows), band_rates.by_band(then))


def _anew(book: Book, draft: Settings, now: Panel) -> Panel:
    with book.reading() as session:
        return panel(session, now.horizon_days, draft, now.cutoffs).own(book, session)


def _gains(present: pl.DataFrame, draft: pl.DataFrame) -> pl.DataFrame:
    drawn = sample(present)
    lines = [(DRAFT, draft, MODELS[0]), (PRESENT, present, MODELS[0]), *((m.key, present, m) for m in MODELS if m.key in BASELINES)]
    curves = [(key, *point) for key, rows, model in lines for point in Ranking(drawn, risk(rows, model)).gains()]
    return pl.DataFrame(curves, schema=["model", "share", "found"], orient="row")


def _lost_healthy(rows: pl.DataFrame) -> Rate | None:
    lost = rows.filter("lost")
    return rate(lost.filter(pl.col("band") == "healthy").height, lost.height)
