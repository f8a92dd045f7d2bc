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
_contacts_noun = pl.when(pl.col("touch_180") == 10).then(pl.lit("contact")).otherwise(pl.lit("contacts"))
_contacts_text = pl.format("{} {}", tenths_words(_contacts_made), _contacts_noun)


def _ageing(facts_before: Row, facts_after: Row, days: int, has_lost: bool) -> str:
    if not has_lost:
        return "missed contacts are now more than 180 days old"
    if facts_before["days_since"] is None:
        return "contacts are now more than 180 days old"
    if facts_before["last_two_way_on"] == facts_after["last_two_way_on"]:
        return f"no two-way contact for {facts_before['days_since'] + days:,} days"
    if facts_before["last_two_way_on"] is None:
        return "no two-way contact on file for a long time"
    return f"the contact of {fmt.day(facts_before['last_two_way_on'])} is now {facts_before['days_since'] + days:,} days old"


CONTACT = Component(
    "contact", "Contact frequency", 30,
    "Customers you do not contact are contacted by competitors. Measured against the interval agreed with this customer and its usual one.",
    "interactions",
    (
        Part(
            "recency", "Recency", 40, _days / _cadence, Ramp(3, 1),
            "days since the last two-way contact / agreed days between contacts",
            "{worst} times the agreed days", "the agreed days or less", "no interactions are loaded",
            Axis(0, 4, "agreed intervals since the last contact"), known=_present,
            reasons=(Reason(pl.format("No contact for {}; agreed every {} days", count_words(_days, "day"), _cadence), _days, _cadence,
                            "contact", "Call and agree the next contact", "Visit and agree the next contact"),),
            fact=lambda c: f"{fmt.plural(c['days_since'], 'day')} since the last two-way contact; agreed every {c['cadence_days']} days",
        ),
        Part(
            "volume", "Volume", 25, _contacts_made / _contacts_agreed, Ramp(0.2, 1),
            "weighted contacts in 180 days (conversation 1, attempt 0.3, automated mail 0.1) / contacts agreed",
            "{worst} of what was agreed", "what was agreed; more adds nothing", "no interactions are loaded",
            Axis(0, 1.5, "contacts made per contact agreed"), known=_present,
            reasons=(Reason(pl.format("About {} in 6 months; {} agreed", _contacts_text,
                                      tenths_words(_contacts_agreed)),
                            _contacts_made, _contacts_agreed, "contact", "Call and agree regular contacts"),),
            fact=lambda c: f"{c['touch_180'] / 10:g} weighted contacts in 180 days; agreed every {c['cadence_days']} days",
        ),
        Part(
            "rhythm", "Usual interval", 15, _days / _usual_gap, Ramp(4, 1.5),
            "days since the last two-way contact / this customer's usual interval (median of the last 8, at least "
            f"{SHORTEST_RHYTHM_DAYS} days)",
            "{worst} times the usual interval", "{best} times or less", "fewer than 4 intervals on file",
            Axis(0, 5, "usual intervals since the last contact"), known=_present & pl.col("rhythm_days").is_not_null(),
            reasons=(Reason(pl.format("No contact for {}; usually every {} days", count_words(_days, "day"), "rhythm_days"), _days,
                            pl.col("rhythm_days"), "contact", "Call: longer silence than usual for them"),),
            fact=lambda c: f"{fmt.plural(c['days_since'], 'day')} without contact; usually every {fmt.plural(c['rhythm_days'] + 0, 'day')}",
        ),
        Part(
            "diary", "Planned contacts kept", 10, (pl.col("kept_diary_180") + SMOOTHING) / (pl.col("due_180") + SMOOTHING), Ramp(0.3, 0.9),
            f"(planned contacts kept + {SMOOTHING}) / (due + {SMOOTHING}), 180 days", "{worst}", "{best} or more",
            "no planned contact was due",
            Axis(0, 1, "share of planned contacts kept"), known=_present & (pl.col("due_180") > 0),
            reasons=(Reason(pl.format("{} of {} planned contacts kept in 180 days", "kept_diary_180", "due_180"), pl.col("kept_diary_180"),
                            pl.col("due_180"), "contact", "Call and set a date you will keep"),),
            fact=lambda c: out_of_words(c["kept_diary_180"], c["due_180"], "planned contacts kept in 180 days"),
        ),
        Part(
            "answers", "Attempts answered", 10, pl.col("answered_180") / pl.col("attempts_180"), Ramp(0.2, 0.8),
            "our contact attempts answered / attempts with a known outcome, 180 days", "{worst}", "{best} or more",
            f"fewer than {FEWEST_ATTEMPTS} attempts",
            Axis(0, 1, "share of attempts answered"), known=_present & (pl.col("attempts_180") >= FEWEST_ATTEMPTS),
            reasons=(Reason(pl.format("{} of {} contact attempts answered in 180 days", "answered_180", "attempts_180"),
            pl.col("answered_180"),
                            pl.col("attempts_180"), "contact", "Ask how and when to reach them best"),),
            fact=lambda c: out_of_words(c["answered_180"], c["attempts_180"], "contact attempts answered in 180 days"),
        ),
    ),
    "Tier B (45 days agreed), 90 days without contact, usual interval 30, 2.5 weighted contacts in 180 days, 2 of 4 planned contacts "
    "kept, 3 of 6 attempts answered: "
    "parts 50, 53.125, 40, 50 and 50 give 49.28.",
    missing="no contacts",
    also_reads=("diary",),
    changes=ChangeWords("no recent contact", "old missed contacts no longer count", "contacts missed or unanswered", "contact made"),
    ageing=_ageing,
)  # fmt: skip
