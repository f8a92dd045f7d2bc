"""User-supplied text made safe for Vega, which fails on line separators and on names of JavaScript properties."""

from typing import Any

_LINE_SEPARATORS = str.maketrans("\u2028\u2029", "  ")  # they end a line of JavaScript even within a text
_PROPERTY_NAMES = frozenset(
    ("constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf", "__proto__",
     "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__")
)  # fmt: skip
_INVISIBLE_MARK = "\u2060"


def safe_specification(part: Any) -> Any:
    """A specification, or part of one, with safe texts: line separators as spaces, an invisible mark before property names."""
    match part:
        case str():
            return (
                f"{_INVISIBLE_MARK}{part}" if part in _PROPERTY_NAMES else part.translate(_LINE_SEPARATORS) if not part.isascii() else part
            )
        case dict():
            return {key: safe_specification(value) for key, value in part.items()}
        case list():
            return [safe_specification(value) for value in part]
    return part
