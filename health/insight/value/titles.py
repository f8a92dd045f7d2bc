"""Titles of the value screen's cards: the finding from the chart's frame, or a question."""

from datetime import date

import polars as pl

from health import format as fmt
from health.insight.portfolio_value import MethodEffect, PortfolioValue, ValueChange
from health.insight.retention_forecast import Forecast
from health.insight.titles import first_that_fits

CLEAR_MOVE = 0.005  # of the value; smaller changes are called steady
MIN_SHOWN = 0.5  # money; smaller amounts print as 0
CLEAR_TIMES = 1.5  # ratio of medians from which groups are called different


def at_risk(portfolio: PortfolioValue) -> str:
    """Share of the value at risk, or the number of customers with a churn probability if not all have one."""
    if portfolio.at_risk is None or not portfolio.value:
        return "no churn probability known"
    if portfolio.with_probability < portfolio.valued:
        return f"of {fmt.plural(portfolio.with_probability, 'customer')}"
    return f"{fmt.share(portfolio.at_risk / portfolio.value)} of the value"


def without(portfolio: PortfolioValue) -> str:
    """Reasons for missing values: 'Why: it is known to leave (22).'"""
    reasons = (f"{words[:1].lower()}{words[1:].rstrip('.')} ({fmt.count(n)})" for words, n in portfolio.why)
    return f"Why: {'; '.join(reasons)}." if portfolio.why else "There are no customers on that day."


def value_change_title(change: ValueChange, since: date) -> str:
    """Title: change of the value and its largest part in the same direction, as the chart shows it."""
    question = "What changed the total value?"
    if not change.before and not change.after:
        return question
    total_change = change.after - change.before
    if abs(total_change) < CLEAR_MOVE * max(change.before, change.after):
        return first_that_fits(f"Value steady at {fmt.short_money(change.after / 100)} since {fmt.month_year(since)}", question)
    verb = "rose" if total_change > 0 else "fell"
    head = f"Value {verb} {fmt.short_money(abs(total_change) / 100)} since {fmt.month_year(since)}"
    causes = change.parts.filter(pl.col("cents").sign() == (1 if total_change > 0 else -1))
    if causes.is_empty():
        return first_that_fits(head, question)
    first = causes.sort(pl.col("cents").abs(), "part", descending=[True, False])["part"][0]
    return first_that_fits(f"{head}, mainly {_MOVED_BY.get((first, total_change > 0), _MOVED_BY[first, False])}", head, question)


_MOVED_BY = {
    ("new", False): "new customers",
    ("left", False): "churned customers",
    ("margin", True): "higher margins",
    ("margin", False): "lower margins",
    ("exchange", False): "exchange rates",
    ("chance", True): "longer stays",
    ("chance", False): "shorter stays",
    ("known", False): "newly known values",
    ("unknown", False): "values now unknown",
}
_WAYS = {"model": "the churn model", "band": "the churn rates of the bands", "bg_nbd": "the purchase models"}


def method(effect: MethodEffect, told_on: date) -> str:
    """Describe the value reported on the first day, and how much of the difference is due to the method."""
    day = fmt.day(told_on)
    if not effect.methods_then:
        return f"No values were available on {day}; both days are valued with today's models."
    change, reported_text = (effect.revalued - effect.reported) / 100, fmt.short_money(effect.reported / 100)
    if abs(change) < MIN_SHOWN:
        return f"The value reported on {day} was the same, {reported_text}."
    head = f"Reported on {day}: {reported_text}. Model change: {fmt.money_change(change)}, not included in the steps: "
    if effect.methods_then == effect.methods_now:
        return f"{head}the models are refitted every month."
    then, now = (" and ".join(_WAYS[way] for way in ways) for ways in (effect.methods_then, effect.methods_now))
    return f"{head}values came from {then} then, and come from {now} now."


def move_rows(value_change: ValueChange, method: MethodEffect, days: tuple[str, str]) -> pl.DataFrame:
    """One row per line of the change table: words, customers, amount (in words).

    The reported value, the effect of the method (unknown where nothing was reported), and the parts with both days valued as now.
    """
    amounts = (method.reported / 100, (method.revalued - method.reported) / 100) if method.methods_then else (None, None)
    reported_row, method_row = (f"Reported on {days[0]}", None, amounts[0]), ("Model change", method.customers, amounts[1])
    steps = [(words, n, cents / 100) for words, n, cents in value_change.parts.select("words", "customers", "cents").iter_rows() if cents]
    rows = [(f"{days[0]}, today's models", None, value_change.before / 100), *steps, (days[1], None, value_change.after / 100)]
    table_rows = [(words, customers, fmt.money(amount)) for words, customers, amount in (reported_row, method_row, *rows)]
    return pl.DataFrame(table_rows, {"words": pl.String, "customers": pl.Int64, "amount": pl.String}, orient="row")


