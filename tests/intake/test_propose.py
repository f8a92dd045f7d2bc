"""A file nobody described gets a proposal: right where the file says it, a question where it does not, never a guess."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.demo import generate
from health.errors import AmbiguousFile, InvalidInput
from health.intake import layout
from health.intake.check import check
from health.intake.mapping import dumps
from health.intake.mapping import parse as parse_mapping
from health.intake.proposal import propose
from health.intake.proposal.draft import Draft
from health.intake.proposal.questions import DECLARED, Question
from health.intake.reading.parse import parse_file
from health.intake.reading.sheet import Form, Sheet, broken_frame
from health.tables import TABLES
from tests.intake.foreign import ENGLISH, TONGUES, Tongue, written
from tests.size import size

DEMO = generate(30, 15, 7).tables
EXPORTS = [(name, table) for name, tongue in TONGUES.items() for table in tongue.headings]


def sheet_of(text: str | bytes, file: str = "export.csv", form: Form | None = None) -> Sheet:
    return parse_file(text.encode() if isinstance(text, str) else text, file, form)


def drafted(text: str, file: str = "export.csv") -> Draft:
    return propose(sheet_of(text, file))


def accepted(table: str, batch: layout.Batch) -> pl.DataFrame:
    """The rows of one table that pass the check, in the file's order."""
    extract = next(e for e in batch.extracts if e.table.name == table)
    checked = check(extract, {"customers": DEMO["customers"]["customer_id"]})
    assert checked.refused.is_empty(), checked.refused
    return checked.accepted


def feeds(draft: Draft, table: str) -> dict[str, str | None]:
    return {c.field: c.column for c in draft.table_draft(table).choices if c.column}


@pytest.mark.parametrize("table", [name for name in DEMO if DEMO[name].height])
def test_a_table_s_own_header_is_itself_and_nothing_is_asked(table: str) -> None:
    own = sheet_of(DEMO[table].write_csv(datetime_format="%Y-%m-%d %H:%M:%S"))
    draft = propose(own)
    assert draft.tables == (table,) and draft.questions == () and draft.unused == () and draft.own
    assert accepted(table, layout.batch_from_mapping(draft.mapping("own"), own)).equals(
        accepted(table, layout.batch_from_extract(table, own))
    )


@pytest.mark.parametrize(("name", "table"), EXPORTS)
def test_renamed_reordered_and_rewritten_extracts_come_back_row_for_row(name: str, table: str) -> None:
    tongue, frame = TONGUES[name], DEMO[table]
    sheet = sheet_of(written(tongue, table, frame, seed=len(table)))
    draft = propose(sheet)
    assert draft.tables == (table,) and draft.unused == ()
    assert feeds(draft, table) == {field: heading for field, heading in tongue.headings[table].items() if field in frame.columns}
    for question in draft.questions:
        assert question.about in ("field", "dates", "sense"), question
        if question.about == "dates":  # too few days in the column to tell
            draft = draft.answered(question, "month_first" if tongue is ENGLISH else "day_first")
    direct = sheet_of(frame.write_csv(datetime_format="%Y-%m-%d %H:%M:%S"))
    expected = accepted(table, layout.batch_from_extract(table, direct))
    assert accepted(table, layout.batch_from_mapping(draft.mapping("foreign"), sheet)).equals(expected)


CALLS = "Gespreksnr;Klantnummer;Datum;Kanaal;Notitie\n007;C1;{};Telefoon;NA\n008;C2;{};Fax;x\n"


