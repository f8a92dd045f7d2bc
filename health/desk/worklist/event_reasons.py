"""Events as reasons: urgent triggers, and what happened or is ahead; listed after weak components."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from health.desk.worklist.reason_schema import EVENT, candidate_rows
from health.month_ends import month_end
from health.score.components import COMPONENTS
from health.score.components.complaints import OPEN
from health.score.components.expectations import PROMISE
from health.score.components.parts import NO_VALUE
from health.score.components.payment import UNPAID
from health.score.components.tenure import NOTICE
from health.score.compose import row_weight
from health.score.settings import Settings
from health.score.wording import percent_words

FALL, FALL_MONTHS = 5, 3
"""Points of a fall of health that count as a reason, and the months between health_before and health."""
RENEWAL_DAYS = 90


def trigger_reasons(triggers: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """First urgent trigger per topic for the customers in `facts`; `value`: days past its deadline, on_day: its day."""
    first_triggers = triggers.join(facts.select("customer_id"), on="customer_id", how="semi").sort("customer_id", "place", "day", "key")
    first_triggers = first_triggers.unique(["customer_id", "about"], keep="first", maintain_order=True)
    candidates = first_triggers.with_columns(pl.lit(EVENT).alias("tier"), pl.lit(0).alias("lost_h"))
    reason_rows = candidate_rows(candidates, None, "", "", pl.col("words"), pl.col("days"), on_day=pl.col("day"))
    about = first_triggers["about"]
    return reason_rows.with_columns(first_triggers["trigger"].alias("reason"), about)


def fact_reasons(facts: pl.DataFrame, as_of: date, in_force: Settings) -> Iterator[pl.DataFrame]:
    """The other events, in their order, after all triggers."""
    change = pl.col("health") - pl.col("health_before")
    since = month_end(as_of, -FALL_MONTHS)
    health = pl.format("Health down {} points since {}", -change.round(0).cast(pl.Int64), pl.lit(f"{since.day} {since:%b}"))
    is_due = pl.col("days_to_notice").is_between(0, RENEWAL_DAYS) | ((pl.col("days_to_notice") < 0) & (pl.col("days_to_end") >= 0))
    missing_text = _missing_data_text(in_force)
    lacking = missing_text.str.replace_all(", no ", ", ", literal=True)
    coverage = pl.format("Coverage {}: {}", percent_words((pl.col("coverage") - 0.5).ceil()), lacking)
    events = [
        ("promise", "promises", pl.col("promises") > 0, PROMISE, pl.col("promises"), pl.col("promise_on")),
        ("unpaid", "payment", pl.col("invoices_present") & (pl.col("overdue_60") > 0), UNPAID, pl.col("overdue_60"), None),
        ("complaint", "complaints", pl.col("complaints_present") & (pl.col("open") > 0), OPEN, pl.col("open"), None),
        ("fall", "fall", change <= -FALL, health, change, pl.lit(since)),
        ("term", "renewal", is_due, NOTICE, pl.col("days_to_notice"), pl.col("notice_by")),
        ("coverage", "coverage", pl.col("coverage") < in_force.coverage_least, coverage, pl.col("coverage"), None),
    ]  # fmt: skip
    for place, (reason, about, holds, words, value, on_day) in enumerate(events, 10):
        candidates = facts.filter(holds).with_columns(pl.lit(EVENT).alias("tier"), pl.lit(0).alias("lost_h"), pl.lit(place).alias("place"))
        compared_value = pl.col("past_days") if reason == "complaint" else NO_VALUE
        of_what = missing_text if reason == "coverage" else None
        yield candidate_rows(candidates, None, reason, about, words, value, compared_value, on_day, of_what)


def _missing_data_text(in_force: Settings) -> pl.Expr:
    """Missing data of weighted components: 'no market prices, no usage'."""
    components = [c for c in COMPONENTS if in_force.weighs(c.key)]
    texts = [pl.when(pl.col(c.column).is_null() & (row_weight(c.key, in_force) > 0)).then(pl.lit(c.missing_words)) for c in components]
    return pl.concat_str(texts, separator=", ", ignore_nulls=True)
