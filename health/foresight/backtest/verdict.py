"""What the evidence comes to, in METHOD's order, and in words."""

from dataclasses import dataclass
from typing import Literal

from health import format as fmt
from health.foresight.backtest.baselines import LABELS

Verdict = Literal["useful", "weak", "no_better_than_baseline", "no_better_than_chance", "too_few_losses", "too_little_history"]

FEWEST_LOSSES = 30
CHANCE, WEAK = 0.55, 0.65


@dataclass(frozen=True)
class Grounds:
    """What a verdict rests on: cut-offs, losses, AUC of health with its interval, and its lead over the best baseline (lower bound)."""

    horizon_days: int
    cutoffs: int
    losses: int
    auc: float | None = None
    low: float | None = None
    high: float | None = None
    best_baseline: str | None = None
    lead_low: float | None = None
    why_no_history: str = ""


def verdict(on: Grounds) -> Verdict:
    """The first that holds."""
    if not on.cutoffs:
        return "too_little_history"
    if on.losses < FEWEST_LOSSES or on.low is None or on.lead_low is None:
        return "too_few_losses"
    if on.low <= CHANCE:
        return "no_better_than_chance"
    if on.lead_low <= 0:
        return "no_better_than_baseline"
    return "weak" if on.low < WEAK else "useful"


def sentence(on: Grounds) -> str:
    """The verdict for a reader who has never heard of an AUC."""
    found = verdict(on)
    rival = LABELS.get(on.best_baseline or "", "")
    if found == "too_little_history":
        return f"Too little history to tell. {on.why_no_history}"
    if found == "too_few_losses":
        losses = fmt.plural(on.losses, "loss", "losses")
        return f"Too few losses to tell: {losses} in {fmt.plural(on.cutoffs, 'cut-off')}, and it takes {FEWEST_LOSSES}."
    who = f"of a customer who left within {on.horizon_days} days and one who stayed, the score held the one who left for the sicker"
    seen = f"{who} in {_hundred(on.auc)} of 100 cases ({_hundred(on.low)} to {_hundred(on.high)}; tossing a coin gives 50)"
    match found:
        case "no_better_than_chance":
            return f"No better than chance: {seen}. Do not act on it before it is mended."
        case "no_better_than_baseline":
            return f"No better than {rival}: {seen}, and that simple rule does as well. Use the rule, or change the weights."
        case "weak":
            return f"Weak, but better than {rival}: {seen}."
    return f"Useful: {seen}, clearly more than {rival}."


def _hundred(auc: float | None) -> str:
    return fmt.UNKNOWN if auc is None else f"{100 * auc:.0f}"
