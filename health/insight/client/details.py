"""What one customer's own rows say: the parts of its score in words, its invoices, prices, and everything in time order."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from health import format as fmt
from health.score.components import COMPONENTS, DAYS_A_MONTH
from health.tables import TABLES

Row = Mapping[str, Any]
SOURCE = ["file", "line", "load_id"]
MARKET_SOURCE = ["market_file", "market_line", "market_load"]
TIMELINE: dict[str, Any] = {
    "at": pl.Datetime("us"),
    "kind": pl.String,
    "what": pl.String,
    "said": pl.String,
    "who": pl.String,
    **dict.fromkeys(SOURCE, pl.String),
    **dict.fromkeys(("table", "key"), pl.String),
}
"""Of one event: when, its kind, what, what was said, who of us, its source, and the table and key of its row."""


def parts(customer: Row, weights: Mapping[str, int]) -> pl.DataFrame:
    """One row a part of what has weight: component, part, share (of 100 points of health), points 0..100 or null, fact (in words), formula.

    The row must be of the day its points were worked out: for the leaving `portfolio.build` at `facts_as_of`, since theirs are frozen.
    """
    facts = pl.DataFrame([dict(customer)], infer_schema_length=None)
    return pl.DataFrame(
        [
            {
                "component": component.label,
                "part": part.label,
                "share": weights.get(component.key, 0) * part.share / 100,
                "points": facts.select(part.points.cast(pl.Float64)).item(),
                "fact": f"{component.key}.{part.key}",
                "unknown_when": part.unknown_when,
                "formula": part.formula,
            }
            for component in COMPONENTS
            if weights.get(component.key)
            for part in component.parts
        ],
        schema_overrides={"points": pl.Float64, "share": pl.Float64},
    ).pipe(_worded, customer)


def _worded(frame: pl.DataFrame, customer: Row) -> pl.DataFrame:
    """Puts each fact in words; where the part is unknown, why."""
    words = [
        f"Unknown: {why}" if points is None else _FACTS[key](customer) if key in _FACTS else formula
        for key, why, points, formula in frame.select("fact", "unknown_when", "points", "formula").iter_rows()
    ]
    return frame.with_columns(pl.Series("fact", words, pl.String)).drop("unknown_when")


def _gap(c: Row) -> str:
    gap = (c["benchmarked_cents"] - c["market_cents"]) / c["market_cents"]
    return (
        f"{fmt.signed(100 * gap)}{fmt.SPACE}% against market, on {fmt.share(c['benchmarked_cents'] / c['billed_cents'])} of what is billed"
    )


def _commitment(c: Row) -> str:
    if c["days_to_end"] is None:
        return "Rolling, no agreed end" if c["has_agreement"] else "No line of a contract"
    return f"{fmt.plural(c['days_to_end'], 'day')} to the agreed end"


def _change(c: Row) -> str:
    now, before = float(c["used_3"]) / c["usage_months_3"], float(c["used_before"]) / c["usage_months_before"]
    return f"{fmt.signed(100 * (now / before - 1))}{fmt.SPACE}% used a month against the 3 months before"


def _of(done: int, due: int, words: str) -> str:
    return f"{fmt.count(done)} of {fmt.count(due)} {words}" if due else "Nothing yet to judge by"


_FACTS: dict[str, Callable[[Row], str]] = {
    "contact.recency": lambda c: f"{fmt.plural(c['days_since'], 'day')} since the last two-way contact; agreed every {c['cadence_days']}",
    "contact.volume": lambda c: f"Worth {c['touch_180'] / 10:g} contacts in 180 days; agreed every {c['cadence_days']} days",
    "contact.rhythm": lambda c: f"{fmt.plural(c['days_since'], 'day')} silent; usual for this customer {c['rhythm_days'] + 0}",
    "contact.diary": lambda c: _of(c["kept_diary_180"], c["due_180"], "planned contacts kept in 180 days"),
    "contact.answers": lambda c: _of(c["answered_180"], c["attempts_180"], "attempts answered in 180 days"),
    "complaints.burden": lambda c: (
        f"{fmt.count(c['open'])} open, burden {c['burden'] / 100:g}, {fmt.plural(c['repeats_365'], 'repeat')} in a year"
    ),
    "complaints.clocks": lambda c: _of(c["kept_365"], c["kept_365"] + c["broken_365"], "limits kept in a year"),
    "price.gap": _gap,
    "tenure.loyalty": lambda c: f"{fmt.plural(int(c['tenure_days'] // DAYS_A_MONTH), 'month')} with us",
    "tenure.commitment": _commitment,
    "satisfaction.answers": lambda c: (
        f"{c['answers_sum'] / c['answers_365'] / 10_000:.1f} of 10, last answers of {fmt.plural(c['answers_365'], 'person', 'people')}"
    ),
    "payment.overdue": lambda c: f"{fmt.money(c['overdue_cents'] / 100)} overdue; {fmt.money(3 * (c['mrr_cents'] or 0) / 100)} in 3 months",
    "payment.delay": lambda c: f"{c['late_days_6'] / c['paid_6']:.1f} days late on average, last {fmt.plural(c['paid_6'], 'payment')}",
    "usage.level": lambda c: f"{fmt.share(float(c['licensed_used_3']) / float(c['licensed_3']))} of what is paid for, 3 full months",
    "usage.change": _change,
    "depth.people": lambda c: f"{fmt.plural(c['people'], 'person', 'people')} known",
    "depth.complete": lambda c: _of(c["details_filled"], c["details_wanted"], "details on file of primary and decision makers"),
    "depth.voices": lambda c: f"{fmt.plural(c['voices_365'], 'person', 'people')} spoken with in a year",
    "depth.referral": lambda c: f"{fmt.plural(c['referrals_730'], 'referral')} in two years",
    "expectations.kept": lambda c: _of(c["promises_kept_365"], c["promises_due_365"], "promises kept in time in a year"),
}


def _answer() -> pl.Expr:
    """'nps, 8': the score without the zeros of its column's type."""
    score = pl.col("score").cast(pl.String).str.replace(r"\.?0+$", "")
    return pl.concat_str(
        pl.col("kind"), pl.when(pl.col("score") == 0).then(pl.lit("0")).otherwise(score), separator=", ", ignore_nulls=True
    )


