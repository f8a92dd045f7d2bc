"""Similar customers that once had this health: outcome within a quarter, and what was done. No cause is claimed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from health import format as fmt
from health.access import Book
from health.foresight.stats.proportions import rate
from health.status import ACTIVE

NEAR_POINTS, RISE_POINTS = 7.5, 10.0
"""Points of health: the largest distance to this customer, and the rise that counts."""
MRR_FACTOR = 2.0
"""MRR between half and double of this customer's."""
LOOK_BACK_MONTHS, QUARTER_MONTHS = 24, 3
"""Months: how far back a month end may lie, and how long the outcome is awaited."""
MIN_CASES = 5
MIN_TALKS = 3
CAVEAT = (
    "These are associations, not causes: customers who were contacted may have differed in other ways. For a lower price, only "
    "better health counts as improvement, and the lower price itself adds points for price."
)


@dataclass(frozen=True)
class Similar:
    """Customers compared with this one.

    `sentence`: the finding; `about`: who was counted. `cases`: one row per customer: customer_id, name, band (list of one chip), from_on,
    health, later (best of the quarter), outcome, talks, solved, cheaper, kept (counts of the quarter), helped, rose. `done`: one row per
    action: what, with_it, without_it (in words, with n and interval), gap (percentage points, null with too few), clear (whether the
    intervals do not overlap).
    """

    sentence: str
    about: str
    cases: pl.DataFrame
    done: pl.DataFrame


def similar(book: Book, history: pl.DataFrame, now: pl.DataFrame, customer_id: str, as_of: date) -> Similar | None:
    """Find similar customers in the viewer's book; None if this customer has no health or MRR to compare.

    `history`: `portfolio.history`; `now`: the portfolio. Raises NotFound outside the viewer's book.
    """
    with book.reading() as session:
        book.own_id(session, customer_id)
        history, now = (book.own(session, frame) for frame in (history, now))
    client = now.row(by_predicate=pl.col("customer_id") == customer_id, named=True)
    if client["band"] in (None, "unknown") or not client["mrr"]:
        return None
    cases = _similar_cases(history, now, client, as_of)
    mrr_range = f"{fmt.money(client['mrr'] / MRR_FACTOR)} to {fmt.money(client['mrr'] * MRR_FACTOR)}"
    lowest, highest = max(0.0, client["health"] - NEAR_POINTS), min(100.0, client["health"] + NEAR_POINTS)
    basis = f"Segment {client['score_segment'] or 'any'}, billed {mrr_range}, health {fmt.health(lowest)} to {fmt.health(highest)} "
    basis += "at a month end; from your own customers"
    if cases.is_empty():
        return Similar("No similar customer had this health before", basis, cases, pl.DataFrame())
    compared_cases = (
        cases.pipe(_with_actions, book).pipe(_with_outcome).sort("helped", "later", "customer_id", descending=[True, True, False])
    )
    action_rates = _compare_actions(compared_cases)
    return Similar(_sentence(compared_cases, action_rates), basis, compared_cases, action_rates)


def _similar_cases(history: pl.DataFrame, now: pl.DataFrame, client: dict[str, Any], as_of: date) -> pl.DataFrame:
    """One row per other customer: its first month end near this health, and the best health of the quarter after."""
    month_ends = history.filter(pl.col("as_of") <= as_of)["as_of"].unique().sort()
    if month_ends.len() <= QUARTER_MONTHS:
        return pl.DataFrame()
    month_numbers = pl.DataFrame({"as_of": month_ends, "n": range(month_ends.len())}, schema_overrides={"n": pl.Int64})
    peers = now.filter(
        pl.col("score_segment").eq_missing(pl.lit(client["score_segment"])) & (pl.col("customer_id") != client["customer_id"])
    )
    peer_history = history.join(month_numbers, on="as_of").join(peers.select("customer_id", "name"), on="customer_id")
    scored = peer_history.filter(ACTIVE & pl.col("health").is_not_null() & (pl.col("band") != "unknown"))
    is_near = (
        ((pl.col("health") - client["health"]).abs() <= NEAR_POINTS)
        & pl.col("mrr").is_between(client["mrr"] / MRR_FACTOR, client["mrr"] * MRR_FACTOR)
        & pl.col("n").is_between(month_ends.len() - 1 - LOOK_BACK_MONTHS, month_ends.len() - 1 - QUARTER_MONTHS)
    )
    first_near = scored.filter(is_near).sort("customer_id", "n").group_by("customer_id", maintain_order=True).first()
    starts = first_near.select("customer_id", "name", pl.col("as_of").alias("from_on"), "n", "health", "band")
    later = scored.select("customer_id", pl.col("n").alias("then"), pl.col("health").alias("later"))
    best_health = (
        starts.select("customer_id", "n").join(later, on="customer_id")
        .filter(pl.col("then").is_between(pl.col("n") + 1, pl.col("n") + QUARTER_MONTHS))
        .group_by("customer_id").agg(pl.col("later").max())
    )  # fmt: skip
    later_status = peer_history.select(
        "customer_id", (pl.col("n") - QUARTER_MONTHS).alias("n"), pl.col("as_of").alias("until_on"), pl.col("status").alias("then")
    )
    end_days = pl.DataFrame(
        {"n": range(month_ends.len() - QUARTER_MONTHS), "until_on": month_ends[QUARTER_MONTHS:]}, schema_overrides={"n": pl.Int64}
    )
    return (
        starts.join(best_health, on="customer_id", how="left")
        .join(later_status.drop("until_on"), on=["customer_id", "n"], how="left")
        .join(end_days, on="n", how="left")
        .with_columns(
            pl.concat_list(pl.col("band").replace_strict({b.key: b.label for b in fmt.BANDS}, return_dtype=pl.String)).alias("band")
        )
        .sort("customer_id")
    )


