"""What a file does not say is seen from its lines, told, or asked; what the reader declares goes before what is seen."""

import io

import pytest
import xlsxwriter

from health.errors import AmbiguousFile, InvalidInput
from health.intake import layout, mapping
from health.intake.reading import blocks
from health.intake.reading.parse import parse_file
from health.intake.reading.sheet import LINE, Form, Sheet
from tests.fuzz.damage import text
from tests.intake.files import workbook
from tests.intake.zoo import rebuilt
from tests.size import size


def cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return sheet.rows.drop(LINE).rows()


def read(content: str | bytes, **form: object) -> Sheet:
    return parse_file(content.encode() if isinstance(content, str) else content, "x.csv", Form(**form))  # type: ignore[arg-type]


@pytest.mark.parametrize(("block", "records"), [(1, size(20, 60)), (17, size(20, 60)), (200, 60), (5_000, 60)])
def test_where_a_block_ends_changes_nothing(block: int, records: int, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [text(seed, records) for seed in range(1, 25)]
    before = [parse_file(file.content, file.name, Form(**file.form)) for file in files]  # type: ignore[arg-type]
    monkeypatch.setattr(blocks, "BLOCK_BYTES", block)
    for file, whole in zip(files, before, strict=True):
        pieces = parse_file(file.content, file.name, Form(**file.form))  # type: ignore[arg-type]
        assert pieces.rows.equals(whole.rows) and pieces.broken.equals(whole.broken)


def test_an_encoding_is_asked_for_with_what_each_makes_of_the_first_line_in_doubt() -> None:
    content = "id,name\n1,Ada\n2,Núñez €\n".encode("cp1252")
    with pytest.raises(AmbiguousFile, match="line 3: byte 0xfa is not UTF-8") as asked:
        read(content)
    choices = dict(asked.value.choices)
    assert asked.value.setting == "encoding" and choices["cp1252"] == "2,Núñez €" and choices["cp850"] != choices["cp1252"]
    declared = read(content, encoding="cp1252")
    assert cells(declared)[1] == ("2", "Núñez €") and declared.form.encoding == "cp1252"


def test_a_file_in_utf8_is_read_as_such_whatever_was_declared_and_says_so() -> None:
    sheet = read("id,name\n1,Núñez\n", encoding="cp1252")
    assert cells(sheet) == [("1", "Núñez")] and "not as cp1252" in sheet.notices[0] and sheet.form.encoding is None


def test_only_encodings_that_are_on_the_list_may_be_declared() -> None:
    with pytest.raises(InvalidInput, match="'zip' is not supported"):
        read(b"id,name\n1,\xfa\n", encoding="zip")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_a_delimiter_is_seen_from_all_lines_and_not_inside_quotes(mark: str) -> None:
    sheet = read(f'id{mark}sum{mark}"a,b;c|d"\n1{mark}"2,5"{mark}x\n2{mark}"3,5;1|1"{mark}y\n')
    assert sheet.form.delimiter == mark and cells(sheet)[0] == ("1", "2,5", "x")


def test_decimal_commas_do_not_pass_for_delimiters() -> None:
    sheet = read("id;sum\n" + "1,5;2,5\n" * 9)
    assert sheet.form.delimiter == ";" and cells(sheet)[0] == ("1,5", "2,5")


def test_what_is_declared_goes_before_what_is_seen() -> None:
    assert read("a,b;c\n1,2;3\n", delimiter=";").columns == ["a,b", "c"]
    assert cells(read('a,b\n1,"x"\n', quote="")) == [("1", '"x"')]
    assert cells(read("junk,junk\na,b\n1,2\n", header_line=2)) == [("1", "2")]
    with pytest.raises(InvalidInput, match="cannot be a delimiter"):
        read("a,b\n1,2\n", delimiter="::")
    with pytest.raises(InvalidInput, match="line 9 is not a header row"):
        read("a,b\n1,2\n", header_line=9)


def test_lines_above_the_header_are_found_and_told() -> None:
    sheet = read("Customers in June\nmade by the CRM\n\nid;name;since\n1;a;2024-01-01\n2;b;2024-02-01\n")
    assert sheet.rows[LINE].to_list() == [5, 6] and sheet.form.header_line == 4
    assert sheet.notices == ("x.csv: lines 1 to 3 stand above the header in line 4 and are ignored.",)


@pytest.mark.parametrize(
    "doubtful", ["id\n1,a\n2,b\n", "id,name\n1,a,b\n2,c,d\n", "title\nC1,a\nC2,b\n", "name,city\nIda,Rome\nBo,Paris\n"]
)
def test_where_the_lines_leave_doubt_the_first_is_the_header(doubtful: str) -> None:
    sheet = read(doubtful)
    assert sheet.columns == doubtful.split("\n")[0].split(",") and sheet.notices == () and sheet.form.header_line is None


@pytest.mark.parametrize("word", ["Total", "Totaal:", "Summe", "TOTAL GÉNÉRAL", "Grand total", "Итого", "Somme (3 lignes)"])
def test_a_total_is_no_row(word: str) -> None:
    sheet = read(f"name,sum,note\na,1,x\nb,2,y\n{word},3,\n")
    assert sheet.rows.height == 2 and sheet.broken.select(LINE, "raw").rows() == [(4, f"{word},3,")]


def test_a_customer_named_like_a_total_stays() -> None:
    assert read("id,name\n1,Total\n2,Total Energies\n").rows.height == 2
    assert read("name,city\nIda,Rome\nTotal Energies,Paris\n").rows.height == 2
    assert read("name,city\nTotal,\nIda,Rome\n").rows.height == 2


def test_a_header_may_hold_quotes_and_line_ends() -> None:
    assert read('"id, new","the\nname"\n1,2\n').columns == ["id, new", "the name"]


def test_a_sheet_is_chosen_by_name_even_a_hidden_one_and_all_are_listed() -> None:
    content = workbook(("first", [["id"], [1]], False), ("second", [["id"], [2]], False), ("hidden", [["id"], [3]], True))
    with pytest.raises(AmbiguousFile, match="2 sheets contain rows") as asked:
        read(content)
    assert asked.value.setting == "sheet" and asked.value.choices == (("first", "id"), ("second", "id"))
    chosen = read(content, sheet="hidden")
    assert cells(chosen) == [("3",)] and chosen.sheets == (("first", True), ("second", True), ("hidden", False))
    with pytest.raises(InvalidInput, match="no sheet 'third'; use one of its sheets: 'first', 'second', 'hidden'"):
        read(content, sheet="third")


def test_a_note_beside_the_rows_raises_no_question() -> None:
    assert cells(read(workbook(("note", [["read me"]], False), ("rows", [["id"], [2]], False)))) == [("2",)]


def test_every_cell_without_a_value_is_named_with_its_row() -> None:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    sheet.write_row(2, 1, ["id", "name"])
    sheet.write_row(3, 1, ["1", "a"])
    for column, error in ((1, "#REF!"), (2, "#DIV/0!")):
        sheet.write_formula(4, column, "=1/0", None, error)
    sheet.write(6, 1, "#N/A is a text")
    made.close()
    found = read(out.getvalue())
    assert found.rows.rows() == [(4, "1", "a"), (7, "#N/A is a text", None)]
    assert found.broken.select(LINE, "reasons").rows() == [
        (5, "cell B5 contains the error #REF!; cell C5 contains the error #DIV/0!"),
        (6, "the row is blank"),
    ]


def calculated(rows: list[list[object]], *strip: str) -> bytes:
    """A workbook whose sheet begins in B3; a cell that begins with = is a formula, and those at these addresses have no value."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    sheet = made.add_worksheet()
    for r, row in enumerate(rows, 2):
        for c, cell in enumerate(row, 1):
            sheet.write(r, c, cell)
    made.close()
    bare = {f'<c r="{address}"><f>1+1</f><v>0</v></c>'.encode(): f'<c r="{address}"><f>1+1</f></c>'.encode() for address in strip}

    def stripped(xml: bytes) -> bytes:
        for held, without in bare.items():
            assert held in xml
            xml = xml.replace(held, without)
        return xml

    return rebuilt(out.getvalue(), {"xl/worksheets/sheet1.xml": stripped})


ROWS: list[list[object]] = [["id", "Cost", "name"], ["1", "=1+1", "a"], ["2", "=1+1", "b"]]
NOTICE = "x.xlsx: column 'Cost' holds formulas without values; open and save the workbook in Excel to add them."


def book_of(content: bytes) -> Sheet:
    return parse_file(content, "x.xlsx")


def test_a_column_of_formulas_without_one_value_is_left_out_and_named() -> None:
    found = book_of(calculated(ROWS, "C4", "C5"))
    assert found.columns == ["id", "name"] and cells(found) == [("1", "a"), ("2", "b")] and found.broken.is_empty()
    assert found.rows[LINE].to_list() == [4, 5] and NOTICE in found.notices and found.valueless == ("Cost",)


def test_where_a_formula_has_a_value_the_rows_without_one_are_refused() -> None:
    for found in (
        book_of(calculated(ROWS, "C5")),
        book_of(calculated([*ROWS[:2], ["2", "7", "b"]], "C4")),
        book_of(calculated([*ROWS, ["3", None, "c"]], "C4", "C5")),
    ):
        assert found.columns == ["id", "Cost", "name"] and not found.valueless and NOTICE not in found.notices
        assert all("contains a formula without a value" in why for why in found.broken["reasons"]) and found.broken.height


def test_formulas_that_reach_below_the_rows_or_stand_without_a_name_make_no_row() -> None:
    dragged = book_of(calculated([*ROWS, [None, "=1+1"], [None, "=1+1"]], "C4", "C5", "C6", "C7"))
    assert cells(dragged) == [("1", "a"), ("2", "b")] and dragged.broken.is_empty()
    nameless = book_of(calculated([["id", "name"], ["1", "a", "=1+1"], ["2", "b", "=1+1"]], "D4", "D5"))
    assert cells(nameless) == [("1", "a"), ("2", "b")] and nameless.valueless == ("D",)
    total = book_of(calculated([["id", "Cost", "n"], ["1", "=1+1", "4"], ["2", "=1+1", "5"], ["Total", None, "9"]], "C4", "C5"))
    assert cells(total) == [("1", "4"), ("2", "5")] and "total" in total.broken["reasons"][0]


def test_where_no_cell_has_a_value_the_rows_are_refused() -> None:
    found = book_of(calculated([["id", "name"], ["=1+1", "=1+1"]], "B4", "C4"))
    assert found.rows.is_empty() and found.broken.height == 1


def test_an_error_in_such_a_column_still_refuses_its_row() -> None:
    content = calculated(ROWS, "C4")
    broken = {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b'r="C5"><f>1+1</f><v>0', b'r="C5" t="e"><f>1+1</f><v>#REF!')}
    assert book_of(rebuilt(content, broken)).broken.height == 2


def test_a_column_that_is_needed_and_holds_no_value_is_told_as_such() -> None:
    content = calculated([["customer_id", "name"], ["1", "=1+1"], ["2", "=1+1"]], "C4", "C5")
    with pytest.raises(InvalidInput, match="column 'name' holds formulas without values; open and save the workbook in Excel"):
        layout.batch_from_extract("customers", book_of(content))
    outside = mapping.parse("[tables.customers.fields]\ncustomer_id = 'customer_id'\nname = 'name'\n", "m.toml")
    with pytest.raises(InvalidInput, match="column 'name' holds formulas without values; open and save the workbook in Excel"):
        layout.batch_from_mapping(outside, book_of(content))
