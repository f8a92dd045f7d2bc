"""What happens to contract lines besides signing and leaving: notice periods, renewals by themselves, pauses and trials.

Drawn from a random stream of its own and laid over finished lines, so that who leaves, and when, stays as it was. Only customers who stay
are paused or renew by themselves.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from health.demo.calendar import Calendar
from health.demo.columns import id_column
from health.demo.customers import Customers
from health.demo.hazard import Departures

NOTICE_PERIODS, NOTICE_SHARES = (30, 60, 90), (0.60, 0.25, 0.15)
NOTICE_UNKNOWN, RENEWS_ITSELF, PAUSED, TRIED = 0.05, 0.35, 0.03, 0.10
RENEWAL_MONTHS = 12
PAUSE_AGO_DAYS, PAUSE_DAYS = (20, 300), (45, 120)
TRIAL_DAYS = 30
_EPOCH = date(1970, 1, 1)


def draw_life(rng: np.random.Generator, customers: Customers, departures: Departures, calendar: Calendar) -> pl.DataFrame:
    """One row per customer: what becomes of its lines if they allow it.

    customer_id, notice_days (null: not on file), renews, paused_from and paused_until (null: no pause), tries (had a trial first).
    """
    size = len(customers)
    stays = departures.decided > calendar.last_day
    period = rng.choice(NOTICE_PERIODS, size, p=NOTICE_SHARES)
    unknown, renews, paused, tries = (rng.random((4, size)).T < (NOTICE_UNKNOWN, RENEWS_ITSELF, PAUSED, TRIED)).T
    paused_from = calendar.last_day - rng.integers(*PAUSE_AGO_DAYS, size)
    paused_until = paused_from + rng.integers(*PAUSE_DAYS, size)
    arrived = customers.arrived & (customers.start > calendar.first_day + 2 * TRIAL_DAYS)
    days = pl.DataFrame({"paused_from": paused_from, "paused_until": paused_until}).cast(pl.Int32).cast(pl.Date)
    return pl.DataFrame(
        {
            "customer_id": id_column("C", customers.number),
            "notice_days": pl.select(pl.when(~pl.Series(unknown)).then(pl.Series(period))).to_series(),
            "renews": renews & stays,
            "tries": tries & arrived,
        }
    ).hstack(days.select(pl.when(pl.Series(paused & stays)).then(pl.col(name)).alias(name) for name in days.columns))


def with_life(contracts: pl.DataFrame, life: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """The lines with their notice period, and the last line of a customer with its renewal term or pause where it has one."""
    last_day = _EPOCH + timedelta(days=calendar.last_day)
    rows = contracts.drop("notice_days").join(life, on="customer_id", how="left", maintain_order="left")
    is_last = pl.col("start_on") == pl.col("start_on").max().over("customer_id")
    runs = is_last & (pl.col("start_on") <= last_day) & pl.col("notice_on").is_null()
    renews = runs & pl.col("renews") & (pl.col("end_on") > last_day)
    pauses = runs & (pl.col("paused_from") > pl.col("start_on") + timedelta(days=TRIAL_DAYS))
    return rows.with_columns(
        pl.when(renews).then(RENEWAL_MONTHS).cast(pl.Int64).alias("renews_months"),
        *(pl.when(pauses).then(pl.col(name)).alias(name) for name in ("paused_from", "paused_until")),
    ).select(*contracts.columns, "renews_months", "paused_from", "paused_until")


def trial_rows(contracts: pl.DataFrame, life: pl.DataFrame) -> pl.DataFrame:
    """One line for each customer who tried the product in the month before its first line; a trial is free, whatever its price."""
    first = contracts.sort("customer_id", "start_on").unique("customer_id", keep="first", maintain_order=True)
    tried = first.join(life.filter("tries").select("customer_id"), on="customer_id", how="semi", maintain_order="left")
    signed = pl.min_horizontal("signed_on", "start_on")
    begins, ends = signed - timedelta(days=TRIAL_DAYS), signed - timedelta(days=1)
    return tried.select(
        "customer_id", "product", begins.alias("start_on"), ends.alias("end_on"), "unit_price", "quantity", begins.alias("signed_on"),
        pl.lit(True).alias("trial"),
    )  # fmt: skip


def without_paused_invoices(invoices: pl.DataFrame, contracts: pl.DataFrame) -> pl.DataFrame:
    """The invoices but those issued in a pause, in which nothing is billed."""
    pauses = contracts.drop_nulls("paused_from").select("customer_id", "paused_from", "paused_until")
    in_pause = invoices.join(pauses, on="customer_id").filter(pl.col("issued_on").is_between("paused_from", "paused_until"))
    return invoices.join(in_pause.select("invoice_id"), on="invoice_id", how="anti", maintain_order="left")
