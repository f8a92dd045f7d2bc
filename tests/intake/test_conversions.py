"""Days and amounts of other systems come out as Python's own reading of them, or their row is refused; nothing is read in two ways."""

import re
from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from health.intake import layout, mapping
from health.intake.cells import PATTERNS
from health.intake.check import check
from health.intake.mapping.conversions import parse_day, parse_number
from health.intake.mapping.formats import ValueFormat
from health.intake.reading.parse import parse_file
from tests.size import size

ORDERS = {"day_first": (2, 1, 0), "month_first": (2, 0, 1), "iso": (0, 1, 2)}
MARK = st.sampled_from("/.-")
CLOCK = st.sampled_from(
    ["", " 9:05", " 09:05", "T23:59:59", ", 12:00", " 24:00", " 12:60", " 12:00:60", " noon", " 12", "  9:05", " 09:05:01.25"]
)


def read(expr: pl.Expr, *texts: str) -> list[str | None]:
    return pl.DataFrame({"text": texts}).select(expr).to_series().to_list()


def naive_day(text: str, form: str) -> datetime | None:
    """What a person would read: three numbers, two marks, perhaps a clock."""
    split = re.fullmatch(r"(\d+)([/.-])(\d+)([/.-])(\d+)(?:(?:,? |T)(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?", text, re.ASCII)
    if split is None or (form == "iso" and (split[2], split[4]) != ("-", "-")):
        return None
    parts = [split[1], split[3], split[5]]
    year, month, of_month = (parts[n] for n in ORDERS[form])
    if len(year) != 4 or len(month) > 2 or len(of_month) > 2:
        return None
    try:
        clock = (int(split[6] or 0), int(split[7] or 0), int(split[8] or 0), int((split[9] or "0").ljust(6, "0")))
        return datetime(int(year), int(month), int(of_month), *clock)
    except ValueError:
        return None


@settings(max_examples=size(100, 300), deadline=None)
@given(st.integers(1, 2100), st.integers(0, 14), st.integers(0, 33), MARK, MARK, CLOCK, st.sampled_from(list(ORDERS)), st.booleans())
@example(2026, 2, 29, "/", "/", "", "day_first", True)
@example(2024, 2, 29, ".", ".", " 9:05", "day_first", False)
def test_days_read_as_a_person_reads_them(y: int, m: int, d: int, a: str, b: str, clock: str, form: str, padded: bool) -> None:
    year, month, of_month = (f"{y:04d}", f"{m:02d}", f"{d:02d}") if padded else (str(y), str(m), str(d))
    ordered = {"day_first": (of_month, month, year), "month_first": (month, of_month, year), "iso": (year, month, of_month)}[form]
    text = f"{ordered[0]}{a}{ordered[1]}{b}{ordered[2]}{clock}"
    expected = naive_day(text, form)
    assert read(parse_day(pl.col("text"), form, "timestamp"), text) == [expected and f"{expected:%Y-%m-%d %H:%M:%S.%f}".rjust(26, "0")]
    assert read(parse_day(pl.col("text"), form, "date"), text) == [expected and f"{expected:%Y-%m-%d}".rjust(10, "0")]


@pytest.mark.parametrize(
    "text", ["3/2/26", "03/02/26", "31/02/2026", "2026-02-03x", "x03/02/2026", "٠٣/٠٢/٢٠٢٦", "03/02/2026\n", "", "3 2 2026", "1/1/12026"]
)
def test_what_is_no_day_in_that_form_is_none(text: str) -> None:
    assert read(parse_day(pl.col("text"), "day_first", "date"), text) == [None]


def test_short_years_and_month_names_are_read_where_a_pattern_says_so() -> None:
    assert read(parse_day(pl.col("text"), "%d/%m/%y", "date"), "03/02/26", "03/02/2026") == ["2026-02-03", None]
    assert read(parse_day(pl.col("text"), "%d %b %Y", "date"), "3 Feb 2026", "3 Mrt 2026") == ["2026-02-03", None]
    assert read(parse_day(pl.col("text"), "%m/%d/%Y %I:%M %p", "timestamp"), "2/3/2026 2:30 PM") == ["2026-02-03 14:30:00.000000"]


def naive_amount(text: str, decimal: str, thousands: str | None) -> Decimal | None:
    """By hand: one sign off, groups counted one by one."""
    left, negative = text, False
    for sign in (
        lambda t: t[1:-1] if t[:1] == "(" and t[-1:] == ")" else None,
        lambda t: t[1:] if t[:1] == "-" else None,
        lambda t: t[:-1] if t[-1:] == "-" else None,
    ):
        if (bare := sign(left)) is not None and not negative:
            left, negative = bare.strip(" "), True
    whole, dot, cents = left.partition(decimal)
    groups = whole.split(thousands) if thousands else [whole]
    right = len(groups) == 1 or (1 <= len(groups[0]) <= 3 and groups[0][0] != "0" and all(len(g) == 3 for g in groups[1:]))
    if not all(g.isascii() and g.isdigit() for g in groups) or not right or (dot and not (cents.isascii() and cents.isdigit())):
        return None
    return Decimal(f"{'-' if negative else ''}{''.join(groups)}.{cents or '0'}")


