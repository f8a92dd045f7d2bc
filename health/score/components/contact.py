"""Contact frequency, against the agreed and the usual interval."""

import polars as pl

from health import format as fmt
from health.score.components.parts import Axis, ChangeWords, Component, Part, Ramp, Reason, Row, out_of_words
from health.score.wording import count_words, tenths_words

SHORTEST_RHYTHM_DAYS, FEWEST_ATTEMPTS, SMOOTHING = 7, 3, 1
_present = pl.col("contact_present")
_days, _cadence = pl.col("days_since"), pl.col("cadence_days")
_contacts_agreed = pl.min_horizontal(pl.lit(180), pl.max_horizontal(pl.col("observed_days").fill_null(180), pl.lit(30))) / _cadence
_usual_gap = pl.max_horizontal(pl.col("rhythm_days"), pl.lit(SHORTEST_RHYTHM_DAYS))
_contacts_made = pl.col("touch_180") / 10


def _ageing(facts_before: Row, facts_after: Row, days: int, has_lost: bool) -> str:
    if not has_lost:
        return "contacts missed or unanswered left the 180 days"
    if facts_before["days_since"] is None:
        return "contacts left the 180 days"
    if facts_before["last_two_way_on"] == facts_after["last_two_way_on"]:
        return f"no two-way contact for {facts_before['days_since'] + days:,} days"
    if facts_before["last_two_way_on"] is None:
        return "no two-way contact on file for long"
    return f"the contact of {fmt.day(facts_before['last_two_way_on'])} grew {facts_before['days_since'] + days:,} days old"


CONTACT = Component(
    "contact", "Contact frequency", 30,
    "Customers whom nobody calls are called by others. Judged against what was agreed with this customer and what is usual for it.",
    "interactions",
    (
        Part(
            "recency", "Recency", 40, _days / _cadence, Ramp(3, 1),
            "days since the last two-way contact / agreed days between contacts",
            "{worst} times the agreed days", "the agreed days or less", "no interactions are loaded",
            Axis(0, 4, "agreed intervals since the last contact"), known=_present,
            reasons=(Reason(pl.format("No contact for {}; agreed every {}", count_words(_days, "day"), _cadence), _days, _cadence,
                            "contact", "Call, and agree the next contact", "Visit, and agree the next contact"),),
            fact=lambda c: f"{fmt.plural(c['days_since'], 'day')} since the last two-way contact; agreed every {c['cadence_days']}",
        ),
        Part(
            "volume", "Volume", 25, _contacts_made / _contacts_agreed, Ramp(0.2, 1),
            "contacts in 180 days (a talk 1, a try 0.3, an automated mail 0.1) / contacts agreed",
            "{worst} of what was agreed", "what was agreed; more adds nothing", "no interactions are loaded",
            Axis(0, 1.5, "contacts made per contact agreed"), known=_present,
            reasons=(Reason(pl.format("Contacts worth {} in 180 days; {} agreed", tenths_words(_contacts_made),
                                      tenths_words(_contacts_agreed)),
                            _contacts_made, _contacts_agreed, "contact", "Call, and agree a rhythm"),),
            fact=lambda c: f"Worth {c['touch_180'] / 10:g} contacts in 180 days; agreed every {c['cadence_days']} days",
        ),
        Part(
            "rhythm", "Own rhythm", 15, _days / _usual_gap, Ramp(4, 1.5),
            "days since the last two-way contact / this customer's usual gap (median of the last 8, at least "
            f"{SHORTEST_RHYTHM_DAYS} days)",
            "{worst} times the usual gap", "{best} times or less", "fewer than 4 gaps on file",
            Axis(0, 5, "usual gaps since the last contact"), known=_present & pl.col("rhythm_days").is_not_null(),
            reasons=(Reason(pl.format("No contact for {}; usual every {}", count_words(_days, "day"), "rhythm_days"), _days,
                            pl.col("rhythm_days"), "contact", "Call: it is longer than usual"),),
            fact=lambda c: f"{fmt.plural(c['days_since'], 'day')} silent; usual for this customer {c['rhythm_days'] + 0}",
        ),
        Part(
            "diary", "Diary kept", 10, (pl.col("kept_diary_180") + SMOOTHING) / (pl.col("due_180") + SMOOTHING), Ramp(0.3, 0.9),
            f"(planned contacts kept + {SMOOTHING}) / (due + {SMOOTHING}), 180 days", "{worst}", "{best} or more", "nothing was due",
            Axis(0, 1, "share of planned contacts kept"), known=_present & (pl.col("due_180") > 0),
            reasons=(Reason(pl.format("{} of {} planned contacts kept in 180 days", "kept_diary_180", "due_180"), pl.col("kept_diary_180"),
                            pl.col("due_180"), "contact", "Call, and set a date that will be kept"),),
            fact=lambda c: out_of_words(c["kept_diary_180"], c["due_180"], "planned contacts kept in 180 days"),
        ),
        Part(
            "answers", "Answers", 10, pl.col("answered_180") / pl.col("attempts_180"), Ramp(0.2, 0.8),
            "our contacts answered / our contacts with a known outcome, 180 days", "{worst}", "{best} or more",
            f"fewer than {FEWEST_ATTEMPTS} attempts",
            Axis(0, 1, "share of attempts answered"), known=_present & (pl.col("attempts_180") >= FEWEST_ATTEMPTS),
            reasons=(Reason(pl.format("{} of {} attempts answered in 180 days", "answered_180", "attempts_180"), pl.col("answered_180"),
                            pl.col("attempts_180"), "contact", "Find out when, and by which way, they can be reached"),),
            fact=lambda c: out_of_words(c["answered_180"], c["attempts_180"], "attempts answered in 180 days"),
        ),
    ),
    "Tier B (45 days agreed), 90 days silent, usual gap 30, 2.5 contacts in 180 days, diary 2 of 4, answers 3 of 6: "
    "parts 50, 53.125, 40, 50 and 50 give 49.28.",
    missing="no contacts",
    also_reads=("diary",),
    changes=ChangeWords("contact grew old", "missed contacts passed out of sight", "contacts missed or unanswered", "contact made"),
    ageing=_ageing,
)  # fmt: skip
