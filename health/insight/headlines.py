"""The figures at the head of the overview, each with its change, its direction and, where the book is too short, what is missing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from health import format as say
from health.insight import rates
from health.insight.rates import CUSTOMER, DAYS_BEFORE, YEAR_MONTHS, Rate

CHURN_NORM = (0.10, 0.25)  # customers lost in a usual year
SERIES_MONTHS = 13
SCORED = pl.col("band").is_in(["healthy", "watch", "at_risk"])

ORDER = (
    "mrr",
    "healthy_share",
    "mrr_at_risk",
    "churn",
    "gross_retention",
    "net_retention",
    "lost_while_healthy",
    "leaving",
    "in_grace",
)

Better = Literal["up", "down", "off"]
Speaker = Callable[[float | None], str]


@dataclass(frozen=True)
class Headline:
    """One figure ready to show: `value` is '–' and `missing` says why where it is unknown.

    `better` is the direction that is good ('off': neither); `series` holds the last known month ends, oldest first, for a sparkline
    (empty where fewer than two are known); `number` is the value before it was put into words.
    """

    key: str
    label: str
    value: str
    change: str | None
    better: Better
    series: list[float]
    help: str
    missing: str | None = None
    number: float | None = None


def headlines(now: pl.DataFrame, history: pl.DataFrame, as_of: date, against: date, observed_from: date | None) -> dict[str, Headline]:
    """Every headline by key, in the order of a strip.

    Keys: those of `ORDER`.
    `now`: `portfolio.build` at `as_of`; `history`: `portfolio.history`; changes are against the last observed month end at or before
    `against`, and there is none before `observed_from`.
    """
    ends = rates.month_ends(history, as_of, observed_from)
    before = max((end for end in ends if end <= against and end < as_of), default=None)
    wanted = sorted({*ends[-SERIES_MONTHS:], *([before] if before else [])})
    months = rates.observed_months(history, as_of, observed_from)
    stood = _standing(history.filter(pl.col("as_of").is_in(wanted)))
    told = [*_standing_headlines(_standing(now.with_columns(pl.lit(as_of).alias("as_of"))), stood, wanted, before, as_of)]
    told += _rate_headlines(now, history, wanted, before, as_of, observed_from, months)
    return {headline.key: headline for headline in sorted(told, key=lambda h: ORDER.index(h.key))}


def _standing(frame: pl.DataFrame) -> dict[date, dict[str, float | None]]:
    """What can be counted at one day, by day; a share of the scored is None where nobody is scored."""
    scored, priced = SCORED.any(), (CUSTOMER & pl.col("mrr").is_not_null()).any()
    counted = frame.group_by("as_of").agg(
        pl.when(priced).then(pl.col("mrr").filter(CUSTOMER).sum()).alias("mrr"),
        pl.when(scored).then((pl.col("band") == "healthy").sum() / CUSTOMER.sum()).alias("healthy_share"),
        pl.when(scored).then(pl.col("mrr").filter(pl.col("band") == "at_risk").sum()).alias("mrr_at_risk"),
        (pl.col("status") == "leaving").sum().cast(pl.Float64).alias("leaving"),
        (pl.col("status") == "in grace").sum().cast(pl.Float64).alias("in_grace"),
    )
    return {row.pop("as_of"): row for row in counted.sort("as_of").iter_rows(named=True)}


def _standing_headlines(
    now: dict[date, dict[str, float | None]],
    stood: dict[date, dict[str, float | None]],
    wanted: list[date],
    before: date | None,
    as_of: date,
) -> list[Headline]:
    unscored = "No customer's coverage is high enough for a band yet."
    words: list[tuple[str, str, Speaker, Speaker, Better, str]] = [
        ("mrr", "MRR", say.short_money, say.money_change, "up",
         "Monthly recurring revenue: what the lines in force bill a month."),
        ("healthy_share", "Healthy share", say.share, say.pts, "up",
         "Customers in the band healthy, of all active or leaving, unknown ones included."),
        ("mrr_at_risk", "MRR at risk", say.short_money, say.money_change, "down",
         "What customers in the band at risk are billed a month; those leaving are counted apart."),
        ("leaving", "Leaving", say.count, say.signed, "down",
         "Customers known to leave whose last day is still ahead."),
        ("in_grace", "In grace", say.count, say.signed, "down",
         "The agreed term is over, without a renewal and without a word: lost only when the days of grace are over."),
    ]  # fmt: skip
    return [
        _headline(
            key, label, now.get(as_of, {}).get(key), stood[before].get(key) if before in stood else None,
            [stood[end].get(key) for end in wanted if end in stood], speak, change, better, help, unscored,
        )
        for key, label, speak, change, better, help in words
    ]  # fmt: skip


def _rate_headlines(
    now: pl.DataFrame,
    history: pl.DataFrame,
    wanted: list[date],
    before: date | None,
    as_of: date,
    observed_from: date | None,
    months: int,
) -> list[Headline]:
    short = f"Needs {YEAR_MONTHS} observed months; this book has {months}."
    churn = rates.churn(history, wanted, observed_from)
    healthy = rates.lost_while_healthy(history, wanted) if months >= YEAR_MONTHS else {}
    kept = _retention(now, history, wanted, as_of, observed_from)
    newest = wanted[-1] if wanted else None
    none_left = f"Nobody on file {DAYS_BEFORE} days before left in the last {YEAR_MONTHS} months." if months >= YEAR_MONTHS else short

    def of(by_day: dict[date, Rate]) -> tuple[float | None, float | None, list[float | None]]:
        rate = {day: r.rate for day, r in by_day.items()}
        return (rate.get(newest) if newest else None, rate.get(before) if before else None, [rate.get(end) for end in wanted])

    def kept_as(side: int) -> tuple[float | None, float | None, list[float | None]]:
        share = {day: pair[side] for day, pair in kept.items()}
        return (share.get(as_of), share.get(before) if before else None, [share.get(end) for end in wanted])

    norm = f"Usual: {say.interval(*CHURN_NORM)} a year."
    counted = _counted(churn.get(newest) if newest else None, "lost in {n} customer-years")
    churn_help = f"Customers lost in {YEAR_MONTHS} months, from the monthly shares. {counted}{norm}"
    healthy_help = (
        f"Losses of 12 months that were in the band healthy {DAYS_BEFORE} days before the decision to leave: what the score did not see. "
        f"{_counted(healthy.get(newest) if newest else None, 'of {n} losses')}"
    )
    gross_help = "MRR today of the customers of 12 months ago, each at most at its former amount, of their MRR then."
    net_help = "MRR today of the customers of 12 months ago, growth included, of their MRR then."
    return [
        _headline("churn", "Churn, 12 months", *of(churn), say.rate, say.pts, "down", churn_help, short),
        _headline("gross_retention", "Gross retention", *kept_as(0), say.rate, say.pts, "up", gross_help, short),
        _headline("net_retention", "Net retention", *kept_as(1), say.rate, say.pts, "up", net_help, short),
        _headline("lost_while_healthy", "Lost while healthy", *of(healthy), say.share, say.pts, "down", healthy_help.strip(), none_left),
    ]


def _retention(
    now: pl.DataFrame, history: pl.DataFrame, wanted: list[date], as_of: date, observed_from: date | None
) -> dict[date, tuple[float, float]]:
    """Gross and net retention at each day that has an observed month end twelve months before it."""
    if not wanted or observed_from is None:
        return {}
    newest = wanted[-1]
    stood = {day: frame for (day,), frame in history.partition_by("as_of", as_dict=True).items()}
    days = [(end, rates.months_back(end, YEAR_MONTHS), stood[end]) for end in wanted]
    days.append((as_of, rates.months_back(newest, YEAR_MONTHS), now))
    pairs = {day: rates.retention(stood[base], frame) for day, base, frame in days if base >= observed_from and base in stood}
    return {day: pair for day, pair in pairs.items() if pair is not None}


def _counted(rate: Rate | None, of: str) -> str:
    if rate is None:
        return ""
    return f"{rate.k:,} {of.format(n=f'{rate.n:,.0f}')}; 95{say.SPACE}% interval {say.interval(rate.low, rate.high)}. "


def _headline(
    key: str, label: str, number: float | None, before: float | None, series: list[float | None],
    speak: Speaker, change: Speaker, better: Better, help: str, missing: str,
) -> Headline:  # fmt: skip
    known = [x for x in series if x is not None]
    difference = None if number is None or before is None else number - before
    return Headline(
        key=key,
        label=label,
        value=speak(number),
        change=None if difference is None else change(difference),
        better=better,
        series=known if len(known) > 1 and number is not None else [],
        help=help,
        missing=missing if number is None else None,
        number=number,
    )
