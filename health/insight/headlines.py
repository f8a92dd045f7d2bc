"""Headline figures of the overview: value, change, good direction and, where unknown, what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from health import format as fmt
from health.foresight.stats.proportions import Rate
from health.insight import rates
from health.insight.rates import DAYS_BEFORE, YEAR_MONTHS
from health.status import CUSTOMER, IN_GRACE, LEAVING

CHURN_NORM = (0.10, 0.25)  # customers lost in a usual year
SERIES_MONTHS = 13
HAS_BAND = pl.col("band").is_in(["healthy", "watch", "at_risk"])

Better = Literal["up", "down", "off"]
Formatter = Callable[[float | None], str]


@dataclass(frozen=True)
class Headline:
    """One figure as it is shown; where unknown, `value` is '–' and `missing` gives the reason.

    `better`: the good direction ('off': neither); `series`: the last known month ends for a sparkline, oldest first, empty with fewer than
    two; `number`: the unformatted value.
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


@dataclass(frozen=True)
class Kind:
    """Label, formats and help text of one kind of figure."""

    label: str
    format_value: Formatter
    format_change: Formatter
    better: Better
    help: str


KINDS: dict[str, Kind] = {
    "mrr": Kind("MRR", fmt.short_money, fmt.money_change, "up", "Monthly recurring revenue: price x quantity of all contract "
                                                                "lines in force."),
    "healthy_share": Kind(
        "Healthy share", fmt.share, fmt.pts, "up",
        "Share of all active and leaving customers in the band Healthy; customers with unknown health count too. Higher is better.",
    ),
    "mrr_at_risk": Kind(
        "MRR at risk", fmt.short_money, fmt.money_change, "down",
        "Monthly revenue of customers in the band At risk. Customers who have given notice are not included.",
    ),
    "churn": Kind(
        "Churn, 12 months", fmt.rate, fmt.pts, "down",
        f"Share of customers lost in the {YEAR_MONTHS} months to the last month end, compounded from monthly rates. Insolvencies and "
        f"contracts we ended count; mergers do not. Usual: {fmt.interval(*CHURN_NORM)} a year.",
    ),
    "gross_retention": Kind(
        "Gross retention", fmt.rate, fmt.pts, "up",
        f"MRR kept from the customers of {YEAR_MONTHS} months ago, without growth, as a share of their MRR then. At the last month end.",
    ),
    "net_retention": Kind(
        "Net retention", fmt.rate, fmt.pts, "up",
        f"MRR today of the customers of {YEAR_MONTHS} months ago, growth included, as a share of their MRR then. At the last month end.",
    ),
    "lost_while_healthy": Kind(
        "Lost while healthy", fmt.share, fmt.pts, "down",
        f"Of the customers lost in the last {YEAR_MONTHS} months, the share that was Healthy {DAYS_BEFORE} days before they "
        "decided to leave: losses "
        "that the score missed. Evidence counts all years, and the Score lab its test dates, so their figures differ.",
    ),
    "leaving": Kind("Leaving", fmt.count, fmt.signed, "down", "Customers who have given notice and whose last day is still ahead."),
    "in_grace": Kind(
        "In grace", fmt.count, fmt.signed, "down",
        "Customers with no contract in force who have not left: the contract ended without notice, or the next one has not started.",
    ),
}  # fmt: skip
UNSCORED = "No customer has enough data for a band yet."
UNPRICED = "No contract line in force has a price."


@dataclass(frozen=True)
class Trend:
    """One figure on `as_of` and at observed month ends; None is unknown."""

    now: float | None
    past: Mapping[date, float | None]


def headlines(now: pl.DataFrame, history: pl.DataFrame, as_of: date, against: date, observed_from: date | None) -> dict[str, Headline]:
    """Compute all headlines by key, in the order of `KINDS`.

    Twelve-month figures are read at the newest month end up to `as_of`. Changes compare with the last observed month end by `against`;
    there is no change before `observed_from`.

    `now`: `portfolio.build` at `as_of`; `history`: `portfolio.history`.
    """
    month_ends = rates.month_ends(history, as_of, observed_from)
    comparison_end = comparison_month_end(history, as_of, against, observed_from)
    shown_ends = sorted({*month_ends[-SERIES_MONTHS:], *([comparison_end] if comparison_end else [])})
    month_count = rates.observed_months(history, as_of, observed_from)
    churn = rates.churn(history, shown_ends, observed_from)
    healthy = rates.lost_while_healthy(history, shown_ends) if month_count >= YEAR_MONTHS else {}
    trends = _counted_trends(now, history, shown_ends) | _retention_trends(history, shown_ends, observed_from)
    trends |= {"churn": _rate_trend(churn, shown_ends), "lost_while_healthy": _rate_trend(healthy, shown_ends)}
    sample_notes = {
        "churn": _sample_note(churn, shown_ends, "lost in {n} customer-years"),
        "lost_while_healthy": _sample_note(healthy, shown_ends, "of {n} losses"),
    }
    return {key: _headline(key, trends[key], comparison_end, sample_notes.get(key, ""), _missing(key, month_count)) for key in KINDS}


