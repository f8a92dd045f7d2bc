"""A client's screen as its account manager uses it: what is written there shows, what is refused stays typed, what is undone is gone."""

import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from health.access import Book, Viewer
from health.desk import entries
from health.desk.entries import notes
from health.errors import NotFound
from health.insight.client import rows as own
from health.report.brief import pdf
from health.ui import cache as reads
from health.ui.client import brief
from health.ui.client.views import VIEWS
from health.ui.entry.context import Desk, desk
from health.ui.entry.undo import Change, run_and_confirm
from health.ui.links import NOT_FOUND
from health.ui.screens import SCREENS
from health.warehouse import Warehouse
from tests.books import analyst, rows, small_book
from tests.desk.office import CALL, NOW, content, loaded, manager, office
from tests.test_pages import ROOT, button, drawn, listed, metrics, text

Opened = Callable[..., AppTest]
FORMS = {"Log a contact", "Record a complaint", "Record a promise", "Plan a contact", "Record notice", "Add a note", "Add a contact person",
         "Record a survey answer", "Record a referral", "Record a renewal", "Save override"}  # fmt: skip


def quiet(warehouse: Warehouse) -> None:
    """The office of load 1 in which nobody was spoken with since February, so that a call counts."""
    tables = small_book()
    talks = tables["interactions"].filter(pl.col("occurred_at") < datetime(2024, 3, 1))
    people = [{"contact_id": f"P{i}", "customer_id": i, "name": "Ida", "email": "i@x.example"} for i in "AB"]
    raised = [{"complaint_id": f"Q{i}", "customer_id": i, "opened_at": datetime(2024, 6, 10, 10), "severity": 3} for i in "AB"]
    filled = {"interactions": talks, "contacts": rows("contacts", *people), "complaints": rows("complaints", *raised)}
    loaded(analyst(warehouse), tables | filled, "crm.csv")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office as it was loaded, for a test to copy."""
    path = tmp_path_factory.mktemp("untouched") / "office.duckdb"
    own = Warehouse(path)
    quiet(own)
    own.close()
    return path


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, untouched: Path) -> Path:
    """A copy for all the tests that write nothing."""
    return Path(shutil.copy(untouched, tmp_path_factory.mktemp("shared")))


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, untouched: Path) -> None:
    """The app is over a copy of the small office of the test's own."""
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(shutil.copy(untouched, tmp_path)))


@pytest.fixture
def opened(file: None) -> Opened:
    """Opens the client's screen of the test's own office at an address, as the account manager of A or in another role."""
    return open_client


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch, shared: Path) -> Opened:
    """The same for a test that writes nothing."""
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(shared))
    return open_client


