"""A book in dollars from the first file to the printed page: no other currency appears anywhere."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pypdfium2
import pytest
from streamlit.testing.v1 import AppTest

from health import demo, portfolio
from health.cli import main
from health.ui.client import brief
from health.ui.client.views import VIEWS as CLIENT_VIEWS
from health.ui.screens import SCREENS
from health.ui.value import VIEWS as VALUE_VIEWS
from health.ui.week.views import VIEWS as WEEK_VIEWS
from health.warehouse import Warehouse
from tests.books import analyst

pytestmark = pytest.mark.usefixtures("childless")
ROOT = Path(__file__).parent.parent
EUROS = ("€".encode(), b"\\u20ac", b"EUR")
LOADED = ("employees", "customers", "contacts", "contracts", "market_prices", "interactions", "complaints", "invoices", "promises", "exits")
AS_OF = date(2026, 10, 31)


@pytest.fixture(scope="module")
def outputs() -> list[str]:
    """What the commands print while the book is made and read."""
    return []


@pytest.fixture(scope="module")
def book_file(tmp_path_factory: pytest.TempPathFactory, outputs: list[str]) -> Iterator[Path]:
    """A book in dollars, loaded by the command line from files, one of them with codes in small letters."""
    folder = tmp_path_factory.mktemp("dollars")
    tables = demo.generate(customers=260, months=24).tables
    tables["invoices"] = tables["invoices"].with_columns(pl.lit("usd").alias("currency"))
    file = folder / "book.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        from health.intake.reading import parse, unpack

        patch.setattr(unpack, "_read_in_child", lambda source, *rest: parse.parse_file(source.read(), *rest))
        assert main(["--warehouse", str(file), "settings", "--currency", "usd"]) == 0
        for name in LOADED:
            tables[name].write_csv(folder / f"{name}.csv")
            assert main(["--warehouse", str(file), "load", name, str(folder / f"{name}.csv")]) == 0
    yield file


def printed(capsys: pytest.CaptureFixture[str], file: Path, *arguments: str) -> str:
    assert main(["--warehouse", str(file), *arguments]) == 0
    return "".join(capsys.readouterr())


def test_no_command_speaks_of_euros(book_file: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = [printed(capsys, book_file, *command) for command in (
        ("settings",), ("loads",), ("check",), ("score",), ("value",), ("evidence",), ("settings", "--json"), ("value", "--json"),
        ("score", "--json"),
    )]  # fmt: skip
    assert "Currency: USD" in said[0] and "USD\u00a0" in said[4]
    assert not [words for words in said if "€" in words or "EUR" in words]


def screens() -> list[tuple[str, str]]:
    """(screen, view) of everything that can be opened."""
    views = {"client": list(CLIENT_VIEWS), "value": list(VALUE_VIEWS), "week": list(WEEK_VIEWS)}
    for name in ("data", "evidence", "method"):
        page = ast.parse((ROOT / SCREENS[name].script).read_text(encoding="utf-8"))
        texts = [node.value for node in ast.walk(page) if isinstance(node, ast.Assign)]
        views[name] = [str(c.value) for text in texts for c in ast.walk(text) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
    return [(screen, view) for screen in SCREENS for view in views.get(screen, [""])]


def elements(block: Any) -> Iterator[bytes]:
    """What is sent to the browser: texts, numbers, formats of columns, specifications of charts."""
    for child in block.children.values():
        if hasattr(child, "children"):
            yield child.proto.SerializeToString() if child.proto else b""
            yield from elements(child)
        elif child.proto is not None:
            yield child.proto.SerializeToString()


@pytest.mark.parametrize(("screen", "view"), screens())
def test_no_screen_speaks_of_euros(book_file: Path, monkeypatch: pytest.MonkeyPatch, screen: str, view: str) -> None:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(book_file))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.session_state["role"] = "analyst"
    app.switch_page(str(ROOT / SCREENS[screen].script))
    if view:
        app.query_params["view"] = view
    if screen == "client":
        app.query_params["customer"] = "C0000001"
    app.run()
    assert [problem.message for problem in app.exception] == []
    sent = b"".join(elements(app._tree))
    found = [sent[max(0, at - 60) : at + 20] for euro in EUROS[:2] if (at := sent.find(euro)) >= 0]
    assert not found
    if screen in ("overview", "value"):
        assert b"USD" in sent


def test_the_printed_page_has_amounts_in_dollars(book_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(book_file))
    from health.ui import cache

    book = analyst(cache.warehouse())
    customer = portfolio.build(book, AS_OF).filter(pl.col("status") == "active")["customer_id"][0]
    document = pypdfium2.PdfDocument(brief.make_pdf(book, customer, AS_OF))
    words = document[0].get_textpage().get_text_range()
    document.close()
    assert "USD" in words and "€" not in words
    assert isinstance(cache.warehouse(), Warehouse)
