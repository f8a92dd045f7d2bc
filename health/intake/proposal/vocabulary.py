"""Look up headings and values in the declared synonyms, ignoring case, accents and separators."""

import re
import unicodedata
from functools import cache

from health.columns import Column
from health.intake.proposal.synonyms import FIELD_NAMES, TABLE_NAMES, VALUES
from health.tables import TABLES

EXACT, SYNONYM, PART = 1.0, 0.9, 0.55
_SHORTEST_PART = 4
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


def normalise(text: str) -> str:
    """'Klant-Nr.' -> 'klantnr', 'Réclamation' -> 'reclamation', 'Geöffnet am' -> 'geoeffnetam'."""
    without_umlauts = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).translate(_UMLAUTS))
    return re.sub(r"[^a-z0-9]", "", "".join(c for c in without_umlauts if not unicodedata.combining(c)).casefold())


def _normalise_list(synonyms: str) -> frozenset[str]:
    return frozenset(normalise(word) for word in synonyms.split(","))


@cache
def _heading_keys(table: str, field: str) -> frozenset[str]:
    """All names that a heading of this field may have, normalised."""
    synonyms = [FIELD_NAMES[name] for name in (field, f"{table}.{field}") if name in FIELD_NAMES]
    return frozenset().union(*(_normalise_list(listed) for listed in synonyms))


def heading_strength(heading: str, table: str, field: str) -> float:
    """How well a heading matches a field: 1 its own name, 0.9 a synonym, 0.55 a synonym inside a longer heading, 0 no match."""
    heading_key, synonyms = normalise(heading), _heading_keys(table, field)
    if heading_key == normalise(field):
        return EXACT
    if heading_key in synonyms or heading_key in {normalise(f"{table}{field}"), normalise(f"{table.removesuffix('s')}{field}")}:
        return SYNONYM
    long_words = (word for word in synonyms if len(word) >= _SHORTEST_PART)
    return PART if any(heading_key.startswith(word) or heading_key.endswith(word) for word in long_words) else 0.0


def names_table(file: str, table: str) -> bool:
    """Whether a file's name contains a name of the table."""
    name_key = normalise(file.rsplit(".", 1)[0])
    return any(word in name_key for word in _normalise_list(TABLE_NAMES.get(table, table)) | {normalise(table)})


@cache
def _value_keys(table: str, field: str) -> dict[str, str]:
    """Normalised words of a field's values, each with its value; empty if the field takes any text."""
    column = TABLES[table].column(field)
    synonyms = VALUES.get(f"{table}.{field}") or VALUES.get(field) or (VALUES["flag"] if column.type == "flag" else {})
    own_values = {normalise(value): value for value in (*column.allowed, *synonyms)}
    return {word: value for value, listed in synonyms.items() for word in _normalise_list(listed)} | own_values


def has_known_values(table: str, column: Column) -> bool:
    """Whether the field takes only known values."""
    return bool(_value_keys(table, column.name))


def meaning(table: str, field: str, word: str) -> str | None:
    """The value that a word means; None if unknown."""
    return _value_keys(table, field).get(normalise(word))
