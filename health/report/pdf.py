"""PDF pages typeset by Typst from a .typ layout in this folder.

Content is passed as data, never as markup, so no text can be a command. Fonts come from `make font`; without them Typst's own are used,
which lack emoji and many scripts.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent
FONTS = HERE.parent.parent / "static" / "fonts"
PREFERRED = "Hanken Grotesk"
FALLBACK = "Libertinus Serif"
"""Bundled with Typst."""


def typeset(layout: str, data: Mapping[str, Any], fonts: Path = FONTS) -> bytes:
    """PDF of `layout`.typ filled with `data` (JSON values); same bytes for the same data."""
    faces, names = _faces(fonts)
    filled = json.dumps({"faces": names, **data}, ensure_ascii=False)
    page = HERE / f"{layout}.typ"
    return bytes(typst.compile(page, root=HERE, font_paths=faces, sys_inputs={"data": filled}, format="pdf", timestamp=0))


@cache
def _faces(fonts: Path) -> tuple[typst.Fonts, list[str]]:
    """Fonts available, and the family names in the order they are tried: ours, then any that has the character."""
    fonts_found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[fonts] if fonts.is_dir() else [])
    families = sorted(fonts_found.families())
    noto = sorted((name for name in families if name.startswith("Noto")), key=lambda name: (name != "Noto Sans", name))
    return fonts_found, [*(name for name in (PREFERRED,) if name in families), *noto, FALLBACK]
