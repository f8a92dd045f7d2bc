"""How numbers, dates and bands are said and drawn: stated once, for charts, tables, reports and screens.

Every function says an unknown (None or not a number) as `UNKNOWN`, never as zero. Shares are fractions, health is 0..100.
Colours that stand in `.streamlit/config.toml` are read from there.
"""

import math
import re
import string
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

UNKNOWN = "–"
NOT_GIVEN = "Not given"  # a blank in a column of names
CURRENCY = "€"
SPACE = "\u00a0"  # never lets a line break between a number and its unit
CONFIG = Path(__file__).parent.parent / ".streamlit" / "config.toml"

Number = float | int | None


def known(x: object) -> bool:
    """Whether there is a value to say: not None, not NaN."""
    return x is not None and not (isinstance(x, float) and math.isnan(x))


def count(n: Number) -> str:
    """18243 -> '18,243'."""
    return UNKNOWN if n is None or not known(n) else f"{n:,.0f}"


def money(amount: Number, currency: str = CURRENCY) -> str:
    """In tables: 13515.2 -> '€13,515'; -600 -> '-€600'."""
    if amount is None or not known(amount):
        return UNKNOWN
    whole = f"{abs(amount):,.0f}"
    return f"{'-' if amount < 0 and whole != '0' else ''}{currency}{whole}"


def price(amount: Number, currency: str = CURRENCY) -> str:
    """A price per unit, to the cent: 7.5 -> '€7.50'."""
    return UNKNOWN if amount is None or not known(amount) else f"{'-' if amount < 0 else ''}{currency}{abs(amount):,.2f}"


def short_money(amount: Number, currency: str = CURRENCY) -> str:
    """In headlines: 9800 -> '€9,800', 336000 -> '€336k', 24100000 -> '€24.1m' (k from 10,000)."""
    if amount is None or not known(amount) or abs(amount) < 9_999.5:
        return money(amount, currency)
    sign = "-" if amount < 0 else ""
    return f"{sign}{currency}{abs(amount) / 1e3:.0f}k" if abs(amount) < 999_500 else f"{sign}{currency}{abs(amount) / 1e6:.1f}m"


def money_change(amount: Number, currency: str = CURRENCY) -> str:
    """Signed, as in headlines: 29000 -> '+€29k', -600000 -> '-€600k'."""
    said = short_money(amount, currency)
    return f"+{said}" if amount is not None and known(amount) and amount >= 0 else said


def share(fraction: Number) -> str:
    """0.514 -> '51 %'; a little is not nothing: 0.001 -> '<1 %', 0.999 -> '>99 %'."""
    if fraction is None or not known(fraction):
        return UNKNOWN
    said = "<1" if 0 < fraction < 0.005 else ">99" if 0.995 <= fraction < 1 else f"{100 * fraction:.0f}"
    return f"{said}{SPACE}%"


def rate(fraction: Number) -> str:
    """With one decimal: 0.138 -> '13.8 %'."""
    return UNKNOWN if fraction is None or not known(fraction) else f"{100 * fraction:.1f}{SPACE}%"


def share_of(k: int, n: int) -> str:
    """A small group with its n: (40, 312) -> '13 %, 40 of 312'; of nobody -> '–'."""
    return f"{share(k / n)}, {k:,} of {n:,}" if n else UNKNOWN


def interval(low: Number, high: Number) -> str:
    """(0.31, 0.44) -> '31 to 44 %'."""
    return UNKNOWN if low is None or high is None or not (known(low) and known(high)) else f"{100 * low:.0f} to {100 * high:.0f}{SPACE}%"


def signed(x: Number, decimals: int = 0) -> str:
    """-4.2 -> '-4', 7 -> '+7', 0 -> '0'."""
    if x is None or not known(x):
        return UNKNOWN
    said = f"{x:+.{decimals}f}"
    return said.lstrip("+-") if float(said) == 0 else said


