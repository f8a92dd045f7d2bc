"""Comparison of draft settings with those in force on the held-out cut-offs. Writes nothing."""

from dataclasses import dataclass

import polars as pl

from health import format as fmt
from health.access import Book
from health.foresight.backtest import band_rates, cutoffs
from health.foresight.backtest.baselines import MODELS, risk_scores
from health.foresight.backtest.bootstrap import sample
from health.foresight.backtest.paired_test import PairedTest, common_rows, paired_test
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
    """Settings in force and draft (in this order in each pair) at the later cut-offs, on the rows both can score.

    `test`: None without a cut-off. `lost_while_healthy`: share of the losses whose band was healthy at the cut-off. `gains`: model (draft,
    present and two baselines), share, found. `bands`: `band_rates.by_band` of the draft. Both frames are empty without a cut-off.
    """

    test: PairedTest | None
    cutoffs: int
    lost_while_healthy: tuple[Rate | None, Rate | None]
    sentence: str
    gains: pl.DataFrame
    bands: pl.DataFrame

    @property
    def inside_noise(self) -> bool:
        """Whether the difference is not significant."""
        return self.test is None or self.test.inside_noise


def held_out_panel(book: Book, horizon_days: int = 90) -> Panel:
    """Panel of the later half of the cut-offs under the settings in force; every draft is compared with it, so callers should cache it."""
    with book.reading() as session:
        _, later = cutoffs.split_in_halves(cutoffs.cutoffs(facts.span(session), horizon_days), horizon_days)
        return panel(session, horizon_days, settings.in_force(session), later).own(book, session)


def compare(book: Book, draft: Settings, horizon_days: int = 90, present: Panel | None = None) -> Comparison:
    """Compare a draft with the settings in force.

    `present`: a cached `held_out_panel` of the same book, version and horizon. A draft with the same cadences and deadlines reads only it.
    """
    present_panel = present or held_out_panel(book, horizon_days)
    if not present_panel.cutoffs:
        reason = f"The draft cannot be tested yet. {present_panel.why_empty}"
        return Comparison(None, 0, (None, None), reason, pl.DataFrame(), pl.DataFrame())
    draft_panel = (
        present_panel.rescore(draft) if draft.terms == present_panel.settings.terms else _rescore_panel(book, draft, present_panel)
    )
    test = paired_test(present_panel, draft_panel)
    rows = common_rows(present_panel.rows, draft_panel.rows)
    tested_at = f"At the {fmt.plural(len(present_panel.cutoffs), 'latest test date')} ({test.losses:,} churned within {horizon_days} days)"
    lost_healthy = (_healthy_loss_rate(rows[0]), _healthy_loss_rate(rows[1]))
    return Comparison(
        test,
        len(present_panel.cutoffs),
        lost_healthy,
        f"{tested_at} the draft settings {test.text}",
        _gains_curves(*rows),
        band_rates.by_band(draft_panel),
    )


def _rescore_panel(book: Book, draft: Settings, current_panel: Panel) -> Panel:
    with book.reading() as session:
        return panel(session, current_panel.horizon_days, draft, current_panel.cutoffs).own(book, session)


def _gains_curves(present: pl.DataFrame, draft: pl.DataFrame) -> pl.DataFrame:
    resample = sample(present)
    models = [(DRAFT, draft, MODELS[0]), (PRESENT, present, MODELS[0]), *((m.key, present, m) for m in MODELS if m.key in BASELINES)]
    curves = [(key, *point) for key, rows, model in models for point in Ranking(resample, risk_scores(rows, model)).gains()]
    return pl.DataFrame(curves, schema=["model", "share", "found"], orient="row")


def _healthy_loss_rate(rows: pl.DataFrame) -> Rate | None:
    lost = rows.filter("lost")
    return rate(lost.filter(pl.col("band") == "healthy").height, lost.height)
