"""The worlds every release must pass, whose truth is known: python -m tests.worlds (make worlds). Exit 1 where one fails."""

import sys
from dataclasses import dataclass

import polars as pl

from health.demo import generate
from health.foresight.backtest.baselines import HEALTH, LABELS
from health.foresight.backtest.bootstrap import sample
from health.foresight.backtest.evidence import Evidence, evidence
from health.foresight.backtest.panel import Panel
from health.foresight.backtest.ranking import Ranking
from tests.books import analyst, warehouse_of

SEEDS = {"demo": range(7, 17), "null": range(7, 27), "contact-only": range(7, 17)}
CUSTOMERS = 2000
LEAST_AUC, MOST_AUC, UNDER_CEILING = 0.74, 0.84, 0.06
NULLS_RIGHT = 0.9
LEAST_CONTACT = 80


@dataclass(frozen=True)
class Seen:
    """One world under one seed: its evidence at 90 days, and how well the true chances of that day rank the same rows."""

    world: str
    seed: int
    found: Evidence
    ceiling: float

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
        found = evidence(analyst(warehouse), 90)
    finally:
        warehouse.close()
    return Seen(world, seed, found, ceiling(found.panel, company.truth))


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
        by_chance = 0
        for seed in SEEDS[world]:
            one = seen(world, seed)
            print(one.line, *(f"\n    NOT SO: {words}" for words in one.faults), flush=True)
            failed += len(one.faults)
            by_chance += one.found.verdict == "no_better_than_chance"
        if world == "null":
            enough = by_chance >= NULLS_RIGHT * len(SEEDS[world])
            print(f"null: no better than chance in {by_chance} of {len(SEEDS[world])}{'' if enough else '    NOT SO: too few'}")
            failed += not enough
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
