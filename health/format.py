"""Format numbers, dates and bands as text, for charts, tables, reports and screens.

Unknown values (None or NaN) become `UNKNOWN`, never zero. Shares are fractions, health is 0..100.
The bands, quadrants and colours of `health.bands` are re-exported here.
"""

import math
import re
import string
from datetime import date, datetime

from health.bands import ACCENT as ACCENT
from health.bands import BANDS as BANDS
from health.bands import CONFIG as CONFIG
from health.bands import FONT as FONT
from health.bands import GRID as GRID
from health.bands import GROUND as GROUND
from health.bands import HEAT as HEAT
from health.bands import MUTED as MUTED
from health.bands import NEUTRAL as NEUTRAL
from health.bands import QUADRANTS as QUADRANTS
from health.bands import RETENTION_TONES as RETENTION_TONES
from health.bands import RULE as RULE
from health.bands import SOFT_ACCENT as SOFT_ACCENT
from health.bands import TEXT as TEXT
from health.bands import TRACK as TRACK
from health.bands import Band as Band
from health.bands import Quadrant as Quadrant
from health.bands import Tone as Tone
from health.bands import band as band
from health.bands import contrast as contrast
from health.bands import ink as ink
from health.bands import quadrant as quadrant
from health.bands import theme as theme
from health.currency import sign as currency_sign

UNKNOWN = "–"
NOT_GIVEN = "Not given"  # a blank in a column of names
SPACE = "\u00a0"  # never lets a line break between a number and its unit

Number = float | int | None


def known(x: object) -> bool:
    """Whether a value is neither None nor NaN."""
    return x is not None and not (isinstance(x, float) and math.isnan(x))


def count(n: Number) -> str:
    """18243 -> '18,243'."""
    return UNKNOWN if n is None or not known(n) else f"{n:,.0f}"


def money(amount: Number, currency: str | None = None) -> str:
    """In tables: 13515.2 -> '€13,515'; -600 -> '-€600'. `currency`: another code than that of the book."""
    if amount is None or not known(amount):
        return UNKNOWN
    digits = f"{abs(amount):,.0f}"
    return f"{'-' if amount < 0 and digits != '0' else ''}{currency_sign(currency)}{digits}"


def price(amount: Number, currency: str | None = None) -> str:
    """A price per unit, to the cent: 7.5 -> '€7.50'."""
    return UNKNOWN if amount is None or not known(amount) else f"{'-' if amount < 0 else ''}{currency_sign(currency)}{abs(amount):,.2f}"


def short_money(amount: Number, currency: str | None = None) -> str:
    """In headlines: 9800 -> '€9,800', 336000 -> '€336k', 24100000 -> '€24.1m' (k from 10,000)."""
    if amount is None or not known(amount) or abs(amount) < 9_999.5:
        return money(amount, currency)
    start = f"{'-' if amount < 0 else ''}{currency_sign(currency)}"
    return f"{start}{abs(amount) / 1e3:.0f}k" if abs(amount) < 999_500 else f"{start}{abs(amount) / 1e6:.1f}m"


def money_range(low: Number, high: Number) -> str:
    """'€4,649 to €14k'; a currency that is written as a code stands once: 'USD 4,649 to 14k'."""
    sign = currency_sign(None)
    first, last = short_money(low), short_money(high)
    return f"{first} to {last.removeprefix(sign) if len(sign) > 1 and first.startswith(sign) else last}"


def money_change(amount: Number, currency: str | None = None) -> str:
    """Signed, as in headlines: 29000 -> '+€29k', -600000 -> '-€600k'."""
    text = short_money(amount, currency)
    return f"+{text}" if amount is not None and known(amount) and amount >= 0 else text


def share(fraction: Number) -> str:
    """0.514 -> '51 %'; small and large shares keep a sign: 0.001 -> '<1 %', 0.999 -> '>99 %'."""
    if fraction is None or not known(fraction):
        return UNKNOWN
    number = "<1" if 0 < fraction < 0.005 else ">99" if 0.995 <= fraction < 1 else f"{100 * fraction:.0f}"
    return f"{number}{SPACE}%"


def rate(fraction: Number) -> str:
    """With one decimal: 0.138 -> '13.8 %'."""
    return UNKNOWN if fraction is None or not known(fraction) else f"{100 * fraction:.1f}{SPACE}%"


def share_of(k: int, n: int) -> str:
    """A share with its counts: (40, 312) -> '13 %, 40 of 312'; '–' if n is 0."""
    return f"{share(k / n)}, {k:,} of {n:,}" if n else UNKNOWN


def interval(low: Number, high: Number) -> str:
    """(0.31, 0.44) -> '31 to 44 %'."""
    return UNKNOWN if low is None or high is None or not (known(low) and known(high)) else f"{100 * low:.0f} to {100 * high:.0f}{SPACE}%"


def signed(x: Number, decimals: int = 0) -> str:
    """-4.2 -> '-4', 7 -> '+7', 0 -> '0'."""
    if x is None or not known(x):
        return UNKNOWN
    number = f"{x:+.{decimals}f}"
    return number.lstrip("+-") if float(number) == 0 else number


def pts(difference: Number) -> str:
    """The change of a share, in percentage points: 0.011 -> '+1.1 pts'."""
    return UNKNOWN if difference is None or not known(difference) else f"{signed(100 * difference, 1)}{SPACE}pts"


def health(x: Number) -> str:
    """Health rounded down, so that it never shows a band edge it has not reached: 64.7 -> '64'."""
    return UNKNOWN if x is None or not known(x) else f"{math.floor(x)}"


def day(d: date | None) -> str:
    """'11 Nov 2026'."""
    return UNKNOWN if d is None else f"{d.day} {d:%b %Y}"


def month(d: date | None) -> str:
    """'Nov 26', as on axes."""
    return UNKNOWN if d is None else f"{d:%b %y}"


def month_year(d: date | None) -> str:
    """'Nov 2026', as in sentences."""
    return UNKNOWN if d is None else f"{d:%b %Y}"


def instant(t: datetime | None) -> str:
    """'31 Oct 2026, 18:04'."""
    return UNKNOWN if t is None else f"{day(t)}, {t:%H:%M}"


def plural(n: int, singular: str, plural_form: str | None = None) -> str:
    """(1, 'customer') -> '1 customer'; (18243, 'row') -> '18,243 rows'."""
    return f"{n:,} {singular if n == 1 else plural_form or singular + 's'}"


DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Unicode marks that change the text direction of what follows."""


def plain(text: object) -> str:
    """Escape external text for Markdown: one literal paragraph without direction marks, links, images, icons, colours or formulas."""
    lines = (line.strip(" \t") for line in DIRECTION_MARKS.sub("", str(text)).splitlines())  # a blank line would end the enclosing block
    escaped = re.sub(f"([{re.escape(string.punctuation)}])", r"\\\1", " ".join(filter(None, lines)))
    links_broken = re.sub(r"(?i)(https?|ftp|mailto|xmpp)(\\:)", "\\1\u2060\\2", escaped)
    www_broken = re.sub(r"(?i)\b(www)(\\\.)", "\\1\u2060\\2", links_broken)
    return re.sub(
        r"(?<=[\w.+-])(?=\\@)|(?<=\\:)(?=streamlit)|(?<=\\[-<>~])(?=\\[-=>])", "\u2060", www_broken
    )  # e-mail addresses and two-character arrows


def chip(key: str | None) -> str:
    """'◆ At risk' for a band's key; UNKNOWN for None."""
    return UNKNOWN if key is None else band(key).label
