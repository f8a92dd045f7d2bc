"""Renewals due by their last day for notice, and terms that have ended: customer, days, value and open items."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from health import format as fmt
from health.insight.overview.data_available import RENEWAL_DAYS
from health.status import ACTIVE, IN_GRACE

GRACE, BETWEEN, AHEAD = "in grace", "next line to begin", "ahead"
PASSED, RENEWED = "notice day passed", "renews itself"
APART = (PASSED, RENEWED)
"""States in which notice is no longer possible for the end ahead."""


def due(now: pl.DataFrame, value: pl.DataFrame, as_of: date, days: Sequence[int] = RENEWAL_DAYS) -> pl.DataFrame:
    """One row per customer in grace, due within the largest of `days`, or past its notice day before the end; in this order, then by day.

    A renewal is due by its last day for notice. customer_id, name, band, state (ahead; in grace: ended without notice; next line to begin;
    notice day passed: ends without a new term on file; renews itself: too late to leave), notice_by (the last day for notice),
    notice_assumed (no notice period on file), renewal_on (the end), days (until notice_by if ahead, else until the end; negative in grace),
    within (the smallest of `days` that covers it; null unless ahead), mrr, lifetime_value, p_leave_90d, p_leave_180d, p_leave_12m,
    open_complaints, overdue_invoices (60 days and more), overdue, broken_promises (90 days), open (in words), owner_name; null is unknown.
    `now`: `portfolio.build`; `value`: `lifetime.value`. A renewed term has its own end and is listed again.
    """
    within = pl.coalesce(pl.when((pl.col("state") == AHEAD) & (pl.col("days") <= window)).then(pl.lit(window)) for window in sorted(days))
    values = value.select("customer_id", "lifetime_value", "p_leave_90d", "p_leave_180d", "p_leave_12m")
    renewals = (
        _with_states(now, as_of, max(days))
        .with_columns(within.cast(pl.Int64).alias("within"), *_open_item_counts())
        .join(values, on="customer_id", how="left", maintain_order="left")
    )
    return renewals.with_columns(_open_items_column(renewals)).sort("group", "due_on", "customer_id", nulls_last=True).select(
        "customer_id", "name", "band", "state", "notice_by", "notice_assumed", "renewal_on", "days", "within", "mrr", "lifetime_value",
        "p_leave_90d", "p_leave_180d", "p_leave_12m",
        "open_complaints", "overdue_invoices", "overdue", "broken_promises", "open", "owner_name",
    )  # fmt: skip


def _with_states(now: pl.DataFrame, as_of: date, longest: int) -> pl.DataFrame:
    """The customers to list, with state, renewal_on, days, and group and due_on to sort by; `longest`: days ahead that are listed."""
    has_ended = IN_GRACE & (pl.col("lost_on") <= as_of).fill_null(False)
    is_due = pl.col("days_to_notice").is_between(0, longest) & ACTIVE
    has_renewed = pl.col("renews_on").is_not_null() & ACTIVE
    has_passed = (pl.col("days_to_notice") < 0) & (pl.col("renewal_on") >= as_of)
    state = (
        pl.when(has_ended).then(pl.lit(GRACE)).when(IN_GRACE).then(pl.lit(BETWEEN)).when(is_due).then(pl.lit(AHEAD))
        .when(has_renewed).then(pl.lit(RENEWED)).when(has_passed).then(pl.lit(PASSED))
    )  # fmt: skip
    end = pl.when(has_ended).then("lost_on").when(has_renewed & ~is_due).then("renews_on").when(~IN_GRACE).then("renewal_on")
    is_ahead, days_to_end = pl.col("state") == AHEAD, (pl.col("renewal_on") - pl.lit(as_of)).dt.total_days()
    group = pl.col("state").replace_strict({AHEAD: 1, PASSED: 2, RENEWED: 2}, default=0, return_dtype=pl.Int64)
    listed = now.with_columns(state.alias("state"), end.alias("renewal_on")).drop_nulls("state")
    return listed.with_columns(
        pl.when(is_ahead).then("days_to_notice").otherwise(days_to_end).alias("days"), group.alias("group"),
        pl.when(is_ahead).then("notice_by").otherwise("renewal_on").alias("due_on"),
    )  # fmt: skip


def windows(renewals: pl.DataFrame) -> pl.DataFrame:
    """One row per window, cumulative, from `due`: within, customers, mrr, lifetime_value, valued, at_risk (customers)."""
    rows = [_window(renewals.filter(pl.col("within") <= window), window) for window in sorted(RENEWAL_DAYS)]
    return pl.concat(rows)


def open_points() -> pl.Expr:
    """`open` of `due`, preceded by the state of a contract that is not simply ahead; null is unknown."""
    states = {
        GRACE: "in grace period", BETWEEN: "next contract not started", PASSED: "notice day passed", RENEWED: "renews, too late to leave",
    }  # fmt: skip
    state = pl.col("state").replace_strict(states, default="", return_dtype=pl.String)
    words = pl.concat_list(state, pl.col("open").fill_null("")).list.filter(pl.element() != "").list.join("; ")
    return pl.when((state == "") & pl.col("open").is_null()).then(None).otherwise(words).alias("open")


def _window(renewals: pl.DataFrame, window: int) -> pl.DataFrame:
    return renewals.select(
        pl.lit(window, pl.Int64).alias("within"), pl.len().cast(pl.Int64).alias("customers"), _known_sum("mrr"),
        _known_sum("lifetime_value"), pl.col("lifetime_value").count().cast(pl.Int64).alias("valued"),
        (pl.col("band") == "at_risk").sum().cast(pl.Int64).alias("at_risk"),
    )  # fmt: skip


def _known_sum(name: str) -> pl.Expr:
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)


def _open_item_counts() -> list[pl.Expr]:
    """Open items from the facts; null where their table has no rows. Promises include handovers."""
    return [
        pl.when("complaints_present").then("open").alias("open_complaints"),
        pl.when("invoices_present").then("overdue_60").alias("overdue_invoices"),
        pl.when("invoices_present").then(pl.col("overdue_cents") / 100).alias("overdue"),
        pl.when(pl.col("promises_due_365") > 0).then("broken_promises_90").alias("broken_promises"),
    ]


def _open_items_column(renewals: pl.DataFrame) -> pl.Series:
    """Open items in words: '2 complaints open, 1 invoice overdue'; empty if none, null if unknown."""
    kinds = ("open_complaints", "overdue_invoices", "broken_promises")
    return pl.Series("open", [_open_items_text(*counts) for counts in renewals.select(kinds).iter_rows()], pl.String)


def _open_items_text(complaints: int | None, invoices: int | None, promises: int | None) -> str | None:
    if complaints is None and invoices is None and promises is None:
        return None
    parts = [
        f"{fmt.plural(complaints, 'complaint')} open" if complaints else "",
        f"{fmt.plural(invoices, 'invoice')} overdue" if invoices else "",
        f"{fmt.plural(promises, 'promise')} broken" if promises else "",
    ]
    return ", ".join(part for part in parts if part)
