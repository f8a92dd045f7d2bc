"""Every number of the overview and client screens once more, naively from the rows: one customer and one day at a time, plain loops."""

import re
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from statistics import median
from typing import Any

import polars as pl
import pytest

from health import portfolio
from health.demo import generate
from health.insight import headlines
from health.insight.client import bridge, complaint_sla, details
from health.insight.client import invoices as invoice_states
from health.insight.client import points as client
from health.insight.evidence import band_churn, verdict
from health.insight.overview import data_available as known
from health.insight.overview import frames, movers, products, themes
from health.tables import TABLES
from tests.books import analyst, complaint_clocks, small_book, staged, typed, warehouse_of
from tests.books import rows as table_rows
from tests.insight.books import book as hand_made
from tests.insight.books import row as hand_row
from tests.oracle import ANSWER_HOURS, SOLUTION_HOURS, WEIGHTS, Oracle, cents, month_end
from tests.size import size

CUSTOMERS = size(300, 400)
LABELS = {"contact": "Contact frequency", "complaints": "Complaints", "price": "Price against market", "tenure": "Tenure"}
CHIPS = {"healthy": "● Healthy", "watch": "▲ Watch", "at_risk": "◆ At risk", "leaving": "▶ Leaving", "unknown": "? Unknown"}
MONTH_END, MID_MONTH = date(2026, 10, 31), date(2026, 6, 17)
THREE_MONTHS_EARLIER = {MONTH_END: date(2026, 7, 31), MID_MONTH: date(2026, 3, 31)}


def previous(end: date, months: int = 1) -> date:
    for _ in range(months):
        end = end.replace(day=1) - timedelta(days=1)
    return end


class Rows:
    """The company as rows, read by the naive oracle; money in cents, points as Decimal."""

    def __init__(self, tables: dict[str, pl.DataFrame]) -> None:
        self.tables = {name: frame.to_dicts() for name, frame in tables.items()}
        self.oracle = Oracle(self.tables)
        self.ids = sorted(self.oracle.customers)
        self.name = {row["customer_id"]: row["name"] for row in self.tables["customers"]}
        first, newest = self.oracle.observed_from(), self.oracle.newest_day()
        assert first is not None and newest is not None
        self.first = first
        self.ends: list[date] = [month_end(first)]
        while month_end(self.ends[-1] + timedelta(days=1)) <= newest:
            self.ends.append(month_end(self.ends[-1] + timedelta(days=1)))
        self.status = cache(self.oracle.status)
        self.score = cache(self.oracle.score)

    def there(self, day: date) -> list[str]:
        return [i for i in self.ids if self.status(i, day) in ("active", "paused", "leaving")]

    def count(self, status: str, day: date) -> int:
        return sum(self.status(i, day) == status for i in self.ids)

    def banded(self, band: str, day: date) -> list[str]:
        return [i for i in self.there(day) if self.score(i, day)["band"] == band]

    def billed(self, customer: str, day: date) -> int:
        """Cents a month of the lines in force that are not paused; 0 on a day on which the customer is none."""
        if customer not in self.there(day):
            return 0
        lines = [line for line in self.oracle.lines(customer, day) if line.start <= day <= line.end and not line.paused]
        return sum(line.quantity * line.price for line in lines)

    def mrr(self, customers: list[str], day: date) -> float:
        return sum(self.billed(i, day) for i in customers) / 100

    def losses(self, known_by: date, after: date) -> list[tuple[str, Any]]:
        """(customer, spell) of the losses later than `after`, as known on `known_by`."""
        spells = [(i, self.oracle.spell(i, known_by)) for i in self.ids if self.status(i, known_by) == "lost"]
        return [(i, spell) for i, spell in spells if spell is not None and spell.lost_on > after]

    def churn(self, end: date) -> tuple[float, int]:
        """Yearly rate and losses counted, month by month; a customer lost in the month it came was not there at its start."""
        kept, lost = Fraction(1), 0
        for back in range(1, 13):
            start, stop = previous(end, back), previous(end, back - 1)
            there = self.there(start)
            gone = {i for i, spell in self.losses(end, start) if spell.lost_on <= stop} & set(there)
            kept *= 1 - Fraction(len(gone), len(there))
            lost += len(gone)
        return float(1 - kept), lost

    def retention(self, then: date, now: date) -> tuple[float, float]:
        base = [i for i in self.there(then) if self.status(i, now) != "merged"]
        was = sum(self.billed(i, then) for i in base)
        gross = sum(min(self.billed(i, then), self.billed(i, now)) for i in base)
        return gross / was, sum(self.billed(i, now) for i in base) / was

    def lost_while_healthy(self, end: date) -> tuple[int, int]:
        """(healthy, all) of the year's losses that were on file ninety days before the decision."""
        bands = []
        for customer, spell in self.losses(end, previous(end, 12)):
            day = spell.decided_on - timedelta(days=90)
            looked = day if day == month_end(day) else previous(day)
            if looked in self.ends and customer in self.there(looked):
                bands.append(self.score(customer, looked)["band"])
        return bands.count("healthy"), len(bands)

    def driver(self, customer: str, day: date) -> str:
        """The component with the most weight x (median of the book - points); the first declared of equals."""
        behind = {}
        for key, weight in WEIGHTS.items():
            points = self.score(customer, day)[key]
            if points is not None:
                book = [self.score(i, day)[key] for i in self.there(day)]
                behind[key] = weight * (self.middle(key, day, tuple(p for p in book if p is not None)) - points)
        return LABELS[max(behind, key=lambda key: behind[key])]

    @staticmethod
    @cache
    def middle(_key: str, _day: date, points: tuple[Any, ...]) -> Any:
        return median(points)


