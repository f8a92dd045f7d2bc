"""What a load of invoices should say: missing due dates, and invoices that seem to pay for several months at once."""

from collections.abc import Sequence

import polars as pl

from health.format import plural
from health.intake.compare import Change
from health.warehouse import Session

YEARLY, HALF_YEARLY = (350, 381), (175, 191)
"""Days between purchases of a customer who pays once a year, or twice."""
SINGLE_TIMES = 6
"""A customer's only invoice counts as prepaid from so many times the usual invoice on."""
MAX_NAMED = 5


def notices(session: Session, changes: Sequence[Change]) -> tuple[str, ...]:
    """Sentences for the user about the invoices in a file; none if it has none."""
    invoices = next((change for change in changes if change.table.name == "invoices"), None)
    if invoices is None or invoices.rows.is_empty():
        return ()
    sentences = []
    if "due_on" not in invoices.checked.extract.given and invoices.rows["due_on"].null_count():
        sentences.append("invoices: no due dates are given, so each invoice is due on its invoice date.")
    with_contract = session.frame("queries/contract_customers")["customer_id"].to_list()
    with_contract += [c for change in changes if change.table.name == "contracts" for c in change.rows["customer_id"]]
    stored = session.rows("invoices").join(invoices.rows, on="invoice_id", how="anti")
    rows = pl.concat([stored.select(invoices.table.names), invoices.rows.select(invoices.table.names)])
    without = rows.filter(~pl.col("customer_id").is_in(with_contract))
    concerned = invoices.rows["customer_id"].unique()
    if names := [name for name in _prepaid(without) if name in concerned]:
        shown = ", ".join(names[:MAX_NAMED]) + (" ..." if len(names) > MAX_NAMED else "")
        sentences.append(
            f"invoices: {plural(len(names), 'customer')} without a contract may pay for several months at once ({shown}). "
            "Until period_from and period_to (or one_off) of their invoices are filled in, MRR counts only the last three months' invoices."
        )
    return tuple(sentences)


def _prepaid(invoices: pl.DataFrame) -> list[str]:
    """Customers whose invoices without a period come once or twice a year, or whose only one is far above the usual; sorted."""
    counting = invoices.filter(
        ~pl.col("status").is_in(["void", "draft"]).fill_null(False) & ~pl.col("one_off").fill_null(False) & (pl.col("amount") > 0)
    )
    days = counting.group_by("customer_id", "issued_on").agg(pl.col("amount").sum(), pl.col("period_to").is_null().any().alias("open"))
    gaps = pl.col("issued_on").sort().diff().dt.total_days().drop_nulls()
    by_customer = days.group_by("customer_id").agg(
        pl.len().alias("purchases"), pl.col("amount").max(), pl.col("open").any(),
        pl.any_horizontal(gaps.is_between(*YEARLY).all(), gaps.is_between(*HALF_YEARLY).all()).alias("regular"),
    )  # fmt: skip
    usual = counting["amount"].median()
    is_large = (pl.col("purchases") == 1) & (pl.col("amount").cast(pl.Float64) >= SINGLE_TIMES * float(str(usual or 0)))
    prepaid = by_customer.filter(pl.col("open") & (((pl.col("purchases") > 1) & pl.col("regular")) | is_large))
    return prepaid["customer_id"].sort().to_list()
