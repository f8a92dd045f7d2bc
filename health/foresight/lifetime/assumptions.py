"""Assumptions behind customer value: each figure with unit and limits, in versions."""

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from datetime import datetime
from typing import Any

from health import format as fmt
from health.access import Book
from health.errors import InvalidInput
from health.score.versioning import VersionTable

Range = tuple[float, float, float]
"""Low, mid and high of a cost: minimum, most likely and maximum."""
MEASURED = "measured from your data"
UNIT_FORMATS: dict[str, Callable[[float], str]] = {
    "share": fmt.rate,
    "money": fmt.price,
    "months": lambda n: f"{n:g} months",
    "times": lambda n: f"{n:g} times",
}
"""Text of a value, by unit."""


def _assumption(default_value: object, unit: str, minimum: float, maximum: float, label: str, description: str) -> Any:
    """A figure with its default (None: measured from the book) and the metadata of its input."""
    return field(default=default_value, metadata={"unit": unit, "least": minimum, "most": maximum, "label": label, "words": description})


@dataclass(frozen=True)
class Assumptions:
    """One version. Shares are of 1, money is in the book's currency, a range is low, mid, high; None is measured from the book."""

    version: int = 1
    discount_rate: float = _assumption(0.10, "share", 0, 1, "Discount rate", "How much less money is worth one year later")
    horizon_months: int = _assumption(60, "months", 12, 60, "Horizon", "How many months of future margin count")
    margin_rate: float = _assumption(0.30, "share", 0, 1, "Margin rate", "Margin as a share of revenue, where costs are not loaded")
    chance_to_replace: float = _assumption(
        0.50, "share", 0, 1, "Chance of replacement", "Probability that a new customer replaces a churned one"
    )
    keeping_rate: float = _assumption(0.03, "share", 0, 1, "Keeping cost", "Yearly cost of keeping a customer, as a share of its revenue")
    replacing: Range = _assumption(
        (4.0, 7.0, 10.0), "times", 0, 50, "Replacement cost", "Cost of winning a customer, as a multiple of one year's keeping cost"
    )
    gap_months: Range = _assumption((2.0, 3.0, 6.0), "months", 0, 60, "Gap", "Months without margin until the replacement starts")
    reputation: Range = _assumption(
        (0.0, 0.02, 0.05),
        "share",
        0,
        1,
        "Prospects lost",
        "Sales lost through bad word of mouth, as a share of the customer's yearly revenue",
    )
    new_margin: float | None = _assumption(None, "money", 0, 1e9, "Margin of a new customer", "Margin of a new customer, per month")
    new_annuity: float | None = _assumption(
        None, "months", 0, 60, "Annuity of a new customer", "Value of a new customer today, in months of its margin"
    )
    write_off_share: float | None = _assumption(
        None, "share", 0, 1, "Write-off", "Share of a churned customer's open invoices that is never paid"
    )
    save_rate: float = _assumption(
        0.15, "share", 0, 1, "Save rate", "Share of churning customers that an action keeps; assumed until measured"
    )
    cost_of_action: float = _assumption(
        30.0, "money", 0, 1e6, "Cost of an action", "Cost of one action: half an hour of an account manager"
    )

    def __post_init__(self) -> None:
        for assumption in FIELDS:
            value = getattr(self, assumption.name)
            if isinstance(assumption.default, tuple):
                value = tuple(value)
                object.__setattr__(self, assumption.name, value)
            _validate(assumption, value)

    def text_of(self, name: str) -> str:
        """The figure as text: '10.0 %', '4 times to 10 times'."""
        value, unit = getattr(self, name), UNIT_FORMATS[_field(name).metadata["unit"]]
        if value is None:
            return MEASURED
        return ", ".join(map(unit, value)) if isinstance(value, tuple) else unit(value)


FIELDS: tuple[Field[Any], ...] = tuple(one for one in fields(Assumptions) if one.metadata)
"""Every figure in order: its name, and in `metadata` its unit, least, most, label and words."""


def _field(name: str) -> Field[Any]:
    return next(assumption for assumption in FIELDS if assumption.name == name)


def _validate(assumption: Field[Any], value: Any) -> None:
    minimum, maximum, label = (assumption.metadata[key] for key in ("least", "most", "label"))
    if value is None and assumption.default is None:
        return
    numbers = value if isinstance(value, tuple) else (value,)
    is_integer = assumption.type is int
    if not all(isinstance(n, int if is_integer else (int, float)) and not isinstance(n, bool) and minimum <= n <= maximum for n in numbers):
        raise InvalidInput(f"{label} must be {'a whole number' if is_integer else 'a number'} from {minimum:,g} to {maximum:,g}.")
    if isinstance(assumption.default, tuple) and (len(numbers) != len(assumption.default) or list(numbers) != sorted(numbers)):
        raise InvalidInput(f"{label} needs three numbers in ascending order: low, mid, high.")


def describe_changes(before: Assumptions, after: Assumptions) -> list[str]:
    """Changed figures as text, in the declared order: 'Discount rate 10.0 % -> 8.0 %'."""
    changed_fields = (assumption for assumption in FIELDS if getattr(before, assumption.name) != getattr(after, assumption.name))
    return [
        f"{assumption.metadata['label']} {before.text_of(assumption.name)} -> {after.text_of(assumption.name)}"
        for assumption in changed_fields
    ]


DEFAULT = Assumptions()
_LEDGER = VersionTable("assumptions", DEFAULT, describe_changes)
in_force, versions = _LEDGER.in_force, _LEDGER.versions


def save(book: Book, new_version: Assumptions, author: str, reason: str, now: datetime) -> Assumptions:
    """Add a version based on `wanted.version`. Raises Forbidden, and InvalidInput as any ledger of versions."""
    with book.writing("settings") as session:
        return _LEDGER.save(session, new_version, author, reason, now)
