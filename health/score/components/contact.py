"""How often and how well a customer is spoken to, against what was agreed and what is usual."""

import polars as pl

from health.score.components.parts import Component, Part, ramp, where

_present = pl.col("contact_present")
_per_cadence = pl.col("days_since") / pl.col("cadence_days")
_agreed = pl.min_horizontal(pl.lit(180), pl.max_horizontal(pl.col("observed_days").fill_null(180), pl.lit(30))) / pl.col("cadence_days")
_per_usual = pl.col("days_since") / pl.max_horizontal(pl.col("rhythm_days"), pl.lit(7))

CONTACT = Component(
    "contact", "Contact frequency", 30,
    "Customers whom nobody calls are called by others. Judged against what was agreed with this customer and what is usual for it.",
    "interactions",
    (
        Part("recency", "Recency", 40, where(_present, ramp(_per_cadence, 3, 1)),
             "days since the last two-way contact / agreed days between contacts", "3 times the agreed days", "the agreed days or less",
             "no interactions are loaded", lambda x: ramp(x, 3, 1), 0, 4, "agreed intervals since the last contact"),
        Part("volume", "Volume", 25, where(_present, ramp(pl.col("touch_180") / 10 / _agreed, 0.2, 1)),
             "contacts in 180 days (a talk 1, a try 0.3, an automated mail 0.1) / contacts agreed", "0.2 of what was agreed",
             "what was agreed; more adds nothing",
             "no interactions are loaded", lambda x: ramp(x, 0.2, 1), 0, 1.5, "contacts made per contact agreed"),
        Part("rhythm", "Own rhythm", 15,
             where(_present, ramp(_per_usual, 4, 1.5).pipe(lambda p: where(pl.col("rhythm_days").is_not_null(), p))),
             "days since the last two-way contact / this customer's usual gap (median of the last 8, at least 7 days)",
             "4 times the usual gap",
             "1.5 times or less", "fewer than 4 gaps on file", lambda x: ramp(x, 4, 1.5), 0, 5, "usual gaps since the last contact"),
        Part("diary", "Diary kept", 10, where(_present & (pl.col("due_180") > 0),
             ramp((pl.col("kept_diary_180") + 1) / (pl.col("due_180") + 1), 0.3, 0.9)),
             "(planned contacts kept + 1) / (due + 1), 180 days", "0.3", "0.9 or more", "nothing was due",
             lambda x: ramp(x, 0.3, 0.9), 0, 1, "share of planned contacts kept"),
        Part("answers", "Answers", 10, where(_present & (pl.col("attempts_180") >= 3),
             ramp(pl.col("answered_180") / pl.col("attempts_180"), 0.2, 0.8)),
             "our contacts answered / our contacts with a known outcome, 180 days", "0.2", "0.8 or more", "fewer than 3 attempts",
             lambda x: ramp(x, 0.2, 0.8), 0, 1, "share of attempts answered"),
    ),
    "Tier B (45 days agreed), 90 days silent, usual gap 30, 2.5 contacts in 180 days, diary 2 of 4, answers 3 of 6: "
    "parts 50, 53.125, 40, 50 and 50 give 49.28.",
)  # fmt: skip
