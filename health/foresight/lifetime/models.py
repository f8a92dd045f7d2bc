"""The fitted models behind customer value, or the reason why one could not be fitted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from health.access import Book
from health.errors import InsufficientData
from health.foresight import churn, purchases
from health.foresight.purchases import bg_nbd, gamma_gamma
from health.foresight.purchases.bg_nbd import BgNbd
from health.foresight.purchases.gamma_gamma import GammaGamma

Model = TypeVar("Model")
Reasons = dict[str, str]


@dataclass(frozen=True)
class FittedModels:
    """Each model, None where it could not be fitted; `why`: the reason by model.

    `check`: validation of the churn model on later outcomes; `tracking`: of the purchase model, None where nothing could be held out.
    """

    hazard: churn.Hazard | None
    check: churn.Check | None
    bg_nbd: BgNbd | None
    gamma_gamma: GammaGamma | None
    tracking: purchases.Tracking | None
    why: Reasons = field(default_factory=dict)

    @property
    def purchases(self) -> purchases.Models | InsufficientData:
        """Both purchase models, or why there are none."""
        if self.bg_nbd and self.gamma_gamma:
            return purchases.Models(self.bg_nbd, self.gamma_gamma)
        return InsufficientData(self.why.get("bg_nbd") or self.why.get("gamma_gamma", ""))

    def as_json(self) -> dict[str, Any]:
        """Figures by model, or null; `why`: a sentence for each missing one."""
        figures = {name: None if model is None else model.as_json() for name, model in vars(self).items() if name != "why"}
        check = figures.pop("check")
        if figures["hazard"] is not None:
            figures["hazard"] |= {"check": check}
        return figures | {"why": self.why}


def fit(book: Book, as_of: date) -> FittedModels:
    """Fit and validate all models on the whole book as known on the day. Takes seconds: cache the result."""
    reasons: Reasons = {}
    with book.reading() as session:
        counts = purchases.counts(session, as_of)
    hazard = _try_fit("hazard", reasons, lambda: churn.fit(book, as_of))
    purchase_model = _try_fit("bg_nbd", reasons, lambda: bg_nbd.fit(counts))
    return FittedModels(
        hazard=hazard,
        check=churn.check(book, as_of) if hazard else None,
        bg_nbd=purchase_model,
        gamma_gamma=_try_fit("gamma_gamma", reasons, lambda: gamma_gamma.fit(counts)),
        tracking=_try_fit("tracking", reasons, lambda: purchases.check(book, as_of)) if purchase_model else None,
        why=reasons,
    )


def _try_fit(name: str, reasons: Reasons, fit_model: Callable[[], Model]) -> Model | None:
    try:
        return fit_model()
    except InsufficientData as problem:
        reasons[name] = str(problem)
        return None
