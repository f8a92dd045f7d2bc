"""Verdict of the back-test, first match wins (docs/method.md, Evidence), and its text."""

from dataclasses import dataclass
from typing import Literal

from health import format as fmt
from health.foresight.backtest.baselines import LABELS

Verdict = Literal["useful", "weak", "no_better_than_baseline", "no_better_than_chance", "too_few_losses", "too_little_history"]

MIN_LOSSES = 30
CHANCE, WEAK = 0.55, 0.65


@dataclass(frozen=True)
class Label:
    """What the back-test looks for, in words: `happened` to a customer within the horizon, and one and several of them."""

    happened: str
    one: str
    many: str


CHURN = Label("the customer who churned", "loss", "losses")
DOWNSELL = Label("the customer whose MRR fell by 15 % or more", "downsell", "downsells")


@dataclass(frozen=True)
class VerdictInputs:
    """What a verdict depends on: cut-offs, losses, AUC of health with interval, and the lower bound of its lead over the best baseline."""

    horizon_days: int
    cutoffs: int
    losses: int
    auc: float | None = None
    low: float | None = None
    high: float | None = None
    best_baseline: str | None = None
    lead_low: float | None = None
    why_no_history: str = ""


def verdict(inputs: VerdictInputs) -> Verdict:
    """Key of the first condition that holds."""
    if not inputs.cutoffs:
        return "too_little_history"
    if inputs.losses < MIN_LOSSES or inputs.low is None or inputs.lead_low is None:
        return "too_few_losses"
    if inputs.low <= CHANCE:
        return "no_better_than_chance"
    if inputs.lead_low <= 0:
        return "no_better_than_baseline"
    return "weak" if inputs.low < WEAK else "useful"


def verdict_text(inputs: VerdictInputs, label: Label = CHURN) -> str:
    """The verdict for readers who do not know AUC."""
    outcome = verdict(inputs)
    baseline = LABELS.get(inputs.best_baseline or "", "")
    if outcome == "too_little_history":
        return f"Not enough history to test the score. {inputs.why_no_history}"
    if outcome == "too_few_losses":
        losses = fmt.plural(inputs.losses, label.one, label.many)
        return f"Too few {label.many} to test the score: {losses} at {fmt.plural(inputs.cutoffs, 'test date')}; {MIN_LOSSES} are needed."
    pairs = f"in {_of_100(inputs.auc)} of 100 pairs, {label.happened} within {inputs.horizon_days} days had the lower score"
    result = f"{pairs} (95 % interval {_of_100(inputs.low)} to {_of_100(inputs.high)}; random guessing gives 50)"
    match outcome:
        case "no_better_than_chance":
            return f"No better than chance: {result}. Do not act on the score until it is fixed."
        case "no_better_than_baseline":
            return f"No better than {baseline}: {result}. That simple rule ranks customers just as well; use it, or change the weights."
        case "weak":
            return f"Weak, but better than the best simple rule, {baseline}: {result}."
    return f"Useful: {result}. The score clearly beats the best simple rule, {baseline}."


def _of_100(auc: float | None) -> str:
    return fmt.UNKNOWN if auc is None else f"{100 * auc:.0f}"
