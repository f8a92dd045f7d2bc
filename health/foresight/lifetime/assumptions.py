"""What the value of a customer takes for granted: each figure named, with its unit and limits, in versions that anybody can look up."""

import json
from collections.abc import Callable, Mapping
from dataclasses import Field, asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

import polars as pl

from health import format as say
from health.access import Book
from health.errors import NotFound, Refused
from health.warehouse import Session

Range = tuple[float, float, float]
"""Low, mid and high of a cost: its least, its likely and its largest."""
VERSIONS: dict[str, Any] = {
    "version": pl.Int64, "author": pl.String, "reason": pl.String, "created_at": pl.Datetime("us"), "changed": pl.List(pl.String),
}  # fmt: skip
MEASURED = "measured from the book"
SAYS: dict[str, Callable[[float], str]] = {
    "share": say.rate,
    "money": say.price,
    "months": lambda n: f"{n:g} months",
    "times": lambda n: f"{n:g} times",
}
"""How a value of each unit is said."""


def _stated(delivered: object, unit: str, least: float, most: float, label: str, words: str) -> Any:
    """A figure as delivered (None: measured from the book), and what an input for it needs to know."""
    return field(default=delivered, metadata={"unit": unit, "least": least, "most": most, "label": label, "words": words})


@dataclass(frozen=True)
class Assumptions:
    """One version. Shares are of 1, money in the book's currency, a range is low, mid, high; None is measured from the book."""

    version: int = 1
    discount_rate: float = _stated(0.10, "share", 0, 1, "Discount rate", "how much less money is worth a year later")
    horizon_months: int = _stated(60, "months", 12, 60, "Horizon", "how far ahead margins count; nothing is counted after it")
    margin_rate: float = _stated(0.30, "share", 0, 1, "Margin rate", "margin as a share of what is billed, where the cost is not given")
    chance_to_replace: float = _stated(0.50, "share", 0, 1, "Chance to replace", "that a customer who leaves is replaced by a new one")
    keeping_rate: float = _stated(0.03, "share", 0, 1, "Keeping cost", "cost of keeping a customer, as a share of what is billed to it")
    replacing: Range = _stated((4.0, 7.0, 10.0), "times", 0, 50, "Replacement cost", "winning a new customer, in years of keeping one")
    gap_months: Range = _stated((2.0, 3.0, 6.0), "months", 0, 60, "Gap", "months without a margin until a new customer is there")
    reputation: Range = _stated(
        (0.0, 0.02, 0.05), "share", 0, 1, "Prospects lost", "as a share of what is billed to the customer in a year"
    )
    new_margin: float | None = _stated(None, "money", 0, 1e9, "Margin of a new customer", "a month")
    new_annuity: float | None = _stated(None, "months", 0, 60, "Annuity of a new customer", "months of margin it is worth today")
    write_off_share: float | None = _stated(None, "share", 0, 1, "Write-off", "of what a lost customer still owes, how much is never paid")
    save_rate: float = _stated(0.15, "share", 0, 1, "Save rate", "of those who would leave, how many an action keeps, until it is measured")
    cost_of_action: float = _stated(30.0, "money", 0, 1e6, "Cost of an action", "half an hour of an account manager")

    def __post_init__(self) -> None:
        for one in STATED:
            value = getattr(self, one.name)
            if isinstance(one.default, tuple):
                value = tuple(value)
                object.__setattr__(self, one.name, value)
            _refuse_nonsense(one, value)

    def said(self, name: str) -> str:
        """The figure in words: '10.0 %', '4 times to 10 times'."""
        value, unit = getattr(self, name), SAYS[_named(name).metadata["unit"]]
        if value is None:
            return MEASURED
        return ", ".join(map(unit, value)) if isinstance(value, tuple) else unit(value)


STATED: tuple[Field[Any], ...] = tuple(one for one in fields(Assumptions) if one.metadata)
"""Every figure in its order: its name, and in `metadata` its unit, least, most, label and words."""


def _named(name: str) -> Field[Any]:
    return next(one for one in STATED if one.name == name)


def _refuse_nonsense(one: Field[Any], value: Any) -> None:
    least, most, label = (one.metadata[key] for key in ("least", "most", "label"))
    if value is None and one.default is None:
        return
    numbers = value if isinstance(value, tuple) else (value,)
    whole = one.type is int
    if not all(isinstance(n, int if whole else (int, float)) and not isinstance(n, bool) and least <= n <= most for n in numbers):
        raise Refused(f"{label} must be {'a whole number' if whole else 'a number'} from {least:,g} to {most:,g}.")
    if isinstance(one.default, tuple) and (len(numbers) != len(one.default) or list(numbers) != sorted(numbers)):
        raise Refused(f"{label} needs three numbers that do not fall: low, mid, high.")


DEFAULT = Assumptions()


def in_force(session: Session) -> Assumptions:
    """The newest version; the declared defaults where none was saved."""
    saved = session.rows("assumptions").sort("version")
    return _read(saved.row(-1, named=True)) if saved.height else DEFAULT


def version(session: Session, number: int) -> Assumptions:
    """The assumptions of that version; 1 is what was delivered. Errors: NotFound."""
    if number == DEFAULT.version:
        return DEFAULT
    saved = session.rows("assumptions").filter(pl.col("version") == number)
    if saved.is_empty():
        raise NotFound(f"There is no version {number} of the assumptions; the newest is {in_force(session).version}.")
    return _read(saved.row(0, named=True))


def _read(row: Mapping[str, Any]) -> Assumptions:
    return Assumptions(**json.loads(row["body"]), version=row["version"])


def save(book: Book, wanted: Assumptions, author: str, reason: str, now: datetime) -> Assumptions:
    """Adds a version built on `wanted.version`. Errors: Forbidden; Refused without a reason, or when another was saved meanwhile."""
    with book.writing("settings") as session:
        newest = in_force(session).version
        if wanted.version != newest:
            raise Refused(f"The assumptions were changed meanwhile (version {newest}); look at those, then save again.")
        if not author.strip() or not reason.strip():
            raise Refused("A new version of the assumptions needs an author and a reason; say in a few words why they are changed.")
        saved = replace(wanted, version=newest + 1)
        body = json.dumps({name: value for name, value in asdict(saved).items() if name != "version"}, sort_keys=True)
        row = {"version": saved.version, "author": author.strip(), "reason": reason.strip(), "created_at": now, "body": body}
        session.insert("assumptions", pl.DataFrame([row]))
    return saved


def versions(session: Session) -> pl.DataFrame:
    """One row a version, the newest first: version, author, reason, created_at, changed (in words, against the version before).

    The last row is version 1, as delivered, which nobody saved: its author and day are null.
    """
    saved = session.rows("assumptions").sort("version")
    every = [DEFAULT, *map(_read, saved.iter_rows(named=True))]
    first: dict[str, Any] = {"version": DEFAULT.version, "author": None, "reason": "as delivered", "created_at": None, "changed": []}
    told = [
        {name: row[name] for name in ("version", "author", "reason", "created_at")} | {"changed": changed(before, after)}
        for row, before, after in zip(saved.iter_rows(named=True), every[:-1], every[1:], strict=True)
    ]
    return pl.DataFrame([first, *told], schema=VERSIONS).reverse()


def changed(before: Assumptions, after: Assumptions) -> list[str]:
    """What differs, in words, in the declared order: 'Discount rate 10.0 % -> 8.0 %'; empty where nothing does."""
    differing = (one for one in STATED if getattr(before, one.name) != getattr(after, one.name))
    return [f"{one.metadata['label']} {before.said(one.name)} -> {after.said(one.name)}" for one in differing]
