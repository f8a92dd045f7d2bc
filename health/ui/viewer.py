"""Who is looking: without a login one local user, who chooses in the sidebar whose screens to see. And the door of every page."""

from typing import Any, Literal, cast

import streamlit as st

from health.access import Book, Role, Viewer
from health.ui import cache
from health.ui.labels import told_apart
from health.ui.screens import ROLES, SCREENS, allowed

_LOCAL = "Local, without login: whoever opens this address may choose any role."


def viewer() -> Viewer:
    """The local user in the role chosen in the sidebar (an analyst until one is chosen)."""
    role = cast(Role, st.session_state.get("role") or "analyst")
    employee = st.session_state.get("employee") if role == "account_manager" else None
    return Viewer("local user", role, employee)


def book() -> Book:
    """The viewer's book: the only way from a page to data."""
    return Book(viewer(), cache.warehouse())


def require(screen: str) -> Book:
    """The book, if the viewer's role may open the screen; else says so and stops. The first line of every page."""
    looking = viewer()
    if looking.role not in SCREENS[screen].roles:
        st.title(SCREENS[screen].title, anchor=False)
        st.error(
            f"This screen is not for the role {ROLES.get(looking.role, looking.role)}. Choose another role, or another screen.",
            icon=":material/lock:",
        )
        for way_on in allowed(looking.role)[:1]:
            st.page_link(way_on.script, label=f"Go to {way_on.title}", icon=way_on.icon)
        st.stop()
    return book()


def _land() -> None:
    """The bare address leads everybody to the first screen of the own role, so that each screen keeps its own address."""
    st.switch_page(allowed(viewer().role)[0].script)


def navigation() -> dict[str, list[Any]]:
    """The pages by audience; those of other roles stay reachable by address, hidden, and say for whom they are."""
    mine = allowed(viewer().role)
    sections: dict[str, list[Any]] = {"": [st.Page(_land, title="Customer health", default=True, visibility="hidden")]}
    for screen in SCREENS.values():
        shown: Literal["visible", "hidden"] = "visible" if screen in mine else "hidden"
        page = st.Page(screen.script, title=screen.title, icon=screen.icon, url_path=screen.key, visibility=shown)
        sections.setdefault(screen.section, []).append(page)
    return sections


def role_picker() -> None:
    """The sidebar's choice of role, and for an account manager of the person."""
    # `st.switch_page` drops what is chosen anywhere, who looks included, unless it persists
    st.selectbox(
        "Looking as",
        list(ROLES),
        index=list(ROLES).index("analyst"),
        format_func=ROLES.__getitem__,
        key="role",
        help=_LOCAL,
        persist_state="session",
    )
    if st.session_state["role"] == "account_manager":
        label = told_apart(cache.owners())  # else a namesake would open the other's book
        st.selectbox("Account manager", list(label), format_func=label.__getitem__, key="employee", persist_state="session")
    st.markdown(":small[:gray[Local user, no login]]")


def may_load() -> bool:
    """Whether the viewer's role may load and undo."""
    return book().may("load")
