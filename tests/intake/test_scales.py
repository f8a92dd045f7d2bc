"""A survey answer without a scale is counted on the scale of its kind, on a declared one, or refused with a reason."""

import polars as pl
import pytest

from health.errors import InvalidInput
from health.intake import layout, load, mapping
from health.intake.proposal import propose
from health.intake.reading import parse
from health.intake.scales import SCALES, fill_scales
from tests.intake.files import CUSTOMERS, NOW, empty_book, feed

HEAD = "survey_id,customer_id,kind,answered_on,score,scale_min,scale_max\n"
NO_SCALE = "a csat or ces score needs its scale"


def loaded(*lines: str, scales: dict[str, str] | None = None) -> tuple[pl.DataFrame, list[str], list[str]]:
    """The surveys on file after loading these lines, the reasons of the refused ones, and the warnings."""
    book = empty_book()
    feed(book, "customers", CUSTOMERS)
    sheet = parse.parse_file((HEAD + "\n".join(lines) + "\n").encode(), "surveys.csv")
    preview = load.prepare(book, layout.with_scales(layout.batch_from_extract("surveys", sheet), scales or {}), NOW.date())
    if preview.anything_new:
        load.commit(book, preview, "test", NOW)
    with book.reading() as session:
        return session.rows("surveys").sort("survey_id"), preview.refused["reasons"].to_list(), preview.warned["words"].to_list()


@pytest.mark.parametrize("kind", ["csat", "ces"])
def test_an_answer_of_a_kind_without_a_usual_scale_is_refused_and_the_reason_names_the_remedy(kind: str) -> None:
    rows, reasons, _ = loaded(f"S1,C1,{kind},2026-10-01,5,,")
    assert rows.is_empty() and NO_SCALE in reasons[0] and "state the scale when loading" in reasons[0]
    assert NO_SCALE in loaded(f"S1,C1,{kind},2026-10-01,5,1,")[1][0]


def test_an_invitation_without_an_answer_needs_no_scale() -> None:
    assert loaded("S1,C1,csat,2026-10-01,,,")[0].height == 1


@pytest.mark.parametrize("scale", SCALES)
def test_a_declared_scale_is_filled_in_where_the_row_has_none(scale: str) -> None:
    rows, reasons, _ = loaded(
        "S1,C1,csat,2026-10-01,4,,", "S2,C1,csat,2026-10-01,4,1,6", "S3,C1,nps,2026-10-01,4,,", scales={"csat": scale}
    )
    low, high = map(float, scale.split(".."))
    assert reasons == []
    assert rows.select(pl.col("scale_min", "scale_max").cast(pl.Float64)).rows() == [(low, high), (1.0, 6.0), (None, None)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("S1,C1,nps,2026-10-01,11,,", "not from 0 to 10"),
        ("S1,C1,nps,2026-10-01,-1,,", "not from 0 to 10"),
        ("S1,C1,nps,2026-10-01,0,1,10", "below scale_min"),
        ("S1,C1,csat,2026-10-01,101,0,100", "above scale_max"),
        ("S1,C1,csat,2026-10-01,5,5,5", "scale_min is not below scale_max"),
    ],
)
def test_a_score_outside_its_scale_is_refused(line: str, reason: str) -> None:
    rows, reasons, _ = loaded(line)
    assert rows.is_empty() and reason in reasons[0]


def test_an_nps_is_taken_on_its_own_scale_and_a_fraction_is_flagged() -> None:
    rows, reasons, warnings = loaded("S1,C1,nps,2026-10-01,10,1,10", "S2,C1,nps,2026-10-01,4,1,4", "S3,C1,nps,2026-10-01,6.5,,")
    assert (rows.height, reasons) == (3, [])
    assert warnings == ["the score of an NPS is not a whole number: is it an average of several answers?"]


def test_a_scale_that_is_none_is_refused() -> None:
    for scales, words in (({"nps": "0..10"}, "'nps' needs no scale"), ({"csat": "1..6"}, "scale '1..6' is not supported")):
        with pytest.raises(InvalidInput, match=words):
            fill_scales(pl.DataFrame({"kind": ["csat"]}), scales)


ANSWERS = "Response ID,Client ID,Survey,Date answered,Rating\nR1,C1,csat,2026-10-01,1\nR2,C2,ces,2026-10-01,6\nR3,C2,nps,2026-10-02,9\n"


def test_the_scales_are_asked_at_mapping_and_kept_in_it() -> None:
    draft = propose(parse.parse_file(ANSWERS.encode(), "surveys.csv"), ["C1", "C2"])
    if "surveys" not in draft.tables:
        draft = draft.with_table("surveys")
    for name, column in {
        "survey_id": "Response ID",
        "customer_id": "Client ID",
        "kind": "Survey",
        "answered_on": "Date answered",
        "score": "Rating",
    }.items():
        draft = draft.with_choice("surveys", name, column=column)
    asked = [q for q in draft.questions if q.about == "scale"]
    assert [q.word for q in asked] == ["csat", "ces"] and not any(q.needed for q in asked)
    answered = draft.answered(asked[0], "1..5").answered(asked[1], "1..7")
    assert not [q for q in answered.questions if q.about == "scale"]
    kept = mapping.parse(mapping.dumps(answered.mapping("surveys")), "surveys")
    assert kept.feeds[0].scales == {"csat": "1..5", "ces": "1..7"}
    batch = layout.batch_from_mapping(kept, parse.parse_file(ANSWERS.encode(), "surveys.csv"))
    assert batch.extracts[0].rows.select("scale_min", "scale_max").rows() == [("1", "5"), ("1", "7"), (None, None)]


def test_own_headers_are_asked_about_too_and_full_scales_are_not() -> None:
    bare = propose(parse.parse_file(f"{HEAD}S1,C1,csat,2026-10-01,5,,\n".encode(), "surveys.csv"))
    full = propose(parse.parse_file(f"{HEAD}S1,C1,csat,2026-10-01,5,1,5\n".encode(), "surveys.csv"))
    assert [q.about for q in bare.questions] == ["scale"] and full.questions == ()


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('[tables.surveys.scales]\ncsat = "1..6"', "scale '1..6' is not supported"),
        ('[tables.customers.scales]\ncsat = "1..5"', "only surveys have"),
    ],
)
def test_a_mapping_with_a_scale_that_is_none_is_refused(toml: str, words: str) -> None:
    surveys = '[tables.surveys.fields]\nsurvey_id = "a"\ncustomer_id = "b"\nkind = {value = "csat"}\n'
    customers = '[tables.customers.fields]\ncustomer_id = "b"\nname = "b"\n'
    with pytest.raises(InvalidInput, match=words):
        mapping.parse(surveys + customers + toml, "m")


def test_answers_that_an_earlier_version_loaded_without_a_scale_are_reported() -> None:
    book = empty_book()
    feed(book, "customers", CUSTOMERS)
    feed(book, "surveys", f"{HEAD}S1,C1,csat,2026-10-01,5,1,5\n")
    assert load.findings(book) == []
    with book.writing("load") as session:
        session.insert("surveys", session.rows("surveys").with_columns(pl.lit("S2").alias("survey_id"), pl.lit(None).alias("scale_max")))
    assert [finding for finding in load.findings(book) if "would be refused today" in finding and NO_SCALE in finding]
