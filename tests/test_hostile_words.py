"""What a stranger wrote - a file's name, its header, a customer - is shown letter by letter, and no table saves it as a formula."""

from datetime import datetime
from importlib import import_module
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from health import demo
from health import format as fmt
from health.access import Book, Viewer
from health.desk import entries
from health.desk.entries import notes
from health.desk.worklist import actions
from health.intake import layout, load
from health.ui.screens import SCREENS
from health.warehouse import Warehouse
from tests.books import analyst, rows
from tests.desk.office import loaded, manager
from tests.desk.test_own_book import told_of

pytestmark = pytest.mark.usefixtures("childless")
ROOT = Path(__file__).parent.parent
FILE = "![x](https:evil.example) :red[x] $a$b$.csv"


@pytest.fixture
def upload(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(tmp_path / "book.duckdb"))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    return app.switch_page(str(ROOT / SCREENS["upload"].script)).run()


def test_a_refusal_shows_the_files_name_and_header_letter_by_letter(upload: AppTest) -> None:
    header = b"customer_id,![h](https://evil.example/h.png),![h](https://evil.example/h.png)\nA,b,c\n"
    upload.file_uploader[0].upload(FILE, header).run()
    (told,) = upload.error
    assert told.value.startswith(fmt.plain(FILE)) and "![" not in told.value


def test_the_word_of_a_commit_shows_the_files_name_letter_by_letter(upload: AppTest) -> None:
    upload.file_uploader[0].upload(FILE, b"customer_id,name\nA,Ada\n").run()
    next(b for b in upload.button if b.label.startswith("Load ")).click().run()
    (told,) = upload.success
    assert fmt.plain(FILE) in told.value and "![" not in told.value


def test_no_text_of_a_table_on_screen_begins_as_a_formula(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(1)", "\uff1d1+1", "Plain"]
    ids = [f"C{n}" for n in range(len(names))]
    file = tmp_path / "book.duckdb"
    warehouse = Warehouse(file)
    book = Book(Viewer("test", "analyst"), warehouse)
    customers = pl.DataFrame({"customer_id": ids, "name": names})
    lines = pl.DataFrame({"contract_id": ids, "customer_id": ids, "product": ids, "start_on": ["2024-01-01"] * 6, "unit_price": ["9"] * 6})
    lines = lines.with_columns(pl.col("start_on").str.to_date())
    batch = layout.batch_from_frames({"customers": customers, "contracts": lines}, "book", "extract")
    load.commit(book, load.prepare(book, batch), "test", datetime(2026, 11, 2))
    warehouse.close()
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(file))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    shown = [name for table in app.dataframe for name in table.value.get("name", [])]
    assert sorted(name.removeprefix("\u2060") for name in shown) == sorted(names)
    assert not [name for name in shown if name[0] in "=+-@\uff1d"]


def test_without_complaints_on_file_nobody_is_said_not_to_have_complained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tables = {name: frame for name, frame in demo.generate(customers=60, months=12).tables.items() if name != "complaints"}
    file = tmp_path / "silent.duckdb"
    warehouse = Warehouse(file)
    book = Book(Viewer("test", "analyst"), warehouse)
    load.commit(book, load.prepare(book, layout.batch_from_frames(tables, "silent", "extract")), "test", datetime(2026, 11, 2))
    warehouse.close()
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(file))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    said = " ".join(str(block.value) for block in [*app.header, *app.markdown])
    assert not app.exception and "No complaints are loaded" in said and "did not complain" not in said


def test_account_managers_of_one_name_each_open_their_own_book(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "namesakes.duckdb"
    warehouse = Warehouse(file)
    book = Book(Viewer("test", "analyst"), warehouse)
    ids = ["E1", "E2"]
    customers = pl.DataFrame({"customer_id": ["A", "B"], "name": ["Ada", "Bo"], "owner": ids})
    lines = pl.DataFrame(
        {"contract_id": ids, "customer_id": ["A", "B"], "product": ids, "start_on": ["2024-01-01"] * 2, "unit_price": [9, 9]}
    )
    tables = {
        "customers": customers,
        "contracts": lines.with_columns(pl.col("start_on").str.to_date()),
        "employees": pl.DataFrame({"employee_id": ids, "name": ["Jo", "Jo"]}),
    }
    load.commit(book, load.prepare(book, layout.batch_from_frames(tables, "namesakes", "extract")), "test", datetime(2026, 11, 2))
    warehouse.close()
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(file))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["role"] = "account_manager"
    app.switch_page(str(ROOT / SCREENS["customers"].script)).run()
    for employee, customer in zip(ids, ["Ada", "Bo"], strict=True):
        app.selectbox(key="employee").set_value(employee).run()
        assert [table.value["name"].to_list() for table in app.dataframe] == [[customer]]


def test_at_the_desk_a_strangers_words_are_neither_markup_nor_a_formula(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file, whose, words = tmp_path / "desk.duckdb", "=cmd|' /C calc'!A0", "![x](https://evil.example) :red[x] <b>x</b> \u202e\x07"
    evil, now = f"={words}".ljust(300, "W"), datetime(2026, 6, 19, 15)
    warehouse = Warehouse(file)
    told = told_of(whose, "E0")
    texts = {"customers": "name", "contracts": "product", "contacts": "name", "complaints": "theme", "promises": "comment"}
    for table, column in texts.items():
        told[table][column] = evil
    tables = {table: rows(table, {"customer_id": whose} | row) for table, row in told.items()}
    loaded(analyst(warehouse), tables | {"employees": rows("employees", {"employee_id": "E0", "name": evil})}, f"{words}.csv")
    mine = manager(warehouse)
    notes.add(mine, whose, evil, now)
    entries.correct(mine, "complaints", f"Q{whose}", {"comment": evil}, 1, evil, now)
    actions.hand_over(analyst(warehouse), whose, mine, evil, now)
    warehouse.close()
    lists = import_module("health.ui.week.lists")
    plain = lists.table
    monkeypatch.setattr(lists, "table", lambda *given, **named: (plain(*given, **named), 0)[1])  # the first row is chosen
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(file))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["role"], app.session_state["employee"] = "account_manager", "E0"
    app.query_params["customer"] = whose
    for screen, view in (("week", ""), ("client", "happened"), ("client", "promises")):
        app.query_params["view"] = view
        app.switch_page(str(ROOT / SCREENS[screen].script)).run()
        assert not app.exception and not app.error, screen
        said = [str(block.value) for kind in ("title", "header", "markdown", "caption", "success") for block in app.get(kind)]
        said += [str(cell) for table in app.table for cell in table.value.to_numpy().ravel()]
        cells = [cell for table in app.dataframe for cell in table.value.to_numpy(dtype=object).ravel() if isinstance(cell, str)]
        assert any("evil" in text for text in said) and any("evil" in cell for cell in cells), "else nothing is shown by this"
        assert not [text for text in said if "![x](" in text or ":red[x]" in text or "<b>x" in text], (screen, view)
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")], (screen, view)
