"""How far the loaded data reaches, in words: beside the day that a screen shows, and where a table ended long before it."""

from datetime import date, timedelta

import polars as pl

from health import format as fmt
from health.score.components import COMPONENTS
from health.score.settings import Settings
from health.warehouse.completeness import Completeness

NAMES = {"interactions": "contacts", "contacts": "contact details"}
"""What the screens call a table where its name would mislead."""
_MOST_NAMED = 2


def table_words(name: str) -> str:
    """A table's name inside a sentence."""
    return NAMES.get(name, name.replace("_", " "))


def day_fact(known: Completeness, settings: Settings, as_of: date) -> str:
    """The day of a screen, and how far the tables of the score reach where they end before it.

    'as of 28 Nov 2026', or 'as of 28 Nov 2026; contacts complete through 31 Oct'.
    """
    ends = _scored_ends(known, settings, as_of)
    if not ends:
        return f"as of {fmt.day(as_of)}"
    if set(ends) == _scored_tables(settings) & known.loaded and len(set(ends.values())) == 1:
        words = [f"data complete through {_short_day(min(ends.values()), as_of)}"]
    else:
        earliest_first = sorted(ends, key=lambda name: (ends[name], name))
        words = [f"{table_words(name)} complete through {_short_day(ends[name], as_of)}" for name in earliest_first[:_MOST_NAMED]]
        words += [f"{len(ends) - _MOST_NAMED} more behind"] * (len(ends) > _MOST_NAMED)
    return f"as of {fmt.day(as_of)}; {', '.join(words)}"


def with_last_complete_day(tables: pl.DataFrame, known: Completeness) -> pl.DataFrame:
    """One row per table (`table_name`) with `complete_through`, the last day up to which it is loaded; null where it is not known."""
    ends = {name: day for name, day in known.ends().items() if name in known.declared}
    return tables.with_columns(pl.col("table_name").replace_strict(ends, default=None, return_dtype=pl.Date).alias("complete_through"))


def stale_sentences(known: Completeness, as_of: date) -> list[str]:
    """One sentence per table that ended more than 45 days before the day: what stands still, and the remedy."""
    return [_stale_sentence(name, through, as_of) for name, through in known.stale(as_of).items()]


def _stale_sentence(name: str, through: date, as_of: date) -> str:
    ended = (
        f"{table_words(name).capitalize()} are complete through {fmt.day(through)} only, {fmt.plural((as_of - through).days, 'day')} back"
    )
    next_day = fmt.day(through + timedelta(days=1))
    return f"{ended}: what they show stands as on that day, and bands that rest on them are tentative. Load {name} from {next_day} on."


def stale_note(known: Completeness, as_of: date) -> str:
    """The same of all stale tables in one short sentence; empty if there is none."""
    names = [f"{table_words(name)} ({fmt.day(through)})" for name, through in known.stale(as_of).items()]
    return f"Out of date: {', '.join(names)}. Bands that rest on them are tentative." if names else ""


def _scored_tables(settings: Settings) -> set[str]:
    """The tables of the components that have some weight."""
    return {table for component in COMPONENTS if settings.weighs(component.key) for table in component.tables}


def _scored_ends(known: Completeness, settings: Settings, as_of: date) -> dict[str, date]:
    """The last complete day of each loaded table of the score that ends before `as_of`."""
    ends = known.ends()
    return {name: day for name in _scored_tables(settings) & known.loaded if (day := ends[name]) and day < as_of}


def _short_day(day: date, as_of: date) -> str:
    """A day without its year where that is the year of `as_of`."""
    return f"{day.day} {day:%b}" if day.year == as_of.year else fmt.day(day)
