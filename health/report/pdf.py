"""A page as PDF: words and numbers in, bytes out, typeset by Typst; the layout stands in a .typ file beside this one.

What is printed comes in as data, never as markup, so nobody's name can be a command. The typefaces are those of `make font`; without them
those that Typst brings along set the page, which lack emoji and many scripts.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
FONTS = HERE.parent.parent / "static" / "fonts"
FIRST = "Hanken Grotesk"
FALLBACK = "Libertinus Serif"
"""One that Typst brings along."""


def printed(layout: str, data: Mapping[str, Any], fonts: Path = FONTS) -> bytes:
    """The PDF of `layout`.typ filled with `data` (what JSON can hold); the same bytes for the same data."""
    faces, names = _faces(fonts)
    filled = json.dumps({"faces": names, **data}, ensure_ascii=False)
    page = HERE / f"{layout}.typ"
    return bytes(typst.compile(page, root=HERE, font_paths=faces, sys_inputs={"data": filled}, format="pdf", timestamp=0))


@cache
def _faces(fonts: Path) -> tuple[typst.Fonts, list[str]]:
    """The typefaces found, and the order in which they are tried: ours, then whatever covers the letter."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[fonts] if fonts.is_dir() else [])
    families = sorted(found.families())
    noto = sorted((name for name in families if name.startswith("Noto")), key=lambda name: (name != "Noto Sans", name))
    return found, [*(name for name in (FIRST,) if name in families), *noto, FALLBACK]