def _with_actions(cases: pl.DataFrame, book: Book) -> pl.DataFrame:
    """Add counts of what was done in the quarter."""
    ids = cases.select("customer_id")
    with book.reading() as session:
        rows = {t: book.own(session, session.alike(t, ids, staged=True)) for t in ("interactions", "complaints", "contracts", "promises")}
    spans = cases.select("customer_id", "from_on", "until_on")

    def inside(frame: pl.DataFrame, date_column: str, name: str, condition: pl.Expr) -> pl.DataFrame:
        day = pl.col(date_column).cast(pl.Date)
        client_rows = frame.filter(condition).join(spans, on="customer_id").filter((day > pl.col("from_on")) & (day <= pl.col("until_on")))
        return client_rows.group_by("customer_id").agg(pl.len().cast(pl.Int64).alias(name))

    line_key = ["customer_id", "product"]
    previous_price = pl.col("unit_price").shift(1).over(line_key, order_by=["start_on", "contract_id"])
    priced_lines = rows["contracts"].with_columns((pl.col("unit_price") < previous_price).fill_null(False).alias("less"))
    ending_lines = priced_lines.with_columns(pl.col("end_on").alias("_on"))
    action_counts = [
        inside(rows["interactions"], "occurred_at", "talks", pl.col("two_way")),
        inside(rows["complaints"], "resolved_at", "solved", pl.lit(True)),
        inside(priced_lines, "start_on", "cheaper", pl.col("less")),
        inside(rows["promises"], "delivered_at", "kept", pl.col("delivered_at") <= pl.col("due_at")),
        inside(ending_lines, "_on", "ended", pl.col("terminated_on").is_null()),
    ]
    for frame in action_counts:
        cases = cases.join(frame, on="customer_id", how="left")
    return cases.with_columns(pl.col("talks", "solved", "cheaper", "kept", "ended").fill_null(0)).sort("customer_id")


def _with_outcome(cases: pl.DataFrame) -> pl.DataFrame:
    has_risen = (pl.col("later") - pl.col("health") >= RISE_POINTS).fill_null(False)
    has_renewed = (pl.col("ended") > 0) & (pl.col("then") == "active").fill_null(False)
    outcome_text = (
        pl.when(has_risen & has_renewed).then(pl.lit("● Improved and renewed")).when(has_risen).then(pl.lit("● Improved"))
        .when(has_renewed).then(pl.lit("● Renewed"))
        .when((pl.col("then") == "active").fill_null(False)).then(pl.lit("▲ Stayed, no improvement")).otherwise(pl.lit("◆ Churned or "
        "leaving"))
    )  # fmt: skip
    return cases.with_columns((has_risen | has_renewed).alias("helped"), has_risen.alias("rose"), outcome_text.alias("outcome"))


_ACTIONS = (
    (f"{MIN_TALKS} or more contacts", pl.col("talks") >= MIN_TALKS, "helped"),
    ("Complaint solved", pl.col("solved") > 0, "helped"),
    ("Promise kept on time", pl.col("kept") > 0, "helped"),
    ("New contract line at a lower price", pl.col("cheaper") > 0, "rose"),
)
"""Action, condition, and outcome counted.

A new line is itself a renewal, so at a lower price only a rise of health counts.
"""


def _compare_actions(cases: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for what, was_taken, outcome in _ACTIONS:
        groups = [cases.filter(was_taken)[outcome], cases.filter(~was_taken)[outcome]]
        rates = [rate(int(group.sum()), group.len()) for group in groups]
        enough_cases = all(group.len() >= MIN_CASES for group in groups)
        gap = 100 * (rates[0].rate - rates[1].rate) if enough_cases and rates[0] and rates[1] else None
        is_clear = bool(enough_cases and rates[0] and rates[1] and rates[0].low > rates[1].high)
        rows.append({"what": what, "with_it": _share_text(rates[0]), "without_it": _share_text(rates[1]), "gap": gap, "clear": is_clear})
    return pl.DataFrame(
        rows, schema={"what": pl.String, "with_it": pl.String, "without_it": pl.String, "gap": pl.Float64, "clear": pl.Boolean}
    )


def _share_text(share: Any) -> str:
    return "none" if share is None else f"{share.k} of {share.n:.0f}, {fmt.interval(share.low, share.high)}"


def _sentence(cases: pl.DataFrame, action_rates: pl.DataFrame) -> str:
    head = f"{int(cases['helped'].sum())} of {fmt.plural(cases.height, 'similar customer')} improved or renewed within a quarter"
    clear_actions = action_rates.filter("clear").sort(["gap", "what"], descending=[True, False])
    if clear_actions.is_empty():
        return f"{head}; no action stands out"
    action = str(clear_actions["what"][0])
    return f"{head}, more often with: {action[0].lower()}{action[1:]}"
