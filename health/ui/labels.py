"""Unique labels of choices: the browser returns only the label, so no two choices may share one."""

from collections import Counter
from collections.abc import Mapping


def unique_labels(names: Mapping[str, str]) -> dict[str, str]:
    """Label of each id: its name, followed by the id where another has the same name."""
    labels = dict(names)
    while duplicates := {name for name, count in Counter(labels.values()).items() if count > 1}:
        labels = {key: f"{name} · {key}" if name in duplicates else name for key, name in labels.items()}
    return labels
