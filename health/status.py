"""Customer statuses, and the groups of them that screens and models use.

`sql/facts/status_facts.sql` determines the status. Constants in capitals are expressions over a frame with `status`.
"""

import polars as pl

STATUSES = {
    "prospect": "not a customer yet",
    "trial": "has or had a trial, and no other contract line yet",
    "active": "a customer with a contract line in force, or one who still buys",
    "paused": "a customer whose contract lines in force are all paused",
    "leaving": "a customer who has decided to leave and whose last day is still ahead",
    "in grace": "no contract line in force, but still within the grace period",
    "lost": "no longer a customer",
    "merged": "merged into another customer",
}
"""Each status and what it means, in the order in which a customer passes through them."""


def one_of(*statuses: str) -> pl.Expr:
    """Whether the status is one of these. Raises KeyError for an undeclared status."""
    for status in statuses:
        STATUSES[status]
    return pl.col("status").is_in(list(statuses))


ACTIVE = pl.col("status") == "active"
LEAVING = pl.col("status") == "leaving"
IN_GRACE = pl.col("status") == "in grace"
LOST = pl.col("status") == "lost"
MERGED = pl.col("status") == "merged"
CUSTOMER = one_of("active", "paused", "leaving")
"""Still a customer on the day; these are scored and counted."""
FROZEN = one_of("paused", "leaving")
"""Scored as of an earlier day, `facts_as_of`."""
CHURNED = one_of("leaving", "lost")
"""Has decided to leave, or has left."""
DECIDED = one_of("leaving", "lost", "merged")
"""Known not to stay: leaving, lost or merged."""
WITHOUT_LINE = one_of("in grace", "lost")
NOT_LOST = one_of("active", "paused", "leaving", "in grace", "trial", "prospect")
ENDING = one_of("leaving", "in grace", "lost", "merged")
"""Has a day on which the relationship ends or ended."""
