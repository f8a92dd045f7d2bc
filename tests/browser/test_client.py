"""The client screen at a desk: no column is cut off, and every figure is one click from its rows."""

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import address, open_page, settle


@pytest.fixture(scope="package")
def client_lost(demo_warehouse: Path) -> str:
    """The id of a client who has left: the demo numbers its customers, and the first without a score has gone."""
    scored = set(pl.read_csv(demo_warehouse.with_name("scores.csv"), schema_overrides={"customer_id": pl.String})["customer_id"])
    return next(i for i in (f"C{n:07}" for n in range(len(scored) + 1)) if i not in scored)


def cut_off(page: Page) -> list[int]:
    """Of each table on the screen, how many pixels of its columns lie beyond its right edge."""
    over = "() => [...document.querySelectorAll('.dvn-scroller')].map(table => table.scrollWidth - table.clientWidth).filter(x => x > 0)"
    return list(page.evaluate(over))


@pytest.mark.parametrize(("who", "said"), [("client_at_risk", "What the score rests on"), ("client_lost", "The relation ended on")])
def test_every_column_of_every_table_is_in_sight(page: Page, request: pytest.FixtureRequest, who: str, said: str) -> None:
    open_page(page, f"{address('client')}?customer={request.getfixturevalue(who)}")
    expect(page.get_by_text(said)).to_be_visible()
    assert page.locator(".dvn-scroller").count() >= 4
    assert cut_off(page) == []


def test_one_click_leads_from_a_figure_to_its_rows(page: Page, client_at_risk: str) -> None:
    open_page(page, f"{address('client')}?customer={client_at_risk}")
    tables = page.locator("[data-testid=stDataFrame]").count()
    for figure in ("MRR", "Burden"):
        page.get_by_test_id("stButtonGroup").get_by_text(figure, exact=True).click()
        settle(page)
    expect(page.locator("[data-testid=stDataFrame]")).to_have_count(tables + 2)
    assert cut_off(page) == []


def test_a_change_of_role_before_a_screen_of_others_leads_on_by_one_click(page: Page) -> None:
    open_page(page, address("overview"))
    page.get_by_role("combobox", name="Looking as").click()
    page.get_by_role("option", name="Account manager").click()
    settle(page)
    page.get_by_test_id("stMain").get_by_role("link", name="Go to Client").click()
    expect(page.get_by_text("Which client?")).to_be_visible()
