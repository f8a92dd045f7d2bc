"""Card titles: the finding computed from the chart's frame, or a question. At most 58 characters."""

from datetime import date

import polars as pl

from health import format as fmt
from health.insight.headlines import CHURN_NORM, HAS_BAND, Headline

LONGEST = 58
NONE_AT_RISK = "No customer is known to be at risk"  # also used where no band is known
CLEAR_CHANGE = 0.02  # smaller changes of a share are called steady
CLEAR_POINTS = 2.0  # smaller changes of health are called steady


def first_that_fits(*titles: str) -> str:
    """Return the first title that fits a card; else the last one, cut."""
    return next((title for title in titles if len(title) <= LONGEST), titles[-1][:LONGEST])


def bands(shares: pl.DataFrame, against: date) -> str:
    """Title from `overview.band_shares`: change of the healthy share since `against`, else since the first month shown."""
    question = "How healthy are our customers?"
    if shares.is_empty():
        return question
    month_ends = shares["as_of"].unique().sort()
    start = max((end for end in month_ends if end <= against), default=month_ends[0])
    if any(shares.filter((pl.col("as_of") == end) & HAS_BAND).is_empty() for end in (start, month_ends[-1])):
        return question
    earlier, current, at_risk_now = (
        _band_share(shares, "healthy", start),
        _band_share(shares, "healthy", month_ends[-1]),
        _band_share(shares, "at_risk", month_ends[-1]),
    )
    if start == month_ends[-1]:
        return first_that_fits(f"{fmt.share(current)} of customers are healthy, {fmt.share(at_risk_now)} at risk", question)
    if abs(current - earlier) < CLEAR_CHANGE:
        return first_that_fits(
            f"Healthy: steady at {fmt.share(current)} since {fmt.month_year(start)}; {fmt.share(at_risk_now)} at risk", question
        )
    verb = "fell" if current < earlier else "rose"
    since, today = fmt.month_year(start), fmt.month_year(month_ends[-1])
    short = f"Healthy {verb} from {fmt.share(earlier)} in {since} to {fmt.share(current)} in {today}"
    return first_that_fits(f"{short}; at risk {fmt.share(at_risk_now)}", short, question)


def _band_share(shares: pl.DataFrame, band: str, end: object) -> float:
    """Share of a band at a month end; 0 where it has no row."""
    return float(shares.filter((pl.col("band") == band) & (pl.col("as_of") == end))["share"].sum())


def drivers(frame: pl.DataFrame) -> str:
    """Title from `overview.risk_by_driver`: the drivers with most of the MRR at risk."""
    question = "What puts revenue at risk?"
    by_driver = frame.group_by("driver").agg(pl.col("mrr").sum()).sort(["mrr", "driver"], descending=[True, False])
    total_mrr = by_driver["mrr"].sum()
    if not total_mrr:
        return NONE_AT_RISK if frame.is_empty() else question
    names, shares = by_driver["driver"].to_list(), (by_driver["mrr"] / total_mrr).to_list()
    single_title = f"{names[0]}: main cause of {fmt.share(shares[0])} of the MRR at risk"
    if shares[0] >= 0.5 or len(names) == 1:
        return first_that_fits(single_title.replace("Complaints holds", "Complaints hold"), question)
    pair_title = f"{names[0]}, {names[1][0].lower()}{names[1][1:]}: {fmt.share(shares[0] + shares[1])} of the MRR at risk"
    return first_that_fits(pair_title, single_title.replace("Complaints holds", "Complaints hold"), question)


def at_risk(frame: pl.DataFrame) -> str:
    """Title from `overview.at_risk`: share of the MRR at risk in the eight largest accounts."""
    question = "Which customers are at risk?"
    if frame.is_empty():
        return NONE_AT_RISK
    mrr = sorted((float(m) for m in frame["mrr"].drop_nulls()), reverse=True)
    if not sum(mrr):
        return question
    if frame.height <= 8:
        return first_that_fits(f"{fmt.plural(frame.height, 'customer')} at risk, {fmt.money(sum(mrr))} MRR", question)
    top_share = sum(mrr[:8]) / sum(mrr)
    return first_that_fits(f"8 of {frame.height:,} customers make up {fmt.share(top_share)} of the MRR at risk", question)


def no_customers_at_risk(unknown: int, fallen: bool, earlier: date) -> str:
    """Title of a portfolio without at-risk customers.

    `unknown`: customers without a band; `fallen`: whether any lost a point or more since `earlier`.
    """
    no_band_text = fmt.plural(unknown, "customer has", "customers have")
    head = f"No customer is known to be at risk; {no_band_text} no band" if unknown else "No customer is at risk"
    return f"{head}." if fallen else f"{head}, and no health score has fallen by a point or more since {fmt.day(earlier)}."


def _movers_title(reason: str, n: int, movers: int, fell: bool) -> str:
    direction = "falls" if fell else "rises"
    words = f"{reason[0].lower()}{reason[1:]}"
    return f"Cause of the largest {direction[:-1]}: {words}" if movers == 1 else f"{n} of the {movers} largest {direction}: {words}"


