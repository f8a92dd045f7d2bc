"""Scores on any day, and the stored history of facts and scores at month ends, always equal to a full rebuild."""

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from health.score import settings
from health.score.components import COMPONENTS, component_points
from health.score.compose import SCORE_COLUMNS, compose_scored
from health.score.settings import Settings
from health.status import ACTIVE, FROZEN
from health.warehouse import Session, Warehouse, completeness, dependencies, facts

POINTS = [c.column for c in COMPONENTS]
FROZEN_COLUMNS = [*POINTS, "critical_late", "overdue_60", "broken_promises_90"]
NO_DAY = date(1970, 1, 1)


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


def history_under(session: Session, score_settings: Settings, days: Sequence[date] | None = None) -> pl.DataFrame:
    """The history under any settings, sorted by day and customer; bit-identical to what is stored when they are in force.

    `days`: default all month ends. Stored points are used if the settings' terms are the stored ones; other cadences or deadlines recompute
    the facts. Writes nothing.
    """
    stored_settings = _stored_settings(session)
    month_ends = facts.span(session).month_ends()
    days_asked = sorted(set(month_ends if days is None else days))
    if stored_settings is None or stored_settings.terms != score_settings.terms or not set(days_asked) <= set(month_ends):
        scored = score_at(session, days_asked or [NO_DAY], score_settings)
        return scored if days_asked else scored.clear()
    return compose_scored(session.frame("queries/history_ends", days=days_asked), score_settings)


def refresh(session: Session, touched: Collection[str] | None, changed: Collection[str] | None = None) -> None:
    """Update the stored history inside the caller's write transaction.

    Everything is rebuilt if `touched` is None, if the observed period or the settings' terms changed, or if an older version stored the
    history. Other changes of settings are composed from the stored points; then the touched customers are recomputed for the `changed`
    tables (None: any).
    """
    span = facts.span(session)
    with completeness.assumed(session, span.known):
        _refresh(session, span, touched, changed)


def _refresh(session: Session, span: facts.Span, touched: Collection[str] | None, changed: Collection[str] | None) -> None:
    current_settings = settings.in_force(session)
    book_frame, stored_settings = _book_frame(session, current_settings, span), _stored_settings(session)
    if (
        touched is None
        or stored_settings is None
        or stored_settings.terms != current_settings.terms
        or not _frame_is_stored(session, book_frame)
    ):
        session.replace("history", build_history(session))
        session.replace("book", book_frame)
        return
    if stored_settings.version != current_settings.version:
        session.replace("history", history_under(session, current_settings))
        session.replace("book", book_frame)
    facts_changed = dependencies.affected_steps(changed)
    if touched and facts_changed and book_frame["last_month_end"][0]:
        customers = sorted(touched)
        # the stored facts of leaving and paused customers are those of an earlier day; they do not fit a status that has changed
        changed_tables = None if facts.STATUS in facts_changed else changed
        session.patch("history", score_at(session, span.month_ends(), current_settings, customers, changed_tables), customers)


def build_history(session: Session) -> pl.DataFrame:
    """Rebuild the whole history from the rows, sorted by month end and customer; empty without observed days. Writes nothing."""
    days = facts.span(session).month_ends()
    scored = score_at(session, days or [NO_DAY], settings.in_force(session))
    return scored if days else scored.clear()


def upgrade_history(warehouse: Warehouse) -> bool:
    """Rebuild a history that an earlier version stored without columns that are read today; whether there was one.

    To be called after a warehouse file is opened and before anything is read from it.
    """
    with warehouse.reading() as session:
        if not session.has("history") or not _lacks_columns(session):
            return False
    with warehouse.writing() as session:
        refresh(session, None)
    return True


def _lacks_columns(session: Session) -> bool:
    """Whether the stored history lacks a column of this version: a fact, a component's points, or a score column."""
    needed_columns = {*dependencies.fact_columns(), *POINTS, *SCORE_COLUMNS, "band", "firm"}
    return not needed_columns <= set(session.columns("history"))


def _stored_settings(session: Session) -> Settings | None:
    """The settings under which the stored history was computed; None without a readable history."""
    if not session.has("history") or not session.has("book") or _lacks_columns(session):
        return None
    return settings.version(session, session.rows("book")["settings_version"][0])


def _frame_is_stored(session: Session, frame: pl.DataFrame) -> bool:
    """Whether the book's frame equals the stored one, apart from the settings version."""
    return session.rows("book").drop("settings_version").equals(frame.drop("settings_version"))


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
        pl.lit(score_settings.version, pl.Int64).alias("settings_version"),
    )
