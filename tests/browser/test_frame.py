"""What holds on every screen: it draws, stays on this machine, is readable for all, and opens by its address on a cold server."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from health.ui.screens import SCREENS
from tests.browser.grids import cut_texts
from tests.browser.server import served
from tests.browser.visit import DESKTOP, HIGHEST, PHONE, Theme, Watch, address, findings, height, narrow, open_page, shot, turn
from tests.size import LONG

THEMES: dict[Theme, tuple[str, ...]] = {"light": (), "dark": ("color-contrast",)}
"""With the rules of axe that the theme bears on: all the others find in the dark what they found in the light."""
ANEW = LONG or os.environ.get("SCREENSHOTS") == "1"
"""Whether the phone opens the screen anew, and not the open one is made narrow."""


@pytest.fixture
def place(screen: str, client_at_risk: str) -> str:
    """The address of a screen with something to show on it."""
    return f"{address(screen)}?customer={client_at_risk}" if screen == "client" else address(screen)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_draws_is_readable_for_all_fits_a_phone_and_asks_nothing_of_the_outside(
    page: Page, watch: Watch, place: str, screen: str
) -> None:
    open_page(page, place)
    assert screen == "method" or height(page) <= HIGHEST
    assert cut_texts(page) == []
    for theme, rules in THEMES.items():
        turn(page, theme)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert findings(page, *rules) == [], theme
        shot(page, f"{screen}-{theme}")
    open_page(page, place, width=PHONE) if ANEW else narrow(page)
    shot(page, f"{screen}-phone")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE
    assert watch.outside == []
    assert watch.errors == []


COLD = list(SCREENS) if LONG else ["client"]
"""The first screen asked of a cold server: one that is not at the root; `make soak` takes each screen."""


@pytest.mark.parametrize("first", COLD)
def test_a_deep_link_opens_on_a_cold_server_over_an_empty_warehouse_through_the_frame(browser: Browser, tmp_path: Path, first: str) -> None:
    """No other page was asked of the server before.

    That no screen can be opened past app.py on a cold server is held for all by test_no_script_lies_directly_in_pages.
    """
    with served(tmp_path / "warehouse.duckdb") as root, browser.new_context(base_url=root) as visitor:
        watch, tab = Watch().over(visitor), visitor.new_page()
        open_page(tab, address(first), width=DESKTOP)
        expect(tab.get_by_role("heading", level=1)).to_be_visible()
        expect(tab.get_by_role("dialog")).to_have_count(0)
        expect(tab.get_by_test_id("stSidebarNav")).to_be_visible()
        assert watch.outside == []
        assert watch.errors == []
