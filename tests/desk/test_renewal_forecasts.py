"""Forecasts of renewals: what may be entered, who reads it, what is frozen before the last day of notice, and who was right."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from health.access import Book, Viewer
from health.desk import renewal_forecasts
from health.desk.renewal_forecasts import Renewal
from health.errors import Forbidden, InvalidInput, NotFound
from health.insight.value import renewal_forecasts as judged
from tests.books import analyst, small_book, unscored

TODAY, NOW = date(2024, 6, 30), datetime(2024, 6, 30, 9)
END, NOTICE = date(2024, 12, 31), date(2024, 10, 2)
RENEWAL = Renewal(END, NOTICE, Decimal("100.00"), 0.2)


def rows(*made: tuple[int, str, str | None, float | None], ends_on: date = END, customer: str = "A", author: str = "E0") -> pl.DataFrame:
    """Forecasts of one end: days before the last day of notice, outcome, monthly value, churn probability."""
    records = [
        {
            "forecast_id": n, "customer_id": customer, "ends_on": ends_on, "notice_by": NOTICE, "outcome": outcome,
            "monthly_value": Decimal(value) if value else None, "mrr": Decimal("100.00"), "churn_probability": probability,
            "reason": None, "made_on": NOTICE - timedelta(days=days), "author": author, "made_at": NOW,
        }
        for n, (days, outcome, value, probability) in enumerate(made, 1)
    ]  # fmt: skip
    return pl.DataFrame(records, schema=renewal_forecasts.COLUMNS)


def month_ends(*seen: tuple[date, str, float | None], customer: str = "A") -> pl.DataFrame:
    schema = {"customer_id": pl.String, "as_of": pl.Date, "status": pl.String, "mrr": pl.Float64}
    return pl.DataFrame([(customer, *one) for one in seen], schema=schema, orient="row")


def test_a_renewal_without_a_value_is_expected_at_todays_revenue_and_a_leaver_at_nothing() -> None:
    book = analyst(unscored(small_book()))
    renewal_forecasts.add(book, "A", RENEWAL, "renews", None, "", TODAY, NOW)
    renewal_forecasts.add(book, "B", RENEWAL, "leaves", Decimal("90"), "moves abroad", TODAY, NOW)
    made = renewal_forecasts.forecasts(book, TODAY)
    values = made.select("customer_id", "monthly_value", "reason").rows()
    assert values == [("A", Decimal("100.00"), None), ("B", Decimal("0.00"), "moves abroad")]
    assert renewal_forecasts.forecasts(book, TODAY - timedelta(days=1)).is_empty()


@pytest.mark.parametrize(
    ("outcome", "value", "words"),
    [
        ("stays", None, "choose renews, shrinks or leaves"),
        ("shrinks", None, "above 0"),
        ("renews", Decimal("0"), "above 0"),
        ("shrinks", Decimal("100.00"), "less than today's"),
    ],
)
def test_a_forecast_that_contradicts_itself_is_refused(outcome: str, value: Decimal | None, words: str) -> None:
    book = analyst(unscored(small_book()))
    with pytest.raises(InvalidInput, match=words):
        renewal_forecasts.add(book, "A", RENEWAL, outcome, value, "", TODAY, NOW)
    assert renewal_forecasts.forecasts(book, TODAY).is_empty()


def test_an_end_that_has_passed_cannot_be_forecast_and_the_last_day_can() -> None:
    book = analyst(unscored(small_book()))
    with pytest.raises(InvalidInput, match="ended on 2024-12-31"):
        renewal_forecasts.add(book, "A", RENEWAL, "renews", None, "", END + timedelta(days=1), NOW)
    assert renewal_forecasts.add(book, "A", RENEWAL, "renews", None, "", END, NOW) == 1


def test_only_the_owner_and_those_who_may_write_forecast_a_customer() -> None:
    warehouse = unscored(small_book())
    own, other = (Book(Viewer(e, "account_manager", e), warehouse) for e in ("E0", "E1"))
    renewal_forecasts.add(own, "A", RENEWAL, "renews", None, "", TODAY, NOW)
    with pytest.raises(NotFound):
        renewal_forecasts.add(other, "A", RENEWAL, "renews", None, "", TODAY, NOW)
    with pytest.raises(Forbidden):
        renewal_forecasts.add(Book(Viewer("boss", "executive"), warehouse), "A", RENEWAL, "renews", None, "", TODAY, NOW)
    assert (renewal_forecasts.forecasts(own, TODAY).height, renewal_forecasts.forecasts(other, TODAY).height) == (1, 0)


def test_a_checkpoint_keeps_the_last_forecast_made_by_its_day() -> None:
    made = rows((91, "renews", "100", 0.2), (90, "shrinks", "50", 0.2), (89, "leaves", None, 0.2), (30, "renews", "100", 0.2))
    frozen = judged.frozen(made, NOTICE)
    assert frozen.select("days_before", "forecast_id").rows() == [(90, 2), (60, 3), (30, 4)]
    day_90 = NOTICE - timedelta(days=90)
    assert judged.frozen(made, day_90)["days_before"].to_list() == [90]
    assert judged.frozen(made, day_90 - timedelta(days=1)).is_empty()
    assert judged.frozen(rows((29, "renews", "100", 0.2)), NOTICE).is_empty(), "made after the last checkpoint"


@pytest.mark.parametrize(
    ("status", "mrr", "actual"),
    [
        ("active", 100.0, "renews"),
        ("active", 85.01, "renews"),
        ("active", 85.0, "shrinks"),
        ("paused", 0.0, "shrinks"),
        ("leaving", 100.0, "renews"),
        ("lost", None, "leaves"),
    ],
)
def test_the_outcome_is_read_at_the_first_month_end_thirty_days_after_the_end(status: str, mrr: float | None, actual: str) -> None:
    end = date(2024, 12, 1)
    seen = month_ends((date(2024, 12, 31), status, mrr), (date(2025, 1, 31), "lost", None))
    result = judged.settled(rows((30, "renews", "100", 0.2), ends_on=end), seen, date(2025, 1, 31))
    assert result.select("seen_on", "actual", "right").rows() == [(date(2024, 12, 31), actual, actual == "renews")]
    late_end = end + timedelta(days=1)
    assert judged.settled(rows((30, "renews", "100", 0.2), ends_on=late_end), seen, date(2024, 12, 31)).is_empty()


def test_the_value_forecast_is_compared_with_the_models() -> None:
    seen = month_ends((date(2025, 1, 31), "active", 80.0))
    result = judged.settled(rows((30, "shrinks", "70", 0.25)), seen, date(2025, 1, 31)).row(0, named=True)
    assert (result["actual"], result["error"], result["model_error"]) == ("shrinks", 10.0, 5.0)


def test_an_author_has_a_hit_rate_from_ten_settled_forecasts_on() -> None:
    def record(n: int) -> dict[str, object]:
        made = pl.concat(rows((30, "renews", "100", None), customer=f"C{i}") for i in range(n))
        seen = pl.concat(month_ends((date(2025, 1, 31), "active" if i else "lost", 100.0), customer=f"C{i}") for i in range(n))
        return judged.track_record(judged.settled(made, seen, date(2025, 1, 31))).row(0, named=True)

    nine, ten = record(9), record(10)
    assert (nine["judged"], nine["right"], nine["share"], nine["low"]) == (9, 8, None, None)
    assert (ten["judged"], ten["right"], ten["share"]) == (10, 9, 0.9)
    assert (round(ten["low"], 3), round(ten["high"], 3)) == (0.596, 0.982)  # Wilson (1927) for 9 of 10
    assert ten["model_error"] is None, "the model had no probability"


def test_the_largest_disagreement_with_the_model_comes_first() -> None:
    renewals = pl.DataFrame(
        {
            "customer_id": ["A", "B", "C"], "renewal_on": [TODAY + timedelta(days=n) for n in (90, 91, 181)], "mrr": [100.0, 100.0, 100.0],
            "p_leave_90d": [0.1] * 3, "p_leave_180d": [0.2] * 3, "p_leave_12m": [0.4] * 3,
        }
    )  # fmt: skip
    ends = dict(renewals.select("customer_id", "renewal_on").iter_rows())
    made = pl.concat(
        [
            rows((30, "renews", "100", 0.1), ends_on=ends["A"]),
            rows((40, "renews", "100", 0.2), (30, "leaves", "0", 0.2), ends_on=ends["B"], customer="B"),
            rows((30, "renews", "100", 0.4), customer="C"),  # of another end
        ]
    )
    listed = judged.with_forecasts(renewals, made, TODAY)
    assert listed.select("customer_id", "forecast", "model_value", "difference").rows() == [
        ("B", "Leaves", 80.0, -80.0), ("A", "Renews", 90.0, 10.0), ("C", None, 60.0, None),
    ]  # fmt: skip
    values = renewals.row(0, named=True)
    assert [judged.probability_until(values, days) for days in (90, 91, 180, 181)] == [0.1, 0.2, 0.2, 0.4]


def test_the_table_of_forecasts_names_the_checkpoints_at_which_each_stood() -> None:
    made = rows((91, "renews", "100", 0.2), (40, "leaves", None, 0.2), (10, "renews", "100", 0.2))
    listed = judged.with_checkpoints(made, NOTICE)
    assert listed.select("forecast_id", "frozen").rows() == [(3, None), (2, "30 days before"), (1, "90, 60 days before")]


def test_an_authors_record_is_told_with_its_counts_and_the_models_error() -> None:
    seen = month_ends((date(2025, 1, 31), "active", 80.0))
    record = judged.track_record(judged.settled(rows((30, "shrinks", "70", 0.25)), seen, date(2025, 1, 31)))
    assert [text.split(";")[0] for text in judged.record_texts(record, {"E0": "Jo"})] == ["Jo: 1 of 1 renewal forecast right"]
    assert judged.record_texts(record.clear(), {}) == []
