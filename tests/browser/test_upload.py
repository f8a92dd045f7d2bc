"""The analyst's story: drop a file, answer what it does not say, see what it would change, commit it, take it back."""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from health.demo import generate
from health.ui.screens import SCREENS
from tests.browser.server import served
from tests.browser.visit import address, findings, open_page, settle
from tests.real.test_outside_files import real

LOAD = re.compile(r"\bLoad [\d,]+ rows?$")
"""Label of the button that loads the file."""


@pytest.fixture
def empty(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A visitor's tab before an app of its own over an empty warehouse."""
    with served(tmp_path / "own.duckdb") as root, browser.new_context(base_url=root) as visitor:
        yield visitor.new_page()


@pytest.fixture
def filled(browser: Browser, analyst_app: str) -> Iterator[Page]:
    """A visitor's tab before the app over the demo company in which the test may write."""
    with browser.new_context(base_url=analyst_app) as visitor:
        yield visitor.new_page()


def go(page: Page, screen: str, title: str = "") -> None:
    """Goes to another screen by the sidebar; `title`: where it is not the screen's own."""
    page.get_by_test_id("stSidebar").get_by_role("link", name=SCREENS[screen].title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title or SCREENS[screen].title)
    settle(page)


def drop(page: Page, path: Path) -> None:
    """Drops the file on the upload screen and waits for what it says."""
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_text("4 Load").wait_for()
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).first.click()
    page.get_by_role("option", name=option).first.click()
    settle(page)


def commit(page: Page) -> None:
    page.get_by_role("button", name=LOAD).click()
    page.get_by_text("saved:").wait_for()
    settle(page)


def undo_newest(page: Page) -> None:
    page.locator("[data-testid=stDataFrame]").last.click(position={"x": 20, "y": 54})
    page.get_by_role("button", name="Undo load").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo load").click()
    page.get_by_text("undone.").wait_for()
    settle(page)


def test_the_telco_file_goes_from_the_drop_to_a_score_and_back_without_the_command_line(empty: Page) -> None:
    page, file = empty, real("telco_ibm/Telco-Customer-Churn.csv")
    open_page(page, address("upload"))
    drop(page, file)
    expect(page.get_by_text("22,987 read = 22,987 new + 0 changed + 0 unchanged + 0 refused")).to_be_visible()
    expect(page.get_by_text("31 December 2019 is assumed")).to_be_visible()
    assert findings(page) == []
    commit(page)
    open_page(page, f"{address('client')}?customer=7590-VHVEG")
    expect(page.get_by_text("Tenure").first).to_be_visible()
    go(page, "upload")
    undo_newest(page)
    expect(page.get_by_text("Undone", exact=False).first).to_be_visible()
    go(page, "overview", "No customers loaded yet")


@pytest.fixture(scope="module")
def interactions() -> pl.DataFrame:
    return generate().tables["interactions"]


@pytest.fixture
def foreign(tmp_path: Path, demo_warehouse: Path, interactions: pl.DataFrame) -> Path:
    """An extract as a German help desk writes it: a title above the header, semicolons, Windows' encoding, days that could be months."""
    customers = pl.read_csv(demo_warehouse.with_name("scores.csv"), schema_overrides={"customer_id": pl.String})["customer_id"]
    calls = interactions.filter(pl.col("channel") == "call", pl.col("customer_id").is_in(customers.to_list())).head(40)
    days = [f"0{n % 9 + 1}/0{n % 7 + 1}/2026 10:15" for n in range(calls.height)]
    rows = pl.DataFrame(
        {"Kontakt-Nr": [f"X{n}" for n in range(calls.height)], "Kundennr": calls["customer_id"], "Datum": days, "Kanal": "Rückruf"}
    )
    path = tmp_path / "kontakte_2026-10.csv"
    path.write_bytes(("Kontakte\n\n" + rows.write_csv(separator=";")).encode("cp1252"))
    return path


def test_what_a_file_does_not_say_is_asked_and_then_remembered(filled: Page, foreign: Path) -> None:
    page = filled
    open_page(page, address("upload"))
    drop(page, foreign)
    expect(page.get_by_text("Which encoding does the file use?")).to_be_visible()
    page.get_by_text("Windows, Western").click()
    settle(page)
    expect(page.get_by_role("button", name=LOAD)).to_have_count(0)
    choose(page, "Answer for occurred_at", "day first")
    choose(page, "Answer for channel", "call")
    choose(page, "Answer for direction", "We did")
    expect(page.get_by_text("40 read = 40 new")).to_be_visible()
    expect(page.get_by_text("nothing is saved yet")).to_be_visible()
    assert findings(page) == []
    commit(page)
    expect(page.get_by_text("Mapping saved as kontakte")).to_be_visible()

    again = foreign.with_name("kontakte_2026-11.csv")
    again.write_bytes(foreign.read_bytes().replace(b"\nX", b"\nY"))
    drop(page, again)
    expect(page.get_by_role("combobox", name="Mapping")).to_have_value("Saved: kontakte")
    expect(page.get_by_text("40 read = 40 new")).to_be_visible()


def test_a_large_file_tells_how_far_it_is_and_leaves_other_pages_alone(page: Page, interactions: pl.DataFrame, tmp_path: Path) -> None:
    copies = [interactions.with_columns(pl.format("{}-{}", "interaction_id", pl.lit(n)).alias("interaction_id")) for n in range(6)]
    file = tmp_path / "interactions.csv"
    pl.concat(copies).write_csv(file, datetime_format="%Y-%m-%d %H:%M:%S")
    open_page(page, address("upload"))
    other = page.context.new_page()
    open_page(other, address("overview"))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("progressbar").wait_for()
    go(other, "method")
    expect(page.get_by_role("button", name=LOAD)).to_have_count(0)  # the file was still being read when the other page stood
    page.get_by_role("button", name=LOAD).wait_for()
    other.close()