@pytest.mark.parametrize(
    ("days", "form"),
    [
        (("13/02/2026", "03/02/2026"), "day_first"),
        (("02/13/2026", "02/03/2026"), "month_first"),
        (("2026-02-13 10:00:00", "2026-02-03"), None),
        (("2026/02/13", "2026/02/03"), "%Y/%m/%d"),
        (("13.02.26", "03.02.26"), "%d.%m.%y"),
    ],
)
def test_the_values_tell_whether_day_or_month_comes_first(days: tuple[str, str], form: str | None) -> None:
    choice = drafted(CALLS.format(*days)).table_draft("interactions").choice("occurred_at")
    assert choice.date_format == form and choice.unsettled is None


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (("03/02/2026", "04/02/2026"), "No value in the file shows it"),
        (("13/02/2026", "02/13/2026"), "contradict"),
        (("03.02.26", "04.02.26"), "No value in the file shows it"),
    ],
)
def test_days_that_do_not_tell_are_asked_about_and_never_guessed(days: tuple[str, str], words: str) -> None:
    draft = drafted(CALLS.format(*days)).with_choice("interactions", "direction", value="out")
    asked = [q for q in draft.questions if q.about == "dates"]
    assert len(asked) == 1 and asked[0].needed and words in asked[0].consequence
    with pytest.raises(AmbiguousFile, match="day or month") as question:
        draft.mapping("calls")
    assert question.value.setting == "interactions.occurred_at dates" and len(question.value.choices) == 2
    for value, _ in question.value.choices:
        assert draft.answered(asked[0], value).mapping("calls").feeds[0].fields["occurred_at"]["date_format"] == value


def test_the_choices_say_what_a_day_would_be() -> None:
    asked = next(q for q in drafted(CALLS.format("03/02/2026", "04/02/2026")).questions if q.about == "dates")
    assert [words.split(": ")[1] for _, words in asked.options] == ["03/02/2026 is 3 Feb 2026", "03/02/2026 is 2 Mar 2026"]


def test_rows_that_contradict_the_chosen_order_are_refused_and_say_why() -> None:
    sheet = sheet_of(CALLS.format("13/02/2026", "02/13/2026"))
    draft = propose(sheet).with_choice("interactions", "direction", value="out").with_dates("interactions", "occurred_at", "day_first")
    checked = check(layout.batch_from_mapping(draft.mapping("calls"), sheet).extracts[0], {"customers": pl.Series(["C1", "C2"])})
    assert checked.accepted["interaction_id"].to_list() == ["007"]
    assert "Datum '02/13/2026' is not a date written day first" in checked.refused["reasons"][0]


INVOICES = "Factuurnr;Klant;Factuurdatum;Vervaldatum;Bedrag\n1;C1;2026-01-05;2026-02-05;{}\n2;C1;2026-01-06;2026-02-05;{}\n"


@pytest.mark.parametrize(
    ("amounts", "decimal", "thousands"),
    [
        (("1.234,50", "7"), ",", "."),
        (("1,234.50", "7"), ".", ","),
        (("1.234", "12,5"), ",", "."),
        (("1,234", "12.5"), ".", ","),
        (("1.234.567", "1.234"), ",", "."),
        (("12,50", "7,00"), ",", None),
        (("12.50", "7"), None, None),
        (("1 234,50", "7"), ",", " "),
        (("1'234.50", "7"), ".", "'"),
        (("12", "7"), None, None),
    ],
)
def test_the_values_tell_which_mark_stands_before_the_decimals(
    amounts: tuple[str, str], decimal: str | None, thousands: str | None
) -> None:
    choice = drafted(INVOICES.format(*amounts)).table_draft("invoices").choice("amount")
    assert (choice.decimal, choice.thousands, choice.unsettled) == (decimal, thousands, None)


@pytest.mark.parametrize("amounts", [("1,234", "7"), ("1.234", "7"), ("1,234", "5,678"), ("12,5", "12.5")])
def test_amounts_that_do_not_tell_are_asked_about(amounts: tuple[str, str]) -> None:
    draft = drafted(INVOICES.format(*amounts))
    asked = next(q for q in draft.questions if q.about == "numbers")
    assert asked.needed and len(asked.options) >= 2
    with pytest.raises(AmbiguousFile, match="column 'Bedrag': .* decimal separator"):
        draft.mapping("invoices")
    assert all(draft.answered(asked, value).mapping("x") for value, _ in asked.options)


