"""Contact details to fix: active customers who are hard to reach, largest MRR first."""

from dataclasses import dataclass

import polars as pl

from health import format as fmt
from health.insight.search import filter_by_text
from health.status import ACTIVE


@dataclass(frozen=True)
class Fault:
    """One kind of fault: its key in `contact_faults.sql`, its label, and how to fix it."""

    key: str
    label: str
    fix: str


FAULTS: tuple[Fault, ...] = (
    Fault("no_contact", "No contacts", "Add a contact"),
    Fault("no_primary", "No primary contact", "Mark a primary contact"),
    Fault("left", "Left, no successor", "Ask who took over"),
    Fault("unreachable", "No e-mail, no phone", "Add e-mail or phone"),
    Fault("implausible", "Implausible e-mail", "Correct the e-mail"),
    Fault("shared", "E-mail used twice", "Check whose e-mail it is"),
)
RULES = (
    "An e-mail is plausible if it has one @ followed by a domain with a dot. A contact who left has a successor if a current "
    "contact has the same role."
)


def fix_list(faults: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """One row per fault of an active customer, largest MRR first, then by customer.

    Columns: customer_id, customer, mrr, owner, fault (key), wrong, contact, detail, mend. `faults`: from `contact_faults.sql`; `now`: the
    portfolio.
    """
    customers = now.filter(ACTIVE).select(
        "customer_id", pl.col("name").alias("customer"), "mrr", pl.coalesce("owner_name", "owner").alias("owner")
    )
    order = {fault.key: place for place, fault in enumerate(FAULTS)}
    return (
        faults.join(customers, on="customer_id", how="inner")
        .with_columns(
            pl.col("fault").replace_strict({f.key: f.label for f in FAULTS}, return_dtype=pl.String).alias("wrong"),
            pl.col("fault").replace_strict({f.key: f.fix for f in FAULTS}, return_dtype=pl.String).alias("what_to_do"),
            pl.col("fault").replace_strict(order, return_dtype=pl.Int64).alias("place"),
            _fault_detail().alias("detail"),
        )
        .sort(["mrr", "customer_id", "place", "contact_id"], descending=[True, False, False, False], nulls_last=True)
        .select("customer_id", "customer", "mrr", "owner", "fault", "wrong", "contact", "detail", "what_to_do")
    )


def _fault_detail() -> pl.Expr:
    """Evidence of the fault: role, last day, address, and who else uses it."""
    left_text = pl.format("left {}", pl.col("left_on").map_elements(fmt.day, return_dtype=pl.String))
    more_text = pl.when(pl.col("more") > 0).then(pl.format(" and {} more", "more")).otherwise(pl.lit(""))
    shared_text = pl.format("{}, also at {}{}", "email", "also_at", more_text)
    role_text = pl.col("role").str.replace("_", " ")
    return pl.coalesce(
        shared_text, pl.concat_str([role_text, pl.coalesce("email", left_text)], separator=", ", ignore_nulls=True).replace("", None)
    )


def count_by_fault(fixes: pl.DataFrame) -> dict[str, int]:
    """Count active customers by kind of fault, in the declared order; kinds without customers are left out."""
    counts = dict(fixes.group_by("fault").agg(pl.col("customer_id").n_unique()).iter_rows())
    return {fault.key: counts[fault.key] for fault in FAULTS if fault.key in counts}


def count_complete(fixes: pl.DataFrame, now: pl.DataFrame) -> tuple[int, int]:
    """Active customers without a fault, and all active customers."""
    active = now.filter(ACTIVE).height
    return active - fixes["customer_id"].n_unique(), active


def finding(fixes: pl.DataFrame, loaded: bool) -> str:
    """Title of the list; `loaded`: whether the table contacts has rows."""
    if not loaded:
        return "No contacts are loaded"
    if fixes.is_empty():
        return "Every active customer has complete contact details"
    customers = fixes.unique("customer_id")
    mrr_text = fmt.short_money(float(customers["mrr"].sum())) if customers["mrr"].drop_nulls().len() else ""
    customers_text = fmt.plural(customers.height, "customer has", "customers have")
    return f"{customers_text} contact details to fix{f', {mrr_text} MRR' if mrr_text else ''}"


def filter_fixes(fixes: pl.DataFrame, fault: str | None, text: str) -> pl.DataFrame:
    """Rows of one kind of fault (None: all) whose customer, id, contact, detail or owner contains the text."""
    chosen = fixes.filter(pl.col("fault") == fault) if fault else fixes
    return filter_by_text(chosen, text, ["customer", "customer_id", "contact", "detail", "owner"])
