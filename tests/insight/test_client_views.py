"""What the views of a client say, against hand-made rows: promises, lanes, people, answers, referrals, the list of everything, likes."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from health import portfolio
from health.insight.client import compare, entry_effect, invoices, people, promises, referrals, similar, surveys, timeline
from health.insight.client import rows as own
from health.score.settings import DEFAULT
from tests.books import analyst, complaint_clocks, rows, small_book, staged, unscored, warehouse_of

AS_OF = date(2024, 6, 30)
SOURCED = [pl.lit("crm.csv").alias("file"), pl.lit(1).alias("line"), pl.lit(1).alias("load_id")]


def promise(number: int, **more: Any) -> dict[str, Any]:
    made = {"promise_id": f"V{number}", "customer_id": "A", "kind": "delivery", "promised_on": date(2024, 5, 1)}
    return made | {"due_at": datetime(2024, 6, 10, 17)} | more


def test_a_promise_is_kept_late_broken_or_open_by_its_hour_and_shows_its_evidence() -> None:
    table = rows(
        "promises",
        promise(1, delivered_at=datetime(2024, 6, 10, 17)),
        promise(2, delivered_at=datetime(2024, 6, 12, 18)),
        promise(3),
        promise(4, due_at=datetime(2024, 7, 4, 17), delivered_at=datetime(2024, 7, 2)),
        promise(5, promised_on=date(2024, 7, 1)),
    )
    call = {"interaction_id": "I1", "customer_id": "A", "occurred_at": datetime(2024, 5, 3, 9), "channel": "call", "direction": "in"}
    made = promises.promise_table(table, staged("interactions", rows("interactions", call)), AS_OF)
    told = {i: (kept, state) for i, kept, state in made.select("promise_id", "kept", "state").iter_rows()}
    assert told == {
        "V1": ("kept", "● Kept"), "V2": ("late", "▲ Kept 2 days late"), "V3": ("broken", "◆ Broken, 20 days overdue"),
        "V4": ("open", "■ Open, due 4 Jul 2024"),
    }  # fmt: skip
    evidence = dict(made.select("promise_id", "evidence").iter_rows())
    assert evidence["V1"] == "delivered 10 Jun 2024, 17:00" and evidence["V3"] == "nothing delivered; call on 3 May 2024"
    assert promises.finding(made) == "1 of 3 promises due were kept on time"


def test_everything_agreed_stands_in_its_lane_as_the_lists_have_it() -> None:
    planned = pl.DataFrame({"planned_on": [date(2024, 6, 1), date(2024, 7, 9)], "state": ["broken", "open"], "channel": ["call", None]})
    raised = {"complaint_id": "Q1", "customer_id": "A", "opened_at": datetime(2024, 6, 1), "resolved_at": datetime(2024, 6, 20)}
    bill = {"invoice_id": "R1", "customer_id": "A", "issued_on": date(2024, 5, 1), "due_on": date(2024, 5, 20), "amount": 1}
    made = promises.promise_table(rows("promises", promise(1)), staged("interactions", rows("interactions")), AS_OF)
    lanes = promises.lanes(
        planned,
        complaint_clocks(rows("complaints", raised), DEFAULT, AS_OF),
        made,
        invoices.with_states(staged("invoices", rows("invoices", bill)), AS_OF),
        AS_OF,
    )
    kept = [("Contacts", "broken"), ("Contacts", "open"), ("Complaints", "late"), ("Promises", "broken"), ("Invoices", "broken")]
    assert list(lanes.select("lane", "kept").iter_rows()) == kept
    assert promises.lanes_finding(lanes, AS_OF) == "4 missed commitments in 90 days, mostly complaints"
    assert promises.lanes_finding(lanes.clear(), AS_OF) == "No commitments on file"


def test_who_is_known_when_each_was_spoken_with_and_what_is_missing() -> None:
    persons = rows(
        "contacts",
        {"contact_id": "P1", "customer_id": "A", "name": "Bo", "email": "b@x.example"},
        {"contact_id": "P2", "customer_id": "A", "name": "Zoë", "role": "user", "email": "z@x.example", "phone": "1", "is_primary": True},
        {"contact_id": "P3", "customer_id": "A", "name": "Al", "active_to": date(2024, 3, 1)},
    )
    base = {"customer_id": "A", "channel": "email", "contact_id": "P2"}
    talks = rows(
        "interactions",
        {"interaction_id": "I1", "occurred_at": datetime(2024, 4, 1), "direction": "in", **base},
        {"interaction_id": "I2", "occurred_at": datetime(2024, 5, 1), "direction": "out", "outcome": "no_reply", **base},
        {"interaction_id": "I3", "occurred_at": datetime(2024, 5, 2), "direction": "in", "automated": True, **base},
    )
    known = people.people(persons, staged("interactions", talks), AS_OF)
    told = list(known.select("name", "is_there", "last_on", "missing").iter_rows())
    assert told == [("Zoë", True, date(2024, 4, 1), ""), ("Bo", True, None, "phone, role"), ("Al", False, None, "e-mail, phone, role")]
    assert people.finding(known, ["x"]) == "2 current contacts; 1 detail to fix"


def test_an_answer_is_told_on_its_scale_and_only_once_it_was_given() -> None:
    asked = {"customer_id": "A", "kind": "nps", "asked_on": date(2024, 6, 1)}
    table = rows(
        "surveys",
        {"survey_id": "S1", **asked, "answered_on": date(2024, 6, 20), "score": 8},
        {"survey_id": "S2", **asked, "answered_on": date(2024, 7, 2), "score": 3},
    )
    told = surveys.answers(table, rows("contacts"), AS_OF)
    assert list(told.select("survey_id", "answer").iter_rows()) == [("S1", "8 (scale 0 to 10)"), ("S2", "■ Not answered")]
    assert surveys.finding(told, AS_OF) == "1 of 2 surveys answered, the last 10 days ago"


def test_a_healthy_customer_that_sent_nobody_is_to_be_asked() -> None:
    sent = rows("referrals", {"referral_id": "F1", "customer_id": "A", "made_on": date(2024, 5, 1), "referred_id": "B", "won_on": AS_OF})
    made = referrals.referrals(sent, {"B": "Bo Ltd"}, AS_OF)
    assert made.select("sent", "state").row(0) == ("Bo Ltd", "● Signed 30 Jun 2024")
    assert referrals.finding(made, {"band": "healthy"}, AS_OF) == "1 referral, 1 won"
    assert referrals.finding(made.clear(), {"band": "healthy"}, AS_OF).endswith("ask now")


def test_the_list_of_everything_has_each_thing_once_in_order_and_nothing_later() -> None:
    book = analyst(warehouse_of(small_book()))
    planned, ledgers = own.planned_contacts(book, "A", AS_OF), own.read_ledgers(book, "A")
    mine = own.customer_rows(book, "A", timeline.TABLES)
    told = timeline.build_timeline(mine, planned, ledgers, date(2024, 5, 31), {})
    assert told["at"].to_list() == sorted(told["at"], reverse=True)
    assert told.filter(kind="Contact")["key"].to_list() == [f"IA{m}" for m in (5, 4, 3, 2, 1)]
    assert timeline.filter_timeline(told, ["Contact"], "CALL", date(2024, 4, 1)).height == 2
    assert timeline.filter_timeline(told, [], "no such words", None).is_empty()
    written = pl.DataFrame({"note_id": [1], "author": ["Jo"], "made_at": [datetime(2026, 1, 1)], "words": ["hm"]}).with_columns(
        pl.lit(None, pl.Datetime("us")).alias("removed_at")
    )
    newer = timeline.build_timeline(mine, planned, ledgers | {"notes": written}, AS_OF, {})
    older = timeline.build_timeline(mine, planned, ledgers | {"notes": written}, AS_OF, {}, is_newest_day=False)
    assert newer["kind"][0] == "Note" and "Note" not in older["kind"]


def test_what_an_entry_did_is_told_with_the_parts_that_moved() -> None:
    before: dict[str, Any] = {
        "health": 4690,
        "band": "at_risk",
        "contact_points": 4000,
        "depth_points": 4300,
        "weights": {"contact": 30, "depth": 0},
    }
    after = before | {"health": 5210, "contact_points": 7400, "depth_points": 5100}
    assert (
        entry_effect.effect_sentence(before, after, "Contact logged")
        == "Contact logged. Health 46 → 52 (contact frequency 40 → 74 points)."
    )
    assert entry_effect.effect_sentence(before, before, "Contact logged") == "Contact logged. Health unchanged at 46."
    unknown = after | {"band": "unknown"}
    assert entry_effect.effect_sentence(unknown, after, "x").startswith("x. Health unknown → 52")


def test_two_customers_are_compared_in_every_part_and_product() -> None:
    book = analyst(warehouse_of(small_book()))
    day = date(2024, 6, 10)
    one, other = portfolio.build(book, day).iter_rows(named=True)
    parts = compare.parts(one, other, DEFAULT.weights)
    assert parts.filter(pl.col("points_one").ne_missing(pl.col("points_other"))).is_empty()
    assert compare.largest_difference(parts, "B") == "No differences between the parts of the score"
    assert dict(compare.figures(one, other, day).select("what", "other").iter_rows())["MRR"] == "€100"
    line = {"quantity": [3, 1], "unit_price": [10.0, 30.0], "market": [10.0, None]}
    priced = pl.DataFrame({"product": ["mobile", "mobile"], **line})
    told = compare.prices(priced, priced.with_columns(pl.lit("fibre").alias("product")).head(1))
    assert told.rows() == [("fibre", None, None, 10.0, 0.0), ("mobile", 15.0, 0.0, None, None)]


@pytest.fixture(scope="module")
def likes() -> similar.Similar:
    """A stands at 40; twelve others stood there in February: six were called three times and rose, six were not and stayed as low."""
    ends = [date(2024, m, d) for m, d in ((1, 31), (2, 29), (3, 31), (4, 30), (5, 31))]
    ids = [f"B{n:02}" for n in range(12)]
    line = {"status": "active", "band": "at_risk", "mrr": 100.0}
    past = [
        {"customer_id": i, "as_of": e, "health": 60.0 if n < 6 and e > ends[1] else 40.0, **line} for n, i in enumerate(ids) for e in ends
    ]
    history = pl.DataFrame([*past, *({"customer_id": "A", "as_of": e, "health": 40.0, **line} for e in ends)])
    named = [{"customer_id": i, "name": i, "score_segment": None, "band": "at_risk", "health": 40.0, "mrr": 100.0} for i in ["A", *ids]]
    now = pl.DataFrame(named, schema_overrides={"score_segment": pl.String})
    talks = [
        {"interaction_id": f"I{i}{d}", "customer_id": i, "occurred_at": datetime(2024, 3, d), "channel": "call", "direction": "in"}
        for i in ids[:6] for d in (1, 2, 3)
    ]  # fmt: skip
    customers = rows("customers", *({"customer_id": i, "name": i} for i in ["A", *ids]))
    book = analyst(unscored({"customers": customers, "interactions": rows("interactions", *talks)}))
    found = similar.similar(book, history, now, "A", ends[-1])
    assert found
    return found


def test_what_was_done_at_clients_alike_is_counted_from_their_rows(likes: similar.Similar) -> None:
    assert likes.cases.height == 12 and likes.cases["from_on"].unique().to_list() == [date(2024, 1, 31)]
    assert likes.cases.filter("helped")["talks"].to_list() == [3] * 6
    talked = likes.done.filter(pl.col("what").str.contains("contacts")).row(0, named=True)
    assert (talked["gap"], talked["clear"]) == (100.0, True)
    assert talked["with_it"].startswith("6 of 6") and talked["without_it"].startswith("0 of 6")
    assert likes.done.filter(pl.col("what") != talked["what"])["gap"].null_count() == 3, "where nothing was done nothing is compared"


def test_what_goes_together_is_never_called_a_cause(likes: similar.Similar) -> None:
    assert likes.sentence == ("6 of 12 similar customers improved or renewed within a quarter, more often with: 3 or more contacts")
    words = f"{likes.sentence} {similar.CAVEAT}".lower()
    assert "not causes" in words and not [w for w in ("because", "led to", "thanks to", "effect of") if w in words]
