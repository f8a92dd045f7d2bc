"""Clients like this one that once stood as low: what became of them within a quarter, and what was done there. No cause is claimed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from health import format as fmt
from health.access import Book
from health.foresight.stats.proportions import rate
from health.status import ACTIVE

CLOSE, RISE = 7.5, 10.0
"""Points of health: how near they stood to where this client stands, and by how much they must have risen."""
SIZE = 2.0
"""Billed between half and double of what this client is billed."""
LOOK_BACK, QUARTER = 24, 3
"""Months: how far back such a month end is sought, and how long was waited."""
FEWEST = 5
TALKS = 3
CAVEAT = (
    "What went together is told here, not what caused it: those who were called may have differed in other ways. At a lower price only who "
    "rose is counted, and points of price rise by it alone."
)


@dataclass(frozen=True)
class Similar:
    """`sentence`: the finding; `about`: who was counted; `cases`: one row a client; `done`: one row a thing that was done there.

    cases: customer_id, name, band (list of one chip), from_on, health, later (best of the quarter), outcome, talks, solved, cheaper, kept
    (sums of the quarter), helped, rose. done: what, with_it, without_it (in words, with n and interval), gap (points of per cent, null
    where too few), clear (whether the intervals lie apart).
    """

    sentence: str
    about: str
    cases: pl.DataFrame
    done: pl.DataFrame


def similar(book: Book, history: pl.DataFrame, now: pl.DataFrame, customer_id: str, as_of: date) -> Similar | None:
    """Of the viewer's own book; None where this client has no health to compare. `history`: `portfolio.history`; `now`: the portfolio.
    NotFound for a client outside the book."""
    with book.reading() as session:
        book.own_id(session, customer_id)
        history, now = (book.own(session, frame) for frame in (history, now))
    own = now.row(by_predicate=pl.col("customer_id") == customer_id, named=True)
    if own["band"] in (None, "unknown") or not own["mrr"]:
        return None
    cases = _cases(history, now, own, as_of)
    about = f"Segment {own['score_segment'] or 'any'}, billed {fmt.money(own['mrr'] / SIZE)} to {fmt.money(own['mrr'] * SIZE)}, health "
    about += f"{fmt.health(max(0.0, own['health'] - CLOSE))} to {fmt.health(min(100.0, own['health'] + CLOSE))} at a month end; own book"
    if cases.is_empty():
        return Similar("No client like this one stood here before", about, cases, pl.DataFrame())
    told = cases.pipe(_with_deeds, book).pipe(_with_outcome).sort("helped", "later", "customer_id", descending=[True, True, False])
    done = _compared(told)
    return Similar(_sentence(told, done), about, told, done)


def _cases(history: pl.DataFrame, now: pl.DataFrame, own: dict[str, Any], as_of: date) -> pl.DataFrame:
    """One row another client: its first month end in that time at which it stood as near, and the best health of the quarter after."""
    ends = history.filter(pl.col("as_of") <= as_of)["as_of"].unique().sort()
    if ends.len() <= QUARTER:
        return pl.DataFrame()
    order = pl.DataFrame({"as_of": ends, "n": range(ends.len())}, schema_overrides={"n": pl.Int64})
    alike = now.filter(pl.col("score_segment").eq_missing(pl.lit(own["score_segment"])) & (pl.col("customer_id") != own["customer_id"]))
    past = history.join(order, on="as_of").join(alike.select("customer_id", "name"), on="customer_id")
    placed = past.filter(ACTIVE & pl.col("health").is_not_null() & (pl.col("band") != "unknown"))
    near = (
        ((pl.col("health") - own["health"]).abs() <= CLOSE)
        & pl.col("mrr").is_between(own["mrr"] / SIZE, own["mrr"] * SIZE)
        & pl.col("n").is_between(ends.len() - 1 - LOOK_BACK, ends.len() - 1 - QUARTER)
    )
    first = placed.filter(near).sort("customer_id", "n").group_by("customer_id", maintain_order=True).first()
    starts = first.select("customer_id", "name", pl.col("as_of").alias("from_on"), "n", "health", "band")
    after = placed.select("customer_id", pl.col("n").alias("then"), pl.col("health").alias("later"))
    best = (
        starts.select("customer_id", "n").join(after, on="customer_id")
        .filter(pl.col("then").is_between(pl.col("n") + 1, pl.col("n") + QUARTER))
        .group_by("customer_id").agg(pl.col("later").max())
    )  # fmt: skip
    stood = past.select(
        "customer_id", (pl.col("n") - QUARTER).alias("n"), pl.col("as_of").alias("until_on"), pl.col("status").alias("then")
    )
    until = pl.DataFrame({"n": range(ends.len() - QUARTER), "until_on": ends[QUARTER:]}, schema_overrides={"n": pl.Int64})
    return (
        starts.join(best, on="customer_id", how="left")
        .join(stood.drop("until_on"), on=["customer_id", "n"], how="left")
        .join(until, on="n", how="left")
        .with_columns(
            pl.concat_list(pl.col("band").replace_strict({b.key: b.label for b in fmt.BANDS}, return_dtype=pl.String)).alias("band")
        )
        .sort("customer_id")
    )


def _with_deeds(cases: pl.DataFrame, book: Book) -> pl.DataFrame:
    """What was done in the quarter, counted from the rows."""
    ids = cases.select("customer_id")
    with book.reading() as session:
        rows = {t: book.own(session, session.alike(t, ids, staged=True)) for t in ("interactions", "complaints", "contracts", "promises")}
    span = cases.select("customer_id", "from_on", "until_on")

    def inside(frame: pl.DataFrame, on: str, name: str, kept: pl.Expr) -> pl.DataFrame:
        day = pl.col(on).cast(pl.Date)
        mine = frame.filter(kept).join(span, on="customer_id").filter((day > pl.col("from_on")) & (day <= pl.col("until_on")))
        return mine.group_by("customer_id").agg(pl.len().cast(pl.Int64).alias(name))

    line = ["customer_id", "product"]
    before = pl.col("unit_price").shift(1).over(line, order_by=["start_on", "contract_id"])
    priced = rows["contracts"].with_columns((pl.col("unit_price") < before).fill_null(False).alias("less"))
    ending = priced.with_columns(pl.col("end_on").alias("_on"))
    counted = [
        inside(rows["interactions"], "occurred_at", "talks", pl.col("two_way")),
        inside(rows["complaints"], "resolved_at", "solved", pl.lit(True)),
        inside(priced, "start_on", "cheaper", pl.col("less")),
        inside(rows["promises"], "delivered_at", "kept", pl.col("delivered_at") <= pl.col("due_at")),
        inside(ending, "_on", "ended", pl.col("terminated_on").is_null()),
    ]
    for frame in counted:
        cases = cases.join(frame, on="customer_id", how="left")
    return cases.with_columns(pl.col("talks", "solved", "cheaper", "kept", "ended").fill_null(0)).sort("customer_id")


def _with_outcome(cases: pl.DataFrame) -> pl.DataFrame:
    rose = (pl.col("later") - pl.col("health") >= RISE).fill_null(False)
    renewed = (pl.col("ended") > 0) & (pl.col("then") == "active").fill_null(False)
    words = (
        pl.when(rose & renewed).then(pl.lit("● Rose and renewed")).when(rose).then(pl.lit("● Rose")).when(renewed).then(pl.lit("● Renewed"))
        .when((pl.col("then") == "active").fill_null(False)).then(pl.lit("▲ Stayed, did not rise")).otherwise(pl.lit("◆ Left or leaving"))
    )  # fmt: skip
    return cases.with_columns((rose | renewed).alias("helped"), rose.alias("rose"), words.alias("outcome"))


_DEEDS = (
    (f"Spoken with {TALKS} times or more", pl.col("talks") >= TALKS, "helped"),
    ("A complaint was solved", pl.col("solved") > 0, "helped"),
    ("A promise was kept in time", pl.col("kept") > 0, "helped"),
    ("A new line at a lower price", pl.col("cheaper") > 0, "rose"),
)
"""What, where it was done, and what is counted: who signs a new line has renewed by that alone, so there only who rose."""


def _compared(cases: pl.DataFrame) -> pl.DataFrame:
    rows = []
    for what, deed, outcome in _DEEDS:
        halves = [cases.filter(deed)[outcome], cases.filter(~deed)[outcome]]
        rates = [rate(int(half.sum()), half.len()) for half in halves]
        enough = all(half.len() >= FEWEST for half in halves)
        gap = 100 * (rates[0].rate - rates[1].rate) if enough and rates[0] and rates[1] else None
        clear = bool(enough and rates[0] and rates[1] and rates[0].low > rates[1].high)
        rows.append({"what": what, "with_it": _said(rates[0]), "without_it": _said(rates[1]), "gap": gap, "clear": clear})
    return pl.DataFrame(
        rows, schema={"what": pl.String, "with_it": pl.String, "without_it": pl.String, "gap": pl.Float64, "clear": pl.Boolean}
    )


def _said(found: Any) -> str:
    return "nobody" if found is None else f"{found.k} of {found.n:.0f}, {fmt.interval(found.low, found.high)}"


def _sentence(cases: pl.DataFrame, done: pl.DataFrame) -> str:
    helped = f"Of {fmt.plural(cases.height, 'client')} that once stood here, {int(cases['helped'].sum())} rose or renewed within a quarter"
    clear = done.filter("clear").sort(["gap", "what"], descending=[True, False])
    if clear.is_empty():
        return f"{helped}; nothing done there stands out"
    what = str(clear["what"][0])
    return f"{helped}, more of them where: {what[0].lower()}{what[1:]}"
