"""The frame: page config, who is looking, navigation by audience, run. Serve it with `streamlit run app.py`."""

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
    """Tells Streamlit before the first visit that it does not own the folder pages/: else a cold deep link says 'Page not found'."""
    if hasattr(PagesManager, "uses_pages_directory"):  # a private name: a test says what to do when it goes
        PagesManager.uses_pages_directory = False
    yield


def draw() -> None:
    """One rerun of the frame and, in it, of the chosen page."""
    st.set_page_config("Customer health", page_icon=str(STATIC / "icon.svg"), layout="wide", initial_sidebar_state=232)
    st.logo(str(STATIC / "logo.svg"))
    ui.rules()
    page = st.navigation(ui.navigation())
    ui.sidebar()
    page.run()
    ui.listen()


if get_script_run_ctx(suppress_warning=True):
    draw()
else:  # the server reads this file once to find its application
    app = st.App(Path(__file__), lifespan=lifespan)