def test_currency_marks_are_taken_off_and_another_currency_is_refused() -> None:
    sheet = sheet_of(INVOICES.format("€ 12,50", "$ 7,00"))
    draft = propose(sheet)
    assert "not in EUR" in draft.table_draft("invoices").choice("amount").why
    checked = check(layout.batch_from_mapping(draft.mapping("invoices"), sheet).extracts[0], {"customers": pl.Series(["C1"])})
    assert [str(amount) for amount in checked.accepted["amount"]] == ["12.50"]
    assert "Bedrag '$ 7,00' is not in EUR" in checked.refused["reasons"][0]


def test_words_that_nobody_knows_are_asked_about_and_refuse_their_rows_until_told() -> None:
    sheet = sheet_of(CALLS.format("13/02/2026", "14/02/2026"))
    draft = propose(sheet).with_choice("interactions", "direction", value="out")
    choice = draft.table_draft("interactions").choice("channel")
    assert choice.map == {"Telefoon": "call"} and choice.unknown == ("Fax",)
    asked = next(q for q in draft.questions if q.about == "word")
    known = {"customers": pl.Series(["C1", "C2"])}

    def refused(of: Draft) -> list[str]:
        return check(layout.batch_from_mapping(of.mapping("calls"), sheet).extracts[0], known).refused["reasons"].to_list()

    assert "Kanaal 'Fax' is not in the mapping" in refused(draft)[0]
    told = draft.answered(asked, "letter")
    assert refused(told) == [] and not any(q.about == "word" for q in told.questions)
    assert not any(q.about == "word" for q in draft.answered(asked).questions)


def test_ids_keep_their_zeros_and_na_stays_a_word() -> None:
    sheet = sheet_of("Kundennr;Firma;Gebiet\n007;Sieben;NA\n08;Acht;null\n")
    rows = layout.batch_from_mapping(propose(sheet).mapping("kunden"), sheet).extracts[0].rows
    assert rows.select("customer_id", "region").rows() == [("007", "NA"), ("08", "null")]


def test_what_a_table_needs_and_the_file_lacks_is_missing_until_somebody_says() -> None:
    draft = drafted(CALLS.format("13/02/2026", "14/02/2026"))
    assert draft.missing == {"interactions": ("direction",)}
    asked = next(q for q in draft.questions if q.field == "direction")
    assert asked.needed and draft.questions.index(asked) < draft.questions.index(next(q for q in draft.questions if not q.needed))
    with pytest.raises(InvalidInput, match="interactions needs direction"):
        draft.mapping("calls")
    told = draft.answered(asked, "out")
    assert told.missing == {} and "direction of interactions is set to 'out' in every row." in (told.mapping("calls").assumption or "")
    assert draft.missing == {"interactions": ("direction",)}, "an edit changes the draft it began with"


WIDE = (
    "Kundennr;Firma;Segment;Vertragsnr;Produkt;Vertragsbeginn;Preis\n"
    "K1;Müller;Mitte;V1;mobil;01.02.2024;24,90\nK1;Müller;Mitte;V2;festnetz;15.02.2024;12,00\nK2;Meier;Nord;V3;mobil;20.03.2024;19,00\n"
)


def test_a_wide_file_feeds_every_table_whose_needs_it_meets() -> None:
    sheet = sheet_of(WIDE)
    draft = propose(sheet)
    assert draft.tables == ("customers", "contracts") and draft.unused == ()
    heights = {e.table.name: e.rows.height for e in layout.batch_from_mapping(draft.mapping("wide"), sheet).extracts}
    assert heights == {"customers": 2, "contracts": 3}
    assert propose(sheet).without_table("customers").tables == ("contracts",)
    assert propose(sheet).without_table("customers").unused == ("Firma", "Segment")
    assert propose(sheet).without_table("customers").with_table("customers").tables == ("customers", "contracts")


