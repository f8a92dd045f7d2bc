"""What to do about a reason, in a short instruction, and how long it takes."""

from dataclasses import dataclass

import polars as pl

CALL_HOURS, VISIT_HOURS = 0.5, 2.0
VISITED = "A"
"""The tier whose people are visited where the others are called."""


@dataclass(frozen=True)
class Todo:
    """The instruction, and the one of a visit, where the highest tier deserves one."""

    call: str
    visit: str | None = None


TODO = {
    "critical": Todo("Call today: who solves it, and by when"),
    "limit": Todo("Answer the complaint, and say by when it is solved"),
    "answer": Todo("Call, and ask what was behind the answer"),
    "notice": Todo("Call, ask why, and whether it can be turned"),
    "renewal": Todo("Call before the renewal", "Visit before the renewal"),
    "handover": Todo("Make the handover call, and set a first date"),
    "recency": Todo("Call, and agree the next contact", "Visit, and agree the next contact"),
    "volume": Todo("Call, and agree a rhythm"),
    "rhythm": Todo("Call: it is longer than usual"),
    "diary": Todo("Call, and set a date that will be kept"),
    "answers": Todo("Find out when, and by which way, they can be reached"),
    "open": Todo("Call, agree a day for the solution, log the promise"),
    "past": Todo("Call, and ask whether all is solved"),
    "old": Todo("Call, and ask whether all is solved"),
    "clocks": Todo("Call, and say what will be answered faster"),
    "gap": Todo("Check the price with the contracts desk"),
    "new": Todo("Call, and ask how the start went"),
    "young": Todo("Call, and ask what would make them stay"),
    "agreed": Todo("Talk about the renewal", "Visit, and talk about the renewal"),
    "rolling": Todo("Offer a term"),
    "satisfaction": Todo("Call, and ask what was behind the answers"),
    "overdue": Todo("Call about the open bills"),
    "delay": Todo("Call, and agree a day of payment"),
    "level": Todo("Call, and show what is not used yet"),
    "change": Todo("Call, and ask what has changed"),
    "people": Todo("Find a second person to speak to"),
    "complete": Todo("Ask for the missing details"),
    "voices": Todo("Speak to a second person"),
    "referral": Todo("Ask whom they would send to us"),
    "broken": Todo("Say sorry, and do what was promised"),
    "unkept": Todo("Say sorry, and agree what can be kept"),
    "promise": Todo("Say sorry, and do what was promised"),
    "unpaid": Todo("Call about the unpaid bills"),
    "complaint": Todo("Call, agree a day for the solution, log the promise"),
    "fall": Todo("Call, and ask what has changed"),
    "term": Todo("Talk about the renewal", "Visit, and talk about the renewal"),
    "coverage": Todo("Fill the gaps on file"),
    "none": Todo("Call, and keep in touch"),
}
"""By reason: the part of a component, a trigger or an event."""


def todo(frame: pl.DataFrame) -> pl.DataFrame:
    """Adds what (words) and hours to rows with a reason and a tier."""
    what = pl.col("reason").replace_strict({key: one.call for key, one in TODO.items()}, return_dtype=pl.String)
    visits = {key: one.visit for key, one in TODO.items() if one.visit}
    visit = pl.when((pl.col("tier") == VISITED).fill_null(False)).then(
        pl.col("reason").replace_strict(visits, default=None, return_dtype=pl.String)
    )
    hours = pl.when(visit.is_not_null()).then(VISIT_HOURS).otherwise(CALL_HOURS)
    return frame.with_columns(pl.coalesce(visit, what).alias("what"), hours.alias("hours"))
