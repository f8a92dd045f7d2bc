"""Bands of health and quadrants of value, with their signs and colours.

Theme colours are read from `.streamlit/config.toml`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CONFIG = Path(__file__).parent.parent / ".streamlit" / "config.toml"


@cache
def theme(dark: bool = False) -> dict[str, str]:
    """Colours of one theme in `.streamlit/config.toml`, by Streamlit's names (`textColor`, `redColor`, ...)."""
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
    """One band: word, sign, shape and colours.

    `badge`: Streamlit's colour name; `mark`: points and bars, `text`: letters, `tint`: background of text, `area`: large surfaces, `chip`:
    table cells; `shape`: Vega's name of the sign.
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


def _badge_tones(badge: str) -> tuple[Tone, Tone, Tone]:
    """Mark, text and tint of one of Streamlit's colours."""
    return _themed(f"{badge}Color"), _themed(f"{badge}TextColor"), _themed(f"{badge}BackgroundColor")


_SLATE = Tone("#3B4453", "#C3CAD5")
_GREY = Tone("#E6E9EE", "#2E3540")
BANDS: tuple[Band, ...] = (
    Band(
        "healthy", "Healthy", "●", ":material/check_circle:", "green", "circle", *_badge_tones("green"),
        area=Tone("#8FBFD3", "#2A6E7E"), chip=Tone("#DCEEF5", "#164250"),
    ),
    Band(
        "watch", "Watch", "▲", ":material/warning:", "yellow", "triangle-up", *_badge_tones("yellow"),
        area=Tone("#EBC980", "#7E5E18"), chip=Tone("#F9E9C5", "#4A3712"),
    ),
    Band(
        "at_risk", "At risk", "◆", ":material/error:", "red", "diamond", *_badge_tones("red"),
        area=Tone("#D0717F", "#A02E3A"), chip=Tone("#F8DADF", "#5A1F2A"),
    ),
    Band(
        "unknown", "Unknown", "○", ":material/help:", "gray", "circle", *_badge_tones("gray"),
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
    """The band with this key ('at_risk'). Raises KeyError."""
    return _BY_KEY[key]


@dataclass(frozen=True)
class Quadrant:
    """One quadrant of value x health: word, sign, shape, colours, and advice for its customers."""

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
             "high value, low health: contact first"),
    Quadrant("protect", "Protect", "●", ":material/shield:", "circle", band("healthy").mark, band("healthy").text,
             "high value, healthy: keep the rhythm, never take for granted"),
    Quadrant("grow", "Grow", "▲", ":material/trending_up:", "triangle-up", _themed("primaryColor"), _themed("blueTextColor"),
             "lower value, healthy: room to sell more"),
    Quadrant("decide", "Decide", "■", ":material/alt_route:", "square", NEUTRAL, _themed("grayTextColor"),
             "lower value, low health: fix cheaply, or let go"),
)  # fmt: skip


def quadrant(key: str) -> Quadrant:
    """The quadrant with this key ('rescue'). Raises StopIteration for an unknown key."""
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

RETENTION_TONES: tuple[Tone, ...] = (
    Tone("#F3F8FA", "#14212A"),
    Tone("#C2DEE9", "#17414D"),
    Tone("#5DA3BF", "#2A7A8C"),
    Tone("#15739A", "#5CC8DE"),
)


def contrast(a: str, b: str) -> float:
    """Contrast of two '#RRGGBB' colours, 1..21 (relative luminance as in WCAG 2)."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink(ground: str) -> str:
    """Black or white, whichever has more contrast with a background; one of them always reaches 4.5."""
    return max("#000000", "#FFFFFF", key=lambda colour: contrast(ground, colour))


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