def test_a_column_left_blank_for_most_feeds_its_table_from_the_rows_that_have_it() -> None:
    sheet = sheet_of("Klantnr;Bedrijfsnaam;Aangekondigd op;Reden vertrek\nC1;Een;;\nC2;Twee;13-02-2026;Prijs\n")
    draft = propose(sheet)
    assert draft.tables == ("customers", "exits")
    exits = layout.batch_from_mapping(draft.mapping("wide"), sheet).extracts[1]
    assert exits.rows.select("customer_id", "reason").rows() == [("C2", "price")] and exits.skipped == 1


def test_a_missing_id_is_made_of_cells_and_its_consequence_is_said() -> None:
    sheet = sheet_of(
        "Klantnr;Datum;Kanaal;Richting\nC1;13-02-2026;Telefoon;Uitgaand\nC1;13-02-2026;Telefoon;Uitgaand\nC1;14-02-2026;Bezoek;Beide\n"
    )
    mapping = propose(sheet).mapping("calls")
    extract = layout.batch_from_mapping(mapping, sheet).extracts[0]
    assert extract.rows["interaction_id"].n_unique() == 2
    assert "the same row" in (mapping.assumption or "")


def test_a_file_without_a_header_is_told_by_its_values_alone() -> None:
    text = "I1,C1,2025-01-10 09:00:00,call,out\nI2,C1,2025-03-02 10:30,email,in\nI3,C2,2025-02-20 08:00,visit,both\n"
    sheet = sheet_of(text, "calls.txt", Form(header=False))
    draft = propose(sheet, customers=["C1", "C2", "C9"])
    assert feeds(draft, "interactions") == {
        "interaction_id": "column_1", "customer_id": "column_2", "occurred_at": "column_3", "channel": "column_4", "direction": "column_5",
    }  # fmt: skip
    mapping = draft.mapping("calls")
    assert mapping.form.header is False and len(mapping.form.columns) == 5
    again = parse_file(text.encode(), "next.txt", mapping.form)
    assert layout.batch_from_mapping(mapping, again).extracts[0].rows.equals(layout.batch_from_mapping(mapping, sheet).extracts[0].rows)
    assert propose(sheet).missing == {"interactions": ("customer_id",)}, "without the book's ids nothing tells customer id"


def test_a_file_that_feeds_nothing_yields_an_empty_draft() -> None:
    draft = drafted("a,b\nx,y\n")
    assert draft.tables == () and draft.unused == ("a", "b")
    with pytest.raises(InvalidInput, match="no table is chosen"):
        draft.mapping("none")
    assert draft.with_table("customers").missing == {"customers": ("customer_id", "name")}


def test_every_choice_says_why_and_shows_what_the_column_holds() -> None:
    draft = drafted("Contact ID;Klantnr;Naam contactpersoon;X\nP1;C1;Ida;ida@b.example\nP2;C1;Jo;jo@b.example\n")
    email = draft.table_draft("contacts").choice("email")
    assert email.column == "X" and email.why == "2 of 2 values are e-mail addresses" and email.samples == ("ida@b.example", "jo@b.example")
    assert draft.table_draft("contacts").choice("customer_id").why == "named Klantnr"


