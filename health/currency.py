"""Currencies: codes and symbols, and the currency of the book that a command or a visit has open."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

DEFAULT = "EUR"
SYMBOLS = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "CHF": "Fr.", "SEK": "kr", "NOK": "kr", "DKK": "kr",
    "PLN": "zł", "CZK": "Kč", "HUF": "Ft", "RON": "lei", "TRY": "₺", "AUD": "A$", "CAD": "C$", "NZD": "NZ$", "BRL": "R$", "ZAR": "R",
}  # fmt: skip
PREFIXES = frozenset("€£₹₺")
"""Symbols that stand for one currency only; dollars, yen and crowns of several countries are printed as codes."""
_CODE = re.compile("[A-Z]{3}")
_SPACE = "\u00a0"
_open: ContextVar[str | None] = ContextVar("currency_of_the_open_book", default=None)
_readers: list[Callable[[], str | None]] = []


def is_code(text: object) -> bool:
    """Whether a text has the form of a currency code: three capital letters."""
    return isinstance(text, str) and _CODE.fullmatch(text) is not None


def code() -> str:
    """The currency of the book that this thread has open; EUR if none is open."""
    return _open.get() or next((found for read in _readers if (found := read())), DEFAULT)


def sign(currency: str | None = None) -> str:
    """What stands before an amount: '€', or 'USD ' where the symbol is that of several currencies. None: the book's currency."""
    currency = currency or code()
    symbol = SYMBOLS.get(currency, "")
    return symbol if symbol in PREFIXES else f"{currency}{_SPACE}"


def unit() -> str:
    """The book's currency by itself, as in the title of an axis: '€', 'USD'."""
    return sign().strip()


def use(currency: str) -> None:
    """Set the currency to the end of this thread's run or of the block of `using`: pages and commands call it as they open a book."""
    _open.set(currency)


@contextmanager
def using(currency: str) -> Iterator[None]:
    """Set the currency inside the block, and afterwards as it was."""
    token = _open.set(currency)
    try:
        yield
    finally:
        _open.reset(token)


def read_with(reader: Callable[[], str | None]) -> None:
    """Add a source that is asked where a thread has no book open, such as the rerun of a part of a screen; None: it does not know."""
    if reader not in _readers:
        _readers.append(reader)