@pytest.fixture(scope="module")
def company() -> dict[str, pl.DataFrame]:
    return {name: typed(name, frame) for name, frame in generate(CUSTOMERS, 30, 9).tables.items()}


@pytest.fixture(scope="module")
def rows(company: dict[str, pl.DataFrame]) -> Rows:
    return Rows({name: frame.select(TABLES[name].names) for name, frame in company.items()})


class Shown:
    """What the product shows on one day."""

    def __init__(self, company: dict[str, pl.DataFrame], book: Any, as_of: date) -> None:
        self.as_of, self.earlier, self.book = as_of, THREE_MONTHS_EARLIER[as_of], book
        self.state, self.now, self.history = portfolio.state(book), portfolio.build(book, as_of), portfolio.history(book)
        self.before = portfolio.build(book, self.earlier)
        self.headlines = headlines.headlines(self.now, self.history, as_of, self.earlier, self.state.observed_from)
        self.last_end = max(end for end in self.state.month_ends if end <= as_of)
        self.contracts, self.complaints = company["contracts"], company["complaints"]
        self.client = cache(lambda customer: portfolio.client(book, customer, as_of))

    def number(self, key: str) -> float:
        number = self.headlines[key].number
        assert number is not None
        return number


@pytest.fixture(scope="module")
def book(company: dict[str, pl.DataFrame]) -> Any:
    return analyst(warehouse_of(company))


@pytest.fixture(scope="module", params=[MONTH_END, MID_MONTH], ids=str)
def shown(request: pytest.FixtureRequest, company: dict[str, pl.DataFrame], book: Any) -> Shown:
    return Shown(company, book, request.param)


def test_the_span_of_the_book_is_that_of_its_rows(shown: Shown, rows: Rows) -> None:
    assert (shown.state.observed_from, shown.state.month_ends) == (rows.first, rows.ends)


def test_what_stands_on_the_day_is_what_its_rows_bill_and_say(shown: Shown, rows: Rows) -> None:
    day, there = shown.as_of, rows.there(shown.as_of)
    naive = {
        "mrr": rows.mrr(there, day),
        "healthy_share": len(rows.banded("healthy", day)) / len(there),
        "mrr_at_risk": rows.mrr(rows.banded("at_risk", day), day),
        "leaving": rows.count("leaving", day),
        "in_grace": rows.count("in grace", day),
    }
    assert {key: shown.number(key) for key in naive} == pytest.approx(naive, abs=1e-9, rel=1e-12)
    assert naive["leaving"] and naive["mrr_at_risk"]


def test_the_line_behind_each_figure_is_the_figure_of_that_month_end(shown: Shown, rows: Rows) -> None:
    ends = [end for end in rows.ends if end <= shown.as_of][-13:]
    at_risk = [rows.mrr(rows.banded("at_risk", end), end) for end in ends]
    healthy = [len(rows.banded("healthy", end)) / len(rows.there(end)) for end in ends]
    assert shown.headlines["mrr"].series == pytest.approx([rows.mrr(rows.there(end), end) for end in ends])
    assert shown.headlines["mrr_at_risk"].series == pytest.approx(at_risk)
    assert shown.headlines["healthy_share"].series == pytest.approx(healthy)
    assert shown.headlines["leaving"].series == [rows.count("leaving", end) for end in ends]
    assert shown.headlines["in_grace"].series == [rows.count("in grace", end) for end in ends]


