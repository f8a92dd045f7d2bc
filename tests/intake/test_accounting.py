"""Every record of a file is accepted or refused, whatever the file holds, and what is accepted is what was written."""

import csv
import io
from datetime import datetime

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from health.intake import layout
from health.intake.check import CheckedRows, check
from health.intake.reading import parse
from health.intake.reading.sheet import Form
from tests.intake.files import CONTRACTS, workbook
from tests.size import size

KNOWN = {"customers": pl.Series(["C1", "C2"])}
CELLS = st.one_of(
    st.sampled_from(
        [
            "C1",
            "C2",
            "K1",
            "mobile",
            "2024-01-01",
            "1.50",
            "",
            " ",
            "1e309",
            "NaN",
            '"',
            '"a"',
            'a"b',
            ";",
            ",",
            '"x,y"',
            "é",
            "\ufffd",
            "\0",
        ]
    ),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\n\r"), max_size=6),
)
LINES = st.lists(st.lists(CELLS, max_size=9).map(",".join), max_size=25)
HEADER = CONTRACTS.splitlines()[0]


def checked(content: bytes, table: str = "contracts") -> CheckedRows:
    return check(layout.batch_from_extract(table, parse.parse_file(content, "x.csv")).extracts[0], KNOWN)


@settings(max_examples=size(50, 150), deadline=None)
@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_accepted_and_refused_rows_are_all_the_lines_there_are(lines: list[str], end: str, mark: bool) -> None:
    text = end.join([HEADER, *lines, "K0,C1,mobile,2024-01-01,,1,1"]) + end
    content = (b"\xef\xbb\xbf" if mark else b"") + text.encode()
    result = checked(content)
    told, sheet = [*result.accepted["line"], *result.refused["line"]], result.extract.sheet
    assert len(told) == len(set(told)) == result.extract.read
    cells = [cell for row in sheet.rows.select(sheet.columns).rows() for cell in row]
    breaks = sum((text or "").count("\n") for text in [*cells, *sheet.broken["raw"]])
    assert len(told) + breaks == len(lines) + 1 and set(told) <= set(range(2, len(lines) + 3))


PLAIN = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=size(40, 100), deadline=None)
@given(
    st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=12),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_csv_writer_wrote_is_what_is_read(names: list[tuple[str, str]], delimiter: str, quoting: int) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")
    writer.writerow(["customer_id", "name", "segment"])
    writer.writerows([f"C{n}", f"n{name}", segment] for n, (name, segment) in enumerate(names))
    result = checked(out.getvalue().encode(), "customers")
    assert result.refused.is_empty()
    assert result.accepted["name"].to_list() == [f"n{name}".strip() for name, _ in names]
    assert result.accepted["segment"].to_list() == [segment.strip() or None for _, segment in names]


def test_a_quoted_cell_may_span_lines_and_its_record_stands_on_the_first() -> None:
    result = checked(b'customer_id,name,segment\nC1,"two\nlines, ""quoted""",a\nC2,plain,"b"\n', "customers")
    assert result.accepted.select("customer_id", "name", "segment", "line").rows() == [
        ("C1", 'two\nlines, "quoted"', "a", 2),
        ("C2", "plain", "b", 4),
    ]


def test_a_line_inside_a_quoted_cell_is_no_row_of_its_own_however_much_it_looks_like_one() -> None:
    result = checked(b'customer_id,name,segment\nC1,"one\nC9,x,y\nend",a\nC2,b,c\n', "customers")
    assert result.accepted.select("customer_id", "line").rows() == [("C1", 2), ("C2", 5)] and result.refused.is_empty()


def test_a_quote_that_never_closes_takes_its_own_line_alone() -> None:
    lines = ["customer_id,name", 'C1,"open', *[f"C{n},n{n}" for n in range(2, 60)]]
    result = checked("\n".join(lines).encode(), "customers")
    assert result.refused["line"].to_list() == [2] and result.accepted.height == 58