def pts(difference: Number) -> str:
    """The change of a share, in percentage points: 0.011 -> '+1.1 pts'."""
    return UNKNOWN if difference is None or not known(difference) else f"{signed(100 * difference, 1)}{SPACE}pts"


def health(x: Number) -> str:
    """Rounded down, so that nobody is shown at a band's edge that he does not reach: 64.7 -> '64'."""
    return UNKNOWN if x is None or not known(x) else f"{math.floor(x)}"


def day(d: date | None) -> str:
    """'11 Nov 2026'."""
    return UNKNOWN if d is None else f"{d.day} {d:%b %Y}"


def month(d: date | None) -> str:
    """'Nov 26', as on axes."""
    return UNKNOWN if d is None else f"{d:%b %y}"


def instant(t: datetime | None) -> str:
    """'31 Oct 2026, 18:04'."""
    return UNKNOWN if t is None else f"{day(t)}, {t:%H:%M}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """(1, 'customer') -> '1 customer'; (18243, 'row') -> '18,243 rows'."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


STEERS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the direction of what follows, beyond their own text."""


def plain(text: object) -> str:
    """Text that somebody else wrote, for places that read Markdown: one paragraph, shown letter by letter but for marks of direction, no
    link, image, sign, colour or formula."""
    lines = (line.strip(" \t") for line in STEERS.sub("", str(text)).splitlines())  # else a blank line ends what the text stands in
    escaped = re.sub(f"([{re.escape(string.punctuation)}])", r"\\\1", " ".join(filter(None, lines)))
    broken = re.sub(r"(?i)(https?|ftp|mailto|xmpp)(\\:)", "\\1\u2060\\2", escaped)
    parted = re.sub(r"(?i)\b(www)(\\\.)", "\\1\u2060\\2", broken)
    return re.sub(r"(?<=[\w.+-])(?=\\@)|(?<=\\:)(?=streamlit)|(?<=\\[-<>~])(?=\\[-=>])", "\u2060", parted)  # an address, signs made of two


@cache
def theme(dark: bool = False) -> dict[str, str]:
    """The colours of `.streamlit/config.toml` for one theme, by Streamlit's names (`textColor`, `redColor`, ...)."""
    config = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
    return {name: value for name, value in config["dark" if dark else "light"].items() if isinstance(value, str)}


@dataclass(frozen=True)
class Tone:
    """One colour in the light and in the dark theme."""

    light: str
    dark: str

    def on(self, dark: bool) -> str:
        """The colour of one theme."""
        return self.dark if dark else self.light


def _themed(name: str) -> Tone:
    return Tone(theme(False)[name], theme(True)[name])


@dataclass(frozen=True)
class Band:
    """One band: its word, its sign and shape (the first two signs), and its colours (the third).

    `badge` is Streamlit's name of the colour; `mark` draws points and bars, `text` writes, `tint` lies under text, `area` fills
    large surfaces, `chip` stands in tables; `shape` is Vega's name of the sign.
    """

    key: str
    word: str
    sign: str
    icon: str
    badge: str
    shape: str
    mark: Tone
    text: Tone
    tint: Tone
    area: Tone
    chip: Tone

    @property
    def label(self) -> str:
        """'◆ At risk': sign and word, as in tables."""
        return f"{self.sign} {self.word}"


def _hues(badge: str) -> tuple[Tone, Tone, Tone]:
    """Mark, text and tint of one of Streamlit's colours."""
    return _themed(f"{badge}Color"), _themed(f"{badge}TextColor"), _themed(f"{badge}BackgroundColor")