def test_numbers_as_severity_are_asked_which_way_they_run() -> None:
    sheet = sheet_of("Ticket;Klant;Aangemaakt op;Prioriteit\nT1;C1;13-02-2026;1\nT2;C1;14-02-2026;4\n")
    asked = next(q for q in propose(sheet).questions if q.about == "sense")
    turned = propose(sheet).answered(asked, "4321")
    assert turned.table_draft("complaints").choice("severity").map == {"1": "4", "4": "1"}
    assert asked not in turned.questions and asked not in propose(sheet).answered(asked).questions


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda d: d.with_choice("interactions", "channel", column="Canal"), "no column 'Canal'"),
        (lambda d: d.with_choice("interactions", "colour", value="x"), "no field 'colour'"),
        (lambda d: d.with_choice("interactions", "channel", value="fax"), "cannot be 'fax'"),
        (lambda d: d.with_choice("contracts", "product", value="x"), "does not fill contracts"),
        (lambda d: d.with_table("sales"), "no table 'sales'"),
        (lambda d: d.with_word("interactions", "channel", "Fax", "telex"), "cannot be 'telex'"),
    ],
)
def test_an_edit_that_means_nothing_is_refused_in_a_sentence(edit: Callable[[Draft], Draft], words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refusal:
        edit(drafted(CALLS.format("13/02/2026", "14/02/2026")))
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("question", DECLARED, ids=lambda q: f"{q.table}.{q.field}")
def test_every_declared_question_names_a_field_and_answers_that_the_field_can_hold(question: Question) -> None:
    column = TABLES[question.table].column(question.field)
    values = {value for value, _ in question.options if value and question.about == "field"}
    assert values <= set(column.allowed or (("true", "false") if column.type == "flag" else map(str, range(1, 5))))
    assert question.ask.endswith("?") and question.consequence.endswith(".")
    assert ("" in dict(question.options)) != (column.required and question.about == "field")


HEADINGS = ["customer_id", "Klantnr", "Datum", "Kanaal", "Richting", "Bedrag", "Prioriteit", "name", "E-Mail", "Ticket", "x", "Échéance"]
WORDS = ["", " ", "C1", "007", "13/02/2026", "03/02/2026", "2026-02-30", "1.234", "1,234.50", "€ 5", "$5", "ja", "Telefoon", "NaN", "a@b.c"]
CELLS = st.sampled_from([*WORDS, "1", "4", "é\u202e", "12%"])
FILES = st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=7, unique=True).flatmap(
    lambda names: st.tuples(st.just(names), st.lists(st.tuples(*[CELLS] * len(names)), min_size=1, max_size=8))
)


@settings(max_examples=size(25, 40), deadline=None)
@given(FILES)
def test_any_file_yields_a_draft_that_maps_every_row_or_says_what_it_lacks(file: tuple[list[str], list[tuple[str, ...]]]) -> None:
    names, rows = file
    columns = {name: [row[n] for row in rows] for n, name in enumerate(names)}
    sheet = Sheet(
        "any.csv", "", pl.DataFrame({"#line": pl.Series(range(2, len(rows) + 2), dtype=pl.Int64), **columns}), broken_frame([], [], [])
    )
    draft = propose(sheet)
    for question in draft.questions:
        if question.needed and question.options:
            draft = draft.answered(question, question.options[0][0])
    try:
        mapping = draft.mapping("any")
    except InvalidInput as refusal:
        assert draft.missing or not draft.fed, refusal
        assert str(refusal).endswith(".") and "\n" not in str(refusal)
        return
    assert parse_mapping(dumps(mapping), "any") == mapping
    for extract in layout.batch_from_mapping(mapping, sheet).extracts:
        checked = check(extract, {"customers": pl.Series(["C1", "007"])})
        assert checked.accepted.height + checked.refused.height + extract.skipped == len(rows)


def test_declared_amounts_under_a_table_s_own_header_are_not_asked_about() -> None:
    text = "customer_id,month,product,metric,used\nC1,2026-01-01,mobile,lines,1.234\n"
    assert drafted(text).questions == () and drafted(text).mapping("usage")
    with pytest.raises(AmbiguousFile):
        drafted(text.replace("metric", "Measure")).mapping("usage")


def test_the_mapping_of_a_draft_loads_next_month_s_file_of_the_same_header() -> None:
    frame = DEMO["contracts"]
    tongue: Tongue = TONGUES["German"]
    first, second = (sheet_of(written(tongue, "contracts", part, 5)) for part in (frame.head(30), frame.tail(18)))
    draft = propose(replace(first, file="mai.csv"))
    for question in draft.questions:
        if question.about == "dates":  # too few days in the column to tell
            draft = draft.answered(question, "day_first")
    mapping = draft.mapping("german")
    direct = sheet_of(frame.tail(18).write_csv())
    expected = accepted("contracts", layout.batch_from_extract("contracts", direct))
    assert accepted("contracts", layout.batch_from_mapping(mapping, second)).equals(expected)


