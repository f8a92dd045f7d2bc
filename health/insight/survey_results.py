"""NPS and CSAT of survey answers, with intervals, response rate and quarters, as known on a day.

NPS: share of promoters (9, 10) less share of detractors (0 to 6), in points from -100 to 100. CSAT: share of satisfied answers, the top
two of five. Answers on other scales are turned to 0 to 10: an NPS counts as on 0 to 10, a CSAT above 6 (the top 40 % of its scale) is
satisfied.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from health import format as fmt
from health.foresight.stats.proportions import wilson

YEAR = timedelta(days=365)
QUARTERS = 8
KINDS = {"nps": "NPS", "csat": "CSAT"}
HELP = {
    "nps": "Share of promoters (9 or 10) less share of detractors (0 to 6), in points from -100 to 100. Answers of the last 365 days.",
    "csat": "Share of satisfied answers: 4 or 5 of 5; on other scales the top 40 %. Answers of the last 365 days.",
}
PROMOTER, PASSIVE, DETRACTOR, SATISFIED, NOT_SATISFIED = "promoter", "passive", "detractor", "satisfied", "not satisfied"
_Z = 1.96


@dataclass(frozen=True)
class Result:
    """NPS in points or CSAT in percent with its 95 % interval; null without answers. `response`: share of invitations answered.

    `response` is null if no invitation of the period is on file, or no unanswered one is on file at all: then only answers were loaded.
    """

    kind: str
    answers: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    response: float | None = None

    @property
    def words(self) -> str:
        """'NPS +12 (-3 to +27, 45 answers)'."""
        if self.value is None:
            return f"{KINDS[self.kind]}: no answers"
        interval = f"{self.text(self.low)} to {self.text(self.high)}"
        return f"{KINDS[self.kind]} {self.text(self.value)} ({interval}, {fmt.plural(self.answers, 'answer')})"

    def text(self, value: float | None) -> str:
        """A value in its unit: '+12', '81 %'."""
        return fmt.signed(value) if self.kind == "nps" else fmt.share(None if value is None else value / 100)


@dataclass(frozen=True)
class Summary:
    """Results of the last year, by quarter (`by_quarter`), and the kinds with any answer."""

    year: list[Result]
    quarters: pl.DataFrame
    kinds: frozenset[str]


def scored_answers(surveys: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per NPS or CSAT answer known on a day, oldest first: customer_id, survey_id, kind, answered_on, score, scale, counted_as.

    `surveys`: rows of stg_surveys. Answers of a CSAT without a scale are left out: they cannot be counted.
    """
    known = surveys.filter(pl.col("kind").is_in(list(KINDS)) & (pl.col("answered_on") <= as_of) & pl.col("score").is_not_null())
    return known.filter(pl.col("lowest") < pl.col("highest")).sort("answered_on", "survey_id").select(
        "customer_id", "survey_id", "kind", "answered_on", pl.col("score").cast(pl.Float64),
        pl.format("{} to {}", pl.col("lowest").cast(pl.Int64), pl.col("highest").cast(pl.Int64)).alias("scale"),
        _counted_as().alias("counted_as"),
    )  # fmt: skip


def _counted_as() -> pl.Expr:
    """Group of an answer, compared in whole ten-thousandths."""
    score, low, high = ((pl.col(name) * 10_000).cast(pl.Int64) for name in ("score", "lowest", "highest"))
    to_ten = (high == 100_000) & low.is_in([0, 10_000])
    above, width = pl.when(to_ten).then(score).otherwise(score - low), pl.when(to_ten).then(100_000).otherwise(high - low)
    nps = pl.when(10 * above >= 9 * width).then(pl.lit(PROMOTER)).when(10 * above <= 6 * width).then(pl.lit(DETRACTOR))
    csat = pl.when(10 * (score - low) > 6 * (high - low)).then(pl.lit(SATISFIED)).otherwise(pl.lit(NOT_SATISFIED))
    return pl.when(pl.col("kind") == "nps").then(nps.otherwise(pl.lit(PASSIVE))).otherwise(csat)


