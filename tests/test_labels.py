"""A choice is known by its words alone: no two of them are alike, whoever bears the name of another."""

from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from health.ui.labels import unique_labels
from health.ui.links import customer_labels
from health.ui.screens import SCREENS
from health.warehouse import Warehouse
from tests.books import analyst, rows
from tests.desk.office import loaded, office

ROOT = Path(__file__).parent.parent


def test_a_name_alone_stays_as_it_is_and_namesakes_have_their_ids_behind_it() -> None:
    assert unique_labels({"E1": "Jo", "E2": "Bo", "E3": "Jo"}) == {"E1": "Jo · E1", "E2": "Bo", "E3": "Jo · E3"}


def test_a_name_written_like_a_namesake_with_its_id_is_told_apart_too() -> None:
    for names in ({"E1": "Jo · E2", "E2": "Jo", "E3": "Jo"}, {"E1": "Jo", "E2": "E1", "E3": "Jo · E1", "E4": "Jo"}):
        assert len(set(unique_labels(names).values())) == len(names)
    customers = pl.DataFrame({"customer_id": ["1", "2 · 1", "Ada · 1"], "name": ["Ada · 2", "Ada", None]})
    assert len(set(customer_labels(customers).values())) == 3


def test_two_people_of_one_name_are_two_choices_in_a_form(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "book.duckdb"
    warehouse = office(Warehouse(file))
    loaded(analyst(warehouse), {"contacts": rows("contacts", {"contact_id": "P2", "customer_id": "A", "name": "Ida"})}, "more.csv")
    warehouse.close()
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(file))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["customer"] = "A"
    app.switch_page(str(ROOT / SCREENS["client"].script)).run()
    app.button(key="primary-contact").click().run()
    (person,) = [choice for choice in app.selectbox if "Ida" in " ".join(choice.options)]
    assert person.options == ["Ida · P2", "Ida · PA"]
