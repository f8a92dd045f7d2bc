"""The look-ahead check: whatever is known only after a day is deleted, moved or made up, and the scores of that day must not notice."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from health.score import history
from health.score.settings import DEFAULT, Settings
from health.tables import TABLES
from health.warehouse import Warehouse
from tests.books import typed

Tables = Mapping[str, pl.DataFrame]

KNOWN_ON = {
    "contracts": pl.coalesce("signed_on", "start_on"),
    "market_prices": pl.coalesce("observed_on", pl.col("month").dt.month_end()),
    "interactions": pl.col("occurred_at"),
    "complaints": pl.col("opened_at"),
    "surveys": pl.col("asked_on"),
    "invoices": pl.col("issued_on"),
    "promises": pl.col("promised_on"),
    "diary": pl.coalesce("created_on", "planned_on"),
    "exits": pl.col("announced_on"),
    "referrals": pl.col("made_on"),
    "opportunities": pl.col("opened_on"),
    "usage": pl.col("month").dt.month_end(),
}
"""The day on which a row becomes known, by table."""
ANSWERS: dict[str, list[tuple[pl.Expr, list[str]]]] = {
    "contracts": [
        (pl.coalesce("notice_on", "terminated_on"), ["notice_on", "terminated_on"]),
        (pl.col("paused_from") - timedelta(days=1), ["paused_from", "paused_until"]),
        (pl.col("paused_until"), ["paused_until"]),
    ],
    "complaints": [(pl.col(name), [name]) for name in ("first_response_at", "resolved_at", "reopened_at")],
    "surveys": [(pl.col("answered_on"), ["answered_on", "score"])],
    "invoices": [(pl.col("paid_on"), ["paid_on", "paid_amount"])],
    "promises": [(pl.col("delivered_at"), ["delivered_at"])],
    "diary": [(pl.col("cancelled_on"), ["cancelled_on"])],
    "referrals": [(pl.col("won_on"), ["won_on"])],
}
"""What is filled in later: the day from which it is known, and the columns that are blank until then."""
OF_MONTHS = ("usage", "market_prices")
"""Known at the end of the month that they are about."""
WAYS = ("delete", "delete some", "shift", "add", "leave")


def scores(warehouse: Warehouse, cut: date, settings: Settings = DEFAULT) -> pl.DataFrame:
    """All facts, points and scores of one day."""
    with warehouse.reading() as session:
        return history.score_at(session, [cut], settings)


def other_future(tables: Tables, cut: date, seed: int) -> dict[str, pl.DataFrame]:
    """The same past up to the end of `cut`, and another future."""
    rng = np.random.default_rng(seed)
    return {name: _other(name, typed(name, frame), cut, rng) if name in KNOWN_ON else frame for name, frame in tables.items()}


def _other(name: str, frame: pl.DataFrame, cut: date, rng: np.random.Generator) -> pl.DataFrame:
    later = (KNOWN_ON[name].cast(pl.Date) > cut).fill_null(False)
    past, future = _unanswered(name, frame.filter(~later), cut, rng), frame.filter(later)
    way = rng.choice(WAYS)
    if way == "delete":
        return past
    if way == "delete some":
        return pl.concat([past, future.filter(pl.Series(rng.random(future.height) < 0.5))])
    if way == "shift":
        return pl.concat([past, _moved(future, name, cut, rng)])
    return pl.concat([past, future, _invented(name, frame, cut, rng)]) if way == "add" else pl.concat([past, future])


def _unanswered(name: str, past: pl.DataFrame, cut: date, rng: np.random.Generator) -> pl.DataFrame:
    """What was filled in after the cut is blank again, or filled in on some later day."""
    for known_on, columns in ANSWERS.get(name, []):
        later = (known_on.cast(pl.Date) > cut).fill_null(False)
        blank = pl.Series("blank", rng.random(past.height) < rng.choice([0.5, 1.0]))
        shift = timedelta(days=int(rng.integers(1, 90)))
        days = [column for column in columns if past[column].dtype in (pl.Date, pl.Datetime("us"))]
        past = (
            past.with_columns(blank, later.alias("later"))
            .with_columns(pl.when(pl.col("later") & pl.col("blank")).then(None).otherwise(pl.col(c)).alias(c) for c in columns)
            .with_columns(pl.when(pl.col("later")).then(pl.col(c) + shift).otherwise(pl.col(c)).alias(c) for c in days)
            .drop("blank", "later")
        )
    return past


def _moved(rows: pl.DataFrame, name: str, cut: date, rng: np.random.Generator) -> pl.DataFrame:
    """Each row on other days, but still known only after the cut."""
    days = [c for c in rows.columns if rows[c].dtype in (pl.Date, pl.Datetime("us"))]
    least = (pl.lit(cut) + timedelta(days=1) - KNOWN_ON[name].cast(pl.Date)).dt.total_days()
    whole_month = 31 if name in OF_MONTHS else 0
    by = least + whole_month + pl.Series("by", rng.integers(0, 200, rows.height))
    return rows.with_columns(by.alias("by")).with_columns(pl.col(c) + pl.duration(days="by") for c in days).drop("by")


def _invented(name: str, frame: pl.DataFrame, cut: date, rng: np.random.Generator) -> pl.DataFrame:
    """Copies of rows, under new ids, of any customer, known after the cut; an exit among them may say that it was over before."""
    some = frame[rng.integers(0, frame.height, min(frame.height, 200)).tolist()] if frame.height else frame
    some = _moved(some, name, cut, rng)
    if "customer_id" in some.columns:
        some = some.with_columns(some["customer_id"].sample(fraction=1, shuffle=True, seed=int(rng.integers(1 << 30))))
    key = TABLES[name].key[0]
    if key.endswith("_id") and key != "customer_id":
        some = some.with_columns(pl.format("new{}", pl.int_range(pl.len())).alias(key))
    if name == "exits" and rng.random() < 0.5:
        some = some.with_columns(pl.lit(cut - timedelta(days=int(rng.integers(0, 60)))).alias("left_on"))
    return some.unique(TABLES[name].key, keep="first", maintain_order=True).join(frame, on=list(TABLES[name].key), how="anti")