def mrr_change_title(change: ValueChange, since: date) -> str:
    """Title: change of the MRR between two days."""
    moved = (change.after - change.before) / 100
    if abs(moved) < MIN_SHOWN:
        return f"MRR unchanged since {fmt.month_year(since)}"
    return f"MRR {'rose' if moved > 0 else 'fell'} {fmt.short_money(abs(moved))} since {fmt.month_year(since)}"


def change_rows(change: ValueChange, days: tuple[str, str]) -> pl.DataFrame:
    """One row per line of a table of a change: words, customers, amount (in words); parts of 0 are left out."""
    steps = [(words, n, cents / 100) for words, n, cents in change.parts.select("words", "customers", "cents").iter_rows() if cents]
    rows = [(days[0], None, change.before / 100), *steps, (days[1], None, change.after / 100)]
    table_rows = [(words, customers, fmt.money(amount)) for words, customers, amount in rows]
    return pl.DataFrame(table_rows, {"words": pl.String, "customers": pl.Int64, "amount": pl.String}, orient="row")


def top(frame: pl.DataFrame) -> str:
    """Title from `portfolio_value.largest_at_risk`: share of the value at risk in the accounts listed."""
    if frame.is_empty():
        return "No churn probability is known, so no value at risk"
    share, n = float(frame["share"].sum()), frame.height
    holders = "One customer makes up" if n == 1 else f"{n} customers make up"
    question = "Which customers make up the value at risk?"
    return first_that_fits(f"{holders} {fmt.share(share)} of the value at risk", question) if frame["share"].null_count() == 0 else question


def spread(quantiles: pl.DataFrame) -> str:
    """Title from `portfolio_value.quantiles`: ratio of the highest to the lowest group median."""
    question = "How much is a customer worth?"
    groups = quantiles.filter((pl.col("group") != fmt.NOT_GIVEN) & (pl.col("median") > 0)).sort("median", "group")
    if groups.height < 2 or groups["median"][-1] < CLEAR_TIMES * groups["median"][0]:
        return question
    low, high = (groups.row(at, named=True) for at in (0, -1))
    ratio = high["median"] / low["median"]
    ratio_text = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}".removesuffix(".0")
    return first_that_fits(f"A typical {high['group']} customer is worth {ratio_text} {low['group']} ones", question)


def cohorts(by_age: pl.DataFrame, ages_a_year: int, side: str = "logo_share") -> str:
    """Title from `cohorts.by_age`: share of new customers, or of their revenue, kept for a year.

    `ages_a_year`: 4 for quarters, 1 for years; `side`: logo_share, gross_share or net_share.
    """
    question = "How long do new customers stay?"
    year = by_age.filter(pl.col("age") == ages_a_year)
    if year.is_empty():
        return question
    row = year.row(0, named=True)
    share = row["share" if side == "logo_share" else side]
    if share is None:
        return question
    texts = {
        "logo_share": f"{fmt.share(share)} of {row['customers']:,} new customers stay a year or more",
        "gross_share": f"{fmt.share(share)} of the MRR of new customers stays for a year",
        "net_share": f"After a year, new customers bring {fmt.share(share)} of their first MRR",
    }
    return first_that_fits(texts[side], question)


def renewals(windows: pl.DataFrame) -> str:
    """Title from `renewals.windows`: renewals within the largest window."""
    last = windows.row(-1, named=True)
    if not last["customers"]:
        return f"No last day for notice within {last['within']} days"
    head = f"{fmt.plural(last['customers'], 'renewal')} due within {last['within']} days"
    value_title = f"{head}, worth {fmt.short_money(last['lifetime_value'])}"
    mrr_title = f"{head}, {fmt.short_money(last['mrr'])} MRR"
    return first_that_fits(
        *([value_title] if last["valued"] == last["customers"] else [mrr_title] if last["mrr"] is not None else []), head
    )


def forecast(prediction: Forecast | None) -> str:
    """Title from `retention_forecast.forecast_retention`."""
    if prediction is None:
        return "How much revenue will we keep?"
    gross = prediction.gross
    head = f"Forecast: {fmt.share(gross.expected)} of MRR kept in a year"
    return first_that_fits(f"{head} ({fmt.interval(gross.low, gross.high)})", head)


def upsell(candidates: pl.DataFrame, healthy: int) -> str:
    """Title from `upsell.candidates`: number and estimated MRR; `healthy`: number of healthy customers."""
    if not healthy:
        return "Upsell candidates are not known"
    if candidates.is_empty():
        return "No upsell candidates"
    estimated = candidates.drop_nulls("worth")
    head = f"{fmt.plural(candidates.height, 'healthy customer')} could buy more"
    return first_that_fits(f"{head}, about {fmt.short_money(float(estimated['worth'].sum()))} a month", head) if estimated.height else head
