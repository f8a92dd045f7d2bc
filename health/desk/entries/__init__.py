"""Rows entered by hand: checked like loaded rows and stored in the same tables, with author and trail.

An entry is a load of one row with origin "desk", written in one transaction with the facts and points of its customer. A later file with
the same key replaces it like any row; undoing that load restores it.
"""

from health.desk.entries.kinds import KINDS, key_of
from health.desk.entries.trail import trail
from health.desk.entries.write import EntryResult, correct, remove, write

__all__ = ["KINDS", "EntryResult", "correct", "key_of", "remove", "trail", "write"]
