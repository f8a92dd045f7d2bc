"""Light and dark theme: the reader's choice, three CSS rules, and a listener, since charts do not redraw on a change of theme."""

import streamlit as st

from health import format as fmt

_RULES = "h2{padding-top:.25rem!important}@media(max-width:640px){[data-testid=stTable] :is(td,th){min-width:6.5rem}}"
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
    """Write the stylesheet beyond config.toml: less space above card titles, wider columns on a phone, dark text on bright buttons."""
    st.html(f"<style>{_RULES}{_DARK_RULE if dark() else ''}</style>")


def watch_theme() -> None:
    """Rerun the page when the system changes theme. Call it last, since it takes space where it stands."""
    listener = st.components.v2.component("theme_listener", js=_LISTEN)
    listener(key="theme", on_scheme_change=lambda: None)