def comparison_month_end(history: pl.DataFrame, as_of: date, against: date, observed_from: date | None) -> date | None:
    """The last observed month end by `against` and before `as_of`, with which the figures are compared; None without one."""
    month_ends = rates.month_ends(history, as_of, observed_from)
    return max((end for end in month_ends if end <= against and end < as_of), default=None)


def _headline(key: str, trend: Trend, comparison_end: date | None, note: str, missing: str) -> Headline:
    """Format one figure; a change that rounds to zero is neither good nor bad."""
    kind = KINDS[key]
    earlier = trend.past.get(comparison_end) if comparison_end else None
    series = [value for _, value in sorted(trend.past.items()) if value is not None]
    change = None if trend.now is None or earlier is None else kind.format_change(trend.now - earlier)
    return Headline(
        key=key,
        label=kind.label,
        value=kind.format_value(trend.now),
        change=change,
        better="off" if change == kind.format_change(0) else kind.better,
        series=series if trend.now is not None and len(series) > 1 else [],
        help=kind.help + note,
        missing=missing if trend.now is None else None,
        number=trend.now,
    )


def _missing(key: str, months: int) -> str:
    """Say why a figure is unknown."""
    if key == "mrr":
        return UNPRICED
    if key in ("healthy_share", "mrr_at_risk"):
        return UNSCORED
    if months < YEAR_MONTHS or key == "churn":
        return f"Needs {YEAR_MONTHS} months of history; there are {months}."
    if key == "lost_while_healthy":
        return f"No customer lost in the last {YEAR_MONTHS} months was on file {DAYS_BEFORE} days before the decision."
    return f"No revenue on file {YEAR_MONTHS} months ago."


def _counted_trends(now: pl.DataFrame, history: pl.DataFrame, shown_ends: list[date]) -> dict[str, Trend]:
    """Figures that are counted on a single day."""
    today = _counts(now.with_columns(pl.lit(0).alias("day")), "day")
    past = _counts(history.filter(pl.col("as_of").is_in(shown_ends)), "as_of")
    names = [name for name in today.columns if name != "day"]
    return {name: Trend(today[name][0] if today.height else None, dict(zip(past["as_of"], past[name], strict=True))) for name in names}


def _counts(frame: pl.DataFrame, day: str) -> pl.DataFrame:
    """One row per day with the counted figures.

    Shares are null where nobody has a band; MRR is null where no line has a price.
    """
    scored, priced = HAS_BAND.any(), (CUSTOMER & pl.col("mrr").is_not_null()).any()
    return frame.group_by(day).agg(
        pl.when(priced).then(pl.col("mrr").filter(CUSTOMER).sum()).alias("mrr"),
        pl.when(scored).then((pl.col("band") == "healthy").sum() / CUSTOMER.sum()).alias("healthy_share"),
        pl.when(scored).then(pl.col("mrr").filter(pl.col("band") == "at_risk").sum()).alias("mrr_at_risk"),
        LEAVING.sum().cast(pl.Float64).alias("leaving"),
        IN_GRACE.sum().cast(pl.Float64).alias("in_grace"),
    )


def _rate_trend(rate_by_end: Mapping[date, Rate], shown_ends: list[date]) -> Trend:
    """A rate at month ends; the newest one counts as today's."""
    past = {day: rate.rate for day, rate in rate_by_end.items()}
    return Trend(past.get(shown_ends[-1]) if shown_ends else None, past)


def _retention_trends(history: pl.DataFrame, shown_ends: list[date], observed_from: date | None) -> dict[str, Trend]:
    """Gross and net retention at month ends whose base month, twelve months before, is observed.

    The newest one counts as today's.
    """
    base_by_end = {end: rates.months_back(end, YEAR_MONTHS) for end in shown_ends}
    observed_bases = {end: base for end, base in base_by_end.items() if observed_from is not None and base >= observed_from}
    rows_by_day = {day: history.filter(pl.col("as_of") == day) for day in {*observed_bases, *observed_bases.values()}}
    retention_by_end = {end: rates.retention(rows_by_day[base], rows_by_day[end]) for end, base in observed_bases.items()}
    newest = shown_ends[-1] if shown_ends else None
    today = retention_by_end.get(newest) if newest else None
    return {
        name: Trend(today[side] if today else None, {end: pair[side] if pair else None for end, pair in retention_by_end.items()})
        for side, name in enumerate(("gross_retention", "net_retention"))
    }


def _sample_note(rate_by_end: Mapping[date, Rate], shown_ends: list[date], template: str) -> str:
    """Describe sample and interval: ' 226 lost in 1,229 customer-years; 95 % interval 15 to 19 %.'; empty without a rate."""
    rate = rate_by_end.get(shown_ends[-1]) if shown_ends else None
    if rate is None:
        return ""
    return f" {rate.k:,} {template.format(n=f'{rate.n:,.0f}')}; 95{fmt.SPACE}% interval {fmt.interval(rate.low, rate.high)}."