def movers(frame: pl.DataFrame, fell: bool = True) -> str:
    """Title from `movers.with_reasons`: the most frequent reason of the largest falls, or rises."""
    if frame.is_empty():
        return f"No health score {'fell' if fell else 'rose'} by a point or more"
    reason_counts = frame.drop_nulls("reason")["reason"].value_counts(sort=True).sort(["count", "reason"], descending=[True, False])
    question = "Which customers fell most, and why?" if fell else "Which customers rose most, and why?"
    if reason_counts.is_empty():
        return question
    reason, n = reason_counts.row(0)
    return first_that_fits(_movers_title(reason, n, frame.height, fell), question)


def points(frame: pl.DataFrame) -> str:
    """Title from `component_points`: the component that lost most points."""
    question = "Where are the points lost?"
    known_parts = frame.drop_nulls("earned").with_columns((pl.col("weight") - pl.col("earned")).alias("missed"))
    if known_parts.is_empty():
        return "No part of the score is known yet"
    if 2 * known_parts["weight"].sum() < frame["weight"].sum():
        return f"{frame.height - known_parts.height} of {frame.height} parts of the score are unknown"
    lost_points = known_parts["missed"].sum()
    if lost_points < 1:
        return "Every known point is earned"
    worst = known_parts.sort(["missed", "label"], descending=[True, False]).row(0, named=True)
    return first_that_fits(f"{worst['label']}: {fmt.share(worst['missed'] / lost_points)} of the points lost", question)


def health_history(frame: pl.DataFrame, has_ended: bool = False) -> str:
    """Title from `points.health_history`: change of health over the months shown; `has_ended`: the contract has ended."""
    scored = frame.drop_nulls("health").sort("as_of")
    if scored.height < 2:
        return "How did health move?" if has_ended else "How has health moved?"
    first, last = scored.row(0, named=True), scored.row(-1, named=True)
    start_month, health_now = fmt.month(first["as_of"]), fmt.health(last["health"])
    when_text = f" in {fmt.month(last['as_of'])}" if has_ended else ""
    if abs(last["health"] - first["health"]) < CLEAR_POINTS:
        return f"Health {'was' if has_ended else 'is'} {health_now}{when_text}, much as in {start_month}"
    verb = "fell" if last["health"] < first["health"] else "rose"
    return f"Health {verb} from {fmt.health(first['health'])} in {start_month} to {health_now}{when_text}"


def prices(frame: pl.DataFrame) -> str:
    """Title from `portfolio.client(...)["prices"]`: the line furthest above market."""
    question = "How do our prices compare with the market?"
    priced = frame.filter(pl.col("market") > 0)
    if priced.is_empty():
        return "No contract line has a market price" if frame.height else "No contract line is in force"
    gaps = priced.select("product", (pl.col("unit_price").cast(pl.Float64) / pl.col("market").cast(pl.Float64) - 1).alias("gap"))
    widest = gaps.sort(["gap", "product"], descending=[True, False]).row(0, named=True)
    if widest["gap"] < 0.005:
        return first_that_fits(f"No contract line costs more than the market ({priced.height} compared)", question)
    return first_that_fits(
        f"{widest['product'][:1].upper()}{widest['product'][1:]} costs {fmt.share(widest['gap'])} more than the market", question
    )


def refused_rows(frame: pl.DataFrame) -> str:
    """Title from one row per reason (reason, rows)."""
    if frame.is_empty():
        return "No row is refused"
    rows, worst = int(frame["rows"].sum()), frame.sort(["rows", "reason"], descending=[True, False]).row(0, named=True)
    if worst["rows"] == 1:
        return f"{fmt.plural(rows, 'row')} refused"
    title = f"{fmt.plural(rows, 'row')} refused; {worst['rows']:,}: {worst['reason'][0].lower()}{worst['reason'][1:]}"
    return first_that_fits(title, f"{fmt.plural(rows, 'row')} refused; {worst['rows']:,} for one reason", "Why are rows refused?")


def mrr_by(frame: pl.DataFrame, column: str, words: str) -> str:
    """Title from `data_available.mrr_by`; `words` names the column, such as 'contract'."""
    questions = f"Where does the revenue come from, by {words}?", "Where does the revenue come from?"
    total_mrr = frame["mrr"].sum()
    if not total_mrr:
        return first_that_fits(*questions)
    largest = frame.sort(["mrr", column], descending=[True, False], nulls_last=True).row(0, named=True)
    return first_that_fits(_largest_group(str(largest[column]), column, float(largest["mrr"] / total_mrr)), *questions)


def _largest_group(name: str, column: str, share: float) -> str:
    """'SME: 62 % of the MRR', or that no customer has such a group."""
    if name != fmt.NOT_GIVEN:
        return f"{name}: {fmt.share(share)} of the MRR"
    return f"No {column} on file" if share == 1 else f"{fmt.share(share)} of the MRR has no {column}"


def churn_norm(churn: Headline) -> str:
    """Compare churn with the usual range: 'Churn of 13.8 % is within the usual 10 to 25 % a year.'"""
    if churn.number is None:
        return f"No churn rate yet: {churn.missing}"
    low, high = CHURN_NORM
    position = "below" if churn.number < low else "above" if churn.number > high else "within"
    return f"Churn of {churn.value} is {position} the usual {fmt.interval(low, high)} a year."
