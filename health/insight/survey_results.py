"""NPS, CSAT and CES of survey answers, with intervals, response rate and quarters, as known on a day.

NPS: share of promoters (9, 10) less share of detractors (0 to 6), in points from -100 to 100. CSAT: share of satisfied answers, the top
two of five. CES: share of answers that call it easy, the top three of seven. Answers on other scales are turned to 0 to 10: an NPS counts
as on 0 to 10, a CSAT above 6 (the top 40 % of its scale) is satisfied, a CES above 6 is easy.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from health import format as fmt
from health.foresight.stats.proportions import wilson

YEAR = timedelta(days=365)
QUARTERS = 8
KINDS = {"nps": "NPS", "csat": "CSAT", "ces": "CES"}
HELP = {
    "nps": "Share of promoters (9 or 10) less share of detractors (0 to 6), in points from -100 to 100. Answers of the last 365 days.",
    "csat": "Share of satisfied answers: 4 or 5 of 5; on other scales the top 40 %. Answers of the last 365 days.",
    "ces": "Share of answers that say it was easy: 5 to 7 of 7; on other scales the top 40 %. Answers of the last 365 days.",
}
UNITS = {"nps": "points", "csat": "% satisfied", "ces": "% easy"}
PROMOTER, PASSIVE, DETRACTOR, SATISFIED, NOT_SATISFIED = "promoter", "passive", "detractor", "satisfied", "not satisfied"
EASY, NOT_EASY = "easy", "not easy"
GOOD = {"csat": SATISFIED, "ces": EASY}
"""The answers that count for a kind that is a share."""
_Z = 1.96


@dataclass(frozen=True)
class Result:
    """NPS in points, CSAT or CES in percent, with its 95 % interval; null without answers. `response`: share of invitations answered.

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
        return f"{KINDS[self.kind]} {self.text(self.value)} ({self.interval}, {fmt.plural(self.answers, 'answer')})"

    @property
    def interval(self) -> str:
        """'-3 to +27'."""
        return f"{self.text(self.low)} to {self.text(self.high)}" if self.answers else fmt.UNKNOWN

    def text(self, value: float | None) -> str:
        """A value in its unit: '+12', '81 %'."""
        return fmt.signed(value) if self.kind == "nps" else fmt.share(None if value is None else value / 100)


@dataclass(frozen=True)
class Summary:
    """Results of the last year, by quarter as numbers (`trend`) and as texts (`by_quarter`), and the kinds with any answer."""

    year: list[Result]
    trend: pl.DataFrame
    quarters: pl.DataFrame
    kinds: frozenset[str]


def scored_answers(surveys: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per answer known on a day, oldest first: customer_id, survey_id, kind, answered_on, score, scale, counted_as.

    `surveys`: rows of stg_surveys. Answers of a CSAT or CES without a scale are left out: they cannot be counted.
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
    is_high = 10 * (score - low) > 6 * (high - low)
    csat = pl.when(is_high).then(pl.lit(SATISFIED)).otherwise(pl.lit(NOT_SATISFIED))
    ces = pl.when(is_high).then(pl.lit(EASY)).otherwise(pl.lit(NOT_EASY))
    return pl.when(pl.col("kind") == "nps").then(nps.otherwise(pl.lit(PASSIVE))).when(pl.col("kind") == "csat").then(csat).otherwise(ces)


def summarize(surveys: pl.DataFrame, as_of: date) -> Summary | None:
    """What is shown of the answers known on a day; None without any. `surveys`: rows of stg_surveys."""
    answers = scored_answers(surveys, as_of)
    if answers.is_empty():
        return None
    quarters = _quarters(surveys, as_of)
    return Summary(last_year(surveys, as_of), trend(quarters), by_quarter(quarters), frozenset(answers["kind"]))


def last_year(surveys: pl.DataFrame, as_of: date) -> list[Result]:
    """Results of the 365 days up to a day; kinds without any answer then are left out."""
    results = (result(surveys, kind, as_of - YEAR, as_of) for kind in KINDS)
    return [r for r in results if r.answers]


def result(surveys: pl.DataFrame, kind: str, after: date, until: date) -> Result:
    """The result of the answers given after one day and up to another, as known on the latter."""
    answers = scored_answers(surveys.filter(pl.col("kind") == kind), until).filter(pl.col("answered_on") > after)
    if answers.is_empty():
        return Result(kind, 0)
    counts = dict(answers["counted_as"].value_counts().iter_rows())
    n, response = answers.height, _response_rate(surveys, kind, after, until)
    if kind in GOOD:
        good = counts.get(GOOD[kind], 0)
        low, high = wilson(good, n)
        return Result(kind, n, 100 * good / n, 100 * low, 100 * high, response)
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


Quarter = tuple[str, list[Result]]
TREND: dict[str, type[pl.DataType]] = {
    "quarter": pl.String, "kind": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64, "answers": pl.Int64,
    "words": pl.String, "interval": pl.String,
}  # fmt: skip


def _quarters(surveys: pl.DataFrame, as_of: date) -> list[Quarter]:
    """The last 8 calendar quarters, oldest first, from the first with answers: '2026 Q3' with a result of each kind.

    Each as known at the quarter's end; the last one up to `as_of`.
    """
    first = pl.Series("start", [as_of]).dt.truncate("1q").dt.offset_by("-21mo")[0]
    starts = pl.date_range(first, as_of, "1q", eager=True).to_list()[-QUARTERS:]
    quarters: list[Quarter] = []
    for start, following in zip(starts, [*starts[1:], as_of + timedelta(days=1)], strict=True):
        results = [result(surveys, kind, start - timedelta(days=1), following - timedelta(days=1)) for kind in KINDS]
        if quarters or any(r.answers for r in results):
            quarters.append((f"{start.year} Q{(start.month + 2) // 3}", results))
    return quarters


def trend(quarters: list[Quarter]) -> pl.DataFrame:
    """One row per quarter and kind, oldest first: quarter, kind, value, low, high (null without answers), answers, words, interval."""
    rows = [(quarter, r.kind, r.value, r.low, r.high, r.answers, r.text(r.value), r.interval) for quarter, rs in quarters for r in rs]
    return pl.DataFrame(rows, schema=TREND, orient="row")


def by_quarter(quarters: list[Quarter]) -> pl.DataFrame:
    """One row per quarter with answers, newest first: quarter, and for each kind its value, interval, answers and response rate as text."""
    answered = [(quarter, results) for quarter, results in reversed(quarters) if any(r.answers for r in results)]
    rows = [{"quarter": quarter} | {k: v for r in results for k, v in _cells(r).items()} for quarter, results in answered]
    names = ["quarter", *(f"{kind}{part}" for kind in KINDS for part in ("", "_interval", "_answers", "_response"))]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


def _cells(r: Result) -> dict[str, str]:
    """A result as the texts of a row."""
    return {
        r.kind: r.text(r.value), f"{r.kind}_interval": r.interval, f"{r.kind}_answers": fmt.count(r.answers),
        f"{r.kind}_response": fmt.share(r.response),
    }  # fmt: skip