def _words(*columns: str) -> pl.Expr:
    return pl.concat_str(*(pl.col(c).cast(pl.String).str.replace_all("_", " ") for c in columns), separator=", ", ignore_nulls=True)


def _kind(words: str, of: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{words}: "), pl.col(of).fill_null("unsorted").str.replace_all("_", " "))


def _billed(words: str) -> pl.Expr:
    return pl.concat_str(pl.lit(f"{words}: {fmt.CURRENCY}"), pl.col("amount").cast(pl.String))


_EVENTS: tuple[tuple[str, str, str, pl.Expr, str], ...] = (
    ("interactions", "occurred_at", "Contact", _words("channel", "direction", "outcome"), "comment"),
    ("complaints", "opened_at", "Complaint", _kind("raised", "theme"), "comment"),
    ("complaints", "first_response_at", "Complaint", _kind("answered", "theme"), ""),
    ("complaints", "resolved_at", "Complaint", _kind("solved", "theme"), ""),
    ("complaints", "reopened_at", "Complaint", _kind("reopened", "theme"), ""),
    ("surveys", "asked_on", "Survey", _kind("asked", "kind"), ""),
    ("surveys", "answered_on", "Survey", _answer(), "comment"),
    ("promises", "promised_on", "Promise", _kind("made", "kind"), "comment"),
    ("promises", "delivered_at", "Promise", _kind("delivered", "kind"), ""),
    ("contracts", "signed_on", "Contract", _kind("signed", "product"), ""),
    ("contracts", "notice_on", "Contract", _kind("notice given", "product"), ""),
    ("contracts", "terminated_on", "Contract", _kind("ended early", "product"), ""),
    ("invoices", "issued_on", "Invoice", _billed("issued"), ""),
    ("invoices", "paid_on", "Invoice", _billed("paid"), ""),
    ("referrals", "made_on", "Referral", pl.lit("sent us somebody"), ""),
    ("referrals", "won_on", "Referral", pl.lit("whom they sent signed"), ""),
    ("opportunities", "opened_on", "Opportunity", _words("kind", "outcome"), ""),
    ("opportunities", "closed_on", "Opportunity", _kind("closed", "outcome"), ""),
    ("exits", "announced_on", "Exit", _kind("announced", "reason"), "comment"),
    ("exits", "left_on", "Exit", pl.lit("last day"), ""),
    ("exits", "interviewed_on", "Exit", pl.lit("asked why"), ""),
)


def events(rows: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """What the tables say that happened, a frame a kind of event with the columns of TIMELINE, in no order and to any day."""
    return [_event(table, rows[table], on, kind, what, said) for table, on, kind, what, said in _EVENTS if table in rows]


def in_order(told: Iterable[pl.DataFrame], as_of: date, employees: Mapping[str, str]) -> pl.DataFrame:
    """Frames of events as one, by `as_of`, newest first, with the names of employees."""
    every = pl.concat([pl.DataFrame(schema=TIMELINE), *told])
    return (
        every.filter(pl.col("at") <= datetime.combine(as_of, datetime.max.time()))
        .with_columns(pl.col("who").replace(dict(employees)))
        .sort("at", "kind", "what", "key", descending=[True, False, False, False], nulls_last=True)
    )


def _event(table: str, frame: pl.DataFrame, on: str, kind: str, what: pl.Expr, said: str) -> pl.DataFrame:
    def given(name: str) -> pl.Expr:
        return (pl.col(name) if name in frame.columns else pl.lit(None)).cast(pl.String).alias(name)

    return frame.filter(pl.col(on).is_not_null()).select(
        pl.col(on).cast(pl.Datetime("us")).alias("at"),
        pl.lit(kind).alias("kind"),
        what.cast(pl.String).alias("what"),
        given(said or "said").alias("said"),
        given("employee_id").alias("who"),
        *map(given, SOURCE),
        pl.lit(table).alias("table"),
        pl.concat_str([pl.col(name).cast(pl.String) for name in TABLES[table].key], separator=", ").alias("key"),
    )


def invoices(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row an invoice issued by `as_of`, newest first, with its state on that day in words."""
    paid = pl.when(pl.col("paid_on") <= as_of).then(pl.col("paid_on"))
    late = (pl.coalesce(paid, pl.lit(as_of)) - pl.col("due_on")).dt.total_days()
    words = (
        pl.when(pl.col("written_off").fill_null(False))
        .then(pl.lit("◆ Written off"))
        .when(paid.is_null() & (late > 0))
        .then(pl.concat_str(pl.lit("◆ Unpaid, "), late, pl.lit(" days over")))
        .when(paid.is_null())
        .then(pl.lit("■ Open"))
        .when(late > 0)
        .then(pl.concat_str(pl.lit("▲ Paid "), late, pl.lit(" days late")))
        .otherwise(pl.lit("● Paid in time"))
    )
    return (
        frame.filter(pl.col("issued_on") <= as_of)
        .sort("issued_on", "invoice_id", descending=[True, False])
        .with_columns(words.alias("state"))
    )


def prices(rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row a line in force, with its own source (file, line, load_id) and that of its market price (market_file, market_line,
    market_load); `rows`: `portfolio.client`."""
    ours = rows["contracts"].select("contract_id", *SOURCE)
    theirs = rows["market_prices"].select("product", *(pl.col(c).alias(m) for c, m in zip(SOURCE, MARKET_SOURCE, strict=True)))
    sourced = rows["prices"].join(ours, on="contract_id", how="left", maintain_order="left")
    return sourced.join(theirs, on="product", how="left", maintain_order="left")
