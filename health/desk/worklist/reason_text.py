"""What a part of the score says as a reason: one entry a part, in words over one row of facts, with the figures in them.

The columns are those of `portfolio.build`, and of `rows.Rows` as `reasons` joins them.
"""

from dataclasses import dataclass

import polars as pl

from health.desk.worklist.wording import DAY, counted, percent, tenths
from health.score.components.complaints import RUN_OUT
from health.score.components.satisfaction import MEAN

_days, _cadence, _left = pl.col("days_since"), pl.col("cadence_days"), pl.col("days_to_end")
_agreed = pl.min_horizontal(pl.lit(180), pl.max_horizontal(pl.col("observed_days").fill_null(180), pl.lit(30))) / _cadence
_gap = 100 * (pl.col("benchmarked_cents") - pl.col("market_cents")) / pl.col("market_cents")
_months = pl.col("tenure_months").floor().cast(pl.Int64)
_owed = 100 * pl.col("overdue_cents") / pl.max_horizontal(3 * pl.col("mrr_cents").fill_null(0), pl.lit(1))
_delay = pl.col("late_days_6") / pl.col("paid_6")
_level = 100 * pl.col("licensed_used_3").cast(pl.Float64) / pl.col("licensed_3").cast(pl.Float64)
_used, _before = (pl.col(c).cast(pl.Float64) / pl.col(n) for c, n in (("used_3", "usage_months_3"), ("used_before", "usage_months_before")))
_fall = 100 * (1 - _used / _before)
_broken = pl.col("promises_due_365") - pl.col("promises_kept_365")
NOTHING = pl.lit(None, pl.Float64)

_lateness = pl.when(pl.col("past_days") == 0).then(pl.lit("since today")).otherwise(pl.format("by {}", counted(pl.col("past_days"), "day")))
_late_ones = pl.when(pl.col("past") == 1).then(pl.lit("one")).otherwise(pl.col("past").cast(pl.String))
OPEN = (
    pl.when(pl.col("past") == 0).then(pl.format("{} open", counted(pl.col("open"), "complaint")))
    .when(pl.col("open") == 1).then(pl.format("1 complaint open, past its limit {}", _lateness))
    .otherwise(pl.format("{} open, {} past the limit {}", counted(pl.col("open"), "complaint"), _late_ones, _lateness))
)  # fmt: skip
PROMISE = (
    pl.when(pl.col("promises") == 1).then(pl.format("Promise for {} broken", pl.col("promise_on").dt.strftime(DAY)))
    .otherwise(pl.format("{} promises broken in 90 days, the last for {}", "promises", pl.col("promise_on").dt.strftime(DAY)))
)  # fmt: skip
RENEWS = pl.when(_left == 0).then(pl.lit("Renews today")).otherwise(pl.format("Renews in {}", counted(_left, "day")))
UNPAID = pl.format("{} unpaid for 60 days or more", counted(pl.col("overdue_60"), "invoice"))


@dataclass(frozen=True, eq=False)
class Said:
    """The words of a part and the figures in them: `value` and what it is held `against`, a day and a name. `about`: what else would be
    the same reason. `when`: in which case these words are said, where a part has several."""

    component: str
    part: str
    about: str
    words: pl.Expr
    value: pl.Expr
    against: pl.Expr = NOTHING
    on_day: pl.Expr | None = None
    of_what: pl.Expr | None = None
    name: str = ""
    when: pl.Expr | None = None

    @property
    def reason(self) -> str:
        """Its key: the name of the case, else of the part."""
        return self.name or self.part


def _of(done: str, all_: pl.Expr, words: str) -> pl.Expr:
    return pl.format(f"{{}} of {{}} {words}", done, all_)


def _cases(component: str, part: str, about: str, *cases: tuple[str, pl.Expr, pl.Expr, pl.Expr, pl.Expr]) -> list[Said]:
    """Of (name, when, words, value, against)."""
    return [Said(component, part, about, words, value, against, name=name, when=when) for name, when, words, value, against in cases]


def _when_none(n: pl.Expr, none: str, some: pl.Expr) -> pl.Expr:
    return pl.when(n == 0).then(pl.lit(none)).otherwise(some)


