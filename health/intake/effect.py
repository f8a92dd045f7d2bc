"""What a file would do to the scores: whose health or band changes and why, computed on the would-be state without writing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from health.access import Book
from health.intake.preview import Preview, prepared
from health.score import history, settings
from health.score.components import COMPONENTS
from health.score.compose import weight
from health.score.settings import Settings
from health.warehouse import Session, facts, overlay

TIME, NEW, LEFT, NOTICE, STAYS = "time passing", "new", "left", "notice known", "no longer leaving"
SEGMENT = "the weights of its segment"
_AGED, _BEFORE = "_aged", "_before"


@dataclass(frozen=True)
class Effect:
    """The newest day on file before and after, and the customers whose health or band changes between the two.

    `frame`: customer_id, name, kind ("changed", "new": not scored before, "left": not scored after), band_before, band_after,
    health_before, health_after and points (their difference) in hundredths, moved_by: what moved it most beside time, in words, and
    aged: the hundredths that mere time takes or gives where the newest day moves. `looked_at` counts the customers that the file touches.
    """

    as_of_before: date | None
    as_of_after: date | None
    frame: pl.DataFrame
    looked_at: int

    def of_kind(self, kind: str) -> pl.DataFrame:
        """The customers of one kind."""
        return self.frame.filter(pl.col("kind") == kind)

    @property
    def crossed(self) -> pl.DataFrame:
        """Those scored before and after whose band changes, the largest losses first."""
        return self.of_kind("changed").filter(pl.col("band_before") != pl.col("band_after")).sort("points", "customer_id", nulls_last=True)


def effect(book: Book, preview: Preview) -> Effect:
    """What committing this preview would do to the score of every customer it touches. Writes nothing. Errors: Duplicate, Forbidden."""
    book.check("load")
    with book.reading() as session:
        if session.version != preview.version:
            preview = prepared(session, preview.batch, session.version, preview.today)
        return _effect(session, preview)


def _effect(session: Session, preview: Preview) -> Effect:
    in_force, today, first_days = settings.in_force(session), facts.span(session).newest_day, session.frame("queries/first_days")
    staged = {c.table.name: overlay.Staged(c.fresh, c.replaced) for c in preview.changes if c.fresh.height}
    with overlay.laid_over(session, staged):
        then, everybody = facts.span(session).newest_day, not first_days.equals(session.frame("queries/first_days"))
        touched = None if everybody else preview.touched
        whom = None if touched is None else sorted(touched)
        names = session.frame("queries/customers_named").select("customer_id", "name")
        after = history.score_at(session, [then or history.NO_DAY], in_force, whom)
    stood = history.score_at(session, [day for day in (today, then) if day] or [history.NO_DAY], in_force, whom)
    before, aged = (stood.filter(pl.col("as_of") == (day or history.NO_DAY)) for day in (today, then))
    frame = _frame(_beside(before, aged, after), names, in_force)
    return Effect(today, then, frame, before["customer_id"].append(after["customer_id"]).n_unique())


def _beside(before: pl.DataFrame, aged: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """One row a customer: as it would stand, as it stands (_before), and as it would stand on that day without the file (_aged)."""
    kept = ["customer_id", "band", "health", "cap", "score_segment", *history.POINTS]
    frame = after.select(kept)
    for other, suffix in ((before, _BEFORE), (aged, _AGED)):
        frame = frame.join(other.select(kept), on="customer_id", how="full", coalesce=True, suffix=suffix)
    return frame


def _frame(beside: pl.DataFrame, names: pl.DataFrame, in_force: Settings) -> pl.DataFrame:
    was, will = pl.col("band_before").is_not_null(), pl.col("band").is_not_null()
    kind = pl.when(was & will).then(pl.lit("changed")).when(will).then(pl.lit(NEW)).otherwise(pl.lit(LEFT)).alias("kind")
    differs = pl.col("band").ne_missing(pl.col("band_before")) | pl.col("health").ne_missing(pl.col("health_before"))
    return (
        beside.filter(differs)
        .join(names, on="customer_id", how="left")
        .select(
            "customer_id", "name", kind, "band_before", pl.col("band").alias("band_after"), "health_before",
            pl.col("health").alias("health_after"), (pl.col("health") - pl.col("health_before")).alias("points"),
            _moved_by(in_force, was, will).alias("moved_by"), (pl.col("health_aged") - pl.col("health_before")).alias("aged"),
        )
        .sort("customer_id")
    )  # fmt: skip


def _moved_by(in_force: Settings, was: pl.Expr, will: pl.Expr) -> pl.Expr:
    """What sets the would-be state apart from the one that time alone would bring."""
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name + _AGED)) for name in ("band", "health"))
    cap = pl.col("cap").ne_missing(pl.col("cap_aged")) & pl.col("band").ne_missing(pl.col("band_aged"))
    leaving, was_leaving = (pl.col(name).eq_missing(pl.lit("leaving")) for name in ("band", "band_aged"))
    return (
        pl.when(same).then(pl.lit(TIME))
        .when(will & ~was).then(pl.lit(NEW))
        .when(was & ~will).then(pl.lit(LEFT))
        .when(leaving & ~was_leaving).then(pl.lit(NOTICE))
        .when(was_leaving & ~leaving).then(pl.lit(STAYS))
        .when(cap).then(pl.coalesce("cap", pl.format("no longer: {}", "cap_aged")))
        .otherwise(_component(in_force))
    )  # fmt: skip


def _component(in_force: Settings) -> pl.Expr:
    """The component with the largest weighted change, by the weights the customer would have; one that becomes known, or is so no longer,
    counts by its distance from the rest. Where none that weighs has moved, it is the segment, and its weights, that changed."""
    moves = [_move(c.column, weight(c.key, in_force)) for c in COMPONENTS]
    largest = pl.max_horizontal(moves)
    first = pl.coalesce(pl.when(move == largest).then(words) for move, words in zip(moves, _words(), strict=True))
    return pl.when(largest > 0).then(first).otherwise(pl.lit(SEGMENT))


def _move(name: str, weighs: pl.Expr) -> pl.Expr:
    now, then = pl.coalesce(name, "health", "health_aged"), pl.coalesce(name + _AGED, "health_aged", "health")
    known = pl.col(name).is_not_null() | pl.col(name + _AGED).is_not_null()
    one_sided = pl.col(name).is_null() != pl.col(name + _AGED).is_null()
    moved = (weighs * (now - then).abs() + one_sided.cast(pl.Int64)).fill_null(0)
    return pl.when(known & (weighs > 0)).then(moved).otherwise(0)


def _words() -> Iterator[pl.Expr]:
    for c in COMPONENTS:
        now, then = pl.col(c.column), pl.col(c.column + _AGED)
        gained, lost = now.is_not_null() & then.is_null(), now.is_null() & then.is_not_null()
        yield (
            pl.when(gained).then(pl.lit(f"{c.label}, now known")).when(lost).then(pl.lit(f"{c.label}, no longer known"))
            .otherwise(pl.lit(c.label))
        )  # fmt: skip
