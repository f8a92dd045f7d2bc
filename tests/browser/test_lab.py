"""The analyst's story of the settings: try other weights, see who crosses a band, save with a reason; two who save are told apart."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.visit import address, findings, open_page, settle


@pytest.fixture(scope="module")
def lab(browser: Browser, analyst_app: str) -> Iterator[BrowserContext]:
    """A visitor of the app in which the tests may save; each goes on from what is in force."""
    with browser.new_context(base_url=analyst_app) as visitor:
        yield visitor


def opened(lab: BrowserContext) -> Page:
    page = lab.new_page()
    open_page(page, address("score"))
    return page


def to_come(page: Page) -> int:
    """The version that saving now would make."""
    found = re.search(r"v(\d+)", page.get_by_role("button", name="Save as").inner_text())
    assert found
    return int(found[1])


def slide(page: Page, label: str, key: str) -> None:
    page.get_by_role("slider", name=label).first.focus()
    page.keyboard.press(key)
    settle(page)


def number(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")


def ask(page: Page, reason: str) -> None:
    page.get_by_role("button", name="Save as").click()
    page.get_by_role("dialog").get_by_label("Reason").fill(reason)


def save(page: Page, reason: str) -> None:
    ask(page, reason)
    confirm(page)


def confirm(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()


def test_a_draft_is_tried_made_to_add_up_saved_with_a_reason_and_taken_back(lab: BrowserContext) -> None:
    page = opened(lab)
    version = to_come(page)
    expect(number(page, "Change of band")).to_have_text("0")
    slide(page, "Complaints", "End")
    expect(page.get_by_text("Sum 170, not 100.")).to_be_visible()
    expect(page.get_by_role("button", name="Save as")).to_be_disabled()
    slide(page, "Complaints", "Home")
    slide(page, "Tenure", "End")
    page.get_by_role("button", name="Scale to 100").click()
    settle(page)
    expect(number(page, "Change of band")).not_to_have_text("0")
    expect(page.get_by_text("reliably")).to_be_visible()
    assert findings(page) == []
    save(page, "Who stays, stays")
    expect(page.get_by_text(f"Version {version} is in force: Who stays, stays")).to_be_visible(timeout=60_000)
    expect(number(page, "Change of band")).to_have_text("0")


def test_the_second_of_two_who_save_is_told_and_keeps_the_draft(lab: BrowserContext) -> None:
    first, second = opened(lab), opened(lab)
    version = to_come(first)
    for page in (first, second):
        page.get_by_text("Two broken promises in 90 days").click()
        settle(page)
    ask(second, "Mine too")
    save(first, "Promises count")
    expect(first.get_by_text(f"Version {version} is in force:")).to_be_visible(timeout=60_000)
    confirm(second)
    expect(second.get_by_text(f"The settings were changed meanwhile (version {version})")).to_be_visible(timeout=60_000)
    second.get_by_role("button", name="Cancel").click()
    settle(second)
    expect(second.get_by_text(f"local user has saved version {version} in the meantime (Promises count)")).to_be_visible()
    expect(second.get_by_role("button", name="Save as")).to_be_disabled()
    second.get_by_role("button", name="Apply my draft").click()
    settle(second)
    expect(second.get_by_text("in the meantime")).to_have_count(0)


def test_weights_learned_from_who_left_open_in_the_lab(page: Page) -> None:
    open_page(page, f"{address('evidence')}?view=Suggested+settings")
    page.get_by_role("button", name="Preview these weights in the Score lab").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Score lab")
    settle(page)
    expect(page.get_by_text("Sum 100. Changed:")).to_be_visible()
    expect(page.get_by_text("learned from the same test dates")).to_be_visible()
    expect(page.get_by_role("button", name="Save as v2")).to_be_enabled()
