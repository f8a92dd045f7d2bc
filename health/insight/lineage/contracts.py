"""Source rows of revenue, price, tenure, agreed end, unpaid invoices and the end of a relationship."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from health import format as fmt
from health.insight.client.invoices import open_invoices
from health.insight.lineage.sources import SourceRows, concat_rows, source_rows
from health.score.components import DAYS_A_MONTH

CustomerTables = Mapping[str, pl.DataFrame]
Facts = Mapping[str, Any]


def revenue(tables: CustomerTables, facts: Facts, day: date) -> SourceRows:
    """Monthly revenue of the lines in force on `day`; without a contract, a third of three full months of invoices."""
    if tables["lines"].is_empty():
        recurring = tables["invoices"].filter("recurring")
        adds = pl.coalesce("month_cents", pl.col("cents") / 3) / 100
        periods = _running_periods(recurring, day)
        invoices = pl.concat([_recent_purchases(recurring.filter(pl.col("month_cents").is_null()), day), periods])
        rows = source_rows(invoices, "invoices", "issued_on", pl.format("invoice {}", "invoice_id"), adds)
        of_periods = ", and the monthly part of invoices for a period" if periods.height else ""
        return SourceRows("MRR", f"One third of the billing of three full months{of_periods}: {fmt.money(facts['mrr'])}", rows)
    billed = _lines_in_force({**tables, "prices": tables["prices"].filter(~pl.col("paused"))})
    return SourceRows("MRR", f"Monthly billing of the contract lines in force: {fmt.money(facts['mrr'])}", billed)


def price(tables: CustomerTables, facts: Facts) -> SourceRows:
    """Our lines and the market prices compared with them; lines without a market price do not count."""
    priced = tables["prices"].drop_nulls("market")
    quantities = priced.group_by("product").agg(pl.col("quantity").sum())
    market_prices = tables["market_prices"].join(quantities, on="product", how="inner", maintain_order="left")
    description = pl.format("{}, {}: {} x {}", "product", "source", "quantity", pl.col("price").cast(pl.String))
    market_rows = source_rows(market_prices, "market_prices", "month", description, pl.col("quantity") * pl.col("price").cast(pl.Float64))
    our_bill, market_bill = ((facts[name] or 0) / 100 for name in ("benchmarked_cents", "market_cents"))
    explanation = f"Contract lines with a market price: {fmt.price(our_bill)} a month; market price for the same: {fmt.price(market_bill)}"
    return SourceRows("Gap to market", explanation, concat_rows(_lines_in_force(tables), market_rows))


def loyalty(tables: CustomerTables, facts: Facts, until: date) -> SourceRows:
    """The row with the start of the relationship: the customer's own, else the first line."""
    months = int(max((until - facts["start_on"]).days, 0) // DAYS_A_MONTH) if facts["start_on"] else 0
    customer_row = tables["customers"].drop_nulls("customer_since")
    if customer_row.height:
        rows = source_rows(customer_row, "customers", "customer_since", pl.lit("customer since"))
    else:
        first_line = tables["lines"].filter(pl.col("start_on") == pl.col("start_on").min())
        rows = source_rows(_with_source(first_line, tables), "contracts", "start_on", pl.format("first line: {}", "product"))
    return SourceRows("Loyalty", f"From {fmt.day(facts['start_on'])} to {fmt.day(until)}: {fmt.plural(months, 'month')}", rows)


def commitment(tables: CustomerTables, facts: Facts, day: date) -> SourceRows:
    """Continuing lines with the days to their agreed end; the last end counts."""
    continuing = tables["lines"].filter((pl.col("line_end") >= day) & ~pl.col("terminated"))
    days_left = (pl.col("end_on") - pl.lit(day)).dt.total_days()
    end_text = pl.when(pl.col("end_on").is_null()).then(pl.lit("rolling")).otherwise(pl.format("agreed until {}", pl.col("end_on")))
    rows = source_rows(_with_source(continuing, tables), "contracts", "start_on", pl.format("{}, {}", "product", end_text), days_left)
    explanation = f"Latest agreed end: {fmt.day(facts['agreed_until'])}" if facts["agreed_until"] else "Rolling contract, no end date"
    return SourceRows("Commitment", explanation if rows.height else "No continuing contract line on file", rows)


def unpaid(tables: CustomerTables, day: date) -> list[SourceRows]:
    """Overdue invoices that cap the band, if any."""
    is_overdue = (pl.col("overdue_60_from") <= day) & (pl.col("settled_on").is_null() | (pl.col("settled_on") > day))
    is_covered = (pl.col("open_cents") == 0) & (pl.col("cents") > 0)
    overdue_invoices = open_invoices(tables["invoices"], day).filter(is_overdue & ~is_covered)
    description = pl.format("invoice {} over {}", "invoice_id", pl.col("amount").cast(pl.String))
    rows = source_rows(overdue_invoices, "invoices", "falls_due_on", description, pl.lit(1))
    return [SourceRows("Overdue invoices", "Each invoice unpaid for 60 days or more caps the band at watch", rows)] if rows.height else []


def end(tables: CustomerTables, facts: Facts, day: date) -> SourceRows:
    """Evidence of the end: the notice given, and the lines or purchases that ended on that day."""
    exits = tables["exits"].filter(pl.col("announced_on").is_between(facts["spell_start_on"], day))
    exit_rows = source_rows(exits, "exits", "announced_on", pl.format("notice: {}", pl.col("reason").str.replace_all("_", " ")))
    last_lines = tables["lines"].filter(pl.col("line_end") == facts["lost_on"])
    line_rows = source_rows(_with_source(last_lines, tables), "contracts", "line_end", pl.format("last day of {}", "product"))
    purchases = tables["invoices"].filter((pl.col("amount") > 0) & (pl.col("issued_on") <= day))
    last_purchase = purchases.filter(pl.col("issued_on") == pl.col("issued_on").max()) if tables["lines"].is_empty() else purchases.clear()
    purchase_rows = source_rows(last_purchase, "invoices", "issued_on", pl.format("last purchase, invoice {}", "invoice_id"))
    return SourceRows(
        "End",
        f"Decided on {fmt.day(facts['decided_on'])}, last day {fmt.day(facts['lost_on'])}",
        concat_rows(exit_rows, line_rows, purchase_rows),
    )


def _lines_in_force(tables: CustomerTables) -> pl.DataFrame:
    """Lines in force with what each bills a month."""
    priced_lines = (
        tables["prices"].drop("end_on", "start_on").join(_contract_sources(tables), on="contract_id", how="left", maintain_order="left")
    )
    description = pl.format("{}: {} x {}", "product", "quantity", pl.col("unit_price").cast(pl.Decimal(14, 2)).cast(pl.String))
    return source_rows(priced_lines, "contracts", "start_on", description, pl.col("quantity") * pl.col("unit_price"))


def _contract_sources(tables: CustomerTables) -> pl.DataFrame:
    """Source of each contract line."""
    return tables["contracts"].select("contract_id", "start_on", "file", "line", "load_id")


def _with_source(lines: pl.DataFrame, tables: CustomerTables) -> pl.DataFrame:
    """Lines with their source columns."""
    return lines.join(_contract_sources(tables).drop("start_on"), on="contract_id", how="left", maintain_order="left")


def _recent_purchases(invoices: pl.DataFrame, day: date) -> pl.DataFrame:
    """Invoices of the three full months up to `day`; a month that ends on `day` is full."""
    stop = (day + timedelta(days=1)).replace(day=1)
    begin = pl.Series([stop]).dt.offset_by("-3mo")[0]
    return invoices.filter((pl.col("issued_on") >= begin) & (pl.col("issued_on") < stop))


def _running_periods(invoices: pl.DataFrame, day: date) -> pl.DataFrame:
    """Invoices for a period that is running on `day`."""
    return invoices.filter((pl.col("issued_on") <= day) & pl.lit(day).is_between("covers_from", "covers_until"))