def open_client(role: str = "account_manager", **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["role"] = role
    if role == "account_manager":
        app.session_state["employee"] = "E0"
    for name, value in ({"customer": "A"} | address).items():
        app.query_params[name] = value
    return drawn(app.switch_page(str(ROOT / SCREENS["client"].script)).run())


def save(app: AppTest, opener: str) -> AppTest:
    """Saves the form that this button opens: a dialog is a fragment, so here both presses go into one run."""
    app.button(key=opener).click()
    return button(app, "Save")


def test_a_logged_call_changes_health_and_the_list_and_undo_brings_the_old_bits_back(opened: Opened) -> None:
    app = opened(view="happened")
    warehouse = reads.warehouse()
    before, health, many = content(warehouse), metrics(app)["Health"], len(listed(app, "kind"))
    app.button(key="primary-contact").click().run()
    app.date_input(key="desk A contact occurred_at on").set_value(date(2024, 6, 10))
    app.text_area[0].set_value("They would like a visit")
    app.text_input(key="desk A contact promised").set_value("Send the offer")
    app.date_input(key="desk A contact promised for").set_value(date(2024, 6, 28))
    save(app, "primary-contact")
    told = app.success[0].value
    assert "Contact logged" in told and metrics(app)["Health"] != health, told
    now = listed(app, "kind")
    assert len(now) == many + 2 and {"Contact", "Promise"} <= set(now["kind"][:3])
    assert "They would like a visit" in now["said"].tolist() and "E0" in now["who"].tolist()
    button(app, "Undo")
    assert content(warehouse) == before and metrics(app)["Health"] == health
    assert "Undone" in app.success[0].value and "Undo" not in {b.label for b in app.button}
    assert "removed" in " ".join(app.table[0].value["What"]), "the trail keeps what was taken back"


def test_a_refused_entry_says_why_and_keeps_what_was_typed(looked_at: Opened) -> None:
    app = looked_at()
    before = content(reads.warehouse())
    app.button(key="primary-contact").click().run()
    app.text_area[0].set_value("A long talk")
    app.text_input(key="desk A contact promised").set_value("A visit")
    save(app, "primary-contact")
    assert "due date" in app.error[0].value
    app.date_input(key="desk A contact promised for").set_value(date(2024, 7, 1))
    app.date_input(key="desk A contact occurred_at on").set_value(None)
    save(app, "primary-contact")
    assert r"occurred\_at is missing" in app.error[0].value
    assert (app.text_area[0].value, app.text_input(key="desk A contact promised").value) == ("A long talk", "A visit")
    assert content(reads.warehouse()) == before


def test_a_note_is_kept_with_its_author_and_searched_for(opened: Opened) -> None:
    app = opened(view="happened")
    app.button(key="new-note").click().run()
    app.text_area[0].set_value("Their **new** director is Ida")
    save(app, "new-note")
    app.text_input(key="sought").set_value("DIRECTOR").run()
    found = listed(drawn(app), "kind")
    assert found[["kind", "said", "who"]].values.tolist() == [["Note", "Their **new** director is Ida", "E0"]]


def test_each_view_has_its_address_and_an_executive_reads_all_of_them_without_a_form(looked_at: Opened) -> None:
    heads = {
        "why": "Parts of the score", "happened": "latest", "promises": "of 1 complaint open", "negotiation": "iscount",
        "money": "No invoices on file", "people": "1 current contact", "similar": "Compare with another customer",
    }  # fmt: skip
    assert set(heads) == set(VIEWS)
    app = looked_at("executive")
    for view in reversed(VIEWS):
        app.get_by_key("client-view").set_value(view).run()
        assert app.query_params["view"] == view and heads[view] in text(drawn(app)), view
        assert metrics(app)["Health"] and not FORMS & {b.label for b in app.button}, view
    for view in ("promises", "money", "people"):  # the others are opened by their address in other tests of this file
        app.query_params["view"] = view
        assert heads[view] in text(drawn(app.run())), view
    app.query_params["view"] = "nonsense"
    assert heads["why"] in text(drawn(app.run())), "an address that names no view opens the first"


def test_two_clients_stand_side_by_side_of_the_own_book_alone(looked_at: Opened) -> None:
    app = looked_at("analyst", view="similar", **{"with": "B"})
    assert listed(app, "points_other")["component"].nunique() >= 2
    foreign = looked_at(view="similar", **{"with": "B"})
    assert [problem.value for problem in foreign.error] == [NOT_FOUND] and "points_other" not in str(
        [f.value.columns for f in foreign.dataframe]
    )


def test_a_foreign_client_is_neither_opened_by_its_address_nor_written(looked_at: Opened) -> None:
    app = looked_at(customer="B")
    assert [problem.value for problem in app.error] == [NOT_FOUND] and not app.metric
    assert not FORMS & {b.label for b in app.button}
    book = manager(reads.warehouse())
    with pytest.raises(NotFound):
        run_and_confirm(Desk(book, "B", "B", date(2024, 6, 10), date(2024, 6, 20)), "Contact logged", date(2024, 6, 20), lambda: ((), ""))


def test_the_desk_opens_on_the_books_newest_day_alone_and_its_forms_start_with_today() -> None:
    book, customer = analyst(office()), {"customer_id": "A", "name": "A"}
    newest = date(2024, 6, 10)
    assert desk(book, customer, newest, date(2024, 5, 31)) is None
    assert desk(Book(Viewer("x", "executive"), Warehouse()), customer, newest, newest) is None
    for today in (date(2024, 6, 9), date(2024, 6, 17), date(2026, 6, 18)):
        assert Desk(book, "A", "A", newest, today).moment.date() == today


@pytest.mark.usefixtures("file")
def test_what_somebody_else_changed_meanwhile_is_told_beside_what_was_looked_at() -> None:
    everybody = analyst(reads.warehouse())
    entries.correct(everybody, "complaints", "QA", {"severity": 4}, 1, "they called again", NOW)

    def screen() -> None:
        from datetime import date

        from health.access import Book, Viewer
        from health.ui import cache as reads
        from health.ui.entry import dialogs
        from health.ui.entry.context import Desk

        mine = Desk(Book(Viewer("Jo", "account_manager", "E0"), reads.warehouse()), "A", "A", date(2024, 6, 10), date(2024, 6, 20))
        row = dialogs.row_of(mine, "complaints", "QA")
        assert row
        dialogs._step(mine, "solved", {**row, "severity": 3, "load_id": 1})

    app = drawn(AppTest.from_function(screen, default_timeout=60).run())
    app.text_area[0].set_value("a new cable")
    button(app, "Save")
    assert "changed this complaint" in app.error[0].value and app.text_area[0].value == "a new cable"
    assert listed(app, "seen")[["what", "seen", "now"]].values.tolist() == [["severity", "3", "4"]]
    button(app, "Save")
    stands = own.customer_rows(everybody, "A", ("complaints",))["complaints"].row(0, named=True)
    assert (stands["severity"], stands["comment"]) == (4, "a new cable") and stands["resolved_at"], "nobody's words are lost"


@pytest.mark.parametrize("first", [None, {"comment": "first words"}])
def test_the_undo_of_a_correction_puts_back_what_stood_before_it(first: dict[str, Any] | None) -> None:
    warehouse = office()
    book, load_id = manager(warehouse), 1
    if first:
        load_id = entries.correct(book, "complaints", "QA", first, 1, "said", NOW).load_id or 0
    before = own.customer_rows(book, "A", ("complaints",))["complaints"].drop("load_id", "file", "line", "recorded_at")
    done = entries.correct(book, "complaints", "QA", {"comment": "other words"}, load_id, "said", NOW)
    Change("complaints", "QA", done.load_id or 0, {"comment": first["comment"]} if first else {}).undo(book, NOW)
    assert own.customer_rows(book, "A", ("complaints",))["complaints"].drop("load_id", "file", "line", "recorded_at").equals(before)


def test_what_was_begun_for_one_client_never_stands_in_the_form_of_another(looked_at: Opened) -> None:
    def band(app: AppTest) -> Any:
        return next(field for field in app.selectbox if field.label == "Band")

    app = looked_at("analyst", view="why")
    band(app).set_value("at_risk")
    assert "reason" in text(button(app, "Save override")) and band(app).value == "at_risk"
    app.query_params["customer"] = "B"
    assert band(drawn(app.run())).value is None


def test_the_undo_of_an_entry_and_of_a_note_leaves_nothing_but_the_trail() -> None:
    warehouse = office()
    book, before = manager(warehouse), content(warehouse)
    done = entries.write(book, "interactions", CALL, NOW)
    Change("interactions", done.key, done.load_id or 0).undo(book, NOW)
    Change("notes", str(notes.add(book, "A", "words", NOW)), 0).undo(book, datetime(2024, 6, 21))
    assert content(warehouse) == before and own.read_ledgers(book, "A")["notes"]["removed_at"].null_count() == 0


@pytest.mark.usefixtures("looked_at")
def test_the_brief_is_of_the_own_book_alone_and_says_what_is_open() -> None:
    mine = manager(reads.warehouse())
    told = brief.read_brief(mine, "A", date(2024, 6, 10))
    assert told.complaints is not None and told.complaints["complaint_id"].to_list() == ["QA"]
    assert told.promises is None and told.people is not None, "a table without rows is unknown, not nothing"
    assert told.reasons and told.steps and pdf(told).startswith(b"%PDF")
    with pytest.raises(NotFound):
        brief.read_brief(mine, "B", date(2024, 6, 10))
