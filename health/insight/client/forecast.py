"""One customer's future in words: retention, reasons for churn, and the cost of losing it."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from health import format as fmt
from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.lifetime.loss_cost import Cost, Loss, cost
from health.foresight.lifetime.measured_inputs import NewCustomer
from health.insight.client.negotiation import keeping_cost

Row = Mapping[str, Any]
CUSTOMER_LABEL, PORTFOLIO_LABEL = "this customer", "average"
MONTHS_SHOWN = 36
COST_ENDS = ["low", "mid", "high"]


def constant_churn_curve(yearly_churn: float) -> pl.DataFrame:
    """Survival curve with the same churn probability in each month: month, stays."""
    months = pl.Series("month", range(MONTHS_SHOWN + 1), pl.Int64)
    return pl.DataFrame({"month": months, "stays": [(1 - yearly_churn) ** (month / 12) for month in months]})


def curves(customer_curve: pl.DataFrame, portfolio_curve: pl.DataFrame | None) -> pl.DataFrame:
    """Survival of the customer and the portfolio's mean: label, month, stays, low, high; predicted curves have no interval."""
    curve_by_label = {CUSTOMER_LABEL: customer_curve} | ({PORTFOLIO_LABEL: portfolio_curve} if portfolio_curve is not None else {})
    frames = [frame.select(pl.lit(label).alias("label"), "month", "stays") for label, frame in curve_by_label.items()]
    return (
        pl.concat(frames).filter(pl.col("month") <= MONTHS_SHOWN).with_columns(pl.col("stays").alias("low"), pl.col("stays").alias("high"))
    )


def retention_finding(row: Row) -> str:
    """Title of the survival curve."""
    peers = "customers of its band" if row["chance_from"] == "band" else "similar customers"
    return f"{fmt.rate(row['p_leave_12m'])} of {peers} leave within 12 months"


def reasons_finding(reasons: pl.DataFrame) -> str:
    """Title of the reasons: the one that raises the churn probability most."""
    raising = reasons.filter(pl.col("change") > 0).sort("change", descending=True)
    if raising.is_empty():
        return "No known factor raises the risk of leaving"
    return f"Raises the risk of leaving most: {str(raising['words'][0])}"


def with_odds_text(reasons: pl.DataFrame) -> pl.DataFrame:
    """Add `odds` in words: the multiple of the portfolio's mean odds of leaving."""
    return reasons.with_columns(pl.Series("odds", [f"{times:.2f}\N{NO-BREAK SPACE}x" for times in reasons["change"].exp()], pl.String))


def cost_parts(estimate: Cost) -> pl.DataFrame:
    """Parts of the cost of a loss in whole money, and their total: part, low, mid, high."""
    parts = estimate.parts.with_columns(pl.col(COST_ENDS).round(0))
    return pl.concat([parts, parts.select(pl.lit("Total").alias("part"), pl.col(COST_ENDS).sum())])


def cost_finding(parts: pl.DataFrame) -> str:
    """Title from `cost_parts`: the very total that the table shows."""
    low, mid, high = (fmt.money(amount) for amount in parts.select(COST_ENDS).row(-1))
    return f"Cost of losing this customer: {mid} ({low} to {high})"


def loss_cost(row: Row, new_customer: NewCustomer, assumptions: Assumptions, receivables: float, write_off: float | None) -> Cost:
    """Estimate the cost of losing the customer: low, mid, high and parts; without a known share, write-offs count 0."""
    return cost(
        Loss(
            margin=row["margin"],
            value=row["lifetime_value"],
            new_value=new_customer.value,
            keeping_cost=keeping_cost(row, assumptions),
            revenue=12 * row["mrr"],
            receivables=receivables,
            write_off_share=write_off or 0.0,
        ),
        assumptions.replacing,
        assumptions.gap_months,
        assumptions.reputation,
    )


def assumptions_text(assumptions: Assumptions, write_off: float | None) -> str:
    """List the assumptions behind the cost of a loss."""
    parts = [f"replacement {assumptions.text_of('replacing')} a year's keeping cost "
              f"({fmt.rate(assumptions.keeping_rate)} of billing)",
              f"gap {assumptions.text_of('gap_months')}", f"lost prospects {assumptions.text_of('reputation')} of a year's "
              f"revenue"]  # fmt: skip
    write_off_text = (
        "write-offs are not known and not counted" if write_off is None else f"{fmt.rate(write_off)} of the receivables written off"
    )
    texts = "; ".join([*parts, write_off_text])
    return f"Assumptions, low to high: {texts}. To change them, open Segments and value, view Model quality."