_SLATE = Tone("#3B4453", "#C3CAD5")
_GREY = Tone("#E6E9EE", "#2E3540")
BANDS: tuple[Band, ...] = (
    Band(
        "healthy", "Healthy", "●", ":material/check_circle:", "green", "circle", *_hues("green"),
        area=Tone("#8FBFD3", "#2A6E7E"), chip=Tone("#DCEEF5", "#164250"),
    ),
    Band(
        "watch", "Watch", "▲", ":material/warning:", "yellow", "triangle-up", *_hues("yellow"),
        area=Tone("#EBC980", "#7E5E18"), chip=Tone("#F9E9C5", "#4A3712"),
    ),
    Band(
        "at_risk", "At risk", "◆", ":material/error:", "red", "diamond", *_hues("red"),
        area=Tone("#D0717F", "#A02E3A"), chip=Tone("#F8DADF", "#5A1F2A"),
    ),
    Band(
        "unknown", "Unknown", "○", ":material/help:", "gray", "circle", *_hues("gray"),
        area=Tone("#D5D9E0", "#39414D"), chip=_GREY,
    ),
    Band(
        "leaving", "Leaving", "■", ":material/logout:", "gray", "square", _SLATE, _SLATE, _themed("grayBackgroundColor"),
        area=_SLATE, chip=_GREY,
    ),
)  # fmt: skip
NEUTRAL = Tone("#AEB5C0", "#596373")
_BY_KEY = {band.key: band for band in BANDS}


def band(key: str) -> Band:
    """The band of a key ('at_risk'); KeyError for a key that is none."""
    return _BY_KEY[key]


def chip(key: str | None) -> str:
    """'◆ At risk' for a band's key; unknown for none."""
    return UNKNOWN if key is None else band(key).label


@dataclass(frozen=True)
class Quadrant:
    """One field of value x health: its word, its sign and shape, its colours, and what to do with the customers in it."""

    key: str
    word: str
    sign: str
    icon: str
    shape: str
    mark: Tone
    text: Tone
    advice: str

    @property
    def label(self) -> str:
        """'◆ Rescue': sign and word, as in tables."""
        return f"{self.sign} {self.word}"


QUADRANTS: tuple[Quadrant, ...] = (
    Quadrant("rescue", "Rescue", "◆", ":material/support:", "diamond", band("at_risk").mark, band("at_risk").text,
             "high value, ailing: call first"),
    Quadrant("protect", "Protect", "●", ":material/shield:", "circle", band("healthy").mark, band("healthy").text,
             "high value, healthy: keep the rhythm, never take for granted"),
    Quadrant("grow", "Grow", "▲", ":material/trending_up:", "triangle-up", _themed("primaryColor"), _themed("blueTextColor"),
             "lower value, healthy: room to sell more"),
    Quadrant("decide", "Decide", "■", ":material/alt_route:", "square", NEUTRAL, _themed("grayTextColor"),
             "lower value, ailing: mend cheaply, or let go"),
)  # fmt: skip


def quadrant(key: str) -> Quadrant:
    """The quadrant of a key ('rescue'); KeyError for a key that is none."""
    return next(q for q in QUADRANTS if q.key == key)


FONT = str(tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]["font"])
GRID = Tone("#ECEEF2", "#1E242D")
RULE = _themed("borderColor")
TEXT = _themed("textColor")
MUTED = _themed("grayTextColor")
GROUND = _themed("backgroundColor")
TRACK = _themed("secondaryBackgroundColor")
ACCENT = _themed("primaryColor")
SOFT_ACCENT = Tone("#A9B3F2", "#47529C")
HEAT: tuple[Tone, ...] = (
    Tone("#FFF6F6", "#1A1F27"),
    Tone("#F3C9CF", "#47222B"),
    Tone("#D97C8A", "#7E2A36"),
    Tone("#A5112F", "#B93642"),
    Tone("#7A0A21", "#E8606A"),
)

KEPT: tuple[Tone, ...] = (Tone("#F3F8FA", "#14212A"), Tone("#C2DEE9", "#17414D"), Tone("#5DA3BF", "#2A7A8C"), Tone("#15739A", "#5CC8DE"))


def contrast(a: str, b: str) -> float:
    """Contrast of two '#RRGGBB' colours, 1..21 (relative luminance as in WCAG 2)."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink(ground: str) -> str:
    """Black or white, whichever stands out more on a ground: one of them always reaches 4.5."""
    return max("#000000", "#FFFFFF", key=lambda colour: contrast(ground, colour))


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
