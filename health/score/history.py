"""Scores at any day, and the stored history at every month end: facts and scores, kept equal to a full rebuild."""

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from health.score import settings
from health.score.components import COMPONENTS, points
from health.score.compose import OF_THE_SCORED, recomposed
from health.score.settings import Settings
from health.status import LEAVING
from health.warehouse import Session, Warehouse, dependencies, facts

POINTS = [c.column for c in COMPONENTS]
FROZEN = [*POINTS, "critical_late", "overdue_60", "broken_promises_90"]
NO_DAY = date(1970, 1, 1)


def score_at(
    session: Session, days: Sequence[date], in_force: Settings, customers: Sequence[str] | None = None,
    changed: Collection[str] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """One row a customer and day, sorted by day and customer: facts as of the day, points as of `facts_as_of`, health and band.

    Whoever is leaving keeps the points of the last month end before that was known; nobody else but active customers is scored.
    `changed` as of `facts.at`, of tables that say nothing of where a customer stands.
    """
    live = facts.at(session, days, in_force.terms, customers, changed).with_columns(map(points, COMPONENTS))
    frozen = _frozen(session, live, in_force)
    return (
        live.join(
            frozen,
            left_on=["customer_id", "facts_as_of"],
            right_on=["customer_id", "as_of"],
            how="left",
            suffix="_frozen",
            maintain_order="left",
        )
        .with_columns(_as_frozen(name) for name in FROZEN)
        .drop(f"{name}_frozen" for name in FROZEN)
        .pipe(recomposed, in_force)
        .sort("as_of", "customer_id")
    )


def _as_frozen(name: str) -> pl.Expr:
    status = pl.col("status")
    value = pl.when(status == "leaving").then(pl.col(f"{name}_frozen"))
    return (value.when(status == "active").then(pl.col(name)) if name in POINTS else value.otherwise(pl.col(name))).alias(name)


def _frozen(session: Session, live: pl.DataFrame, in_force: Settings) -> pl.DataFrame:
    """Points of the leaving at the day they are frozen at; one row a customer and such day."""
    key, there = ["customer_id", "as_of"], ~LEAVING
    days = live.filter(~there).select("customer_id", pl.col("facts_as_of").alias("as_of")).unique().sort(key)
    then = live.filter(there).join(days, on=key, how="semi")
    asked = days.join(then, on=key, how="anti")
    if asked.height:
        customers = asked["customer_id"].unique(maintain_order=True).to_list()
        rest = facts.at(session, asked["as_of"].unique().to_list(), in_force.terms, customers).join(asked, on=key, how="semi")
        then = pl.concat([then, rest.with_columns(map(points, COMPONENTS))])
    return then.select(*key, *FROZEN)


def under(session: Session, wanted: Settings, days: Sequence[date] | None = None) -> pl.DataFrame:
    """The history under any settings, saved or drafted, sorted by day and customer: to the last bit what was stored while they held.

    `days`: some month ends, or any days; all month ends by default. Stored points serve where the settings' terms are those they were
    made with; other cadences or clocks go through the facts. Writes nothing.
    """
    stored = _stored_under(session)
    ends = facts.span(session).month_ends()
    asked = sorted(set(ends if days is None else days))
    if stored is None or stored.terms != wanted.terms or not set(asked) <= set(ends):
        scored = score_at(session, asked or [NO_DAY], wanted)
        return scored if asked else scored.clear()
    return recomposed(session.frame("queries/history_ends", days=asked), wanted)


def refresh(session: Session, touched: Collection[str] | None, changed: Collection[str] | None = None) -> None:
    """Brings facts and history up to date inside the caller's write transaction.

    None, a change to the book's frame or to what the facts need of the settings, or a history that an older build stored rebuilds all.
    Other changes of the settings are composed anew from the stored points; then the touched customers are made anew, as far as rows of
    the `changed` tables say (None: of any).
    """
    now, span = settings.in_force(session), facts.span(session)
    frame, stored = _book_frame(session, now, span), _stored_under(session)
    if touched is None or stored is None or stored.terms != now.terms or not _same_frame(session, frame):
        session.replace("history", rebuilt(session))
        session.replace("book", frame)
        return
    if stored.version != now.version:
        session.replace("history", under(session, now))
        session.replace("book", frame)
    moved = facts.affected_by(changed)
    if touched and moved and frame["last_month_end"][0]:
        customers = sorted(touched)
        # the leaving have facts of an earlier day on file, of no use to whoever stays after all
        alone = None if facts.STATUS in moved else changed
        session.patch("history", score_at(session, span.month_ends(), now, customers, alone), customers)


def rebuilt(session: Session) -> pl.DataFrame:
    """The whole history made anew from the rows, sorted by month end and customer; no rows where no day was observed. Writes nothing."""
    days = facts.span(session).month_ends()
    scored = score_at(session, days or [NO_DAY], settings.in_force(session))
    return scored if days else scored.clear()


def bring_up(warehouse: Warehouse) -> bool:
    """Rebuild a history that an earlier version stored without columns that are read today; whether there was one.

    To be called after a warehouse file is opened and before anything is read from it.
    """
    with warehouse.reading() as session:
        if not session.has("history") or not _lacking(session):
            return False
    with warehouse.writing() as session:
        refresh(session, None)
    return True


def _lacking(session: Session) -> bool:
    """Whether the stored history lacks a column that is stored today: a fact, the points of a component, or what they add up to."""
    wanted = {*dependencies.fact_columns(session), *POINTS, *OF_THE_SCORED, "band", "firm"}
    return not wanted <= set(session.columns("history"))


def _stored_under(session: Session) -> Settings | None:
    """The settings that the stored history was made with; None where there is none that can be read."""
    if not session.has("history") or not session.has("book") or _lacking(session):
        return None
    return settings.version(session, session.rows("book")["settings_version"][0])


def _same_frame(session: Session, frame: pl.DataFrame) -> bool:
    """Whether the book's frame is the stored one, the version of the settings aside."""
    return session.rows("book").drop("settings_version").equals(frame.drop("settings_version"))


def _book_frame(session: Session, in_force: Settings, span: facts.Span) -> pl.DataFrame:
    """One row: what every customer's history depends on besides own rows."""
    return session.frame("queries/first_days").with_columns(
        pl.lit(span.observed_from, pl.Date).alias("observed_from"),
        pl.lit(max(span.month_ends(), default=None), pl.Date).alias("last_month_end"),
        pl.lit(in_force.version, pl.Int64).alias("settings_version"),
    )