@settings(max_examples=size(150, 500), deadline=None)
@given(
    st.one_of(
        st.text("0123456789.,'- ()", max_size=12),
        st.decimals(-(10**9), 10**9, places=2).map(lambda d: f"{d:,.2f}"),
        st.decimals(-(10**9), 10**9, places=2).map(lambda d: f"{d:,.2f}".translate(str.maketrans(",.", ".,"))),
    ),
    st.sampled_from([(".", ","), (",", "."), (",", None), (",", "'"), (".", "'")]),
)
@example("1.23,4", (",", "."))
@example("0.123", (",", "."))
@example("(1)", (",", "."))
@example("1-", (",", "."))
@example("(-1)", (",", "."))
@example("-1-", (",", "."))
def test_amounts_read_as_by_hand(text: str, form: tuple[str, str | None]) -> None:
    found = read(parse_number(pl.col("text"), ValueFormat(None, *form)), text)[0]
    if found is not None:  # spaces around a sign are all that the two may treat differently
        assert Decimal(found) == naive_amount(text.replace(" ", ""), *form) and " " not in text.strip("- ()")
    elif " " not in text:
        assert naive_amount(text, *form) is None


@settings(max_examples=size(75, 200), deadline=None)
@given(
    st.decimals(-(10**10), 10**10, places=2),
    st.sampled_from([(",", "."), (",", " "), (",", "\u00a0"), (".", ","), (".", "'"), (",", "\u2019")]),
)
def test_every_amount_comes_back_to_the_cent(amount: Decimal, form: tuple[str, str]) -> None:
    decimal, thousands = form
    text = f"{amount:,.2f}".translate(str.maketrans({",": thousands, ".": decimal}))
    declared = ValueFormat(None, decimal, {"\u00a0": " ", "\u2019": "'"}.get(thousands, thousands))
    assert read(parse_number(pl.col("text"), declared), text) == [f"{amount:.2f}"]


@pytest.mark.parametrize(
    "text", ["1e309", "NaN", "inf", "-inf", "12%", "1,5 %", "--1", "+1", "1..2", ",5", "5,", "€", "", "1.2.3", "12,34,56", "1 2", "٣"]
)
def test_what_is_no_amount_is_none(text: str) -> None:
    assert read(parse_number(pl.col("text"), ValueFormat(None, ",", ".", "EUR")), text) == [None]


def test_the_own_currency_may_stand_on_either_side() -> None:
    texts = [
        "€ 1.234,50",
        "1.234,50 €",
        "EUR 1.234,50",
        "1.234,50 eur",
        "€1234,50",
        "-€ 1,00",
        "€ -1,00",
        "(€ 1,00)",
        "1,00- €",
        "€\u00a01,00-",
    ]
    assert read(parse_number(pl.col("text"), ValueFormat(None, ",", ".", "EUR")), *texts) == ["1234.50"] * 5 + ["-1.00"] * 5


TOML = """
[file]
decimal = ","
thousands = "."
currency = "EUR"
[tables.invoices.fields]
invoice_id = "Nr"
customer_id = "Klant"
issued_on = { column = "Datum", date_format = "day_first" }
due_on = { column = "Datum", date_format = "day_first" }
amount = "Bedrag"
"""


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("1;C1;31/02/2026;5", "Datum '31/02/2026' is not a date written day first, as in 31/12/2026"),
        ("1;C1;2026-02-03;5", "Datum '2026-02-03' is not a date written day first"),
        ("1;C1;03/02/2026;1.23,4", "Bedrag '1.23,4' is not an amount written as in 1.234,50"),
        ("1;C1;03/02/2026;$ 5", "Bedrag '$ 5' is not in EUR"),
        ("1;C1;03/02/2026;5 USD", "Bedrag '5 USD' is not in EUR"),
        ("1;C1;03/02/2026;5 %", "Bedrag '5 %' is not an amount"),
        ("1;C1;03/02/2026;1e309", "Bedrag '1e309' is not an amount"),
    ],
)
def test_a_value_that_does_not_fit_refuses_its_row_once_and_names_column_value_and_form(cells: str, words: str) -> None:
    sheet = parse_file(f"Nr;Klant;Datum;Bedrag\n0;C1;13/02/2026;€ 1.234,50\n{cells}\n".encode(), "f.csv")
    checked = check(layout.batch_from_mapping(mapping.parse(TOML, "f.toml"), sheet).extracts[0], {"customers": pl.Series(["C1"])})
    assert checked.accepted.select("issued_on", "amount").rows() == [(datetime(2026, 2, 13).date(), Decimal("1234.50"))]
    assert checked.refused.height == 1 and checked.refused["reasons"][0].count(words) == 1
    assert " is missing" not in checked.refused["reasons"][0]
    assert "YYYY" not in checked.refused["reasons"][0] and "with a point" not in checked.refused["reasons"][0]


def test_amounts_of_our_own_form_pass_untouched() -> None:
    assert all(re.match(PATTERNS["money"], text) for text in ("12", "-12.50", "0.10"))
    plain = mapping.parse(TOML.replace('decimal = ","', "").replace('thousands = "."', "").replace('currency = "EUR"', ""), "f.toml")
    sheet = parse_file(b"Nr,Klant,Datum,Bedrag\n1,C1,03/02/2026, 12.50 \n", "f.csv")
    assert layout.batch_from_mapping(plain, sheet).extracts[0].rows["amount"].to_list() == [" 12.50 "]