def summarize(surveys: pl.DataFrame, as_of: date) -> Summary | None:
    """What is shown of the answers known on a day; None without any. `surveys`: rows of stg_surveys."""
    answers = scored_answers(surveys, as_of)
    if answers.is_empty():
        return None
    return Summary(last_year(surveys, as_of), by_quarter(surveys, as_of), frozenset(answers["kind"]))


def last_year(surveys: pl.DataFrame, as_of: date) -> list[Result]:
    """NPS and CSAT of the 365 days up to a day; kinds without any answer then are left out."""
    results = (result(surveys, kind, as_of - YEAR, as_of) for kind in KINDS)
    return [r for r in results if r.answers]


def result(surveys: pl.DataFrame, kind: str, after: date, until: date) -> Result:
    """The result of the answers given after one day and up to another, as known on the latter."""
    answers = scored_answers(surveys.filter(pl.col("kind") == kind), until).filter(pl.col("answered_on") > after)
    if answers.is_empty():
        return Result(kind, 0)
    counts = dict(answers["counted_as"].value_counts().iter_rows())
    n, response = answers.height, _response_rate(surveys, kind, after, until)
    if kind == "csat":
        satisfied = counts.get(SATISFIED, 0)
        low, high = wilson(satisfied, n)
        return Result(kind, n, 100 * satisfied / n, 100 * low, 100 * high, response)
    promoters, detractors = counts.get(PROMOTER, 0), counts.get(DETRACTOR, 0)
    value, (low, high) = (promoters - detractors) / n, nps_interval(promoters, detractors, n)
    return Result(kind, n, 100 * value, 100 * low, 100 * high, response)


def nps_interval(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """95 % interval of a net promoter share, from -1 to 1, also for few answers: adjusted Wald with three answers added (Rocks 2016)."""
    promoter_share, detractor_share = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    middle, value = promoter_share - detractor_share, (promoters - detractors) / n
    half_width = _Z * math.sqrt((promoter_share + detractor_share - middle**2) / (n + 3))
    return max(-1.0, min(value, middle - half_width)), min(1.0, max(value, middle + half_width))


def _response_rate(surveys: pl.DataFrame, kind: str, after: date, until: date) -> float | None:
    """Share of the invitations of a period that were answered by its end."""
    invited = surveys.filter((pl.col("kind") == kind) & (pl.col("asked_on") <= until))
    is_answered = (pl.col("answered_on") <= until).fill_null(False)
    in_period = invited.filter(pl.col("asked_on") > after)
    if in_period.is_empty() or invited.select(is_answered.all()).item():
        return None
    return float(in_period.select(is_answered.mean()).item())


def by_quarter(surveys: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per calendar quarter with answers, newest first, at most 8: quarter, and for each kind its value, interval, answers and
    response rate as text. Each as known at the quarter's end; the last one up to `as_of`."""
    quarters = pl.Series("start", [as_of]).dt.truncate("1q").dt.offset_by("-21mo")[0]
    starts = pl.date_range(quarters, as_of, "1q", eager=True).to_list()[-QUARTERS:]
    rows = []
    for start, following in zip(starts, [*starts[1:], as_of + timedelta(days=1)], strict=True):
        day_before, last_day = start - timedelta(days=1), following - timedelta(days=1)
        results = [result(surveys, kind, day_before, last_day) for kind in KINDS]
        if any(r.answers for r in results):
            rows.append({"quarter": f"{start.year} Q{(start.month + 2) // 3}"} | {k: v for r in results for k, v in _cells(r).items()})
    names = ["quarter", *(f"{kind}{part}" for kind in KINDS for part in ("", "_interval", "_answers", "_response"))]
    return pl.DataFrame(rows[::-1], schema=dict.fromkeys(names, pl.String))


def _cells(r: Result) -> dict[str, str]:
    """A result as the texts of a row."""
    interval = f"{r.text(r.low)} to {r.text(r.high)}" if r.answers else fmt.UNKNOWN
    return {
        r.kind: r.text(r.value), f"{r.kind}_interval": interval, f"{r.kind}_answers": fmt.count(r.answers),
        f"{r.kind}_response": fmt.share(r.response),
    }  # fmt: skip
