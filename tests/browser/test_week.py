"""The account manager's Monday: the list, the first client and why, a call, a promise kept, the diary taken along, the call undone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.visit import address, open_page, settle


@pytest.fixture
def desk(browser: Browser, desk_app: str) -> Iterator[Page]:
    """My week of the first account manager, in the app in which the test takes back what it writes."""
    with browser.new_context(base_url=desk_app) as visitor:
        page = visitor.new_page()
        open_page(page, address("week"))
        as_account_manager(page)
        yield page


def as_account_manager(page: Page) -> None:
    page.get_by_role("combobox", name="Role").click()
    page.get_by_role("option", name="Account manager").click()
    settle(page)


def choose(page: Page, table: int, row: int) -> None:
    """Ticks a row of a table on the screen."""
    shown = page.get_by_test_id("stDataFrame").nth(table)
    shown.scroll_into_view_if_needed()
    box = shown.bounding_box()
    assert box
    page.mouse.click(box["x"] + 16, box["y"] + 36 + 35 * row + 17)  # the first row of a table whose texts wrap is hit as well
    settle(page)


def fill_date(dialog: Locator, label: str, day: str, month: str, year: str) -> None:
    """Types a day, part by part."""
    for part, digits in (("day", day), ("month", month), ("year", year)):
        dialog.get_by_role("spinbutton", name=re.compile(f"^{part}, {label}")).press_sequentially(digits)


def figure(page: Page, label: str) -> str:
    return page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue").inner_text()


def cards(page: Page) -> list[str]:
    return page.get_by_role("heading", level=2).all_inner_texts()


def test_a_monday_at_the_desk(desk: Page) -> None:
    overdue = figure(desk, "Overdue contacts")
    choose(desk, 0, 0)
    silent = desk.get_by_text(re.compile(r"^(Why now|Second reason): No contact for \d+ days; agreed every \d+ days\.$"))
    expect(silent).to_be_visible()
    before = cards(desk)

    desk.get_by_role("button", name="Open client").first.click()
    expect(desk).to_have_url(re.compile(r"/client\?customer="))
    settle(desk)
    expect(desk.get_by_role("combobox", name="Role")).to_have_value("Account manager")
    expect(desk.get_by_test_id("stSidebar").get_by_role("link", name="Overview")).to_have_count(0)
    client = desk.url
    health = figure(desk, "Health")

    desk.get_by_role("button", name="Log a contact").click()
    dialog = desk.get_by_role("dialog")
    fill_date(dialog, "When", "31", "10", "2026")  # the demo's newest day; today is proposed
    dialog.get_by_role("textbox", name="What did you promise?").fill("An engineer on site")
    fill_date(dialog, "Promise due", "06", "11", "2026")
    dialog.get_by_role("button", name="Save").click()
    told = desk.get_by_test_id("stAlert").filter(has_text="Contact logged")
    expect(told).to_contain_text(re.compile(r"Health \d+ → \d+"))
    settle(desk)
    better = figure(desk, "Health")
    assert int(better.split()[0]) > int(health.split()[0])

    desk.get_by_text("Promises and plans", exact=True).click()
    settle(desk)
    expect(desk.get_by_role("heading", name=re.compile("promise", re.IGNORECASE)).first).to_be_visible()
    promises = next(
        n for n, table in enumerate(desk.get_by_test_id("stDataFrame").all()) if "Promises with their state" in table.inner_html()
    )
    choose(desk, promises, 0)
    desk.get_by_role("button", name="Mark as kept", exact=True).click()
    fill_date(desk.get_by_role("dialog"), "Kept on", "31", "10", "2026")
    desk.get_by_role("dialog").get_by_role("button", name="Save").press("Enter")  # the open calendar covers it
    expect(desk.get_by_test_id("stAlert").filter(has_text="Promise marked as kept")).to_be_visible()

    desk.get_by_test_id("stSidebar").get_by_role("link", name="My week").click()
    settle(desk)
    assert int(figure(desk, "Overdue contacts")) == int(overdue) - 1
    assert cards(desk) != before, "the list follows what was logged"
    desk.get_by_text("Show the full diary").click()
    settle(desk)  # a file is made anew with each run of the screen, and the one before is gone
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="Calendar file").click()
    assert Path(taken.value.path()).read_bytes().startswith(b"BEGIN:VCALENDAR")

    desk.goto(client)
    settle(desk)
    as_account_manager(desk)
    desk.get_by_test_id("stButtonGroup").get_by_text("What happened", exact=True).click()
    settle(desk)
    desk.get_by_role("textbox", name="Search").fill("reached")
    desk.get_by_role("textbox", name="Search").press("Enter")
    settle(desk)
    choose(desk, 0, 0)
    desk.get_by_role("button", name="Remove").click()
    desk.get_by_role("dialog").get_by_role("textbox").fill("Logged for the wrong client")
    desk.get_by_role("dialog").get_by_role("button", name="Remove").click()
    settle(desk)
    assert figure(desk, "Health") == health, "what was logged is as if it had never been"
