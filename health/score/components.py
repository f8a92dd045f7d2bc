"""COMPONENTS: the parts of the score, one entry each. Points, sliders, charts, method page and README follow from these entries.

Each measure is an expression over one row of facts and yields 0 to 100, 100 good, null unknown (METHOD section 3).
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

DAYS_A_MONTH = 30.4375
A_HAIR = 1e-9
"""Lifts exact halves, which binary fractions can miss by 1e-13, over the edge; no ratio of the facts lies that near to one."""


def ramp(x: pl.Expr, worst: float, best: float) -> pl.Expr:
    """0 at worst, 100 at best, straight between, flat beyond; worst may exceed best."""
    return 100 * ((x - worst) / (best - worst)).clip(0.0, 1.0)


def halving(x: pl.Expr, by: float) -> pl.Expr:
    """100 at 0, half of it after each `by`."""
    return 100 * pl.lit(2.0).pow(-x / by)


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a component: its share of it, the measure, and the words that explain it."""

    key: str
    label: str
    share: int
    points: pl.Expr
    formula: str
    worst: str
    best: str
    unknown_when: str
    curve: Callable[[pl.Expr], pl.Expr] | None = None
    curve_from: float = 0.0
    curve_to: float = 0.0
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Component:
    """A part of the score: what it measures, how much it weighs, why, and from which table."""

    key: str
    label: str
    weight: int
    why: str
    needs: str
    parts: tuple[Part, ...]
    example: str

    @property
    def column(self) -> str:
        """The name of its points in frames and files."""
        return f"{self.key}_points"


_per_cadence = pl.col("days_since") / pl.col("cadence_days")
_agreed = pl.min_horizontal(pl.lit(180), pl.max_horizontal(pl.col("observed_days").fill_null(180), pl.lit(30))) / pl.col("cadence_days")
_contact = pl.col("contact_present")
_complaints = pl.col("complaints_present")
_gap = (pl.col("benchmarked_cents") - pl.col("market_cents")) / pl.col("market_cents")
_gap_known = (
    (2 * pl.col("benchmarked_cents") >= pl.col("billed_cents")) & (pl.col("benchmark_age_months") <= 12) & (pl.col("market_cents") > 0)
)
_weighted_complaints = pl.col("burden") / 100 + pl.col("repeats_365")


def _when(known: pl.Expr, points: pl.Expr) -> pl.Expr:
    return pl.when(known).then(points)