@pytest.mark.parametrize(
    ("file", "text", "table", "fed"),
    [
        (
            "cases.csv",
            "Case Number,Account ID,Date/Time Opened,Priority,Status,Date/Time Closed,Subject\n"
            "00001,001A,1/13/2026 2:30 PM,High,Closed,1/14/2026 9:00 AM,a\n00002,001B,2/3/2026 11:00 AM,Low,New,,b\n",
            "complaints",
            {"complaint_id": "Case Number", "customer_id": "Account ID", "opened_at": "Date/Time Opened", "severity": "Priority"},
        ),
        (
            "companies.csv",
            "Record ID,Company name,Company owner,Create Date,City,Industry\n101,Acme,Jo,2025-01-01 10:03,Gent,Tech\n",
            "customers",
            {"customer_id": "Record ID", "name": "Company name", "owner": "Company owner", "segment": "Industry"},
        ),
        (
            "activities.csv",
            "Activity ID,Subject,Date,Type,Call Type,Call Result,Company ID\n1,Hi,2026-01-13,Call,Outbound,Connected,C1\n"
            "2,QBR,2026-01-15,Meeting,Inbound,,C2\n",
            "interactions",
            {"interaction_id": "Activity ID", "customer_id": "Company ID", "direction": "Call Type", "outcome": "Call Result"},
        ),
        (
            "nps februari.csv", "Klantnr;NPS;Datum;Toelichting\nC1;9;13-02-2026;top\nC2;3;14-02-2026;\n", "surveys",
            {"customer_id": "Klantnr", "score": "NPS", "answered_on": "Datum", "comment": "Toelichting"},
        ),
    ],
)  # fmt: skip
def test_exports_in_the_manner_of_known_systems_are_understood(file: str, text: str, table: str, fed: dict[str, str]) -> None:
    draft = drafted(text, file)
    assert table == draft.tables[-1]
    assert fed.items() <= feeds(draft, table).items()


def test_a_question_about_days_says_how_the_file_s_other_days_are_written() -> None:
    draft = drafted("Factuurnr;Klant;Factuurdatum;Vervaldatum;Bedrag;Betaald op\n1;C1;13-01-2026;14-02-2026;5;01-02-2026\n")
    asked = next(q for q in draft.questions if q.about == "dates")
    assert asked.field == "paid_on" and "Other columns use: day first" in asked.consequence


def test_a_column_named_as_the_id_stays_the_id_where_one_stands_twice_and_the_repeat_is_refused() -> None:
    rows = [f"T-{n},C{n % 9},2026-05-{n + 1:02} 10:00,High" for n in range(20)] + ["T-5,C3,2026-06-01 09:00,Low"]
    draft = drafted("Ticket ID,Account,Created,Priority\n" + "\n".join(rows) + "\n", "tickets.csv")
    assert draft.tables == ("complaints",) and feeds(draft, "complaints")["complaint_id"] == "Ticket ID"
    sheet = sheet_of("Ticket ID,Account,Created,Priority\n" + "\n".join(rows) + "\n", "tickets.csv")
    (extract,) = layout.batch_from_mapping(draft.mapping("tickets"), sheet).extracts
    told = check(extract, {"customers": pl.Series([f"C{n}" for n in range(9)])}).refused
    assert told["line"].to_list() == [22] and "complaint_id 'T-5' already appears in line 7" in told["reasons"][0]


def test_a_column_is_known_by_its_name_where_its_words_are_strange_and_they_are_asked_about() -> None:
    draft = drafted("Kontakt-Nr,Kundennr,Datum,Kanal\n" + "".join(f"X{n},C{n},2026-05-0{n + 1} 10:00,Rückruf\n" for n in range(5)))
    assert draft.tables == ("interactions",) and feeds(draft, "interactions")["interaction_id"] == "Kontakt-Nr"
    assert any(question.word == "Rückruf" and question.field == "channel" for question in draft.questions)
