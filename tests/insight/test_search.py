"""A search finds a text however its accents and capitals are typed."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from health.insight.search import filter_by_text, fold

MARKS = "\u0300\u0301\u0302\u0308\u030a\u030c\u0327\u0328"
LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Etoile", "Étoile"), ("ÉTOILE", "etoile"), ("strasse", "Große Straße"), ("STRASSE", "straße"), ("lodz", "Łódź"),
        ("soren", "Søren"), ("Čapek", "Capek"), ("istanbul", "İSTANBUL"), ("e\u0301t", "Été"), ("fi", "ﬁn"),
        ("οδος", "ΟΔΟΣ"), ("thor", "Þór"), ("aero", "Ærø"),
    ],
)  # fmt: skip
def test_accents_and_capitals_do_not_matter(typed: str, name: str) -> None:
    frame = pl.DataFrame({"name": [name, None, "Juniper"]})
    assert filter_by_text(frame, typed, ["name"])["name"].to_list() == [name]


def test_an_empty_text_keeps_all_rows_and_signs_are_taken_literally() -> None:
    frame = pl.DataFrame({"name": ["a.c", "abc"], "note": [None, "50 %"]})
    assert filter_by_text(frame, "  ", ["name"]).height == 2
    assert filter_by_text(frame, "A.C", ["name", "note"])["name"].to_list() == ["a.c"]


def test_a_text_of_accents_alone_keeps_all_rows() -> None:
    assert filter_by_text(pl.DataFrame({"name": ["a"]}), "\u0301", ["name"]).height == 1


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(max_examples=60, deadline=None)
@given(LATIN, st.lists(st.sampled_from(MARKS), min_size=1, max_size=4), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.data())
def test_any_accented_variant_of_a_name_finds_it(name: str, marks: list[str], form: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(name)))
    accented = unicodedata.normalize(form, name[:cut] + "".join(marks) + name[cut:])  # type: ignore[arg-type]
    frame = pl.DataFrame({"name": [f"Before {name} after"]})
    for typed in (accented, accented.lower(), name):
        assert filter_by_text(frame, typed.strip(), ["name"]).height == 1
