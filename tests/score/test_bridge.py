"""The bridge accounts for every point: lanes and shown tenths add up exactly, as in docs/method.md, section 4."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from health.demo import generate
from health.score.bridge import Bridges, build_bridges, list_causes
from health.score.settings import DEFAULT, KEYS, Settings
from health.tables import TABLES
from health.warehouse import Warehouse
from tests.books import rows, small_book, unscored, warehouse_of
from tests.size import size

CUSTOMERS = size(150, 250)
Lanes = dict[tuple[str, str], Fraction]


def weights(**some: int) -> dict[str, int]:
    return dict.fromkeys(KEYS, 0) | some


def lanes_of(bridges: Bridges, customer_id: str) -> Lanes:
    found = bridges.of(customer_id).select("lane", "component", "numerator", "denominator").iter_rows()
    return {(lane, component): Fraction(n, d) for lane, component, n, d in found}


def residuals(bridges: Bridges) -> list[str]:
    """Customers whose lanes do not add up exactly, or whose shown tenths do not."""
    sums: dict[str, tuple[Fraction, int]] = {}
    for customer, n, d, tenths in bridges.lanes.select("customer_id", "numerator", "denominator", "tenths").iter_rows():
        whole, shown = sums.get(customer, (Fraction(0), 0))
        sums[customer] = whole + Fraction(n, d), shown + tenths
    return [
        row["customer_id"] for row in bridges.totals.iter_rows(named=True) if _off(row, *sums.get(row["customer_id"], (Fraction(0), 0)))
    ]


def _off(row: dict[str, int], whole: Fraction, shown: int) -> bool:
    before = Fraction(row["before_numerator"], row["before_denominator"])
    after = Fraction(row["after_numerator"], row["after_denominator"])
    rounded = [(2 * value.numerator * 100 + value.denominator) // (2 * value.denominator) for value in (before, after)]
    return (
        whole != after - before
        or rounded != [row["before"], row["after"]]
        or shown != row["tenths"]
        or shown != row["after"] // 10 - row["before"] // 10
    )


# ---- the demo -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> Iterator[Warehouse]:
    warehouse = warehouse_of(generate(CUSTOMERS, 36, 7, "demo").tables)
    yield warehouse
    warehouse.close()


def month_ends(months: int) -> list[date]:
    return pl.date_range(date(2023, 11, 1), date(2026, 10, 1), "1mo", eager=True).dt.month_end().to_list()[-months:]


VERSIONS = (
    replace(DEFAULT, weights=weights(contact=40, complaints=0, price=35, tenure=25)),
    replace(DEFAULT, cadence_days={"A": 14, "B": 60, "C": 120}, response_hours=(8, 8, 4, 2)),
    replace(
        DEFAULT, weights={key: 100 // len(KEYS) + (i < 100 % len(KEYS)) for i, key in enumerate(KEYS)}, resolution_hours=(24, 24, 24, 24)
    ),
)


def test_no_residual_over_every_pair_of_consecutive_months(demo: Warehouse) -> None:
    """Of the last six; `make soak` takes all 36, in a larger book."""
    months = size(6, 36)
    pairs, ends = 0, month_ends(months)
    with demo.reading() as session:
        for before, after in zip(ends, ends[1:], strict=False):
            bridges = build_bridges(session, before, after, DEFAULT, DEFAULT)
            assert residuals(bridges) == []
            assert bridges.totals.height + bridges.left_out.height == CUSTOMERS
            pairs += bridges.totals.height
    assert pairs >= 0.34 * CUSTOMERS * (months - 1)


def test_no_residual_over_any_days_versions_and_overrides(demo: Warehouse) -> None:
    chance, pairs, lanes = random.Random(4), 0, set()
    with demo.reading() as session:
        customers = session.rows("customers")["customer_id"].sort()
        for n in range(size(3, 12)):
            days = sorted(date(2023, 12, 15) + timedelta(days=chance.randrange(1040)) for _ in range(2))
            before, after = (chance.choice((DEFAULT, *VERSIONS)) for _ in range(2))
            said = pl.DataFrame({"customer_id": customers, "health": [chance.choice((None, None, 1234, 9999)) for _ in customers]})
            bridges = build_bridges(session, days[n == 0], days[1], before, after, overrides=said)
            assert residuals(bridges) == []
            pairs += bridges.totals.height
            lanes |= set(bridges.lanes["lane"])
    assert pairs >= 1.2 * CUSTOMERS
    assert lanes == {"ageing", "data", "coverage", "settings", "override"}


def test_health_at_both_ends_is_the_one_the_history_holds(demo: Warehouse) -> None:
    days = [date(2025, 3, 31), date(2025, 9, 30)]
    with demo.reading() as session:
        kept = session.rows("history")
        bridges = build_bridges(session, *days, DEFAULT, DEFAULT)
    for day, name in zip(days, ("before", "after"), strict=True):
        expected = kept.filter(pl.col("as_of") == day).select("customer_id", "health")
        both = bridges.totals.select("customer_id", name).join(expected, on="customer_id", how="left")
        assert both.height > CUSTOMERS / 5
        assert (both[name] == both["health"]).all()


def test_to_other_settings_and_back_on_one_day_is_a_matter_of_settings_that_undoes_itself(demo: Warehouse) -> None:
    day = date(2025, 5, 31)
    with demo.reading() as session:
        there, back = (build_bridges(session, day, day, *pair) for pair in ((DEFAULT, VERSIONS[1]), (VERSIONS[1], DEFAULT)))
    assert set(there.lanes["lane"]) <= {"settings", "coverage"}
    sums = [b.totals.select("customer_id", change=pl.col("after") - pl.col("before")) for b in (there, back)]
    assert (sums[0]["change"] + sums[1]["change"]).unique().to_list() == [0]


def test_stored_and_fresh_scores_give_the_same_bridge(demo: Warehouse) -> None:
    days = (date(2025, 3, 31), date(2025, 5, 31))
    with demo.reading() as session:
        tables = {name: session.rows(name) for name in TABLES}
        from_history = build_bridges(session, *days, DEFAULT, VERSIONS[0])
    other = unscored(tables)
    with other.reading() as session:
        assert not session.has("history")
        fresh = build_bridges(session, *days, DEFAULT, VERSIONS[0])
    assert_frame_equal(from_history.lanes, fresh.lanes)
    assert_frame_equal(from_history.totals, fresh.totals)
    other.close()


# ---- what each lane means -------------------------------------------------------------------------------------------

T0, T1 = date(2024, 6, 30), date(2024, 9, 30)


def talk(day: date, customer: str = "A") -> dict[str, object]:
    at = datetime.combine(day, datetime.min.time())
    return {
        "interaction_id": f"N{day}", "customer_id": customer, "occurred_at": at, "channel": "call", "direction": "out",
        "outcome": "reached",
    }  # fmt: skip


def of_a(tables: dict[str, pl.DataFrame], t0: date = T0, t1: date = T1, after: Settings = DEFAULT) -> tuple[Lanes, Bridges]:
    warehouse = unscored(tables)
    with warehouse.reading() as session:
        bridges = build_bridges(session, t0, t1, DEFAULT, after, ["A"])
    warehouse.close()
    assert residuals(bridges) == []
    return lanes_of(bridges, "A"), bridges


def with_rows(table: str, *records: dict[str, object]) -> dict[str, pl.DataFrame]:
    tables = small_book()
    extra = rows(table, *records)
    return tables | {table: pl.concat([tables[table], extra]) if table in tables else extra}


def test_silence_is_ageing_and_a_call_is_data() -> None:
    silent, _ = of_a(small_book())
    called, _ = of_a(with_rows("interactions", talk(date(2024, 9, 20))))
    assert {lane for lane, _ in silent} == {"ageing"}
    assert silent["ageing", "contact"] < 0
    assert {place: term for place, term in called.items() if place[0] == "ageing"} == silent
    assert called["data", "contact"] > 0


def test_a_first_complaint_in_the_book_is_coverage() -> None:
    lanes, _ = of_a(with_rows("complaints", {"complaint_id": "Q", "customer_id": "B", "opened_at": datetime(2024, 8, 1), "severity": 1}))
    assert lanes["coverage", "complaints"] > 0


def test_a_benchmark_published_afterwards_about_a_month_before_is_late() -> None:
    old, new = (
        {"product": "mobile", "month": month, "source": "s", "price": price, "observed_on": day}
        for month, price, day in ((date(2024, 1, 1), 100, None), (date(2024, 5, 1), 90, date(2024, 7, 10)))
    )
    lanes, _ = of_a(with_rows("market_prices", old, new))
    assert lanes["late", "price"] < 0
    assert ("data", "price") not in lanes


def test_a_renewal_of_a_term_that_ran_out_meanwhile_is_data_and_the_term_aged_to_nothing() -> None:
    tables = small_book()
    own = tables["contracts"].filter(pl.col("customer_id") == "A")
    first = own.with_columns(end_on=pl.lit(date(2024, 8, 31)))
    second = own.with_columns(contract_id=pl.lit("K2"), start_on=pl.lit(date(2024, 9, 1)), end_on=pl.lit(date(2025, 8, 31)))
    signed = second.with_columns(signed_on=pl.lit(date(2024, 8, 10)))
    lanes, _ = of_a(tables | {"contracts": pl.concat([first, signed])})
    assert lanes["ageing", "tenure"] < 0
    assert lanes["data", "tenure"] > 0
    assert {lane for lane, _ in lanes} == {"ageing", "data"}


def test_the_points_of_the_leaving_stand_still() -> None:
    gone = {"contract_id": "KA", "customer_id": "A", "product": "mobile", "start_on": date(2023, 1, 1), "unit_price": 100}
    notice = rows("contracts", gone | {"notice_on": date(2024, 7, 5), "terminated_on": date(2024, 12, 31)})
    lanes, bridges = of_a(small_book() | {"contracts": notice})
    assert lanes == {}
    assert bridges.totals.select("frozen_on", "tenths").row(0) == (T0, 0)


def test_the_leaving_age_up_to_the_day_they_are_frozen_on() -> None:
    gone = {"contract_id": "KA", "customer_id": "A", "product": "mobile", "start_on": date(2023, 1, 1), "unit_price": 100}
    notice = rows("contracts", gone | {"notice_on": date(2024, 9, 5), "terminated_on": date(2024, 12, 31)})
    lanes, bridges = of_a(small_book() | {"contracts": notice})
    until_august, _ = of_a(small_book(), t1=date(2024, 8, 31))
    assert bridges.totals["frozen_on"][0] == date(2024, 8, 31)
    assert lanes == until_august


def test_who_took_back_the_notice_moves_by_data_alone() -> None:
    gone = {"contract_id": "KA", "customer_id": "A", "product": "mobile", "start_on": date(2023, 1, 1), "unit_price": 100}
    notice = gone | {"notice_on": date(2024, 6, 5), "terminated_on": date(2024, 8, 31)}
    again = gone | {"contract_id": "K2", "start_on": date(2024, 9, 1), "signed_on": date(2024, 8, 15), "end_on": date(2026, 8, 31)}
    lanes, _ = of_a(small_book() | {"contracts": rows("contracts", notice, again)})
    assert {lane for lane, _ in lanes} == {"data"}


@pytest.mark.parametrize(
    "t0, line, why",
    [
        (date(2022, 12, 1), {}, "not a customer yet on 1 Dec 2022"),
        (T0, {"end_on": date(2024, 7, 31)}, "churned by 30 Sep 2024"),
        (T0, {"end_on": date(2024, 9, 20)}, "between two contracts on 30 Sep 2024"),
    ],
)
def test_without_health_on_both_days_there_is_no_bridge_and_it_says_why(t0: date, line: dict[str, object], why: str) -> None:
    own = {"contract_id": "KA", "customer_id": "A", "product": "mobile", "start_on": date(2023, 1, 1), "unit_price": 100}
    lanes, bridges = of_a(small_book() | {"contracts": rows("contracts", own | line)}, t0)
    assert (lanes, bridges.totals.height) == ({}, 0)
    assert bridges.left_out.rows() == [("A", why)]


def test_an_override_is_the_last_lane() -> None:
    warehouse = unscored(small_book())
    said = pl.DataFrame({"customer_id": ["A"], "health": [4200]})
    with warehouse.reading() as session:
        plain, other = (build_bridges(session, T0, T1, DEFAULT, DEFAULT, ["A"], overrides=o) for o in (None, said))
    machine = plain.totals.row(0, named=True)
    lanes = lanes_of(other, "A")
    assert other.totals["after"][0] == 4200
    assert lanes["override", None] == 42 - Fraction(machine["after_numerator"], machine["after_denominator"])  # type: ignore[index]
    warehouse.close()


def caused(tables: dict[str, pl.DataFrame], t1: date = T1) -> list[tuple[object, ...]]:
    warehouse = unscored(tables)
    with warehouse.reading() as session:
        frame = list_causes(session, "A", T0, t1)
    warehouse.close()
    return frame.select("lane", "component", "table_name", "day", "words", "load_id").rows()


def test_causes_of_silence_are_what_grew_old() -> None:
    silent = (T1 - date(2024, 6, 10)).days
    assert caused(small_book()) == [
        ("ageing", "contact", None, T1, f"no two-way contact for {silent} days", None),
        ("ageing", "tenure", None, T1, "92 days more tenure", None),
    ]


def test_causes_name_the_rows_that_came_and_leave_out_those_that_were_known() -> None:
    before = talk(date(2024, 6, 30)) | {"interaction_id": "old"}
    tables = with_rows("interactions", before, talk(date(2024, 7, 1)), talk(date(2024, 9, 30)), talk(date(2024, 10, 1)), talk(T1, "B"))
    grew, *found, _ = caused(tables)
    assert grew[4] == "the contact of 30 Jun 2024 is now 92 days old"
    assert found == [
        ("data", "contact", "interactions", day, "call, reached", 1) for day in (date(2024, 7, 1), date(2024, 9, 30))
    ]  # fmt: skip


def test_an_earlier_complaint_solved_meanwhile_is_a_cause() -> None:
    solved = {"complaint_id": "Q", "customer_id": "A", "opened_at": datetime(2024, 6, 20), "theme": "outage"}
    found = caused(with_rows("complaints", solved | {"resolved_at": datetime(2024, 7, 2)}))
    assert ("data", "complaints", "complaints", date(2024, 7, 2), "complaint solved: outage", 1) in found
    assert "complaint raised: outage" not in [row[4] for row in found]


def test_every_lane_of_new_rows_has_its_rows_and_every_row_its_source(demo: Warehouse) -> None:
    days = (date(2026, 5, 31), date(2026, 8, 31))
    with demo.reading() as session:
        bridges = build_bridges(session, *days, DEFAULT, DEFAULT)
        for customer in bridges.totals["customer_id"].to_list()[: size(3, 5)]:
            own, told = bridges.of(customer), list_causes(session, customer, *days)
            moved = (
                own.filter(pl.col("lane").is_in(["data", "late", "ageing"])).select("component", aged=pl.col("lane") == "ageing").unique()
            )
            named = told.select("component", aged=pl.col("lane") == "ageing").unique()
            assert moved.join(named, on=["component", "aged"], how="anti").is_empty()
            rows_told = told.filter(pl.col("lane") != "ageing")
            assert rows_told.select("words", "load_id", "line", "day").null_count().sum_horizontal().item() == 0
            assert rows_told["day"].is_between(*days, closed="right").all()


def test_days_the_wrong_way_round_are_refused(demo: Warehouse) -> None:
    with demo.reading() as session, pytest.raises(ValueError, match="lies after"):
        build_bridges(session, T1, T0, DEFAULT, DEFAULT)
