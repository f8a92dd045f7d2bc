"""My customers on the screen: search, filters in the address, saved views, and the way to the client."""

import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from health.desk import saved_views
from health.ui import cache as reads
from health.ui.screens import SCREENS
from health.warehouse import Warehouse
from tests.books import analyst, rows, small_book
from tests.desk.office import loaded

pytestmark = pytest.mark.usefixtures("childless")
ROOT = Path(__file__).parent.parent
PEOPLE = {"A": ("Étoile", "E0"), "B": ("Łódź AG", "E1"), "C": ("Juniper", "E0"), "D": ("Etoilette", "E0")}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four customers of two account managers: D has left, B has an open complaint, C is the last one contacted by Zoë."""
    path = tmp_path_factory.mktemp("customers") / "book.duckdb"
    customers = [{"customer_id": i, "name": name, "owner": owner, "tier": "A" if i == "C" else "B"} for i, (name, owner) in PEOPLE.items()]
    lines = [
        {"contract_id": f"K{i}", "customer_id": i, "product": "mobile", "start_on": date(2023, 1, 1), "unit_price": 100 + n,
         "terminated_on": date(2024, 3, 1) if i == "D" else None}
        for n, i in enumerate(PEOPLE)
    ]  # fmt: skip
    warehouse = Warehouse(path)
    tables = small_book() | {
        "customers": rows("customers", *customers), "contracts": rows("contracts", *lines),
        "contacts": rows("contacts", {"contact_id": "P", "customer_id": "C", "name": "Zoë Lang", "phone": "+49 30 5551234"}),
        "complaints": rows("complaints", {"complaint_id": "Q", "customer_id": "B", "opened_at": datetime(2024, 6, 1, 9)}),
    }  # fmt: skip
    loaded(analyst(warehouse), tables, "crm.csv")
    warehouse.close()
    return path


@pytest.fixture(autouse=True)
def file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, untouched: Path) -> None:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(shutil.copy(untouched, tmp_path)))


def opened(role: str = "analyst", screen: str = "customers", **address: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["role"] = role
    if role == "account_manager":
        app.session_state["employee"] = "E0"
    for name, value in address.items():
        app.query_params[name] = value
    return drawn(app.switch_page(str(ROOT / SCREENS[screen].script)).run())


def drawn(app: AppTest) -> AppTest:
    assert [problem.message for problem in app.exception] == []
    return app


def names(app: AppTest) -> set[str]:
    return {name for table in app.dataframe for name in table.value["name"]}


def address(app: AppTest, key: str) -> list[str]:
    """The values of a parameter in the address; a single one is no list there."""
    value = app.query_params[key]
    return [value] if isinstance(value, str) else list(value)


def text(app: AppTest) -> str:
    return re.sub(
        r"\\([!-/:-@\[-`{-~])", r"\1", "\n".join(str(block.value) for block in [*app.header, *app.markdown, *app.success, *app.error])
    )


def searched(app: AppTest, words: str) -> AppTest:
    return drawn(app.text_input(key="customers-search").set_value(words).run())


def save_as(app: AppTest, name: str, is_default: bool = False) -> AppTest:
    next(box for box in app.text_input if box.label == "Name").set_value(name)
    app.checkbox[0].set_value(is_default)
    return drawn(next(button for button in app.button if button.label == "Save").click().run())


def test_the_list_holds_present_customers_and_a_search_says_where_it_found_them() -> None:
    app = opened()
    assert names(app) == {"Étoile", "Łódź AG", "Juniper"} and "1 with open complaints" in text(app)
    assert names(searched(app, "etoile")) == {"Étoile"}
    assert "1 match among former customers" in text(app)
    assert list(searched(app, "555 1234").dataframe[0].value["found_in"]) == ["contact person: Zoë Lang"]
    assert names(searched(app, "nobody")) == set() and "No customers match" in text(app)
    assert "nobody" not in str(dict(app.query_params)), "names of customers stay out of the address"
    drawn(app.button(key="customers-clear").click().run())
    assert names(app) == {"Étoile", "Łódź AG", "Juniper"}


def test_an_account_manager_sees_and_finds_the_own_customers_alone() -> None:
    app = opened("account_manager", owner=["E1"])
    assert names(app) == {"Étoile", "Juniper"}
    assert names(searched(app, "lodz")) == set()


def test_filters_come_from_the_address_and_go_into_it() -> None:
    app = opened(only=["complaints"], tier=["Z"])
    assert names(app) == {"Łódź AG"}
    drawn(app.multiselect(key="customers-owner").set_value(["E0"]).run())
    assert names(app) == set()
    assert address(app, "owner") == ["E0"] and address(app, "only") == ["complaints"]


def test_former_customers_are_shown_on_demand() -> None:
    assert names(opened(only=["former"])) == {"Etoilette"}


@pytest.mark.parametrize("role", ["executive", "account_manager"])
def test_a_view_is_saved_chosen_and_deleted(role: str) -> None:
    app = save_as(searched(opened(role, tier=["A"]), "zoe"), "Zoe's")
    assert "View saved: Zoe's." in text(app)
    app = opened(role)
    picker = next(box for box in app.selectbox if box.label == "Saved views")
    assert picker.value is None and names(app) > {"Juniper"}
    drawn(picker.set_value(1).run())
    assert names(app) == {"Juniper"} and app.text_input(key="customers-search").value == "zoe" and address(app, "tier") == ["A"]
    drawn(next(button for button in app.button if button.label == "Delete this view").click().run())
    assert "View deleted" in text(app)
    assert not [box for box in app.selectbox if box.label == "Saved views"]


def test_the_list_opens_with_the_default_view_unless_the_address_says_otherwise() -> None:
    save_as(opened(only=["complaints"]), "Complaints", is_default=True)
    assert names(opened()) == {"Łódź AG"}
    assert names(opened(tier=["A"])) == {"Juniper"}
    app = opened()
    drawn(app.button(key="customers-clear").click().run())
    assert names(app) == {"Étoile", "Łódź AG", "Juniper"}, "the default does not come back when filters are cleared"


def test_a_view_without_a_name_is_refused() -> None:
    assert "1 to 60 characters" in text(save_as(opened(), " "))
    assert saved_views.saved_views(analyst(reads.warehouse())) == []


def test_the_client_screen_without_a_customer_leads_to_the_list() -> None:
    app = opened(screen="client")
    assert app.title[0].value == "My customers" and names(app)
    unknown = opened(screen="client", customer="nobody")
    assert [link.proto.label for link in unknown.get("page_link")] == ["Go to My customers"]
