"""KNOCK_OUTS: rules that cap the band at watch, whatever the points."""

from dataclasses import dataclass

import polars as pl

UNPAID_DAYS, BROKEN_PROMISES, BROKEN_PROMISES_DAYS = 60, 2, 90
_NUMBER = {2: "two"}


@dataclass(frozen=True, eq=False)
class KnockOut:
    """One rule: its setting, its condition over a row of facts, and its texts (as cause, with article, and as a change of settings)."""

    setting: str
    holds: pl.Expr
    cause: str
    rule: str
    change: str

    @property
    def label(self) -> str:
        """The label of its switch."""
        return f"{self.cause[0].upper()}{self.cause[1:]}"


_PROMISES = f"{_NUMBER.get(BROKEN_PROMISES, BROKEN_PROMISES)} broken promises in {BROKEN_PROMISES_DAYS} days"
KNOCK_OUTS = (
    KnockOut(
        "cap_on_late_critical", pl.col("critical_late") > 0, "open and overdue critical complaint",
        "an open and overdue critical complaint", "cap on a late critical complaint",
    ),
    KnockOut(
        "cap_on_unpaid", pl.col(f"overdue_{UNPAID_DAYS}") > 0, f"invoice unpaid for {UNPAID_DAYS} days or more",
        f"an invoice unpaid for {UNPAID_DAYS} days or more", "cap on an unpaid invoice",
    ),
    KnockOut(
        "cap_on_broken_promises", pl.col(f"broken_promises_{BROKEN_PROMISES_DAYS}") >= BROKEN_PROMISES, _PROMISES, _PROMISES,
        "cap on broken promises",
    ),
)  # fmt: skip
