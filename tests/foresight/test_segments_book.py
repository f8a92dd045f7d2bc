"""Segments of a whole book: sizes and movement that tie out, churn counted a second way, clusters that hold still."""

from collections.abc import Iterator
from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from health import portfolio
from health.access import Book, Viewer
from health.demo import generate
from health.errors import InsufficientData
from health.foresight import lifetime, segments
from health.foresight.backtest.panel import panel
from health.foresight.lifetime import Assumptions
from health.foresight.segments import clusters, kmeans, stability
from health.score.settings import DEFAULT
from health.warehouse import Warehouse
from tests.books import analyst, small_book, warehouse_of

NOW, QUARTER = date(2026, 10, 31), date(2026, 7, 31)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    """The demo company, small; one customer in ten bills at an unknown cost."""
    tables = generate(400, 30, 7).tables
    unknown = pl.col("customer_id").str.ends_with("3")
    tables["contracts"] = tables["contracts"].with_columns(pl.when(~unknown).then(pl.col("unit_cost")).alias("unit_cost"))
    made = warehouse_of(tables)
    yield made
    made.close()


@pytest.fixture(scope="module")
def book(warehouse: Warehouse) -> Book:
    """All of it."""
    return analyst(warehouse)


def test_movement_ties_out_with_the_sizes_and_money_of_both_days(book: Book) -> None:
    moved = segments.segment_moves(book, QUARTER, NOW)
    for day, side, beside in ((QUARTER, "from", "mrr_before"), (NOW, "to", "mrr_after")):
        frame = segments.quadrants(portfolio.build(book, day), DEFAULT)
        sizes = segments.summary(frame)
        told = moved.group_by(side).agg(pl.col("customers").sum(), pl.col(beside).sum().round(2))
        counted = {name: (n, money) for name, n, money in told.iter_rows() if name not in ("new", "left")}
        assert counted == {name: (n, round(mrr, 2)) for name, n, mrr in sizes.select("segment", "customers", "mrr").iter_rows()}
        assert counted["unknown"][0] > 0 and sizes["customers"].sum() == frame.filter(pl.col("status") == "active").height
    assert {"new", "left"} <= {*moved["from"], *moved["to"]} and moved.filter(pl.col("from") == "new")["mrr_before"].null_count() > 0


def test_each_customer_is_counted_where_it_stood_on_both_days(book: Book) -> None:
    frames = (segments.quadrants(portfolio.build(book, day), DEFAULT).filter(pl.col("status") == "active") for day in (QUARTER, NOW))
    then, now = (dict(frame.select("customer_id", "segment").iter_rows()) for frame in frames)
    pairs: dict[tuple[str, str], int] = {}
    for who in {*then, *now}:
        pair = (then[who] or "unknown" if who in then else "new", now[who] or "unknown" if who in now else "left")
        pairs[pair] = pairs.get(pair, 0) + 1
    told = segments.segment_moves(book, QUARTER, NOW)
    assert {(a, b): n for a, b, n in told.select("from", "to", "customers").iter_rows()} == pairs


def test_churn_is_that_of_the_panel_at_the_last_four_quarter_starts(book: Book, warehouse: Warehouse) -> None:
    found = segments.churn(book, NOW)
    with warehouse.reading() as session:
        whole = panel(session, 90, DEFAULT)
    assert len(whole.cutoffs) > 4, "the book must be older than what is counted"
    rows = whole.at_cutoffs(whole.cutoffs[-4:]).rows
    seen = {name: [0, 0] for name in segments.SEGMENTS}
    for day in whole.cutoffs[-4:]:
        named = dict(segments.quadrants(portfolio.build(book, day), DEFAULT).select("customer_id", "segment").iter_rows())
        for who, lost in rows.filter(pl.col("cutoff") == day).select("customer_id", "lost").iter_rows():
            if named[who]:
                seen[named[who]][0] += 1
                seen[named[who]][1] += lost
    assert {name: [n, k] for name, n, k in found.select("segment", "customers", "lost").iter_rows()} == seen
    assert (found["low"] <= found["rate"]).all() and (found["rate"] <= found["high"]).all() and found["lost"].sum() > 0