def test_churn_is_one_less_the_product_of_what_each_month_kept(shown: Shown, rows: Rows) -> None:
    rate, lost = rows.churn(shown.last_end)
    assert shown.number("churn") == pytest.approx(rate, rel=1e-12)
    assert f" {lost} lost in " in shown.headlines["churn"].help
    observed = [end for end in rows.ends if end <= shown.as_of and previous(end, 12) >= rows.ends[0]][-13:]
    assert shown.headlines["churn"].series == pytest.approx([rows.churn(end)[0] for end in observed])


def test_retention_spans_twelve_months_exactly(shown: Shown, rows: Rows) -> None:
    gross, net = rows.retention(previous(shown.last_end, 12), shown.last_end)
    assert (shown.number("gross_retention"), shown.number("net_retention")) == pytest.approx((gross, net), rel=1e-12)


def test_lost_while_healthy_reads_the_band_ninety_days_before_the_decision(shown: Shown, rows: Rows) -> None:
    healthy, losses = rows.lost_while_healthy(shown.last_end)
    assert shown.number("lost_while_healthy") == pytest.approx(healthy / losses, rel=1e-12)
    assert f" {healthy} of {losses} losses" in shown.headlines["lost_while_healthy"].help


def test_band_shares_are_counted_heads(shown: Shown, rows: Rows) -> None:
    ends = [end for end in rows.ends if end <= shown.as_of][-24:]
    naive = {
        (end, band): (len(rows.banded(band, end)), len(rows.banded(band, end)) / len(rows.there(end)))
        for end in ends
        for band in CHIPS
        if rows.banded(band, end)
    }
    shares = frames.band_shares(shown.history, shown.as_of, shown.state.observed_from)
    assert {(r["as_of"], r["band"]): (r["customers"], pytest.approx(r["share"])) for r in shares.iter_rows(named=True)} == naive


def test_the_at_risk_table_lists_each_of_them_with_its_own_numbers(shown: Shown, rows: Rows) -> None:
    day, table = shown.as_of, frames.at_risk(shown.now)
    at_risk = sorted(rows.banded("at_risk", day), key=lambda i: (rows.billed(i, day), i), reverse=True)
    same: dict[int, list[str]] = {}
    for i in at_risk:
        same.setdefault(rows.billed(i, day), []).append(i)
    assert table["customer_id"].to_list() == [i for group in same.values() for i in sorted(group)]
    staff = {row["employee_id"]: row["name"] for row in rows.tables["employees"]}
    for row in table.iter_rows(named=True):
        i, customer = row["customer_id"], rows.oracle.customers[row["customer_id"]]
        score, was = rows.score(i, day), rows.score(i, shown.earlier)["health"]
        agreed = [line.agreed for line in rows.oracle.lines(i, day) if not line.terminated and line.end >= day and line.agreed]
        change = None if was is None else score["health"] - was
        trend = [rows.score(i, end)["health"] for end in rows.ends if end <= day]
        assert (row["customer"], row["owner"], row["band"]) == (rows.name[i], staff[customer["owner"]], [CHIPS["at_risk"]])
        assert row["health"] == int(score["health"])
        assert row["mrr"] == rows.billed(i, day) / 100
        assert row["renewal_on"] == max(agreed, default=None)
        assert row["driver"] == rows.driver(i, day)
        assert (row["change"] is None) == (change is None)
        assert change is None or abs(row["change"] - float(change)) <= 0.5 + 1e-9
        assert row["trend"] == [float(health) for health in trend if health is not None][-24:]


def test_revenue_at_risk_by_driver_and_segment_adds_up_from_customers(shown: Shown, rows: Rows) -> None:
    naive: dict[tuple[str, str], list[str]] = {}
    for i in rows.banded("at_risk", shown.as_of):
        segment = rows.oracle.customers[i]["segment"] or "Not given"
        naive.setdefault((segment, rows.driver(i, shown.as_of)), []).append(i)
    heat = frames.risk_by_driver(shown.now)
    told = {(r["segment"], r["driver"]): (r["customers"], pytest.approx(r["mrr"])) for r in heat.iter_rows(named=True)}
    assert told == {key: (len(group), rows.mrr(group, shown.as_of)) for key, group in naive.items()}
    assert heat["mrr"].sum() == pytest.approx(shown.number("mrr_at_risk"))


