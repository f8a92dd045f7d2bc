"""Application frame: page configuration, navigation by role, and the chosen page. Serve it with `streamlit run app.py`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from health import ui

STATIC = Path(__file__).parent / "static"


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Keep Streamlit from treating pages/ as its own folder before the first visit: else a cold deep link says 'Page not found'."""
    if hasattr(PagesManager, "uses_pages_directory"):  # a private name: a test says what to do when it goes
        PagesManager.uses_pages_directory = False
    yield


def draw() -> None:
    """Draw the frame and the chosen page, at every rerun."""
    st.set_page_config("Customer health", page_icon=str(STATIC / "icon.svg"), layout="wide", initial_sidebar_state=232)
    st.logo(str(STATIC / "logo.svg"))
    ui.write_stylesheet()
    ui.sidebar()  # first: role and day may come from the address, and the navigation depends on the role
    page = st.navigation(ui.navigation())
    ui.past_day_notice()
    page.run()
    ui.watch_theme()


if get_script_run_ctx(suppress_warning=True):
    draw()
else:  # the server reads this file once to find its application
    app = st.App(Path(__file__), lifespan=lifespan)