def test_what_is_known_later_changes_no_churn_of_an_earlier_day(book: Book) -> None:
    assert segments.churn(book, date(2026, 4, 29)).equals(segments.churn(book, date(2026, 3, 31)))
    assert not segments.churn(book, date(2026, 4, 30)).equals(segments.churn(book, date(2026, 4, 29)))
    assert segments.churn(book, date(2024, 6, 30)).is_empty()


def test_an_unknown_cost_is_a_segment_only_under_an_assumed_rate() -> None:
    """Nobody's cost is on file: no margin of zero, no quadrant, until a rate is assumed; the sums stay null."""
    unpriced = analyst(warehouse_of(small_book()))
    day = date(2024, 6, 30)
    stood = segments.positions_on(unpriced, [day])
    assert stood["margin"].null_count() == stood["segment"].null_count() == 2
    assert segments.summary(stood)["margin"].null_count() == 5
    assert segments.positions_on(unpriced, [day], 0.3)["margin"].to_list() == [30.0, 30.0]


def test_an_assumed_margin_is_cut_where_that_of_the_value_is(book: Book) -> None:
    """Not in whole cents: at low prices those would draw another edge than the value of the same customers has."""
    stood, valued = segments.positions_on(book, [NOW], 1 / 3), lifetime.value(book, NOW, None, Assumptions(margin_rate=1 / 3))
    assert stood["margin"].equals(valued["margin"]) and stood["segment"].equals(valued["segment"])
    assert valued["margin_assumed"].sum() > 0


def test_an_account_managers_segments_hold_the_own_customers_alone(book: Book, warehouse: Warehouse) -> None:
    everybody = portfolio.build(book, NOW)
    owner = everybody["owner"].drop_nulls().sort()[0]
    own = Book(Viewer("m", "account_manager", owner), warehouse)
    theirs = everybody.filter(pl.col("owner") == owner)
    active = theirs.filter(pl.col("status") == "active").height
    assert 0 < active == segments.segment_moves(own, QUARTER, NOW).filter(pl.col("to") != "left")["customers"].sum()
    assert segments.cluster_customers(own, NOW).frame["customer_id"].to_list() == theirs["customer_id"].to_list()
    assert segments.churn(own, NOW)["customers"].sum() < segments.churn(book, NOW)["customers"].sum()


def test_clusters_hold_still_for_a_quarter_and_are_the_same_on_every_run(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "MIN_AGREEMENT", -1.0)
    first, again, later = (segments.cluster_customers(book, day) for day in (QUARTER, QUARTER, date(2026, 9, 15)))
    assert first.frame.equals(again.frame) and first.stability == again.stability and first.means.equals(again.means)
    assert first.fitted_on == later.fitted_on == date(2026, 6, 30) and first.means.equals(later.means)
    assert not first.frame.equals(later.frame) and set(later.frame["cluster"].drop_nulls()) <= set(later.means["cluster"])
    told = first.stability
    assert told.months is not None and told.months_quadrants is not None and told.silhouette is not None
    assert told.churn_share is not None and told.churn_share_quadrants is not None


def test_clusters_that_another_start_would_draw_otherwise_are_hidden(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "MIN_AGREEMENT", 1.1)
    hidden = segments.cluster_customers(book, QUARTER)
    assert (
        not hidden.stability.holds
        and hidden.frame["cluster"].null_count() == hidden.frame.height
        and "They are not shown" in hidden.sentence
    )


def test_a_book_too_young_or_too_small_to_cluster_says_so(warehouse: Warehouse, book: Book) -> None:
    with pytest.raises(InsufficientData, match="three months"):
        segments.cluster_customers(book, date(2024, 6, 29))
    tables = small_book()
    talk = tables["interactions"][:1].with_columns(
        pl.lit("late").alias("interaction_id"), pl.lit(datetime(2024, 10, 15)).alias("occurred_at")
    )
    tables["interactions"] = pl.concat([tables["interactions"], talk])
    with pytest.raises(InsufficientData, match="at least 4 customers"):
        segments.cluster_customers(analyst(warehouse_of(tables)), date(2024, 10, 15))


MEANS = {"big": (80, 7.0, 0.0, 4.0), "ill": (35, 7.2, -8.0, 4.0), "calm": (80, 3.0, 0.0, 4.0), "rise": (60, 3.0, 9.0, 4.0)}


