"""Verdict of the back-test for every screen, and notes on customers who stayed and on overrides."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from health import format as fmt
from health.access import Book
from health.foresight.backtest import churn_ledger
from health.foresight.stats.proportions import Rate
from health.insight.headlines import Headline
from health.score import overrides

_SHORT = {
    "useful": "The score predicts churn",
    "weak": "The score predicts churn only weakly",
    "no_better_than_baseline": "The score is no better than a simple rule",
    "no_better_than_chance": "The score does not predict churn",
    "too_few_losses": "Too few losses to say whether the score predicts churn",
    "too_little_history": "Too little history to say whether the score predicts churn",
}


@dataclass(frozen=True)
class Verdict:
    """Verdict of the back-test: `head` is a short text with the AUC if there is one, `reasons` explains it."""

    key: str
    head: str
    reasons: str

    @property
    def useful(self) -> bool:
        """Whether outcomes support the score."""
        return self.key == "useful"


def verdict(key: str, sentence: str, health: Mapping[str, Any]) -> Verdict:
    """Build from the back-test's verdict, its sentence and the measures of the score (empty without history)."""
    auc = health.get("auc")
    measured = "" if auc is None else f": AUC {auc:.2f} ({health['auc_low']:.2f} to {health['auc_high']:.2f})"
    _, _, grounds = sentence.partition(":")
    grounds = grounds.strip() if auc is not None and grounds else sentence
    return Verdict(key, f"{_SHORT[key]}{measured}", f"{grounds[:1].upper()}{grounds[1:]}")


def flag_unproven(headline: Headline, score_verdict: Verdict) -> Headline:
    """Grey the value at risk and add a warning where outcomes do not support the score."""
    if score_verdict.useful or headline.number is None:
        return headline
    warning = f"{score_verdict.head}. Do not act on this amount until tests show that the score predicts churn."
    return replace(
        headline, value=f":gray[{headline.value}]", change="not proven", better="off", series=[], help=f"{headline.help} {warning}"
    )


@dataclass(frozen=True)
class VerdictNotes:
    """Notes to the verdict.

    `stayed`: share of customers at risk half a year ago (`since`) who are still customers; `overrides`: number in force.
    """

    stayed: Rate | None
    since: date | None
    overrides: int

    def sentences(self) -> list[str]:
        """The known notes, one sentence each."""
        rate = self.stayed
        stayed = (
            [
                f"Of the {fmt.plural(int(rate.n), 'customer')} at risk on {fmt.day(self.since)}, {rate.k:,} "
                f"({fmt.share(rate.rate)}) are still customers."
            ]
            if rate
            else []
        )
        override_note = (
            [f"{fmt.plural(self.overrides, 'manual override')} in force; the calculated score stays visible."] if self.overrides else []
        )
        return stayed + override_note


def verdict_notes(book: Book, as_of: date) -> VerdictNotes:
    """Compute the notes as known on a day."""
    stayed = churn_ledger.stayed_at_risk(book, as_of)
    with book.reading() as session:
        override_count = book.own(session, overrides.overrides_on(session, as_of)).height
    return VerdictNotes(stayed.share if stayed else None, stayed.since if stayed else None, override_count)
