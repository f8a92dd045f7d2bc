"""The worlds every release must pass, whose truth is known: python -m tests.worlds (make worlds). Exit 1 where one fails."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from health.access import Book
from health.demo import generate
from health.foresight.backtest.baselines import HEALTH, LABELS
from health.foresight.backtest.bootstrap import sample
from health.foresight.backtest.evidence import Evidence, evidence
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.predicted_churn import PREDICTED, predictions
from health.foresight.backtest.ranking import Ranking
from health.foresight.backtest.warning_curve import WarningCurve, held_out_months
from health.foresight.churn import fit
from health.score.settings import DEFAULT
from tests.books import analyst, warehouse_of

SEEDS = {"demo": range(7, 17), "null": range(7, 27), "contact-only": range(7, 17)}
CUSTOMERS = 2000
LEAST_AUC, MOST_AUC, UNDER_CEILING = 0.74, 0.84, 0.06
NULLS_RIGHT = 0.9
LEAST_CONTACT = 80
LISTS, LEAST_OF_TRUTH = (10, 20, 30, 40), 0.9
"""Lengths of the list in per cent, and the least share of the losses named by the true hazard's list that predicted churn names too.

The hazard is that of one month, the prediction is for three, so that more than 1 is possible. Health is no forecast; its share is printed
beside.
"""


@dataclass(frozen=True)
class Warned:
    """Losses of the held-out months of one world, and by length of the list how many of them each way to rank warned of."""

    losses: int
    health: tuple[int, ...]
    predicted: tuple[int, ...]
    truth: tuple[int, ...]

    @property
    def line(self) -> str:
        """All shares for each list, and the ratios of the first two to the last."""
        each = zip(LISTS, self.predicted, self.health, self.truth, strict=True)
        shares = (
            f"{length} %: {p / self.losses:.2f} and {h / self.losses:.2f} of {t / self.losses:.2f} "
            f"({p / max(t, 1):.2f} and {h / max(t, 1):.2f})"
            for length, p, h, t in each
        )
        return f"warned 60 days ahead, predicted churn and health of the true hazard: {'; '.join(shares)}; {self.losses} losses"

    @property
    def faults(self) -> list[str]:
        """Lists on which predicted churn falls short."""
        each = zip(LISTS, self.predicted, self.truth, strict=True)
        return [f"a list of {length} % warns of {LEAST_OF_TRUTH} of what the truth does" for length, p, t in each if p < LEAST_OF_TRUTH * t]


def warned(book: Book, truth: pl.DataFrame) -> Warned:
    """Lists by health, by predicted churn and by the true hazard of the same customers at the same month ends, for the same losses."""
    months = held_out_months(book, DEFAULT)
    assert months is not None
    curve = months.curve(predictions(book, fit(book, months.since), months.since))
    by_hazard = replace(months, scores=by_truth(months.scores, truth)).curve()
    return Warned(months.losses.height, _named(curve, HEALTH), _named(curve, PREDICTED.key), _named(by_hazard, HEALTH))


def by_truth(scores: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """The scores with the true log odds of each month end in the place of health; higher is safer."""
    known = truth.select("customer_id", pl.col("month_end").alias("cutoff"), (-pl.col("log_odds")).alias("health"))
    found = scores.drop("health").join(known, on=["customer_id", "cutoff"], how="left", maintain_order="left")
    assert found["health"].null_count() == 0, "somebody is scored who does not exist"
    return found


def _named(curve: WarningCurve, model: str) -> tuple[int, ...]:
    shares = [curve.warned(model, length) for length in LISTS]
    return tuple(share.k if share else 0 for share in shares)


def together(each: Sequence[Warned]) -> Warned:
    """The sums over all seeds."""
    sums = {name: tuple(map(sum, zip(*(getattr(one, name) for one in each), strict=True))) for name in ("health", "predicted", "truth")}
    return Warned(sum(one.losses for one in each), **sums)


@dataclass(frozen=True)
class Seen:
    """One world under one seed: its evidence at 90 days, and how well the true chances of that day rank the same rows."""

    world: str
    seed: int
    found: Evidence
    ceiling: float
    warned: Warned

    @property
    def auc(self) -> float:
        """Of health."""
        auc = self.found.models[HEALTH].auc
        assert auc is not None
        return auc

    @property
    def line(self) -> str:
        """All figures in a line."""
        health, best, learned = self.found.models[HEALTH], self.found.grounds.best_baseline, self.found.learned_weights
        assert best and learned
        rival = self.found.models[best]
        return (
            f"{self.world:12} {self.seed:3}  {self.found.verdict:24} AUC {self.auc:.3f} [{health.auc_low:.3f}, {health.auc_high:.3f}]"
            f"  ceiling {self.ceiling:.3f}  {best} {rival.auc:.3f} (lead from {rival.lead_low:+.3f})  losses {self.found.panel.losses}"
            f"  learned {learned.weights} gain from {learned.gain_low}{' adopted' if learned.adopt else ''}"
        )

    @property
    def faults(self) -> list[str]:
        """What this world asks of every seed and was not so."""
        return {"demo": self._demo, "null": self._null, "contact-only": self._contact_only}[self.world]()

    def _demo(self) -> list[str]:
        rivals = {key: model.auc or 0 for key, model in self.found.models.items() if key != HEALTH}
        checks = {
            "the verdict is useful": self.found.verdict == "useful",
            f"AUC from {LEAST_AUC} to {MOST_AUC}": LEAST_AUC <= self.auc <= MOST_AUC,
            "above every baseline": self.auc > max(rivals.values()),
            f"at most {UNDER_CEILING} under the ceiling": self.auc >= self.ceiling - UNDER_CEILING,
            "not above the ceiling": self.auc <= self.ceiling,
        }
        return [words for words, so in checks.items() if not so]

    def _null(self) -> list[str]:
        learned = self.found.learned_weights
        return ["no weights are adopted by luck"] if learned and learned.adopt else []

    def _contact_only(self) -> list[str]:
        learned, best = self.found.learned_weights, "days_since_contact"
        assert learned and learned.weights
        checks = {
            "the verdict names the winning rule": self.found.verdict == "no_better_than_baseline" and LABELS[best] in self.found.sentence,
            "days since contact wins": self.found.grounds.best_baseline == best,
            f"at least {LEAST_CONTACT} on contact": learned.weights["contact"] >= LEAST_CONTACT,
            "learned weights are adopted": learned.adopt,
        }
        return [words for words, so in checks.items() if not so]


def seen(world: str, seed: int, customers: int = CUSTOMERS) -> Seen:
    """One world lived through and put to the test."""
    company = generate(customers, 36, seed, world)
    warehouse = warehouse_of(company.tables)
    try:
        book = analyst(warehouse)
        found, lists = evidence(book, 90), warned(book, company.truth)
    finally:
        warehouse.close()
    return Seen(world, seed, found, ceiling(found.panel, company.truth), lists)


def ceiling(panel: Panel, truth: pl.DataFrame) -> float:
    """AUC of the true log odds as known at each cut-off, on the panel's own rows."""
    known = truth.select("customer_id", "log_odds", pl.col("month_end").alias("cutoff"))
    odds = panel.rows.select("customer_id", "cutoff").join(known, on=["customer_id", "cutoff"], how="left", maintain_order="left")
    assert odds["log_odds"].null_count() == 0, "somebody is scored who does not exist"
    drawn = sample(panel.rows)
    return float(Ranking(drawn, odds["log_odds"].to_numpy()).tally(drawn.all_once).pooled().auc)


def main(worlds: list[str]) -> int:
    """Every seed of the worlds named, or of all; tells each, and what was not so."""
    failed = 0
    for world in worlds or list(SEEDS):
        by_chance, lists = 0, []
        for seed in SEEDS[world]:
            one = seen(world, seed)
            print(one.line, *(f"\n    NOT SO: {words}" for words in one.faults), flush=True)
            failed += len(one.faults)
            by_chance += one.found.verdict == "no_better_than_chance"
            lists.append(one.warned)
        if world == "demo":
            for n, one_list in enumerate(lists):
                print(f"{SEEDS[world][n]:3}  {one_list.line}")
            all_seeds = together(lists)
            print(f"all  {all_seeds.line}", *(f"\n    NOT SO: {words}" for words in all_seeds.faults), flush=True)
            failed += len(all_seeds.faults)
        if world == "null":
            enough = by_chance >= NULLS_RIGHT * len(SEEDS[world])
            print(f"null: no better than chance in {by_chance} of {len(SEEDS[world])}{'' if enough else '    NOT SO: too few'}")
            failed += not enough
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
