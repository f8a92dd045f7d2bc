"""Writing at the desk: rows of the same tables that extracts fill, by the same check, each with its author and its trail.

An entry is a load of one row, of origin "desk": in one transaction with the facts and points of its client. A later extract that brings
the same key replaces it, as it would any row, and undoing that load puts it back.
"""

from health.desk.entries.kinds import KINDS, key_of
from health.desk.entries.trail import trail
from health.desk.entries.write import Written, correct, remove, write

__all__ = ["KINDS", "Written", "correct", "key_of", "remove", "trail", "write"]
