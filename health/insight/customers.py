"""My customers: the list, its filters, and its title."""

from collections.abc import Mapping, Sequence

import polars as pl

from health import format as fmt
from health.insight.notice import notice_column
from health.insight.overview.data_available import RENEWAL_DAYS
from health.status import ACTIVE, CUSTOMER

Filters = Mapping[str, Sequence[str]]
"""Chosen values by filter; a filter that is not named keeps every customer. The keys are those of FILTERS."""

VALUE_FILTERS = {"band": "Band", "segment": "Segment", "tier": "Tier", "region": "Region", "owner": "Owner"}
"""Filters that keep the customers with one of the chosen values in the column of that name."""
RENEWAL, COMPLAINTS, FORMER = "renewal", "complaints", "former"
ONLY = {RENEWAL: f"Notice in {RENEWAL_DAYS[-1]} days", COMPLAINTS: "Open complaints", FORMER: "Former"}
"""Choices of the filter `only`; a customer must meet all of them. Without FORMER the list holds today's customers."""
SILENT_DAYS = {str(days): f"No contact for {days} days" for days in (30, 60, 90, 180)}
"""Choices of the filter `silent`."""
FILTERS = (*VALUE_FILTERS, "only", "silent")


def customer_list(now: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    """One row per customer of `now`, present or former, largest MRR first, ties by id.

    customer_id, name, status, present (still a customer), band, health (rounded down), last_contact_on (the last two-way contact; null:
    none on file), days_since (days without contact, up to the day on which contacts were last seen; null: no contacts are loaded),
    open_complaints (null: no complaints are loaded), notice_by and days_to_notice (last day for notice; null without an agreed end, or if
    not active), notice (the same in words), mrr, lifetime_value, tier, segment, region, owner, owner_name.
    `now`: `portfolio.build`; `values`: `lifetime.value`.
    """
    with_values = now.join(values.select("customer_id", "lifetime_value"), on="customer_id", how="left", maintain_order="left")
    return with_values.select(
        "customer_id", pl.col("name").fill_null(pl.col("customer_id")), "status", CUSTOMER.alias("present"), "band",
        pl.col("health").floor().cast(pl.Int64), pl.col("last_two_way_on").alias("last_contact_on"), "days_since",
        pl.when("complaints_present").then("open").alias("open_complaints"),
        *(pl.when(ACTIVE).then(column).alias(name) for name, column in _notice_columns().items()),
        "mrr", "lifetime_value", "tier", "segment", "region", "owner", pl.coalesce("owner_name", "owner").alias("owner_name"),
    ).sort("mrr", "customer_id", descending=[True, False], nulls_last=True)  # fmt: skip


def _notice_columns() -> dict[str, pl.Expr]:
    return {"notice_by": pl.col("notice_by"), "days_to_notice": pl.col("days_to_notice"), "notice": notice_column()}


def options(rows: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Choices of each value filter with their labels, sorted by label; a filter with fewer than two is left out.

    `rows`: `customer_list`. Bands keep their order.
    """
    found = {key: _labels(rows, key) for key in VALUE_FILTERS}
    return {key: labels for key, labels in found.items() if len(labels) > 1}


def _labels(rows: pl.DataFrame, key: str) -> dict[str, str]:
    values = rows.drop_nulls(key)
    if key == "band":
        return {band.key: band.label for band in fmt.BANDS if band.key in values["band"]}
    label = "owner_name" if key == "owner" else key
    return dict(values.select(key, pl.col(label).alias("label")).unique().sort("label", key).iter_rows())


def known_choices(filters: Filters, rows: pl.DataFrame) -> dict[str, list[str]]:
    """The filters without choices that the list does not offer, as in an address or a view from elsewhere."""
    offered: dict[str, Mapping[str, str]] = {**options(rows), "only": ONLY, "silent": SILENT_DAYS}
    kept = {key: [choice for choice in offered[key] if choice in filters.get(key, ())] for key in offered}
    return {key: choices[:1] if key == "silent" else choices for key, choices in kept.items() if choices}


def matching(rows: pl.DataFrame, filters: Filters) -> pl.DataFrame:
    """Rows of `customer_list` that meet every filter. A customer whose contacts or complaints are unknown meets no filter on them."""
    conditions = [pl.col(key).is_in(list(filters[key])) for key in VALUE_FILTERS if filters.get(key)]
    conditions += [_condition(choice) for choice in filters.get("only", ())]
    conditions += [pl.col("days_since") >= int(days) for days in filters.get("silent", ())]
    if FORMER not in filters.get("only", ()):
        conditions.append(pl.col("present"))
    return rows.filter(pl.all_horizontal(condition.fill_null(False) for condition in conditions))


def _condition(choice: str) -> pl.Expr:
    """The condition of a choice of ONLY."""
    conditions = {
        RENEWAL: pl.col("days_to_notice").is_between(0, RENEWAL_DAYS[-1]), COMPLAINTS: pl.col("open_complaints") > 0,
        FORMER: pl.col("status") == "lost",
    }  # fmt: skip
    return conditions[choice]


def title(rows: pl.DataFrame, all_present: int) -> str:
    """Title of the list: '12 of 140 customers: 3 at risk, 2 with open complaints'. `all_present`: customers without a filter."""
    shown = f"{rows.height:,} of {fmt.plural(all_present, 'customer')}"
    if not rows["present"].all():
        shown = fmt.plural(rows.height, "former customer")
    elif rows.height == all_present:
        shown = fmt.plural(rows.height, "customer")
    at_risk, complaints = rows.filter(pl.col("band") == "at_risk").height, rows.filter(pl.col("open_complaints") > 0).height
    parts = [f"{at_risk:,} at risk"] * bool(at_risk) + [f"{complaints:,} with open complaints"] * bool(complaints)
    return ": ".join([shown, ", ".join(parts)]) if parts else shown


def total_mrr(rows: pl.DataFrame) -> str:
    """MRR of the rows, '€24k MRR', added up in cents; '–' where nothing has a price."""
    cents = (rows["mrr"].drop_nulls() * 100).round(0).cast(pl.Int64)
    return f"{fmt.short_money(int(cents.sum()) / 100 if cents.len() else None)} MRR"
