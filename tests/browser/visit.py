"""What a visitor does and sees: opens a screen, waits until it is drawn; what was asked of the outside, and what the console said."""

import os
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from health.ui.screens import SCREENS

Theme = Literal["light", "dark"]
PICTURES = Path(__file__).parent.parent.parent / "static" / "screens"
DESKTOP, PHONE = 1440, 390
HIGHEST = 2700
"""Pixels that a screen takes at most on a desktop; Method, which explains every formula, may take more."""
PATIENCE_MS = 60_000
DARK_RULE_IS = "there => [...document.styleSheets].some(s => [...s.cssRules].some(r => r.cssText.includes('st-key-primary'))) === there"
FRAMEWORK_FINDINGS = {
    "list": "the sidebar's navigation",
    "listitem": "the sidebar's navigation",
    "svg-img-alt": "the marks inside a number's sparkline",
    "empty-table-header": "a table's column of buttons",
    "presentation-role-conflict": "the field files are dropped on",
}
"""Axe's rules that Streamlit itself breaks, and where."""


@dataclass
class Watch:
    """What a browser context did behind the screens: requests that left this machine, and errors on the console."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> "Watch":
        """Starts watching."""
        context.on("request", lambda request: self.outside.append(request.url) if _is_outside(request.url) else None)
        context.on("console", lambda said: self.errors.append(f"{said.text} {said.location['url']}") if _is_fault(said) else None)
        context.on("weberror", lambda problem: self.errors.append(str(problem.error)))
        return self


def _is_fault(said: ConsoleMessage) -> bool:
    """An error on the console, less those that mean nothing: on a deep link Streamlit first looks for its server under that path,
    and a typeface that could not be fetched at set-up is replaced."""
    return said.type == "error" and not any(part in said.location["url"] for part in ("/_stcore/", "/static/fonts/"))


def _is_outside(url: str) -> bool:
    address = urlsplit(url)
    return address.scheme not in {"data", "blob", "about"} and address.hostname not in {"127.0.0.1", "localhost"}


def address(screen: str) -> str:
    """Where a screen lives: the first at the root, every other under its key."""
    return "/" if screen == next(iter(SCREENS)) else f"/{screen}"


def open_page(page: Page, path: str = "/", theme: Theme = "light", width: int = DESKTOP) -> None:
    """Opens an address of the app and waits until it is drawn; fails where the app shows an error of its own."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path)
    settle(page)


def turn(page: Page, theme: Theme) -> None:
    """Turns the open screen light or dark, as when the reader's system does: the app follows without being opened anew.

    Waits for the rule that the script adds in the dark alone, and so for the script to have run again.
    """
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", theme, timeout=PATIENCE_MS)
    page.wait_for_function(DARK_RULE_IS, arg=theme == "dark", polling=100, timeout=PATIENCE_MS)
    settle(page)


def narrow(page: Page) -> None:
    """Takes the open screen to a phone's width, as when a window is made narrow."""
    page.set_viewport_size({"width": PHONE, "height": 900})
    settle(page)


def settle(page: Page) -> None:
    """Waits until the script has run, nothing is a placeholder any more, and the fonts are there."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE_MS)
    expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=PATIENCE_MS)
    page.evaluate("() => document.fonts.ready.then(() => null)")
    page.wait_for_timeout(300)  # charts are drawn a frame after the script has ended
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=PATIENCE_MS)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def height(page: Page) -> int:
    """Pixels that the open screen takes from its head to its end."""
    return int(page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight"))


def shot(page: Page, name: str) -> None:
    """Takes the picture the README shows, the whole screen; only when SCREENSHOTS=1, else the tests would dirty the tree."""
    if os.environ.get("SCREENSHOTS") != "1":
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": DESKTOP})["width"]
    page.set_viewport_size({"width": width, "height": max(900, min(height(page), 3000))})
    settle(page)
    picture = Image.open(BytesIO(page.screenshot()))
    picture.convert("RGB").save(PICTURES / f"{name}.webp", lossless=True)  # every colour as drawn, in a third of PNG's bytes


def findings(page: Page, *rules: str) -> list[str]:
    """What axe finds on the screen by these rules, or by all, less what the framework itself brings: 'rule: first place'."""
    asked = {"runOnly": list(rules)} if rules else {}
    violations = Axe().run(page, options={**asked, "resultTypes": ["violations"]}).response["violations"]  # what passes is not listed
    return [f"{v['id']}: {v['nodes'][0]['target']}" for v in violations if v["id"] not in FRAMEWORK_FINDINGS]
