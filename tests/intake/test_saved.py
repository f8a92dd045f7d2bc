"""A mapping that was saved is found again by its header, in every version it ever had."""

from datetime import datetime

import polars as pl
import pytest

from health.access import Book, Viewer
from health.errors import Forbidden, InvalidInput, NotFound
from health.intake import layout, mapping
from health.intake.mapping import store
from health.intake.reading.parse import parse_file
from health.warehouse import Warehouse
from tests.intake.files import NOW, empty_book
from tests.real.test_outside_files import real

TOML = '[tables.customers.fields]\ncustomer_id = "Klantnr"\nname = "Naam"\n'
OTHER = TOML + 'region = "Regio"\n'
COLUMNS = ["Klantnr", "Naam", "Regio"]


def save(book: Book, toml: str = TOML, name: str = "Klanten", columns: list[str] = COLUMNS, at: datetime = NOW) -> int:
    return store.save(book, toml, name, columns, "Ida", at)


def test_a_saved_mapping_is_recognised_by_its_columns_in_any_order() -> None:
    book = empty_book()
    assert store.recognise_mapping(book, COLUMNS) is None
    assert save(book) == 1
    assert store.recognise_mapping(book, ["Regio", " Naam", "Klantnr "]) == mapping.parse(TOML, "Klanten")
    assert store.recognise_mapping(book, ["Klantnr", "Naam"]) is None and store.recognise_mapping(book, [*COLUMNS, "Extra"]) is None


def test_versions_rise_and_an_equal_mapping_makes_none() -> None:
    book = empty_book()
    assert [save(book), save(book), save(book, "# the same\n" + TOML), save(book, OTHER), save(book, TOML)] == [1, 1, 1, 2, 3]
    assert store.find_mapping(book, "Klanten") == mapping.parse(TOML, "Klanten")
    assert save(book, TOML, "wider") == 1 and save(book, TOML, "wider", ["Klantnr", "Naam"]) == 2, "another header is another version"
    with book.reading() as session:
        assert session.rows("mappings").filter(pl.col("name") == "Klanten").sort("version")["body"].to_list() == [TOML, OTHER, TOML]
    newest = store.saved_mappings(book).filter(pl.col("name") == "Klanten")
    assert newest.schema == pl.Schema(store.SCHEMA)
    assert newest.rows() == [("Klanten", 3, "Ida", NOW, COLUMNS, TOML)]


def test_of_two_mappings_for_one_header_the_one_saved_last_is_taken() -> None:
    book = empty_book()
    save(book, OTHER, "first", at=datetime(2026, 1, 1))
    save(book, TOML, "second", at=datetime(2026, 1, 2))
    found = store.recognise_mapping(book, COLUMNS)
    assert found is not None and found.name == "second"


def test_a_book_without_mappings_has_an_empty_list_of_the_same_shape() -> None:
    assert store.saved_mappings(empty_book()).schema == pl.Schema(store.SCHEMA)


@pytest.mark.parametrize("name", ["", " ", "../x", "a\nb", "x" * 61, "a;b", "<b>"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="not a valid mapping name"):
        save(empty_book(), name=name)


def test_a_mapping_that_does_not_fit_the_file_or_the_viewer_is_not_kept() -> None:
    book = empty_book()
    with pytest.raises(InvalidInput, match="'Regio', which the file does not have"):
        save(book, OTHER, columns=["Klantnr", "Naam"])
    with pytest.raises(InvalidInput, match="not valid TOML"):
        save(book, "[")
    with pytest.raises(Forbidden):
        save(Book(Viewer("Max", "executive"), Warehouse()))
    assert store.saved_mappings(book).is_empty()
    with pytest.raises(NotFound, match="no mapping named 'Klanten'"):
        store.find_mapping(book, "Klanten")


def test_the_telco_file_is_recognised_by_the_mapping_that_comes_with_us() -> None:
    file = real("telco_ibm/Telco-Customer-Churn.csv")
    sheet = parse_file(file.read_bytes(), file.name)
    found = store.recognise_mapping(empty_book(), sheet.columns)
    assert found is not None and found.name == "telco_ibm.toml"
    batch = layout.batch_from_mapping(found, sheet)
    assert batch.assumption == found.assumption and "gender" in batch.notices[-1] and "MonthlyCharges" not in batch.notices[-1]


def test_a_header_that_holds_only_some_of_a_mapping_s_columns_is_not_taken_for_it() -> None:
    assert store.recognise_mapping(empty_book(), ["customerID", "tenure"]) is None


def test_a_mapping_for_files_without_a_header_is_not_recognised_by_how_many_columns_there_are() -> None:
    book = empty_book()
    toml = '[file]\nheader = false\ncolumns = ["column_1", "column_2"]\n' + TOML.replace("Klantnr", "column_1")
    save(book, toml.replace("Naam", "column_2"), columns=["column_1", "column_2"])
    assert store.recognise_mapping(book, ["column_1", "column_2"]) is None
    assert store.recognise_mapping(book, ["customer_id", "date", "dollars"]) is None, (
        "a mapping that names its file's columns is for those alone"
    )
