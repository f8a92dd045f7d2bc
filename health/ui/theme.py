"""Theme: light or dark as the reader chose, the few CSS rules beyond config.toml, and a listener that redraws charts on a change."""

import re
from collections.abc import Sequence

import streamlit as st

from health import format as fmt

_RULES = "h2{padding-top:.25rem!important}[data-testid=stElementContainer]:has(i[hidden]){display:none}"
_DARK_RULE = f"[class*='st-key-primary'] button *{{color:{fmt.GROUND.dark}!important}}"
_LISTEN = """
export default function ({ setStateValue }) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const tell = () => setStateValue("scheme", dark.matches ? "dark" : "light");
  dark.addEventListener("change", tell);
  return () => dark.removeEventListener("change", tell);
}
"""


def dark() -> bool:
    """Whether the reader's theme is dark."""
    return st.context.theme.type == "dark"


def write_stylesheet() -> None:
    """Write the stylesheet beyond config.toml: less space above card titles and none for hidden elements, dark text on bright buttons."""
    st.html(f"<style>{_RULES}{_DARK_RULE if dark() else ''}</style>")


def stack_rows_on_phones(alt: str, labels: Sequence[str]) -> None:
    """On a phone, draw the table of this description row by row: its first cell as a heading, the others below it with their labels.

    The hidden element keeps the rules where the table is: Streamlit would put a mere style outside, which a parallel fragment may not.
    """
    table = f"table[aria-label={_css_text(alt)}]"
    named = "".join(f"{table} td:nth-child({n})::before{{content:{_css_text(f'{label}: ')}}}" for n, label in enumerate(labels, 1) if n > 1)
    st.html(
        "<i hidden></i>"
        f"<style>@media(max-width:640px){{{table} thead{{display:none}}{table},{table} :is(tbody,tr,td){{display:block;width:auto}}"
        f"{table} td{{border:0!important;padding:.1rem .5rem!important}}{table} td *{{display:inline!important}}"
        f"{table} td:first-child{{font-weight:600}}{table} tr{{border-bottom:1px solid #8884;padding:.5rem 0}}"
        f"{table} td::before{{opacity:.7}}{named}}}</style>"
    )


def _css_text(text: str) -> str:
    """A CSS string; the characters that could end it, or the style element, are escaped."""
    return '"' + re.sub(r'[\\"<]', lambda found: f"\\{ord(found[0]):x} ", text) + '"'


def watch_theme() -> None:
    """Rerun the page when the system changes theme. Call it last, since it takes space where it stands."""
    listener = st.components.v2.component("theme_listener", js=_LISTEN)
    listener(key="theme", on_scheme_change=lambda: None)
