"""Further entries of a calendar: overdue contacts as one, promises, snoozes that end, steps of plays, and what has fallen away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from health import format as fmt
from health.report.calendar import HOUR_BEFORE, MORNING, Entry, Status, customer_name, short_name


@dataclass(frozen=True)
class Export:
    """What all entries of one export share: its day, the version of the book and its last load, whose customers, and names by customer id.

    `whose`: employee id, or empty for the whole book.
    """

    as_of: date
    version: int
    loaded_at: datetime
    names: Mapping[str, str]
    whose: str = ""

    @property
    def overdue_key(self) -> str:
        """Key of the one entry of all overdue contacts."""
        return f"overdue:{self.whose}"

    def entry(
        self, key: str, on: date, title: str, words: str, customer_id: str = "", lines: Iterable[str] = (), status: Status = "CONFIRMED"
    ) -> Entry:
        """One entry that is as new as the book; a reminder an hour before a time, or in the morning of a day."""
        alarm = HOUR_BEFORE if isinstance(on, datetime) else MORNING
        return Entry(key, on, title, words, status, self.version, self.loaded_at, customer_id, tuple(lines), alarm=alarm)


def overdue_contacts(contacts: pl.DataFrame, export: Export) -> list[Entry]:
    """All overdue contacts (`desk.diary.contacts_due`) as one entry on the day, the longest overdue first; none without any."""
    overdue = contacts.filter(pl.col("days_over") > 0)
    if overdue.is_empty():
        return []
    lines = [
        f"{short_name(row['name'] or row['customer_id'])} ({row['customer_id']}): due {fmt.day(row['due_on'])}, {row['why']}"
        + (f"; planned for {fmt.day(row['planned_on'])}" if row["planned_on"] else "")
        for row in overdue.iter_rows(named=True)
    ]
    title = fmt.plural(overdue.height, "overdue contact")
    return [export.entry(export.overdue_key, export.as_of, title, "Longest overdue first:", lines=lines)]


def promises_due(promises: pl.DataFrame, export: Export) -> list[Entry]:
    """Promises not kept yet that are due on the day or later; handovers have entries of their own."""
    is_open = pl.col("delivered_at").is_null() | (pl.col("delivered_at").dt.date() > export.as_of)
    ahead = promises.filter(is_open, pl.col("due_at").dt.date() >= export.as_of, pl.col("kind") != "handover")
    return [
        export.entry(
            f"promise:{row['promise_id']}",
            row["due_at"],
            f"Promise due: {customer_name(export.names, row['customer_id'])}",
            f"Customer {row['customer_id']}. Promised {fmt.day(row['promised_on'])}: {row['comment'] or row['kind']}.",
            row["customer_id"],
        )
        for row in ahead.sort("due_at", "promise_id").iter_rows(named=True)
    ]


def snoozes_ending(snoozes: pl.DataFrame, export: Export) -> list[Entry]:
    """Days on which snoozed customers are back on the list; `snoozes`: actions in force (customer_id, until_on, reason)."""
    return [
        export.entry(
            f"snooze:{row['customer_id']}",
            row["until_on"],
            f"Back on the list: {customer_name(export.names, row['customer_id'])}",
            f"Customer {row['customer_id']}. Snoozed until {fmt.day(row['until_on'])}: {row['reason']}.",
            row["customer_id"],
        )
        for row in snoozes.filter(pl.col("until_on") >= export.as_of).sort("customer_id").iter_rows(named=True)
    ]


def play_steps(cases: pl.DataFrame, export: Export) -> list[Entry]:
    """The next step of each running play (`desk.plays.play_cases`); one whose day has passed is on the day of the export."""
    return [
        export.entry(
            play_key(row),
            max(row["next_on"], export.as_of),
            f"{row['name']}: {customer_name(export.names, row['customer_id'])}",
            f"Customer {row['customer_id']}. Step {row['next_step']} of {row['steps']}, due {fmt.day(row['next_on'])}: "
            f"{row['next_words']}.",
            row["customer_id"],
        )
        for row in cases.filter(pl.col("state") == "accepted").drop_nulls("next_on").iter_rows(named=True)
    ]


def play_key(row: Mapping[str, object]) -> str:
    """Key of the entry of a play's next step."""
    return f"play:{row['customer_id']}:{row['play']}:{row['quarter']}"


def fallen_away(keys: Iterable[str], live: Sequence[Entry], export: Export) -> list[Entry]:
    """A cancelled entry for each key that an earlier export may have had and this one has not."""
    kept = {entry.key for entry in live}
    gone = [key for key in dict.fromkeys(keys) if key not in kept]
    return [export.entry(key, export.as_of, "No longer due", "This entry has fallen away.", status="CANCELLED") for key in gone]
