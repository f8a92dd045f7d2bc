"""User-supplied text made safe for Vega, which draws nothing where a text breaks its code or is the name of a JavaScript property."""

from typing import Any

_BREAKS = str.maketrans("\u2028\u2029", "  ")  # they end a line of its code even in the middle of a text
_HELD = frozenset(
    ("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf", "__proto__",
     "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__")
)  # fmt: skip
_UNSEEN = "\u2060"


def drawable(part: Any) -> Any:
    """A specification, or part of one, with every text drawable: unchanged but for an invisible mark before property names."""
    match part:
        case str():
            return f"{_UNSEEN}{part}" if part in _HELD else part.translate(_BREAKS) if not part.isascii() else part
        case dict():
            return {key: drawable(value) for key, value in part.items()}
        case list():
            return [drawable(value) for value in part]
    return part
