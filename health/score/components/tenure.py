"""Length of the relationship, and time to the agreed end."""

import polars as pl

from health import format as fmt
from health.score.components.parts import Approach, Axis, ChangeWords, Component, Part, Ramp, Reason, Row
from health.score.wording import count_words

DAYS_A_MONTH = 30.4375
ROLLING_POINTS = 25.0
"""Points for commitment of a rolling contract."""
NEW_MONTHS = 12
_LOYALTY = Approach(24)
_months = pl.col("tenure_months").floor().cast(pl.Int64)
_days_to_end = pl.col("days_to_end")
RENEWS = pl.when(_days_to_end == 0).then(pl.lit("Renews today")).otherwise(pl.format("Renews in {}", count_words(_days_to_end, "day")))
_notice_assumed = pl.when(pl.col("notice_assumed")).then(pl.lit(" (assumed)")).otherwise(pl.lit(""))
NOTICE = (
    pl.when(pl.col("days_to_notice") == 0).then(pl.format("Last day for notice{} is today", _notice_assumed))
    .when(pl.col("days_to_notice") > 0)
    .then(pl.format("Last day for notice{} in {}", _notice_assumed, count_words(pl.col("days_to_notice"), "day")))
    .otherwise(pl.format("Ends in {}; the last day for notice{} has passed", count_words(_days_to_end, "day"), _notice_assumed))
)  # fmt: skip
"""What can still be decided about the agreed end."""
_new_customer_words = pl.format("Customer for only {}", count_words(_months, "month"))


def _ageing(facts_before: Row, facts_after: Row, days: int, has_lost: bool) -> str:
    if not has_lost:
        return f"{fmt.plural(days, 'day')} more tenure"
    days_ahead = facts_before["days_to_end"]
    if days_ahead is None:
        return "a contract line ended as agreed"
    return f"agreed end {fmt.plural(days, 'day')} closer" if days_ahead > days else "the agreed term ended"


def _commitment_fact(c: Row) -> str:
    if c["days_to_end"] is None:
        return "Rolling contract, no end date" if c["has_agreement"] else "No contract line"
    return f"{fmt.plural(c['days_to_end'], 'day')} to the agreed end"


TENURE = Component(
    "tenure", "Tenure", 20,
    "Long-standing customers churn less, and a remaining term gives time to fix problems.",
    "contracts",
    (
        Part(
            "loyalty", "Loyalty", 60, (pl.col("tenure_days") / DAYS_A_MONTH).clip(lower_bound=0.0), _LOYALTY,
            f"the gap to 100 points halves every {_LOYALTY.by:g} months since the start", "0 months",
            f"many years: {_LOYALTY.at(24):.0f} at 2, {_LOYALTY.at(48):.0f} at 4, {_LOYALTY.at(120):.0f} at 10",
            "the start date is not on file", Axis(0, 120, "months since the start"), known=pl.col("tenure_days").is_not_null(),
            reasons=(
                Reason(pl.when(_months == 0).then(pl.lit("Customer for less than a month")).otherwise(_new_customer_words), _months,
                       about="tenure", call="Call and ask how the start went", name="new", when=_months < NEW_MONTHS),
                Reason(pl.format("Customer for {}", count_words(_months, "month")), _months, about="tenure",
                       call="Call and ask what would make them stay", name="young", when=_months >= NEW_MONTHS),
            ),
            fact=lambda c: f"{fmt.plural(int(c['tenure_days'] // DAYS_A_MONTH), 'month')} of tenure",
        ),
        Part(
            "commitment", "Commitment", 40, _days_to_end, Ramp(0, 270),
            f"days to the latest agreed end; a rolling contract gets {ROLLING_POINTS:g} points", "ends today", "{best} days or more",
            "no contract line", Axis(0, 365, "days to the agreed end"), known=pl.col("agreed_until").is_not_null(),
            otherwise=pl.when(pl.col("has_agreement")).then(pl.lit(ROLLING_POINTS)),
            reasons=(
                Reason(RENEWS, _days_to_end, about="renewal", call="Discuss the renewal", visit="Visit and discuss the renewal",
                       name="agreed", when=pl.col("agreed_until").is_not_null()),
                Reason(pl.lit("Rolling contract, no end date"), about="renewal", call="Offer a fixed term", name="rolling",
                       when=pl.col("agreed_until").is_null()),
            ),
            fact=_commitment_fact,
        ),
    ),
    "Customer for 730 days, 60 days of the term left: parts 49.98 and 22.22 give 38.87.",
    missing="no start",
    changes=ChangeWords("agreed end came closer", "longer tenure", "contract shortened", "contract renewed"),
    ageing=_ageing,
)  # fmt: skip
