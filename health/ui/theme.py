"""Light and dark: which one the reader sees, the two CSS rules, and a listener, since a change of theme alone does not redraw charts."""

import streamlit as st

from health import format as fmt

_RULES = "h2{padding-top:.25rem!important}"
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
    """Whether the reader's theme is the dark one."""
    return st.context.theme.type == "dark"


def rules() -> None:
    """The stylesheet beyond config.toml: less air over card titles; dark ink on the dark theme's bright primary buttons."""
    st.html(f"<style>{_RULES}{_DARK_RULE if dark() else ''}</style>")


def listen() -> None:
    """Reruns the page when the system turns light or dark. Call it last: it takes room where it stands."""
    listener = st.components.v2.component("theme_listener", js=_LISTEN)
    listener(key="theme", on_scheme_change=lambda: None)
