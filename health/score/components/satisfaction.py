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
    "Customers who say they are dissatisfied usually mean it. Few answer, and silence does not mean satisfaction.",
    "surveys",
    (
        Part(
            "answers", "Last answers", 100, MEAN, Ramp(3, 9),
            "mean of each person's last answer in 365 days, converted to 0 to 10 (10 is best); answers without a "
            "person count as one person, and an NPS without a scale counts as 0 to 10",
            "{worst} or less", "{best} or more", "no answers in 365 days", Axis(0, 10, "mean answer, 0 to 10"), known=_people > 0,
            reasons=(Reason(pl.format("Survey answers average {} of 10", tenths_words(MEAN)), MEAN, _people, "satisfaction",
                            "Call and ask about the reasons", name="satisfaction"),),
            fact=_fact,
        ),
    ),
    "Two people; last answers 8 on a scale of 0 to 10, and 3 on a scale of 1 to 5 (equal to 5 on 0 to 10): mean 6.5 gives 58.33.",
    missing="no survey answers",
)  # fmt: skip
