"""Who is held out: decided by a hash, so that nobody chooses, every machine agrees, and a quarter later the dice fall anew."""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256

PLAY, HELD_OUT, URGENT = "play", "held_out", "urgent"
"""The arms of the ledger. Urgent: in the urgent lane, where nobody is held out; who is there when a play is triggered is not counted."""
OFFERED = (PLAY, URGENT)


def quarter_of(day: date) -> str:
    """2026-11-22 -> '2026 Q4'."""
    return f"{day.year} Q{(day.month + 2) // 3}"


def quarter_end(quarter: str) -> date:
    """The last day of a quarter: '2026 Q4' -> 2026-12-31."""
    year, nth = int(quarter[:4]), int(quarter[-1])
    return date(year + nth // 4, 3 * nth % 12 + 1, 1) - timedelta(days=1)


def draw_control_group(customers: Sequence[str], play: str, quarter: str, share: float) -> list[bool]:
    """By customer, whether the play is withheld: the first 64 bits of SHA-256 of 'play|quarter|customer' are below the share."""
    prefix, threshold = f"{play}|{quarter}|", round(share * 10**6) * 2**64 // 10**6
    return [int.from_bytes(sha256((prefix + customer).encode()).digest()[:8], "big") < threshold for customer in customers]
