"""Use of what the customer pays for: level and change."""

import polars as pl

from health import format as fmt
from health.score.components.parts import Axis, Component, Part, Ramp, Reason, Row
from health.score.wording import percent_words

_licensed_used, _licensed = (pl.col(name).cast(pl.Float64) for name in ("licensed_used_3", "licensed_3"))
_level, _level_pct = _licensed_used / _licensed, 100 * _licensed_used / _licensed
_used_now = pl.col("used_3").cast(pl.Float64) / pl.col("usage_months_3")
_used_before = pl.col("used_before").cast(pl.Float64) / pl.col("usage_months_before")
_fall_pct = 100 * (1 - _used_now / _used_before)
_comparable = (pl.col("usage_months_3") > 0) & (pl.col("usage_months_before") > 0) & (pl.col("used_before") > 0)


def _change_fact(c: Row) -> str:
    used_now, used_before = float(c["used_3"]) / c["usage_months_3"], float(c["used_before"]) / c["usage_months_before"]
    return f"{fmt.signed(100 * (used_now / used_before - 1))}{fmt.SPACE}% monthly use against the 3 months before"


USAGE = Component(
    "usage", "Usage", 0,
    "Products that are paid for but not used are cancelled at the next opportunity; usage drops before the customer says anything.",
    "usage",
    (
        Part(
            "level", "Level", 60, _level, Ramp(0.4, 0.9),
            "used / paid for, last 3 full months, all products together", "{worst}", "{best} or more",
            "no usage on file for the last 3 full months", Axis(0, 1, "share used"), known=pl.col("licensed_3") > 0,
            reasons=(Reason(pl.format("Uses {} of what it pays for", percent_words(_level_pct)), _level_pct, about="usage",
                            call="Call and show what they do not use yet"),),
            fact=lambda c: f"{fmt.share(float(c['licensed_used_3']) / float(c['licensed_3']))} of what is paid for is used, last 3 full "
            f"months",
        ),
        Part(
            "change", "Change", 40, _used_now / _used_before - 1, Ramp(-0.4, 0),
            "monthly use in the last 3 full months against the 3 before; months without a row are left out", "down by {worst} %",
            "no less than before", "no usage on file for one of the two quarters", Axis(-60, 20, "% change", scale=100), known=_comparable,
            reasons=(Reason(pl.format("Uses {} less than three months earlier", percent_words(_fall_pct)), _fall_pct, about="usage",
                            call="Call and ask what has changed"),),
            fact=_change_fact,
        ),
    ),
    "780 of 1,200 used, after 900 in the 3 months before: parts 50 and 66.67 give 56.67.",
)  # fmt: skip
