"""Complaint themes of customers at risk; each customer counts once, so that the parts add up."""

from datetime import date, timedelta

import polars as pl

from health import format as fmt
from health.insight.client.complaint_sla import theme_text
from health.insight.titles import first_that_fits

WINDOW_DAYS = 180
SILENT = "No complaint"


def at_risk_by_theme(complaints: pl.DataFrame, now: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per theme, most MRR first: theme, customers, mrr of at-risk customers.

    A customer counts under the theme it raised most in the 180 days to `as_of` (ties: the latest, then by name), else under 'No complaint'.
    """
    at_risk = now.filter(pl.col("band") == "at_risk").select("customer_id", "mrr")
    opened = pl.col("opened_at").dt.date()
    main_themes = (
        complaints.filter((opened > as_of - timedelta(days=WINDOW_DAYS)) & (opened <= as_of))
        .group_by("customer_id", theme_text())
        .agg(pl.len().alias("times"), pl.col("opened_at").max().alias("latest"))
        .sort("customer_id", "times", "latest", "theme", descending=[False, True, True, False])
        .unique("customer_id", keep="first", maintain_order=True)
    )
    customer_themes = at_risk.join(main_themes, on="customer_id", how="left").with_columns(
        pl.col("theme").pipe(_capitalized).fill_null(SILENT)
    )
    return (
        customer_themes.group_by("theme")
        .agg(pl.len().cast(pl.Int64).alias("customers"), pl.col("mrr").sum())
        .sort("mrr", "theme", descending=[True, False])
    )


def finding(frame: pl.DataFrame) -> str:
    """Title from `at_risk_by_theme`: the main theme, then the customers without a complaint."""
    question = "What do customers at risk complain about?"
    shares = dict(frame.select("theme", pl.col("mrr") / pl.col("mrr").sum()).drop_nulls().iter_rows())
    silent_share = shares.pop(SILENT, 0.0)
    if not shares:
        return "No customer at risk has complained" if frame["theme"].to_list() == [SILENT] else question
    theme, theme_share = next(iter(shares.items()))
    short = f"{theme}: {fmt.share(theme_share)} of the MRR at risk"
    return first_that_fits(f"{short}; no complaint: {fmt.share(silent_share)}", short, question) if silent_share else short


def _capitalized(words: pl.Expr) -> pl.Expr:
    return words.str.head(1).str.to_uppercase() + words.str.slice(1).str.to_lowercase()
