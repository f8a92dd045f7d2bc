"""A real Chromium before the real app. The server, the browser and one visitor's tab are shared by the folder's tests.

Each page that is loaded is a session of its own, so a test that opens an address finds the app as if nobody had been there.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.server import ROOT, served
from tests.browser.visit import Watch
from tests.size import LONG

QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
]

expect.set_options(timeout=30_000)  # a wait ends as soon as it holds; on a busy machine a save takes more than the default 5 s

COMPANY = ("--until", "2026-10-31", *(() if LONG or os.environ.get("SCREENSHOTS") == "1" else ("--customers", "500")))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that is there."""
    found = chromium.find()
    assert found, "no Chromium was found: make test installs it, or apt-get install chromium"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def demo_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company in a file of its own, made by the command line; its scores lie beside it.

    Made once a run, by the worker that comes first; each worker has a copy. A smaller company than the product's, but for pictures.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    made = shared / "browser demo"
    with (shared / "browser demo.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not made.exists():
            new = Path(tempfile.mkdtemp(dir=shared))
            health("--warehouse", str(new / "warehouse.duckdb"), "demo", *COMPANY)
            health("--warehouse", str(new / "warehouse.duckdb"), "score", "--out", str(new / "scores.csv"))
            new.rename(made)
    return Path(shutil.copytree(made, tmp_path_factory.mktemp("demo") / "own")) / "warehouse.duckdb"


@pytest.fixture(scope="package")
def client_at_risk(demo_warehouse: Path) -> str:
    """The id of the fully known customer of lowest health."""
    scores = pl.read_csv(demo_warehouse.with_name("scores.csv"), schema_overrides={"customer_id": pl.String})
    known = scores.filter(pl.col("coverage") == 100, pl.col("band") == "at_risk").sort("health", "customer_id")
    return str(known["customer_id"][0])


def health(*arguments: str) -> None:
    """Runs one command of the command line, which must succeed."""
    done = subprocess.run([sys.executable, "-m", "health", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="package")
def demo_app(demo_warehouse: Path) -> Iterator[str]:
    """The address of the app over the demo company."""
    with served(demo_warehouse) as address:
        yield address


@pytest.fixture(scope="package")
def desk_app(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app over a copy of the demo company, for tests that write and take back what they wrote.

    One for all of them, as `analyst_app` is: a server that starts, imports and first draws takes longer than most of these tests.
    """
    with served(own_copy(demo_warehouse, tmp_path_factory)) as address:
        yield address


@pytest.fixture(scope="package")
def analyst_app(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same for tests that leave what they loaded or saved: each goes on from what is there."""
    with served(own_copy(demo_warehouse, tmp_path_factory)) as address:
        yield address


def own_copy(warehouse: Path, folders: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(warehouse, folders.mktemp("own") / "own.duckdb"))


@pytest.fixture(scope="package")
def context(browser: Browser, demo_app: str) -> Iterator[BrowserContext]:
    """A visitor of the demo app; whoever comes anew has all scripts to fetch and to compile, which takes longer than most screens."""
    visitor = browser.new_context(base_url=demo_app)
    yield visitor
    visitor.close()


@pytest.fixture(scope="package")
def watching(context: BrowserContext) -> Watch:
    return Watch().over(context)


@pytest.fixture(scope="package")
def tab(context: BrowserContext, watching: Watch) -> Page:
    return context.new_page()


@pytest.fixture
def page(tab: Page, watching: Watch) -> Page:
    """The visitor's tab, blank."""
    tab.goto("about:blank")
    watching.outside.clear()
    watching.errors.clear()
    return tab


@pytest.fixture
def watch(page: Page, watching: Watch) -> Watch:
    """What goes on behind the screens, from the first request of the test on."""
    return watching
