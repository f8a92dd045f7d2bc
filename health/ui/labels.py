"""The words of a choice: on its way to the browser and back it is known by them alone, so that no two may have the same."""

from collections import Counter
from collections.abc import Mapping


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """Each id's name, the id behind it where another has that name too: else one would be picked for the other."""
    label = dict(names)
    while twins := {words for words, held in Counter(label.values()).items() if held > 1}:
        label = {i: f"{words} · {i}" if words in twins else words for i, words in label.items()}
    return label
