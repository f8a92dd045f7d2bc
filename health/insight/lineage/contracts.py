"""The rows behind revenue, price against market, tenure, agreed end, unpaid invoices and the end of a relation."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health import format as fmt
from health.insight.lineage.sources import SourceRows, concat_rows, source_rows
from health.score.components import DAYS_A_MONTH

Own = Mapping[str, pl.DataFrame]
Row = Mapping[str, Any]


def revenue(own: Own, c: Row, day: date) -> SourceRows:
    """What the lines in force bill a month on `day`; of whoever buys without a contract a third of three full months' invoices."""
    if own["lines"].is_empty():
        rows = source_rows(
            _bought(own["invoices"], day), "invoices", "issued_on", pl.format("invoice {}", "invoice_id"), pl.col("amount") / 3
        )
        return SourceRows("MRR", f"A third of what three full months billed: {fmt.money(c['mrr'])}", rows)
    return SourceRows("MRR", f"What the lines in force bill a month: {fmt.money(c['mrr'])}", _in_force(own))


def price(own: Own, c: Row) -> SourceRows:
    """Our lines and the market prices they are held against; lines without one weigh nothing."""
    priced = own["prices"].drop_nulls("market")
    market = priced.group_by("product").agg(pl.col("quantity").sum())
    held = own["market_prices"].join(market, on="product", how="inner", maintain_order="left")
    what = pl.format("{}, {}: {} x {}", "product", "source", "quantity", pl.col("price").cast(pl.String))
    theirs = source_rows(held, "market_prices", "month", what, pl.col("quantity") * pl.col("price").cast(pl.Float64))
    ours, asked = ((c[name] or 0) / 100 for name in ("benchmarked_cents", "market_cents"))
    said = f"Lines with a market price bill {fmt.price(ours)} a month; the market asks {fmt.price(asked)} for the same"
    return SourceRows("Gap to market", said, concat_rows(_in_force(own), theirs))


def loyalty(own: Own, c: Row, until: date) -> SourceRows:
    """The row that says since when: the customer's own, else the first line."""
    months = int(max((until - c["start_on"]).days, 0) // DAYS_A_MONTH) if c["start_on"] else 0
    given = own["customers"].drop_nulls("customer_since")
    if given.height:
        rows = source_rows(given, "customers", "customer_since", pl.lit("customer since"))
    else:
        first = own["lines"].filter(pl.col("start_on") == pl.col("start_on").min())
        rows = source_rows(_sourced(first, own), "contracts", "start_on", pl.format("first line: {}", "product"))
    return SourceRows("Loyalty", f"From {fmt.day(c['start_on'])} to {fmt.day(until)}: {fmt.plural(months, 'month')}", rows)


def commitment(own: Own, c: Row, day: date) -> SourceRows:
    """The lines that run on, each with the days to its agreed end; the last end counts."""
    ahead = own["lines"].filter((pl.col("line_end") >= day) & ~pl.col("terminated"))
    left = (pl.col("end_on") - pl.lit(day)).dt.total_days()
    ends = pl.when(pl.col("end_on").is_null()).then(pl.lit("rolling")).otherwise(pl.format("agreed until {}", pl.col("end_on")))
    rows = source_rows(_sourced(ahead, own), "contracts", "start_on", pl.format("{}, {}", "product", ends), left)
    said = f"The last agreed end: {fmt.day(c['agreed_until'])}" if c["agreed_until"] else "No agreed end: the lines are rolling"
    return SourceRows("Commitment", said if rows.height else "No line that runs on is on file", rows)


def unpaid(own: Own, day: date) -> list[SourceRows]:
    """The invoices that cap the band, if any."""
    overdue = (pl.col("overdue_60_from") <= day) & (pl.col("paid_on").is_null() | (pl.col("paid_on") > day))
    late = own["invoices"].filter(overdue)
    what = pl.format("invoice {} over {}", "invoice_id", pl.col("amount").cast(pl.String))
    rows = source_rows(late, "invoices", "due_on", what, pl.lit(1))
    return [SourceRows("Overdue invoices", "Each unpaid for 60 days or more caps the band at watch", rows)] if rows.height else []


def end(own: Own, c: Row, day: date) -> SourceRows:
    """What says that it ended: the word given, and the lines or purchases that ran out on that day."""
    told = own["exits"].filter(pl.col("announced_on").is_between(c["spell_start_on"], day))
    word = source_rows(told, "exits", "announced_on", pl.format("word of leaving: {}", pl.col("reason").str.replace_all("_", " ")))
    last = own["lines"].filter(pl.col("line_end") == c["lost_on"])
    lines = source_rows(_sourced(last, own), "contracts", "line_end", pl.format("last day of {}", "product"))
    bought = own["invoices"].filter((pl.col("amount") > 0) & (pl.col("issued_on") <= day))
    newest = bought.filter(pl.col("issued_on") == pl.col("issued_on").max()) if own["lines"].is_empty() else bought.clear()
    silent = source_rows(newest, "invoices", "issued_on", pl.format("last purchase, invoice {}", "invoice_id"))
    return SourceRows("End", f"Decided on {fmt.day(c['decided_on'])}, last day {fmt.day(c['lost_on'])}", concat_rows(word, lines, silent))


def _in_force(own: Own) -> pl.DataFrame:
    ours = own["prices"].drop("end_on", "start_on").join(_source(own), on="contract_id", how="left", maintain_order="left")
    what = pl.format("{}: {} x {}", "product", "quantity", pl.col("unit_price").cast(pl.Decimal(14, 2)).cast(pl.String))
    return source_rows(ours, "contracts", "start_on", what, pl.col("quantity") * pl.col("unit_price"))


def _source(own: Own) -> pl.DataFrame:
    return own["contracts"].select("contract_id", "start_on", "file", "line", "load_id")


def _sourced(lines: pl.DataFrame, own: Own) -> pl.DataFrame:
    return lines.join(_source(own).drop("start_on"), on="contract_id", how="left", maintain_order="left")


def _bought(invoices: pl.DataFrame, day: date) -> pl.DataFrame:
    """Of the three full months up to `day`; the month that `day` ends is full."""
    stop = (day + timedelta(days=1)).replace(day=1)
    begin = pl.Series([stop]).dt.offset_by("-3mo")[0]
    return invoices.filter((pl.col("issued_on") >= begin) & (pl.col("issued_on") < stop))