def planted(n: int = 40) -> tuple[pl.DataFrame, list[str]]:
    """Features around four known means, and whose is whose."""
    rng = np.random.default_rng(3)
    whose = [name for name in MEANS for _ in range(n)]
    at = np.array([MEANS[name] for name in whose]) + rng.normal(0, 0.3, (len(whose), 4))
    ids = pl.Series("customer_id", [f"C{i:04}" for i in range(len(whose))])
    return pl.DataFrame(at, list(kmeans.FEATURES), orient="row").insert_column(0, ids), whose


def test_planted_groups_are_found_and_called_what_they_are() -> None:
    rows, whose = planted()
    centres = kmeans.fit(rows, 57.5)
    called = {name: centres.names[i] for name, i in zip(whose, centres.nearest(rows), strict=True)}
    tenure = {key: value.split(", ")[:3] for key, value in called.items()}
    assert tenure == {
        "big": ["large", "healthy", "steady"], "ill": ["large", "low health", "falling"],
        "calm": ["small", "healthy", "steady"], "rise": ["small", "healthy", "rising"],
    }  # fmt: skip
    assert stability.agreement(centres.nearest(rows), np.array([list(MEANS).index(name) for name in whose])) == 1
    assert stability.agreement_over_starts(rows, centres) == 1
    assert (found := stability.silhouette(rows, centres)) is not None and found > 0.5


def test_clusters_come_the_largest_value_first_and_no_two_share_a_name() -> None:
    rows, _ = planted()
    centres = kmeans.fit(rows, 57.5)
    values = centres.centres[:, 1]
    assert values[:2].min() > values[2:].max() and len(set(centres.names)) == 4
    same = np.array([[80.0, 5.0, 0.0, 4.0]] * 3 + [[80.0, 5.0, 0.0, 1.0]])
    names = kmeans.cluster_names(same, np.array([80.0, 4.0, 0.0, 3.0]), 57.5)
    assert len(set(names)) == 4 and names[3] == "large, healthy, steady, new" and all("long-standing" in name for name in names[:3])


def test_features_do_not_depend_on_the_order_of_the_rows_and_lack_whoever_lacks_one() -> None:
    now = pl.DataFrame(
        {
            "customer_id": ["A", "B", "C", "D", "E"], "band": ["healthy", "watch", "watch", "leaving", "watch"],
            "health": [80.0, 60.0, 60.0, 20.0, 55.0], "margin": [100.0, -100.0, None, 5.0, 5.0], "tenure_days": [30, 0, 5, 5, None],
        }
    )  # fmt: skip
    before = pl.DataFrame({"customer_id": ["B", "A", "C"], "health": [50.0, 81.5, 1.0]})
    found = kmeans.features(now, before)
    assert found["customer_id"].to_list() == ["A", "B"] and found["trend"].to_list() == [-1.5, 10.0]
    assert found["log_value"][0] == -found["log_value"][1] == pytest.approx(np.log(101))
    assert kmeans.features(now.reverse(), before.reverse()).equals(found)


@pytest.mark.parametrize("n", [4, 5, 9])
def test_the_tiniest_book_is_clustered_without_a_warning(n: int) -> None:
    rows, _ = planted()
    tiny = rows.gather_every(rows.height // n)[:n]
    centres = kmeans.fit(tiny, 57.5)
    assert stability.agreement_over_starts(tiny, centres) <= 1
    assert (stability.silhouette(tiny, centres) is None) == (n == 4)
    with pytest.raises(InsufficientData, match="there are 1"):
        kmeans.fit(pl.concat([tiny[:1]] * 6), 57.5)


def test_agreement_and_explained_variance_are_the_published_formulas() -> None:
    """0.57 for (0, 0, 1, 2) and (0, 0, 1, 1): the example of scikit-learn's adjusted Rand index. Eta squared by its definition."""
    assert stability.agreement(np.array([0, 0, 1, 2]), np.array([0, 0, 1, 1])) == pytest.approx(0.571429)
    lost = np.array([True, True, False, True, False, False, False, False])
    group = pl.Series(["a", "a", "a", "a", "b", "b", "c", "c"])
    means = np.array([0.75] * 4 + [0.0] * 4)
    by_hand = ((means - lost.mean()) ** 2).sum() / ((lost - lost.mean()) ** 2).sum()
    assert stability.variance_explained(group, lost) == pytest.approx(by_hand, abs=1e-6)
    assert stability.variance_explained(group, np.zeros(8, dtype=bool)) is None
