"""The client screen at a desk: no column is cut off, every figure is one click from its rows, what is logged shows and can be undone."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from health.ui.client.views import VIEWS as LABELS
from tests.browser.grids import cut_texts
from tests.browser.visit import HIGHEST, address, findings, height, open_page, settle

VIEWS = {
    "why": "Parts of the score", "happened": "latest", "promises": "Time to reply and to resolve",
    "money": "Invoices, newest first", "people": "Contact persons, the first to call on top",
    "negotiation": "Cost of losing this customer", "similar": "These are associations, not causes",
}  # fmt: skip
CLICKED = {"why": ("happened", "promises"), "similar": ("money", "negotiation", "people")}
"""Of each view opened by its address, those reached from there by a click; that all open by their address is in tests/test_client_page."""


@pytest.fixture(scope="package")
def client_lost(demo_warehouse: Path) -> str:
    """The id of a client who has left: the demo numbers its customers, and the first without a score has gone."""
    scored = set(pl.read_csv(demo_warehouse.with_name("scores.csv"), schema_overrides={"customer_id": pl.String})["customer_id"])
    return next(i for i in (f"C{n:07}" for n in range(len(scored) + 1)) if i not in scored)


def cut_off(page: Page) -> list[int]:
    """Of each table on the screen, how many pixels of its columns lie beyond its right edge."""
    over = "() => [...document.querySelectorAll('.dvn-scroller')].map(table => table.scrollWidth - table.clientWidth).filter(x => x > 0)"
    return list(page.evaluate(over))


@pytest.mark.parametrize("first", CLICKED)
def test_every_view_opens_by_its_address_or_a_click_with_every_column_in_sight_and_is_readable_for_all(
    page: Page, client_at_risk: str, first: str
) -> None:
    assert {*CLICKED, *(view for views in CLICKED.values() for view in views)} == set(VIEWS) == set(LABELS)
    open_page(page, f"{address('client')}?customer={client_at_risk}&view={first}&with=C0000001")
    for view in (first, *CLICKED[first]):
        if view != first:
            page.get_by_test_id("stButtonGroup").get_by_text(LABELS[view], exact=True).click()
            settle(page)
        expect(page.get_by_text(VIEWS[view]).first).to_be_visible()
        assert page.locator(".dvn-scroller").count() >= 1, view
        assert cut_off(page) == [], view
        assert cut_texts(page) == [], view
        assert height(page) <= HIGHEST, view
        assert findings(page) == [], view


def test_a_lost_client_is_a_record_with_every_column_in_sight(page: Page, client_lost: str) -> None:
    open_page(page, f"{address('client')}?customer={client_lost}")
    expect(page.get_by_text("Churned: last day")).to_be_visible()
    assert page.locator(".dvn-scroller").count() >= 2
    assert cut_off(page) == []


def test_one_click_leads_from_a_figure_to_its_rows(page: Page, client_at_risk: str) -> None:
    open_page(page, f"{address('client')}?customer={client_at_risk}")
    tables = page.locator("[data-testid=stDataFrame]").count()
    for figure in ("MRR", "Burden"):
        page.get_by_test_id("stButtonGroup").get_by_text(figure, exact=True).click()
        settle(page)
    expect(page.locator("[data-testid=stDataFrame]")).to_have_count(tables + 2)
    assert cut_off(page) == []


@pytest.fixture
def own_page(browser: Browser, desk_app: str) -> Iterator[Page]:
    """A tab before the app in which the test takes back what it writes."""
    with browser.new_context(base_url=desk_app) as visitor:
        yield visitor.new_page()


def test_a_call_is_logged_by_keyboard_alone_shows_in_health_and_is_undone(own_page: Page, client_at_risk: str) -> None:
    page = own_page
    open_page(page, f"{address('client')}?customer={client_at_risk}&view=happened")
    health = page.get_by_test_id("stMetric").filter(has_text="Health").first.inner_text()
    page.get_by_role("button", name="Log a contact").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert findings(page) == []
    dialog.get_by_role("textbox", name="Note").focus()
    page.keyboard.type("They ask for a visit")
    dialog.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    settle(page)
    expect(page.get_by_role("status").get_by_text("Contact logged")).to_be_visible()
    assert page.get_by_test_id("stMetric").filter(has_text="Health").first.inner_text() != health
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_text("Undone")).to_be_visible()
    settle(page)
    assert page.get_by_test_id("stMetric").filter(has_text="Health").first.inner_text() == health


def test_a_change_of_role_before_a_screen_of_others_leads_on_by_one_click(page: Page) -> None:
    open_page(page, address("overview"))
    page.get_by_role("combobox", name="Role").click()
    page.get_by_role("option", name="Account manager").click()
    settle(page)
    page.get_by_test_id("stMain").get_by_role("link", name="Go to My week").click()
    expect(page.get_by_role("heading", level=1, name="My week")).to_be_visible()
