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
        return "no chance is known"
    if portfolio.with_probability < portfolio.valued:
        return f"of {fmt.plural(portfolio.with_probability, 'customer')}"
    return f"{fmt.share(portfolio.at_risk / portfolio.value)} of the value"


def without(portfolio: PortfolioValue) -> str:
    """Reasons for missing values: 'Why: it is known to leave (22).'"""
    reasons = (f"{words[:1].lower()}{words[1:].rstrip('.')} ({fmt.count(n)})" for words, n in portfolio.why)
    return f"Why: {'; '.join(reasons)}." if portfolio.why else "Nobody is a customer on that day."


def value_change_title(change: ValueChange, since: date) -> str:
    """Title: change of the value and its main cause; new and lost customers count as one cause."""
    question = "What moved the value of the book?"
    if not change.before and not change.after:
        return question
    total_change = change.after - change.before
    if abs(total_change) < CLEAR_MOVE * max(change.before, change.after):
        return first_that_fits(f"The value held near {fmt.short_money(change.after / 100)} since {fmt.month(since)}", question)
    verb = "rose" if total_change > 0 else "fell"
    head = f"Value {verb} {fmt.short_money(abs(total_change) / 100)} since {fmt.month(since)}"
    cause = pl.col("part").replace({"new": COME_AND_GONE, "left": COME_AND_GONE})
    causes = change.parts.group_by(cause).agg(pl.col("cents").sum()).filter(pl.col("cents").sign() == (1 if total_change > 0 else -1))
    if causes.is_empty():
        return first_that_fits(head, question)
    first = causes.sort(pl.col("cents").abs(), "part", descending=[True, False])["part"][0]
    return first_that_fits(f"{head}, most by {_MOVED_BY[first, total_change > 0]}", head, question)


COME_AND_GONE = "come and gone"
_MOVED_BY = {
    (COME_AND_GONE, True): "new customers",
    (COME_AND_GONE, False): "who left",
    ("margin", True): "higher margins",
    ("margin", False): "lower margins",
    ("chance", True): "longer stays",
    ("chance", False): "shorter stays",
    ("known", True): "values now known",
    ("known", False): "values now known",
    ("unknown", True): "values now unknown",
    ("unknown", False): "values now unknown",
}
_WAYS = {"model": "the model of leaving", "band": "the rates seen of the bands", "bg_nbd": "the models of buying"}


def method(effect: MethodEffect, told_on: date) -> str:
    """Describe the value reported on the first day, and how much of the difference is due to the method."""
    day = fmt.day(told_on)
    if not effect.methods_then:
        return f"On {day} itself nobody's value could be told yet; both days are valued by what is known now."
    change, reported_text = (effect.revalued - effect.reported) / 100, fmt.short_money(effect.reported / 100)
    if abs(change) < MIN_SHOWN:
        return f"The same was told on {day} itself, {reported_text}."
    head = f"Told on {day} itself: {reported_text}. By the method: {fmt.money_change(change)}, in none of the steps, since "
    if effect.methods_then == effect.methods_now:
        return f"{head}what each day goes by is learnt anew each month."
    then, now = (" and ".join(_WAYS[way] for way in ways) for ways in (effect.methods_then, effect.methods_now))
    return f"{head}it was valued by {then}, and now by {now}."


def move_rows(value_change: ValueChange, method: MethodEffect, days: tuple[str, str]) -> pl.DataFrame:
    """One row per line of the change table: words, customers, amount (in words).

    The reported value, the effect of the method (unknown where nothing was reported), and the parts with both days valued as now.
    """
    amounts = (method.reported / 100, (method.revalued - method.reported) / 100) if method.methods_then else (None, None)
    reported_row, method_row = (f"Told on {days[0]}", None, amounts[0]), ("By the method", method.customers, amounts[1])
    steps = [(words, n, cents / 100) for words, n, cents in value_change.parts.select("words", "customers", "cents").iter_rows() if cents]
    rows = [(f"{days[0]}, valued as now", None, value_change.before / 100), *steps, (days[1], None, value_change.after / 100)]
    table_rows = [(words, customers, fmt.money(amount)) for words, customers, amount in (reported_row, method_row, *rows)]
    return pl.DataFrame(table_rows, {"words": pl.String, "customers": pl.Int64, "amount": pl.String}, orient="row")


