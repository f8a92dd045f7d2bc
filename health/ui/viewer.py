"""The viewer: without a login one local user, who chooses a role in the sidebar; and the access check of every page."""

from typing import Any, Literal, cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from health import currency
from health.access import Book, Role, Viewer
from health.ui import cache
from health.ui.labels import unique_labels
from health.ui.screens import ROLES, SCREENS, screens_of

_LOCAL_HELP = "There is no login: anyone who opens this page can choose any role."


def viewer() -> Viewer:
    """Return the local user in the role chosen in the sidebar, an analyst by default."""
    role = cast(Role, st.session_state.get("role") or "analyst")
    employee = st.session_state.get("employee") if role == "account_manager" else None
    return Viewer("local user", role, employee)


def book() -> Book:
    """Return the viewer's book, the only access of a page to data."""
    return Book(viewer(), cache.warehouse())


def _visited_currency() -> str | None:
    """The currency of the book that the visitor has open; None outside a visit."""
    return cache.state(book()).settings.currency if get_script_run_ctx(suppress_warning=True) else None


currency.read_with(_visited_currency)


def require(key: str) -> Book:
    """Return the book if the viewer's role may open the screen; else show an error and stop. First call of every page."""
    visitor = viewer()
    if visitor.role not in SCREENS[key].roles:
        st.title(SCREENS[key].title, anchor=False)
        st.error(
            f"The role {ROLES.get(visitor.role, visitor.role)} has no access to this screen. Choose another role or another screen.",
            icon=":material/lock:",
        )
        for screen in screens_of(visitor.role)[:1]:
            st.page_link(screen.script, label=f"Go to {screen.title}", icon=screen.icon)
        st.stop()
    opened = book()
    currency.use(cache.state(opened).settings.currency)
    return opened


def _open_first_screen() -> None:
    """Open the first screen of the viewer's role from the bare address, so that each screen keeps its own address."""
    st.switch_page(screens_of(viewer().role)[0].script, query_params={})  # without it Streamlit refuses: role and day are bound


def navigation() -> dict[str, list[Any]]:
    """Pages by section. Those of other roles are hidden but reachable by address, where they state who may open them."""
    role_screens = screens_of(viewer().role)
    sections: dict[str, list[Any]] = {"": [st.Page(_open_first_screen, title="Customer health", default=True, visibility="hidden")]}
    for screen in SCREENS.values():
        visibility: Literal["visible", "hidden"] = "visible" if screen in role_screens else "hidden"
        page = st.Page(screen.script, title=screen.title, icon=screen.icon, url_path=screen.key, visibility=visibility)
        sections.setdefault(screen.section, []).append(page)
    return sections


def role_picker() -> None:
    """Draw the sidebar's choice of role, and for an account manager that of the person; the address keeps both."""
    st.selectbox(
        "Role",
        list(ROLES),
        index=list(ROLES).index("analyst"),
        format_func=ROLES.__getitem__,
        key="role",
        help=_LOCAL_HELP,
        bind="query-params",
    )
    if st.session_state["role"] == "account_manager":
        labels = unique_labels(cache.owners())  # with equal labels a namesake would open the wrong book
        st.selectbox("Account manager", list(labels), format_func=labels.__getitem__, key="employee", bind="query-params")
    st.markdown(":small[:gray[Local use, no login]]")


def may_load() -> bool:
    """Whether the viewer's role may load and undo."""
    return book().may("load")
