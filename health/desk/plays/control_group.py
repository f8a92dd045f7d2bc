"""Control group, drawn by a hash: reproducible, without human choice, and drawn anew each quarter."""

from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256

PLAY, HELD_OUT, URGENT = "play", "held_out", "urgent"
"""Arms of the ledger. Urgent: in the urgent lane when triggered; not withheld, and not counted in the comparison."""
OFFERED = (PLAY, URGENT)


def quarter_of(day: date) -> str:
    """Quarter of a day: 2026-11-22 -> '2026 Q4'."""
    return f"{day.year} Q{(day.month + 2) // 3}"


def quarter_end(quarter: str) -> date:
    """Last day of a quarter: '2026 Q4' -> 2026-12-31."""
    year, nth = int(quarter[:4]), int(quarter[-1])
    return date(year + nth // 4, 3 * nth % 12 + 1, 1) - timedelta(days=1)


def draw_control_group(customers: Sequence[str], play: str, quarter: str, share: float) -> list[bool]:
    """Flag customers whose play is withheld: the first 64 bits of SHA-256 of 'play|quarter|customer' are below the share."""
    prefix, threshold = f"{play}|{quarter}|", round(share * 10**6) * 2**64 // 10**6
    return [int.from_bytes(sha256((prefix + customer).encode()).digest()[:8], "big") < threshold for customer in customers]