COMPONENTS: tuple[Component, ...] = (
    Component(
        "contact", "Contact frequency", 30,
        "Customers whom nobody calls are called by others. Judged against what was agreed with this customer and what is usual for it.",
        "interactions",
        (
            Part("recency", "Recency", 40, _when(_contact, ramp(_per_cadence, 3, 1)),
                 "days since the last two-way contact / agreed days between contacts", "3 times the agreed days", "the agreed days or less",
                 "no interactions are loaded", lambda x: ramp(x, 3, 1), 0, 4, "agreed intervals since the last contact"),
            Part("volume", "Volume", 25, _when(_contact, ramp(pl.col("touch_180") / 10 / _agreed, 0.2, 1)),
                 "contacts in 180 days (a talk 1, a try 0.3, an automated mail 0.1) / contacts agreed", "0.2 of what was agreed",
                     "what was agreed; more adds nothing",
                 "no interactions are loaded", lambda x: ramp(x, 0.2, 1), 0, 1.5, "contacts made per contact agreed"),
            Part("rhythm", "Own rhythm", 15,
                 _when(_contact, ramp(pl.col("days_since") / pl.max_horizontal(pl.col("rhythm_days"), pl.lit(7)), 4, 1.5).
                       pipe(lambda p: pl.when(pl.col("rhythm_days").is_not_null()).then(p))),
                 "days since the last two-way contact / this customer's usual gap (median of the last 8, at least 7 days)",
                     "4 times the usual gap",
                 "1.5 times or less", "fewer than 4 gaps on file", lambda x: ramp(x, 4, 1.5), 0, 5, "usual gaps since the last contact"),
            Part("diary", "Diary kept", 10, _when(_contact & (pl.col("due_180") > 0),
                ramp((pl.col("kept_diary_180") + 1) / (pl.col("due_180") + 1), 0.3, 0.9)),
                 "(planned contacts kept + 1) / (due + 1), 180 days", "0.3", "0.9 or more", "nothing was due",
                 lambda x: ramp(x, 0.3, 0.9), 0, 1, "share of planned contacts kept"),
            Part("answers", "Answers", 10, _when(_contact & (pl.col("attempts_180") >= 3),
                ramp(pl.col("answered_180") / pl.col("attempts_180"), 0.2, 0.8)),
                 "our contacts answered / our contacts with a known outcome, 180 days", "0.2", "0.8 or more", "fewer than 3 attempts",
                 lambda x: ramp(x, 0.2, 0.8), 0, 1, "share of attempts answered"),
        ),
        "Tier B (45 days agreed), 90 days silent, usual gap 30, 2.5 contacts in 180 days, diary 2 of 4, answers 3 of 6: "
        "parts 50, 53.125, 40, 50 and 50 give 49.28.",
    ),
    Component(
        "complaints", "Complaints", 30,
        "A complaint that drags on drives customers away; one answered fast and solved in time costs little.",
        "complaints",
        (
            Part("burden", "Burden", 70, _when(_complaints, halving(_weighted_complaints, 4)),
                 "half for every 4 of: severity weights 1, 2, 4, 8 (half as much again for each limit broken), fading after the solution, "
                 "plus repeats of a theme in 365 days", "many, heavy, open", "none", "no complaints are loaded",
                 lambda x: halving(x, 4), 0, 16, "weighted complaints"),
            Part("clocks", "Clocks kept", 30,
                 _when(_complaints & (pl.col("kept_365") + pl.col("broken_365") > 0),
                       ramp((pl.col("kept_365") + 2) / (pl.col("kept_365") + pl.col("broken_365") + 2), 0.4, 0.95)),
                 "(limits kept + 2) / (limits run out + 2), answers and solutions of 365 days", "0.4", "0.95 or more",
                     "no limit has run out",
                 lambda x: ramp(x, 0.4, 0.95), 0, 1, "share of limits kept"),
        ),
        "Burden 3, one repeat, 3 limits kept, 1 broken: parts 50 and 78.79 give 58.64.",
    ),
    Component(
        "price", "Price against market", 20,
        "A customer who pays more than others ask will hear of it. A price below market is full points here and room for margin elsewhere.",
        "market_prices",
        (
            Part("gap", "Gap to market", 100, _when(_gap_known, ramp(_gap, 0.20, -0.02)),
                 "(our price - market) / market, weighted by revenue, same product and region", "20 % above market",
                     "2 % below market or cheaper",
                 "less than half of the billed has a benchmark, or one is older than 12 months", lambda x: ramp(x, 20, -2), -10, 30,
                     "% above market"),
        ),
        "9 % above market gives 50.00.",
    ),
    Component(
        "tenure", "Tenure", 20,
        "Long-standing customers leave less, and an agreed term ahead gives time to mend things.",
        "contracts",
        (
            Part("loyalty", "Loyalty", 60, _when(pl.col("tenure_days").is_not_null(),
                100 - halving((pl.col("tenure_days") / DAYS_A_MONTH).clip(lower_bound=0.0), 24)),
                 "100 less half for every 24 months since the start", "0 months", "many years: 50 at 2, 75 at 4, 97 at 10",
                     "the start is not known",
                 lambda x: 100 - halving(x, 24), 0, 120, "months since the start"),
            Part("commitment", "Commitment", 40,
                 pl.when(pl.col("agreed_until").is_not_null()).then(ramp(pl.col("days_to_end"), 0, 270))
                 .when(pl.col("has_agreement")).then(pl.lit(25.0)),
                 "days to the last agreed end; a rolling contract counts 25 points", "ends today", "270 days or more",
                     "no line of a contract",
                 lambda x: ramp(x, 0, 270), 0, 365, "days to the agreed end"),
        ),
        "730 days there, 60 days of the term left: parts 49.98 and 22.22 give 38.87.",
    ),
)  # fmt: skip


def points(component: Component) -> pl.Expr:
    """The component's points in whole hundredths: its known parts, weighted by share; null when none is known."""
    known = [pl.when(part.points.is_not_null()).then(part.share).otherwise(0) for part in component.parts]
    earned = [(part.points * part.share).fill_null(0.0) for part in component.parts]
    weight = pl.sum_horizontal(known)
    share = pl.sum_horizontal(earned) / weight
    return pl.when(weight > 0).then((100 * share + 0.5 + A_HAIR).floor()).cast(pl.Int64).alias(component.column)