def top(frame: pl.DataFrame) -> str:
    """Title from `portfolio_value.largest_at_risk`: share of the value at risk in the accounts listed."""
    if frame.is_empty():
        return "No chance of leaving is known, so no value at risk"
    share, n = float(frame["share"].sum()), frame.height
    holders = "One account holds" if n == 1 else f"{n} accounts hold"
    question = "Which accounts hold the value at risk?"
    return first_that_fits(f"{holders} {fmt.share(share)} of the value at risk", question) if frame["share"].null_count() == 0 else question


def spread(quantiles: pl.DataFrame) -> str:
    """Title from `portfolio_value.quantiles`: ratio of the highest to the lowest group median."""
    question = "How is the value spread over customers?"
    groups = quantiles.filter((pl.col("group") != fmt.NOT_GIVEN) & (pl.col("median") > 0)).sort("median", "group")
    if groups.height < 2 or groups["median"][-1] < CLEAR_TIMES * groups["median"][0]:
        return question
    low, high = (groups.row(at, named=True) for at in (0, -1))
    ratio = high["median"] / low["median"]
    ratio_text = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}".removesuffix(".0")
    return first_that_fits(f"One usual {high['group']} customer is worth {ratio_text} {low['group']} ones", question)


def cohorts(by_age: pl.DataFrame, ages_a_year: int, side: str = "logo_share") -> str:
    """Title from `cohorts.by_age`: share of new customers, or of their revenue, kept for a year.

    `ages_a_year`: 4 for quarters, 1 for years; `side`: logo_share, gross_share or net_share.
    """
    question = "How many new customers stay, and for how long?"
    year = by_age.filter(pl.col("age") == ages_a_year)
    if year.is_empty():
        return question
    row = year.row(0, named=True)
    share = row["share" if side == "logo_share" else side]
    if share is None:
        return question
    texts = {
        "logo_share": f"Of {row['customers']:,} new customers {fmt.share(share)} stay a year or more",
        "gross_share": f"{fmt.share(share)} of what new customers bill stays a year or more",
        "net_share": f"After a year new customers bill {fmt.share(share)} of their first",
    }
    return first_that_fits(texts[side], question)


def renewals(windows: pl.DataFrame) -> str:
    """Title from `renewals.windows`: renewals within the largest window."""
    last = windows.row(-1, named=True)
    if not last["customers"]:
        return f"No agreed term ends within {last['within']} days"
    head = f"{fmt.plural(last['customers'], 'renewal falls', 'renewals fall')} due within {last['within']} days"
    value_title = f"{head}, worth {fmt.short_money(last['lifetime_value'])}"
    mrr_title = f"{head}, {fmt.short_money(last['mrr'])} MRR"
    return first_that_fits(
        *([value_title] if last["valued"] == last["customers"] else [mrr_title] if last["mrr"] is not None else []), head
    )


def forecast(prediction: Forecast | None) -> str:
    """Title from `retention_forecast.forecast_retention`."""
    if prediction is None:
        return "How much of the revenue will stay?"
    gross = prediction.gross
    head = f"{fmt.share(gross.expected)} of the MRR is foreseen to stay a year"
    return first_that_fits(f"{head} ({fmt.interval(gross.low, gross.high)})", head)


def upsell(candidates: pl.DataFrame, healthy: int) -> str:
    """Title from `upsell.candidates`: number and estimated MRR; `healthy`: number of healthy customers."""
    if not healthy:
        return "Who has room for more is not known"
    if candidates.is_empty():
        return "Nobody is both well served and short of something"
    estimated = candidates.drop_nulls("worth")
    head = f"{fmt.plural(candidates.height, 'healthy customer')} {'has' if candidates.height == 1 else 'have'} room for more"
    return first_that_fits(f"{head}, about {fmt.short_money(float(estimated['worth'].sum()))} a month", head) if estimated.height else head
