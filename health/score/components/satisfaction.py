"""Survey answers of the contact persons."""

import polars as pl

from health import format as fmt
from health.score.components.parts import Axis, Component, Part, Ramp, Reason, Row
from health.score.wording import tenths_words

MEAN = pl.col("answers_sum") / 10_000 / pl.col("answers_365")
_people = pl.col("answers_365")


def _fact(c: Row) -> str:
    mean = c["answers_sum"] / c["answers_365"] / 10_000
    return f"{mean:.1f} of 10, last answers of {fmt.plural(c['answers_365'], 'person', 'people')}"


SATISFACTION = Component(
    "satisfaction", "Satisfaction", 0,
    "Whoever says that things are bad mostly means it; but few answer, and the silent are not the content ones.",
    "surveys",
    (
        Part(
            "answers", "Last answers", 100, MEAN, Ramp(3, 9),
            "mean over people of their last answer of 365 days, put on 0 to 10 by its scale (best answer highest); answers without a "
            "person are one person, and an NPS without a scale is on 0 to 10",
            "{worst} or less", "{best} or more", "nobody answered in 365 days", Axis(0, 10, "mean answer, 0 to 10"), known=_people > 0,
            reasons=(Reason(pl.format("Answers {} of 10 on average", tenths_words(MEAN)), MEAN, _people, "satisfaction",
                            "Call, and ask what was behind the answers", name="satisfaction"),),
            fact=_fact,
        ),
    ),
    "Two people, last answers 8 of 0 to 10 and 3 of 1 to 5 (5 of 0 to 10): mean 6.5 gives 58.33.",
    missing="no survey answers",
)  # fmt: skip
