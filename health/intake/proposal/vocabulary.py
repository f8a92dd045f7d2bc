"""Which field a heading may mean, and which of our values a word is: the declared words, compared without case, accents and separators."""

import re
import unicodedata
from functools import cache

from health.columns import Column
from health.intake.proposal.synonyms import FIELDS, TABLES_WORDS, VALUES
from health.tables import TABLES

EXACT, SYNONYM, PART = 1.0, 0.9, 0.55
_SHORTEST_PART = 4
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def key(words: str) -> str:
    """'Klant-Nr.' -> 'klantnr', 'Réclamation' -> 'reclamation', 'Geöffnet am' -> 'geoeffnetam'."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", words).translate(_UMLAUTS))
    return re.sub(r"[^a-z0-9]", "", "".join(c for c in plain if not unicodedata.combining(c)).casefold())


def _keys(listed: str) -> frozenset[str]:
    return frozenset(key(word) for word in listed.split(","))


@cache
def _words(table: str, field: str) -> frozenset[str]:
    """All that a heading of this field may be called, as keys."""
    listed = [FIELDS[name] for name in (field, f"{table}.{field}") if name in FIELDS]
    return frozenset().union(*(_keys(words) for words in listed))


def strength(heading: str, table: str, field: str) -> float:
    """How surely a heading means a field: 1 its own name, 0.9 one of its words, 0.55 a word within a longer heading, 0 not at all."""
    named, words = key(heading), _words(table, field)
    if named == key(field):
        return EXACT
    if named in words or named in {key(f"{table}{field}"), key(f"{table.removesuffix('s')}{field}")}:
        return SYNONYM
    long = (word for word in words if len(word) >= _SHORTEST_PART)
    return PART if any(named.startswith(word) or named.endswith(word) for word in long) else 0.0


def means_table(file: str, table: str) -> bool:
    """Whether a file's name speaks of a table."""
    named = key(file.rsplit(".", 1)[0])
    return any(word in named for word in _keys(TABLES_WORDS.get(table, table)) | {key(table)})


@cache
def _values(table: str, field: str) -> dict[str, str]:
    """Each known word of a field's values, as a key, with the value it means; empty where the field holds anything."""
    column = TABLES[table].column(field)
    listed = VALUES.get(f"{table}.{field}") or VALUES.get(field) or (VALUES["flag"] if column.type == "flag" else {})
    own = {key(value): value for value in (*column.allowed, *listed)}
    return {word: value for value, words in listed.items() for word in _keys(words)} | own


def closed(table: str, column: Column) -> bool:
    """Whether the field holds one of a few known values."""
    return bool(_values(table, column.name))


def meaning(table: str, field: str, word: str) -> str | None:
    """The value that a word means; None where nobody has said."""
    return _values(table, field).get(key(word))
