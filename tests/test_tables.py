"""Every declared table keeps the contract that storage, checks, templates and forms rely on; words of other systems are optional.

That the example row of every table loads is claimed in tests/intake/test_templates.py.
"""

import re
from dataclasses import replace
from datetime import date, datetime

import pytest

from health.columns import Table
from health.desk.entries import KINDS
from health.insight.client import details
from health.intake.cells import TYPE_FAULTS
from health.intake.proposal import synonyms, vocabulary
from health.intake.template import template
from health.tables import TABLES
from health.ui.entry.forms import NEW, correctable_columns, label, plain_form
from health.warehouse import as_of_views, profile, schema
from tests.intake.files import empty_book, feed

EVERY = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]


@EVERY
def test_a_table_says_what_one_row_is_and_what_identifies_it(table: Table) -> None:
    assert TABLES[table.name] is table and re.fullmatch(r"[a-z][a-z_]*", table.name)
    assert re.match(r"(?!an? |the )[a-z]", table.grain), "the grain completes 'one row per ...'"
    assert table.key and set(table.key) <= set(table.names)
    assert len(set(table.names)) == len(table.names) and not {*schema.SOURCE, "replaced_by"} & set(table.names)


@EVERY
def test_key_columns_are_required_unless_a_blank_has_a_meaning(table: Table) -> None:
    optional = [c for c in table.columns if c.name in table.key and not c.required]
    assert all("blank = " in c.words for c in optional), [c.name for c in optional]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{t.name}.{c.name}" for t, c in COLUMNS])
def test_a_column_is_described_typed_and_refers_to_declared_tables(table: Table, column: object) -> None:
    c = table.column(column.name)  # type: ignore[attr-defined]
    assert c.words and c.type in schema.SQL_TYPES and (c.type == "text" or c.type in TYPE_FAULTS)
    assert {c.refers, c.mentions} - {""} <= set(TABLES)
    assert not (c.refers and c.mentions) and (not c.opening or c.event) and (not c.event or c.type in ("date", "timestamp"))
    assert not c.blank_is or c.blank_is in table.names
    assert not c.example or not c.allowed or c.example in c.allowed


@EVERY
def test_rules_are_about_the_table_s_own_columns(table: Table) -> None:
    for rule in (*table.rules, *table.warnings, *table.entry_rules):
        assert rule.words and set(rule.broken.meta.root_names()) <= set(table.stored)


def test_words_of_other_systems_belong_to_declared_columns() -> None:
    fields = {f"{t.name}.{c.name}" for t, c in COLUMNS} | {c.name for _, c in COLUMNS}
    assert [name for name in (*synonyms.FIELD_NAMES, *synonyms.VALUES) if name not in fields | {"flag"}] == []
    assert set(synonyms.TABLE_NAMES) <= set(TABLES)
    for name, values in synonyms.VALUES.items():
        allowed = [set(c.allowed) for t, c in COLUMNS if c.allowed and name in (c.name, f"{t.name}.{c.name}")]
        assert all(set(values) <= one for one in allowed), name


VISITS = replace(
    TABLES["diary"],
    name="visits", grain="a visit to a customer", key=("visit_id",), entry="visit",
    columns=(
        replace(TABLES["diary"].column("diary_id"), name="visit_id"), TABLES["diary"].column("customer_id"),
        replace(TABLES["referrals"].column("made_on"), name="visited_on"), TABLES["interactions"].column("comment"),
    ),
)  # fmt: skip
"""A table that nothing but its declaration speaks of."""


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> Table:
    monkeypatch.setitem(TABLES, "visits", VISITS)
    return VISITS


def test_a_table_without_words_of_other_systems_is_recognised_by_its_own(visits: Table) -> None:
    assert vocabulary.names_table("Visits 2026.csv", "visits") and not vocabulary.names_table("calls.csv", "visits")
    assert vocabulary.heading_strength("Visited on", "visits", "visited_on") == vocabulary.EXACT
    assert not vocabulary.has_known_values("visits", visits.column("visited_on"))


def test_a_table_of_one_entry_is_loaded_dated_and_listed(visits: Table) -> None:
    book = empty_book()
    feed(book, "customers", template(TABLES["customers"]))
    (counted,) = feed(book, "visits", "visit_id,customer_id,visited_on,comment\nW1,C1001,2026-05-01,went well\n").tables
    assert counted.accepted == 1
    with book.reading() as session:
        assert dict(profile.newest_days(session).iter_rows())["visits"] == date(2026, 5, 1)
        with as_of_views.views_as_of(session, date(2026, 4, 30)):
            assert session.select("from visits").is_empty()
        rows = session.of_customer("visits", "C1001")
    (event,) = details.default_events(visits)
    listed = details.event_frame(rows, event)
    assert listed.select("at", "kind", "what", "said", "table", "key").rows() == [
        (datetime(2026, 5, 1), "Visit", "visited", "went well", "visits", "W1")
    ]


def test_a_table_written_at_the_desk_has_a_form(visits: Table) -> None:
    assert {form.table for form in NEW.values()} == set(KINDS)
    assert correctable_columns("visits") == ("visited_on", "comment") and all(map(label, correctable_columns("visits")))
    for name in KINDS:
        form = plain_form(name)
        assert form.asks and set(form.asks) <= set(TABLES[name].names)
