"""Scores on any day, and what is stored of them: month ends (`history`) and the newest day (`recent_days`), always equal to a rebuild."""

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from health.month_ends import month_end_by
from health.score import settings
from health.score.components import COMPONENTS, component_points
from health.score.compose import SCORE_COLUMNS, compose_scored
from health.score.settings import Settings
from health.status import ACTIVE, FROZEN
from health.warehouse import Session, Warehouse, completeness, dependencies, facts

POINTS = [c.column for c in COMPONENTS]
FROZEN_COLUMNS = [*POINTS, "critical_late", "overdue_60", "broken_promises_90"]
NO_DAY = date(1970, 1, 1)
HISTORY, RECENT_DAYS = "history", "recent_days"
"""The stored tables, one row per customer and day with all facts and scores: month ends, and the newest day with a later one kept."""


def score_at(
    session: Session, days: Sequence[date], score_settings: Settings, customers: Sequence[str] | None = None,
    changed: Collection[str] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """One row per customer and day, sorted by day and customer: facts as of the day, points as of `facts_as_of`, health and band.

    Leaving customers keep the points of the last month end before that was known, paused ones those of the day the pause began;
    otherwise only active customers are scored.
    `changed`: as in `facts.at`, limited to tables that do not affect the status.
    """
    current = facts.at(session, days, score_settings.terms, customers, changed).with_columns(map(component_points, COMPONENTS))
    frozen_points = _frozen_points(session, current, score_settings)
    return (
        current.join(
            frozen_points,
            left_on=["customer_id", "facts_as_of"],
            right_on=["customer_id", "as_of"],
            how="left",
            suffix="_frozen",
            maintain_order="left",
        )
        .with_columns(_frozen_column(name) for name in FROZEN_COLUMNS)
        .drop(f"{name}_frozen" for name in FROZEN_COLUMNS)
        .pipe(compose_scored, score_settings)
        .sort("as_of", "customer_id")
    )


def _frozen_column(name: str) -> pl.Expr:
    """A column with its frozen value for leaving and paused customers; points only for active ones."""
    value = pl.when(FROZEN).then(pl.col(f"{name}_frozen"))
    return (value.when(ACTIVE).then(pl.col(name)) if name in POINTS else value.otherwise(pl.col(name))).alias(name)


def _frozen_points(session: Session, current: pl.DataFrame, score_settings: Settings) -> pl.DataFrame:
    """One row per leaving or paused customer and day at which its points are frozen: key and FROZEN_COLUMNS."""
    key, is_current = ["customer_id", "as_of"], ~FROZEN
    days = current.filter(~is_current).select("customer_id", pl.col("facts_as_of").alias("as_of")).unique().sort(key)
    frozen_points = current.filter(is_current).join(days, on=key, how="semi")
    missing_days = days.join(frozen_points, on=key, how="anti")
    if missing_days.height:
        customers = missing_days["customer_id"].unique(maintain_order=True).to_list()
        missing_facts = facts.at(session, missing_days["as_of"].unique().to_list(), score_settings.terms, customers).join(
            missing_days, on=key, how="semi"
        )
        frozen_points = pl.concat([frozen_points, missing_facts.with_columns(map(component_points, COMPONENTS))])
    return frozen_points.select(*key, *FROZEN_COLUMNS)


def on_day(session: Session, day: date, customers: Sequence[str] | None = None) -> pl.DataFrame:
    """Scores on a day under the settings in force, as `score_at`: the stored ones, else computed. `customers`: None for all."""
    stored = stored_on(session, day, customers)
    return stored if stored.height else score_at(session, [day], settings.in_force(session), customers)


def stored_on(session: Session, day: date, customers: Sequence[str] | None = None) -> pl.DataFrame:
    """The stored scores of a day, sorted by customer; empty for a day that is not stored."""
    if not session.has(HISTORY):
        return pl.DataFrame()
    return session.frame("queries/history_at", as_of=day, everyone=customers is None, customers=list(customers or []))


def history_under(session: Session, score_settings: Settings, days: Sequence[date] | None = None) -> pl.DataFrame:
    """The history under any settings, sorted by day and customer; bit-identical to what is stored when they are in force.

    `days`: default all month ends. Stored points are used if the settings' terms are the stored ones; other cadences or deadlines recompute
    the facts. Writes nothing.
    """
    stored_settings = _stored_settings(session)
    month_ends = facts.span(session).month_ends()
    days_asked = sorted(set(month_ends if days is None else days))
    if stored_settings is None or stored_settings.terms != score_settings.terms or not set(days_asked) <= {*month_ends, *_kept(session)}:
        scored = score_at(session, days_asked or [NO_DAY], score_settings)
        return scored if days_asked else scored.clear()
    return compose_scored(session.frame("queries/history_ends", days=days_asked), score_settings)


def refresh(session: Session, touched: Collection[str] | None, changed: Collection[str] | None = None) -> None:
    """Update the stored scores inside the caller's write transaction.

    Everything is rebuilt if `touched` is None, if the observed period or the settings' terms changed, or if an older version stored the
    history. Other changes of settings are composed from the stored points; then the touched customers are recomputed for the `changed`
    tables (None: any). A day that has become the newest is scored for all customers, unless it was kept before.
    """
    span = facts.span(session)
    with completeness.assumed(session, span.known):
        current_settings, stored_settings = settings.in_force(session), _stored_settings(session)
        book_frame = _book_frame(session, current_settings, span)
        if (
            touched is None
            or stored_settings is None
            or stored_settings.terms != current_settings.terms
            or not _frame_is_stored(session, book_frame)
        ):
            _replace(session, build(session))
            session.replace("book", book_frame)
            return
        if stored_settings.version != current_settings.version:
            for table, days in ((HISTORY, span.month_ends()), (RECENT_DAYS, _kept(session))):
                session.replace(table, history_under(session, current_settings, days))
            session.replace("book", book_frame)
        if touched:
            _rescore(session, span, current_settings, sorted(touched), changed)
        is_as_complete = session.rows("book")["tables_end"].equals(book_frame["tables_end"])
        _score_newest_day(session, span, current_settings, is_as_complete)
        if not is_as_complete:
            session.replace("book", book_frame)


def build(session: Session) -> dict[str, pl.DataFrame]:
    """Both stored tables, rebuilt from the rows and sorted by day and customer; empty without observed days. Writes nothing."""
    span = facts.span(session)
    days = sorted({*span.month_ends(), *_recent_days(session, span)})
    scored = score_at(session, days or [NO_DAY], settings.in_force(session))
    return _by_table(scored if days else scored.clear(), span)


def keep_day(warehouse: Warehouse, day: date) -> bool:
    """Score a day after the newest one, so that the first entry made on it has to score its customer only; whether it was scored.

    Not where the day would bring a new month end, since the first entry then rebuilds everything.
    """
    with warehouse.reading() as session:
        if not _can_keep(session, day):
            return False
    with warehouse.writing() as session:
        if not _can_keep(session, day):  # somebody wrote in between
            return False
        scored = score_at(session, [day], settings.in_force(session))
        newest = session.rows(RECENT_DAYS).filter(pl.col("as_of") == facts.span(session).newest_day)
        session.replace(RECENT_DAYS, pl.concat([newest.select(scored.columns), scored]))
    return True


def _can_keep(session: Session, day: date) -> bool:
    """Whether the day is after the newest one, in the same month of the history, and later than any day kept."""
    newest_day = facts.span(session).newest_day
    is_ahead = newest_day is not None and day > newest_day and month_end_by(day) <= month_end_by(newest_day)
    return is_ahead and _stored_settings(session) is not None and all(day > kept for kept in _kept(session))


def _rescore(session: Session, span: facts.Span, in_force: Settings, customers: list[str], changed: Collection[str] | None) -> None:
    """Recompute these customers on all stored days."""
    facts_changed = dependencies.affected_steps(changed)
    days = [*span.month_ends(), *_kept(session)]
    if facts_changed and days:
        # the stored facts of leaving and paused customers are those of an earlier day; they do not fit a status that has changed
        changed_tables = None if facts.STATUS in facts_changed else changed
        scored = score_at(session, days, in_force, customers, changed_tables)
        for table, rows in _by_table(scored, span).items():
            session.patch(table, rows, customers)


def _score_newest_day(session: Session, span: facts.Span, in_force: Settings, is_as_complete: bool) -> None:
    """Drop days before the newest one, and add it for all customers if it is not stored.

    `is_as_complete`: the tables are complete to the days to which they were; otherwise silence counts anew on all these days.
    """
    wanted, kept = _recent_days(session, span), _kept(session) if is_as_complete else []
    if wanted == kept:
        return
    missing = [day for day in wanted if day not in kept]
    rows = session.rows(RECENT_DAYS).filter(pl.col("as_of").is_in([day for day in wanted if day in kept]))
    fresh = [score_at(session, missing, in_force).select(rows.columns)] if missing else []
    session.replace(RECENT_DAYS, pl.concat([rows, *fresh]))


def _recent_days(session: Session, span: facts.Span) -> list[date]:
    """The days to be stored besides month ends: the newest one, and the last one kept if it is later."""
    if span.newest_day is None:
        return []
    return sorted({span.newest_day, max([span.newest_day, *_kept(session)])} - set(span.month_ends()))


def _kept(session: Session) -> list[date]:
    """The days of `recent_days`."""
    return session.frame("queries/recent_days")["as_of"].to_list() if session.has(RECENT_DAYS) else []


def _by_table(scored: pl.DataFrame, span: facts.Span) -> dict[str, pl.DataFrame]:
    is_month_end = pl.col("as_of").is_in(span.month_ends())
    return {HISTORY: scored.filter(is_month_end), RECENT_DAYS: scored.filter(~is_month_end)}


def _replace(session: Session, tables: dict[str, pl.DataFrame]) -> None:
    for table, rows in tables.items():
        session.replace(table, rows)


def upgrade_history(warehouse: Warehouse) -> bool:
    """Rebuild a history that an earlier version stored without tables or columns that are read today; whether there was one.

    To be called after a warehouse file is opened and before anything is read from it.
    """
    with warehouse.reading() as session:
        if not session.has(HISTORY) or not _lacks_columns(session):
            return False
    with warehouse.writing() as session:
        refresh(session, None)
    return True


def _lacks_columns(session: Session) -> bool:
    """Whether a stored table lacks a column of this version: a fact, a component's points, or a score column; or is not there."""
    needed_columns = {*dependencies.fact_columns(), *POINTS, *SCORE_COLUMNS, "band", "firm"}
    tables = {HISTORY: needed_columns, RECENT_DAYS: needed_columns, "book": {"tables_end"}}
    return not all(session.has(table) and columns <= set(session.columns(table)) for table, columns in tables.items())


def _stored_settings(session: Session) -> Settings | None:
    """The settings under which the stored history was computed; None without a readable history."""
    if not session.has(HISTORY) or not session.has("book") or _lacks_columns(session):
        return None
    return settings.version(session, session.rows("book")["settings_version"][0])


def _frame_is_stored(session: Session, frame: pl.DataFrame) -> bool:
    """Whether the book's frame equals the stored one, apart from the settings version."""
    apart = ["settings_version", "tables_end"]
    return session.rows("book").drop(apart, strict=False).equals(frame.drop(apart))


def _book_frame(session: Session, score_settings: Settings, span: facts.Span) -> pl.DataFrame:
    """One row: what every customer's history depends on besides its own rows."""
    last_month_end = max(span.month_ends(), default=None)
    return session.frame("queries/first_days").with_columns(
        pl.lit(span.observed_from, pl.Date).alias("observed_from"),
        pl.lit(last_month_end, pl.Date).alias("last_month_end"),
        *(
            pl.lit(min(day, last_month_end) if day and last_month_end else None, pl.Date).alias(f"{name}_through")
            for name, day in span.known.ends().items()
        ),
        pl.lit(str(span.known.ends())).alias("tables_end"),
        pl.lit(score_settings.version, pl.Int64).alias("settings_version"),
    )
