"""Effect of a file on the scores: customers whose health or band would change, and why. Writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from health.access import Book
from health.intake.preview import Preview, prepare_in_session
from health.score import history, settings
from health.score.components import COMPONENTS
from health.score.compose import row_weight
from health.score.settings import Settings
from health.warehouse import Session, completeness, facts, overlay

TIME, NEW, LEFT, NOTICE, NOTICE_WITHDRAWN = "passing of time", "new", "left", "notice given", "no longer leaving"
SEGMENT = "weights of its segment"
_AGED, _BEFORE = "_aged", "_before"


@dataclass(frozen=True)
class Effect:
    """The newest day on file before and after, and the customers whose health or band changes between the two.

    `frame`: customer_id, name, kind ("changed", "new": not scored before, "left": not scored after), band_before, band_after,
    health_before, health_after and points (their difference) in hundredths, moved_by: the main cause other than time, as text, and
    aged: the change in hundredths from time alone where the newest day moves. `looked_at`: number of customers that the file affects.
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
        """Customers scored before and after whose band changes, largest losses first."""
        return self.of_kind("changed").filter(pl.col("band_before") != pl.col("band_after")).sort("points", "customer_id", nulls_last=True)


def effect(book: Book, preview: Preview) -> Effect:
    """Compute the scores as they would be after committing this preview. Writes nothing. Errors: Duplicate, Forbidden."""
    book.check("load")
    with book.reading() as session:
        if session.version != preview.version:
            preview = prepare_in_session(session, preview.batch, session.version, preview.today)
        return _effect(session, preview)


def _effect(session: Session, preview: Preview) -> Effect:
    """Score the affected customers before and after an overlay of the rows, in one session."""
    current_settings, current_day, first_days = (
        settings.in_force(session),
        facts.span(session).newest_day,
        session.frame("queries/first_days"),
    )
    staged = {c.table.name: overlay.StagedRows(c.fresh, c.replaced) for c in preview.changes if c.fresh.height}
    with overlay.overlay_rows(session, staged, dict.fromkeys((c.table.name for c in preview.changes), preview.complete_through)):
        new_day, first_days_change = facts.span(session).newest_day, not first_days.equals(session.frame("queries/first_days"))
        touched = None if first_days_change else preview.touched
        customer_ids = None if touched is None else sorted(touched)
        names, known = session.frame("queries/customers_named").select("customer_id", "name"), completeness.read(session)
        after = history.score_at(session, [new_day or history.NO_DAY], current_settings, customer_ids)
    before = aged = history.score_at(session, [current_day or history.NO_DAY], current_settings, customer_ids)
    if new_day != current_day or known != completeness.read(session):
        with completeness.assumed(session, known):
            aged = history.score_at(session, [new_day or history.NO_DAY], current_settings, customer_ids)
    frame = _effect_rows(_join_scores(before, aged, after), names, current_settings)
    return Effect(current_day, new_day, frame, before["customer_id"].append(after["customer_id"]).n_unique())


def _join_scores(before: pl.DataFrame, aged: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """One row per customer: scores after the load, today (_before), and on the new day without the load (_aged)."""
    columns = ["customer_id", "band", "health", "cap", "score_segment", *history.POINTS]
    frame = after.select(columns)
    for other, suffix in ((before, _BEFORE), (aged, _AGED)):
        frame = frame.join(other.select(columns), on="customer_id", how="full", coalesce=True, suffix=suffix)
    return frame


def _effect_rows(scores: pl.DataFrame, names: pl.DataFrame, current_settings: Settings) -> pl.DataFrame:
    """The columns of `Effect.frame`, from joined scores."""
    scored_before, scored_after = pl.col("band_before").is_not_null(), pl.col("band").is_not_null()
    kind = (
        pl.when(scored_before & scored_after)
        .then(pl.lit("changed"))
        .when(scored_after)
        .then(pl.lit(NEW))
        .otherwise(pl.lit(LEFT))
        .alias("kind")
    )
    differs = pl.col("band").ne_missing(pl.col("band_before")) | pl.col("health").ne_missing(pl.col("health_before"))
    return (
        scores.filter(differs)
        .join(names, on="customer_id", how="left")
        .select(
            "customer_id", "name", kind, "band_before", pl.col("band").alias("band_after"), "health_before",
            pl.col("health").alias("health_after"), (pl.col("health") - pl.col("health_before")).alias("points"),
            _main_cause(current_settings, scored_before, scored_after).alias("moved_by"),
            (pl.col("health_aged") - pl.col("health_before")).alias("aged"),
        )
        .sort("customer_id")
    )  # fmt: skip


def _main_cause(current_settings: Settings, scored_before: pl.Expr, scored_after: pl.Expr) -> pl.Expr:
    """Main difference between the score after the load and the score that time alone would give."""
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name + _AGED)) for name in ("band", "health"))
    cap = pl.col("cap").ne_missing(pl.col("cap_aged")) & pl.col("band").ne_missing(pl.col("band_aged"))
    is_leaving, was_leaving = (pl.col(name).eq_missing(pl.lit("leaving")) for name in ("band", "band_aged"))
    return (
        pl.when(same).then(pl.lit(TIME))
        .when(scored_after & ~scored_before).then(pl.lit(NEW))
        .when(scored_before & ~scored_after).then(pl.lit(LEFT))
        .when(is_leaving & ~was_leaving).then(pl.lit(NOTICE))
        .when(was_leaving & ~is_leaving).then(pl.lit(NOTICE_WITHDRAWN))
        .when(cap).then(pl.coalesce("cap", pl.format("no longer: {}", "cap_aged")))
        .otherwise(_largest_component(current_settings))
    )  # fmt: skip


def _largest_component(current_settings: Settings) -> pl.Expr:
    """Label of the component with the largest weighted change, by the customer's weights after the load.

    A component that becomes known or unknown counts by its distance from the health of the others. If no weighted component changed, the
    segment and its weights did."""
    changes = [_weighted_change(c.column, row_weight(c.key, current_settings)) for c in COMPONENTS]
    largest = pl.max_horizontal(changes)
    label_of_largest = pl.coalesce(
        pl.when(change == largest).then(label) for change, label in zip(changes, _component_labels(), strict=True)
    )
    return pl.when(largest > 0).then(label_of_largest).otherwise(pl.lit(SEGMENT))


def _weighted_change(name: str, component_weight: pl.Expr) -> pl.Expr:
    """Weighted absolute change of one component; at least 1 if it becomes known or unknown."""
    score_after, score_before = pl.coalesce(name, "health", "health_aged"), pl.coalesce(name + _AGED, "health_aged", "health")
    is_known = pl.col(name).is_not_null() | pl.col(name + _AGED).is_not_null()
    one_sided = pl.col(name).is_null() != pl.col(name + _AGED).is_null()
    weighted_change = (component_weight * (score_after - score_before).abs() + one_sided.cast(pl.Int64)).fill_null(0)
    return pl.when(is_known & (component_weight > 0)).then(weighted_change).otherwise(0)


def _component_labels() -> Iterator[pl.Expr]:
    """Label of each component, with a note if it becomes known or unknown."""
    for c in COMPONENTS:
        score_after, score_before = pl.col(c.column), pl.col(c.column + _AGED)
        becomes_known, becomes_unknown = (
            score_after.is_not_null() & score_before.is_null(),
            score_after.is_null() & score_before.is_not_null(),
        )
        yield (
            pl.when(becomes_known).then(pl.lit(f"{c.label}, now known")).when(becomes_unknown).then(pl.lit(f"{c.label}, now unknown"))
            .otherwise(pl.lit(c.label))
        )  # fmt: skip