def test_blank_lines_count_inside_the_file_and_not_round_it() -> None:
    result = checked(b"\n\ncustomer_id,name\nC1,a\n\nC2,b\n\n\n", "customers")
    assert (result.extract.read, result.accepted["line"].to_list(), result.refused["line"].to_list()) == (3, [4, 6], [5])


def test_mac_line_ends_are_lines() -> None:
    assert checked(b"customer_id,name\rC1,a\rC2,b\r", "customers").accepted.height == 2


def test_a_file_without_a_header_takes_its_names_from_the_form() -> None:
    form = Form(header=False, columns=("id", "day", "sum"), delimiter="blanks")
    sheet = parse.parse_file(b" 00004  19970101   29.33\n 00021 19970118 1\n 1 2\n", "x.txt", form)
    assert sheet.rows.rows() == [(1, "00004", "19970101", "29.33"), (2, "00021", "19970118", "1")]
    assert sheet.broken["reasons"].to_list() == ["2 cells where the header has 3"]


def test_a_workbook_is_read_as_text_from_its_first_visible_sheet() -> None:
    cells: list[list[object]] = [
        [],
        ["contract_id", "customer_id", "product", "start_on", "unit_price", "quantity"],
        ["007", "C1", "mobile", datetime(2024, 2, 29), 24.9, 3],
        [],
        ["K2", "C1", "mobile", datetime(2024, 3, 1), 12, None],
    ]
    content = workbook(("hidden", [["nothing"]], True), ("lines", cells, False))
    result = check(layout.batch_from_extract("contracts", parse.parse_file(content, "x.csv")).extracts[0], KNOWN)
    assert result.accepted.select("contract_id", pl.col("start_on", "unit_price").cast(pl.String), "quantity", "line").rows() == [
        ("007", "2024-02-29", "24.90", 3, 3),
        ("K2", "2024-03-01", "12.00", None, 5),
    ]
    assert result.refused["line"].to_list() == [4]


def test_parquet_and_csv_of_the_same_rows_are_the_same() -> None:
    from_csv = checked(CONTRACTS.replace("0007", "C2").encode())
    typed = from_csv.accepted.drop("line").with_columns(pl.col("unit_price").cast(pl.Float64))
    out = io.BytesIO()
    typed.write_parquet(out)
    again = check(layout.batch_from_extract("contracts", parse.parse_file(out.getvalue(), "x.parquet")).extracts[0], KNOWN)
    assert again.refused.is_empty() and again.accepted.drop("line").equals(from_csv.accepted.drop("line"))


def test_instants_take_a_space_or_a_t_and_a_day_is_its_first_moment() -> None:
    head = "interaction_id,customer_id,occurred_at,channel,direction,automated\n"
    times = ["2025-01-02", "2025-01-02 03:04", "2025-01-02T03:04:05", "2025-01-02 03:04:05.5"]
    text = head + "".join(f"I{n},C1,{t},call,out,{flag}\n" for n, (t, flag) in enumerate(zip(times, ["yes", "0", "TRUE", ""], strict=True)))
    accepted = checked(text.encode(), "interactions").accepted
    assert accepted["occurred_at"].dt.to_string("%H:%M:%S%.f").to_list() == ["00:00:00", "03:04:00", "03:04:05", "03:04:05.500"]
    assert accepted["automated"].to_list() == [True, False, True, None]


def test_a_month_is_its_first_day_and_doubles_are_found_after_that() -> None:
    text = "product,month,source,price\nmobile,2026-09-17,survey,1\nmobile,2026-09-01,survey,2\nmobile,2026-10-31,survey,3.10\n"
    result = checked(text.encode(), "market_prices")
    assert result.accepted["month"].cast(pl.String).to_list() == ["2026-09-01", "2026-10-01"]
    assert result.refused["reasons"].to_list()[0].endswith("already appears in line 2")