SAID: tuple[Said, ...] = (
    Said("contact", "recency", "contact", pl.format("No contact for {}; agreed every {}", counted(_days, "day"), _cadence),
         _days, _cadence),
    Said("contact", "volume", "contact",
         pl.format("Contacts worth {} in 180 days; {} agreed", tenths(pl.col("touch_180") / 10), tenths(_agreed)),
         pl.col("touch_180") / 10, _agreed),
    Said("contact", "rhythm", "contact", pl.format("No contact for {}; usual every {}", counted(_days, "day"), "rhythm_days"),
         _days, pl.col("rhythm_days")),
    Said("contact", "diary", "contact", _of("kept_diary_180", pl.col("due_180"), "planned contacts kept in 180 days"),
         pl.col("kept_diary_180"), pl.col("due_180")),
    Said("contact", "answers", "contact", _of("answered_180", pl.col("attempts_180"), "attempts answered in 180 days"),
         pl.col("answered_180"), pl.col("attempts_180")),
    *_cases("complaints", "burden", "complaints",
            ("open", pl.col("open") > 0, OPEN, pl.col("open"), pl.col("past_days")),
            ("past", (pl.col("open") == 0) & (pl.col("raised_365") > 0),
             pl.format("{} in a year, none open", counted(pl.col("raised_365"), "complaint")), pl.col("raised_365"), NOTHING),
            ("old", (pl.col("open") == 0) & (pl.col("raised_365") == 0), pl.lit("Complaints of more than a year ago still weigh"),
             pl.col("raised_365"), NOTHING)),
    Said("complaints", "clocks", "complaints", _of("broken_365", RUN_OUT, "limits to answer and solve broken in a year"),
         pl.col("broken_365"), RUN_OUT),
    Said("price", "gap", "price",
         pl.when((_gap + 0.5).floor() <= 0).then(pl.lit("Pays about what the market asks"))
         .when(pl.col("priced") == 1).then(pl.format("Pays {} above the market on {}", percent(_gap), "dearest"))
         .otherwise(pl.format("Pays {} above the market, most of it on {}", percent(_gap), "dearest")),
         _gap, pl.col("dearest_gap"), of_what=pl.col("dearest")),
    *_cases("tenure", "loyalty", "tenure",
            ("new", _months < 12,
             _when_none(_months, "A customer for less than a month", pl.format("A customer for only {}", counted(_months, "month"))),
             _months, NOTHING),
            ("young", _months >= 12, pl.format("A customer for {}", counted(_months, "month")), _months, NOTHING)),
    *_cases("tenure", "commitment", "renewal",
            ("agreed", pl.col("agreed_until").is_not_null(), RENEWS, _left, NOTHING),
            ("rolling", pl.col("agreed_until").is_null(), pl.lit("No agreed end: the lines are rolling"), NOTHING, NOTHING)),
    Said("satisfaction", "answers", "satisfaction", pl.format("Answers {} of 10 on average", tenths(MEAN)), MEAN, pl.col("answers_365"),
         name="satisfaction"),
    Said("payment", "overdue", "payment", pl.format("Owes {} of three months' bills past their day", percent(_owed)), _owed),
    Said("payment", "delay", "payment", pl.format("Pays {} days late on average", tenths(_delay)), _delay, pl.col("paid_6")),
    Said("usage", "level", "usage", pl.format("Uses {} of what it pays for", percent(_level)), _level),
    Said("usage", "change", "usage", pl.format("Uses {} less than three months before", percent(_fall)), _fall),
    Said("depth", "people", "depth",
         _when_none(pl.col("people"), "Nobody known by name", pl.format("Only {} known", counted(pl.col("people"), "contact"))),
         pl.col("people")),
    Said("depth", "complete", "depth",
         _when_none(pl.col("details_wanted"), "No decision maker and no primary contact on file",
                    _of("details_filled", pl.col("details_wanted"), "details of the key people on file")),
         pl.col("details_filled"), pl.col("details_wanted")),
    Said("depth", "voices", "depth", _when_none(pl.col("voices_365"), "Spoken with nobody in a year",
                                                pl.lit("Spoken with one person only in a year")), pl.col("voices_365")),
    Said("depth", "referral", "depth", pl.lit("No referral in two years"), pl.col("referrals_730")),
    *_cases("expectations", "kept", "promises",
            ("broken", pl.col("promises") > 0, PROMISE, pl.col("promises"), NOTHING),
            ("unkept", pl.col("promises") == 0, pl.format("{} of {} promises broken in a year", _broken, "promises_due_365"), _broken,
             pl.col("promises_due_365"))),
)  # fmt: skip