def tenths(health: Any) -> int:
    """Health as the bridge shows it: whole tenths, rounded down."""
    return int(10 * Fraction(health) // 1)


def test_movers_are_the_largest_falls_and_rises(shown: Shown, rows: Rows) -> None:
    day, before, moved = shown.as_of, shown.earlier, []
    for i in set(rows.there(day)) & set(rows.there(before)):
        is_now, was = rows.score(i, day)["health"], rows.score(i, before)["health"]
        if is_now is not None and was is not None:
            moved.append((is_now - was, i, int(is_now), rows.billed(i, day) / 100))
    naive = {
        "fell": sorted(m for m in moved if m[0] <= -1)[:8],
        "rose": sorted((m for m in moved if m[0] >= 1), key=lambda m: (-m[0], m[1]))[:8],
    }
    told = {"fell": movers.falls(shown.now, shown.before), "rose": movers.rises(shown.now, shown.before)}
    for way, table in told.items():
        assert table.height
        assert [list(r) for r in table.select("customer_id", "health", "mrr").iter_rows()] == [list(m[1:]) for m in naive[way]]
        assert all(abs(told - float(m[0])) <= 0.5 + 1e-9 for told, m in zip(table["change"], naive[way], strict=True))


def test_the_steps_of_a_mover_lead_from_its_health_then_to_its_health_now_and_its_reason_is_the_largest(shown: Shown, rows: Rows) -> None:
    listed = pl.concat([movers.falls(shown.now, shown.before), movers.rises(shown.now, shown.before)])
    told = movers.with_reasons(shown.book, listed, shown.earlier, shown.as_of)
    assert told["customer_id"].to_list() == listed["customer_id"].to_list()
    assert told["reason"].null_count() == 0
    for i, change, reason, by in told.select("customer_id", "change", "reason", "by").gather_every(size(8, 4)).iter_rows():
        bridged = bridge.explain_change(shown.book, i, shown.earlier, shown.as_of)
        then, now = tenths(rows.score(i, shown.earlier)["health"]), tenths(rows.score(i, shown.as_of)["health"])
        assert (bridged.before, bridged.after) == (then, now)
        assert then + bridged.steps["tenths"].sum() == now
        assert abs((now - then) / 10 - change) <= 0.6
        parts: dict[str, int] = {}
        for words, step in bridged.steps.filter(pl.col("lane") != "others").select("words", "tenths").iter_rows():
            parts[words] = parts.get(words, 0) + step
        sign = 1 if change > 0 else -1
        largest = max(sign * step for step in parts.values())
        assert round(10 * by) == sign * largest == parts[reason[0].lower() + reason[1:]]


def test_the_rates_of_the_badges_are_counted_heads(shown: Shown, rows: Rows) -> None:
    """At each quarter end a year after the first day whose outcome was known by the day of the screen."""
    counted: dict[str, list[bool]] = {}
    for cut in (end for end in rows.ends if end.month % 3 == 0 and end >= rows.first + timedelta(days=365)):
        known = cut + timedelta(days=90 + 30)
        if known > shown.as_of:
            continue
        for i in (i for i in rows.ids if rows.status(i, cut) == "active"):
            band = rows.score(i, cut)["band"]
            spell = next((s for s in rows.oracle.spells(i, known) if s.start <= cut <= s.lost_on), None)
            lost = spell is not None and cut < spell.decided_on <= cut + timedelta(days=90)
            lost = lost and rows.status(i, known) != "active"
            if band != "unknown" and not (lost and spell is not None and spell.reason in ("merged", "insolvency", "we_ended")):
                counted.setdefault(band, []).append(lost)
    told = band_churn.band_churn(shown.book, shown.as_of).rates
    assert {band: (rate.k, rate.n) for band, rate in told.items()} == {band: (sum(lost), len(lost)) for band, lost in counted.items()}
    assert sum(rate.k for rate in told.values()) > CUSTOMERS / 20


def test_those_at_risk_who_stayed_are_counted_heads(shown: Shown, rows: Rows) -> None:
    then = max(end for end in rows.ends if end <= shown.as_of - timedelta(days=180))
    followed = [rows.status(i, shown.as_of) for i in rows.banded("at_risk", then) if rows.status(i, then) == "active"]
    followed = [status for status in followed if status in ("active", "leaving", "lost")]
    told = verdict.verdict_notes(shown.book, shown.as_of)
    assert told.stayed is not None
    assert (told.since, told.stayed.k, told.stayed.n) == (then, followed.count("active"), len(followed))


def test_value_by_product_is_what_its_lines_in_force_bill(shown: Shown, rows: Rows) -> None:
    day = shown.as_of
    naive: dict[str, list[tuple[str, int]]] = {}
    for i in rows.there(day):
        for line in rows.oracle.lines(i, day):
            if line.start <= day <= line.end and not line.paused:
                naive.setdefault(line.product, []).append((i, line.quantity * line.price))
    told = products.by_product(staged("contracts", shown.contracts), shown.now, day)
    assert {r["product"]: (r["customers"], pytest.approx(r["mrr"])) for r in told.iter_rows(named=True)} == {
        product: (len({i for i, _ in lines}), sum(amount for _, amount in lines) / 100) for product, lines in naive.items()
    }
    assert told["mrr"].sum() == pytest.approx(shown.number("mrr"))


def test_what_is_known_counts_heads_and_last_days_for_notice_ahead(shown: Shown, rows: Rows) -> None:
    day, told = shown.as_of, known.summarize_portfolio(shown.now, shown.as_of)
    ahead: dict[str, int] = {}
    for i in rows.there(day):
        days_left = rows.oracle.facts(i, day)["days_to_notice"]
        if days_left is not None and days_left >= 0 and rows.status(i, day) == "active":
            ahead[i] = days_left
    assert (told.customers, told.gone) == (len(rows.there(day)), rows.count("lost", day))
    assert told.unknown == len(rows.banded("unknown", day))
    assert told.mrr == pytest.approx(rows.mrr(rows.there(day), day))
    for days in (30, 60, 90):
        due = [i for i, left in ahead.items() if left <= days]
        assert due
        assert told.renewals[days] == len(due)
        assert told.renewals_mrr[days] == pytest.approx(rows.mrr(due, day))


def test_the_book_by_segment_and_its_gaps_are_counted_heads(shown: Shown, rows: Rows) -> None:
    day, there = shown.as_of, rows.there(shown.as_of)
    segments: dict[str, list[str]] = {}
    for i in there:
        segments.setdefault(rows.oracle.customers[i]["segment"] or "Not given", []).append(i)
    told = known.mrr_by(shown.now, "segment")
    assert {r["segment"]: (r["customers"], pytest.approx(r["mrr"])) for r in told.iter_rows(named=True)} == {
        segment: (len(group), rows.mrr(group, day)) for segment, group in segments.items()
    }
    unknown = {key: sum(rows.score(i, day)[key] is None for i in there) for key in WEIGHTS}
    gaps = known.coverage_gaps(shown.now, shown.state.settings)
    assert {gap.key: (gap.unknown_customers, gap.weighed_customers) for gap in gaps} == {
        key: (n, len(there)) for key, n in unknown.items() if n
    }


def test_themes_share_out_the_revenue_at_risk_once(shown: Shown, rows: Rows) -> None:
    day, naive = shown.as_of, dict[str, list[str]]()
    for i in rows.banded("at_risk", day):
        raised: dict[str, list[datetime]] = {}
        for row in rows.oracle.complaints.get(i, []):
            if day - timedelta(days=180) < row["opened_at"].date() <= day:
                theme = "uncategorised" if row["theme"] in (None, "unsorted") else row["theme"]
                raised.setdefault(theme, []).append(row["opened_at"])
        ranked = sorted(raised, key=lambda theme: (-len(raised[theme]), -max(raised[theme]).timestamp(), theme))
        naive.setdefault(ranked[0].replace("_", " ").capitalize() if ranked else "No complaint", []).append(i)
    told = themes.at_risk_by_theme(shown.complaints, shown.now, day)
    assert {r["theme"]: (r["customers"], pytest.approx(r["mrr"])) for r in told.iter_rows(named=True)} == {
        theme: (len(group), rows.mrr(group, day)) for theme, group in naive.items()
    }
    assert told["mrr"].sum() == pytest.approx(shown.number("mrr_at_risk"))


def some(rows: Rows, day: date) -> list[str]:
    return [*rows.banded("leaving", day)[:3], *rows.there(day)[:: size(40, 20)]]


def test_a_clients_points_and_line_are_its_own(shown: Shown, rows: Rows) -> None:
    for row in shown.now.filter(pl.col("customer_id").is_in(some(rows, shown.as_of))).iter_rows(named=True):
        i, weights = row["customer_id"], shown.state.settings.weights
        score = rows.score(i, shown.as_of)
        told = {r["key"]: r for r in client.component_points(row, weights, shown.state.settings).iter_rows(named=True)}
        assert {key: (r["points"], r["weight"]) for key, r in told.items()} == {
            key: (None if score[key] is None else float(score[key]), WEIGHTS[key]) for key in WEIGHTS
        }
        known_weight = sum(WEIGHTS[key] for key in WEIGHTS if score[key] is not None)
        earned = sum(r["earned"] for r in told.values() if r["earned"] is not None)
        assert earned / known_weight * 100 == pytest.approx(float(score["health"]), abs=0.0051)
        line = client.health_history(shown.history, i, shown.as_of)
        ends = [end for end in rows.ends if end <= shown.as_of and rows.status(i, end) in ("active", "paused", "leaving")][-24:]
        placed = [None if rows.score(i, e)["band"] == "unknown" else rows.score(i, e)["health"] for e in ends]
        assert line["as_of"].to_list() == ends
        assert line["health"].to_list() == [None if health is None else float(health) for health in placed]


def test_the_parts_of_a_component_make_its_points(shown: Shown, rows: Rows) -> None:
    """The points of the leaving are frozen, so their parts are those of that earlier day."""
    for today in shown.now.filter(pl.col("customer_id").is_in(some(rows, shown.as_of))).iter_rows(named=True):
        then = shown.now if today["status"] == "active" else portfolio.build(shown.book, today["facts_as_of"])
        row = then.row(by_predicate=pl.col("customer_id") == today["customer_id"], named=True)
        score = rows.score(row["customer_id"], shown.as_of)
        parts = details.parts(row, WEIGHTS).drop_nulls("points")
        for key, label in LABELS.items():
            own = [(r["share"], r["points"]) for r in parts.filter(pl.col("component") == label).iter_rows(named=True)]
            points = sum(share * points for share, points in own) / sum(share for share, _ in own) if own else None
            assert points == (None if score[key] is None else pytest.approx(float(score[key]), abs=0.0051)), (row["customer_id"], key)


def clock(opened: datetime, done: datetime | None, hours: int, end: datetime) -> str:
    due = opened + timedelta(hours=hours)
    if done is None:
        return "■ Open" if due > end else "◆ Open"
    return "● On time" if done <= due else "◆ Late"


def state(words: str) -> str:
    """The state of a deadline, without its figures."""
    return re.split(r":? \d", words)[0]


def test_a_clients_clocks_are_those_its_score_counts(shown: Shown, rows: Rows) -> None:
    end = datetime.combine(shown.as_of, datetime.max.time())
    for i in some(rows, shown.as_of):
        own = shown.client(i)
        naive = {}
        for row in rows.oracle.complaints.get(i, []):
            if row["opened_at"] <= end:
                solved, answered = (row[name] if name else None for name in rows.oracle._ends(row, shown.as_of))
                answer = clock(row["opened_at"], answered, ANSWER_HOURS[row["severity"] or 2], end)
                naive[row["complaint_id"]] = answer, clock(row["opened_at"], solved, SOLUTION_HOURS[row["severity"] or 2], end)
        told = complaint_sla.with_deadline_texts(own["complaint_clocks"])
        found = {r["complaint_id"]: (state(r["answer"]), state(r["solution"])) for r in told.iter_rows(named=True)}
        assert found == naive


def test_a_clients_prices_stand_beside_the_benchmark_of_the_day(shown: Shown, rows: Rows) -> None:
    day = shown.as_of
    for i in some(rows, day):
        naive = []
        for line in rows.oracle.lines(i, day):
            if line.start <= day <= line.end:
                market = rows.oracle.benchmark(line.product, rows.oracle.customers[i]["region"], day)
                naive.append((line.product, line.price, line.quantity, market and market[0]))
        told = shown.client(i)["prices"].select("product", "unit_price", "quantity", "market").iter_rows()
        assert sorted((p, cents(u), q, m if m is None else cents(m)) for p, u, q, m in told) == sorted(naive)


def test_nothing_is_told_of_a_client_that_happened_later(shown: Shown, rows: Rows) -> None:
    end = datetime.combine(shown.as_of, datetime.max.time())
    for i in some(rows, shown.as_of):
        own = shown.client(i)
        told = details.sort_timeline(details.events(own), shown.as_of, {})
        contacts = [r["occurred_at"] for r in rows.tables["interactions"] if r["customer_id"] == i and r["occurred_at"] <= end]
        assert sorted(told.filter(pl.col("kind") == "Contact")["at"].to_list()) == sorted(contacts)
        issued = [row for row in rows.tables["invoices"] if row["customer_id"] == i and row["issued_on"] <= shown.as_of]
        invoices = invoice_states.with_states(own["invoices"], shown.as_of)
        assert invoices.height == len(issued)
        unpaid = sum(row["paid_on"] is None or row["paid_on"] > shown.as_of for row in issued if not row["written_off"])
        assert invoices.filter(pl.col("state").str.contains("Unpaid|Open")).height == unpaid


def test_a_line_counts_for_its_product_only_as_it_was_known_on_the_day() -> None:
    day, line = date(2024, 6, 30), {"start_on": date(2023, 1, 1), "quantity": 1}
    book = small_book()
    lines = [
        {"contract_id": "K1", "customer_id": "A", "product": "signed later", "unit_price": 1, "signed_on": date(2024, 7, 2)},
        {"contract_id": "K2", "customer_id": "A", "product": "ended by a notice", "unit_price": 2, "notice_on": date(2024, 5, 1)},
        {"contract_id": "K3", "customer_id": "B", "product": "given notice later", "unit_price": 4, "notice_on": date(2024, 7, 1)},
        {"contract_id": "K4", "customer_id": "A", "product": "notice runs", "unit_price": 8, "notice_on": date(2024, 6, 15)},
        {"contract_id": "K5", "customer_id": "C", "product": "left behind", "unit_price": 16},
        {"contract_id": "K6", "customer_id": "C", "product": "come back", "unit_price": 32, "start_on": date(2024, 3, 1)},
    ]
    book["customers"] = pl.concat([book["customers"], table_rows("customers", {"customer_id": "C", "name": "C"})])
    book["contracts"] = pl.concat([book["contracts"], table_rows("contracts", *(line | own for own in lines))])
    left = {"customer_id": "C", "announced_on": date(2023, 9, 1), "left_on": date(2023, 10, 1), "reason": "price"}
    book["exits"] = table_rows("exits", left)
    now = portfolio.build(analyst(warehouse_of(book)), day)
    told = products.by_product(staged("contracts", book["contracts"]), now, day)
    assert dict(told.select("product", "mrr").iter_rows()) == {"mobile": 200, "given notice later": 4, "notice runs": 8, "come back": 32}
    assert told["mrr"].sum() == now.filter(pl.col("status").is_in(["active", "paused", "leaving"]))["mrr"].sum()


def test_a_reopened_complaint_runs_on_as_if_never_solved() -> None:
    opened = datetime(2024, 1, 1, 9)
    own = {"complaint_id": "Q", "customer_id": "A", "opened_at": opened, "severity": 4, "first_response_at": opened + timedelta(hours=1)}
    solved = own | {"resolved_at": opened + timedelta(hours=9), "reopened_at": datetime(2024, 2, 1, 9)}
    settings = portfolio.state(analyst(warehouse_of(small_book()))).settings
    told = {
        day: complaint_sla.with_deadline_texts(complaint_clocks(table_rows("complaints", solved), settings, day))
        .select("answer", "solution")
        .row(0)
        for day in (date(2024, 1, 31), date(2024, 2, 1))
    }
    assert [state(solution) for _, solution in told.values()] == ["● On time", "◆ Open"]
    assert {state(answer) for answer, _ in told.values()} == {"● On time"}


def test_a_fall_of_exactly_one_point_is_a_fall() -> None:
    then = hand_made([hand_row("A", health=66.1), hand_row("B", health=66.09)])
    now = hand_made([hand_row("A", health=65.1), hand_row("B", health=65.1)])
    assert movers.falls(now, then)["customer_id"].to_list() == ["A"]
