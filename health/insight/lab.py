"""Preview of draft settings on one day: customers whose band or rank changes, and why. Writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt
from health.access import Book
from health.month_ends import latest_of
from health.score import history
from health.score.components import COMPONENTS, Component
from health.score.compose import COLUMNS_READ, compose, row_weight
from health.score.settings import Settings
from health.status import ACTIVE
from health.warehouse import Session

INPUT_COLUMNS = ["customer_id", "status", "score_segment", "mrr_cents", *COLUMNS_READ]
FIFTH = 5
_BAND_RANKS = {"at_risk": 0, "watch": 1, "healthy": 2}


@dataclass(frozen=True)
class Effect:
    """What a draft of the settings would change.

    `band_changes`: one row per customer whose band changes, largest MRR first: customer_id, customer, band_was, band (lists of one chip),
    rank_was, rank (1 is the lowest health), health_was, health (whole points), mrr, because. `downgrades`, `upgrades`: customers by
    direction, without changes from or to unknown. `mrr_at_risk`: (before, with the draft); None if no band is known.
    """

    customers: int
    band_changes: pl.DataFrame
    downgrades: int
    upgrades: int
    mrr_changing_band: float
    mrr_at_risk: tuple[float | None, float | None]
    bands: pl.DataFrame
    new_in_lowest_fifth: int


def preview_day(month_ends: list[date], as_of: date) -> date:
    """Return the last stored month end, whose points need not be computed again."""
    return latest_of(month_ends, as_of)


def active_customers(book: Book, day: date, settings: Settings) -> pl.DataFrame:
    """Read the active customers of the book with the inputs of their health under these settings.

    One row per customer, sorted by id.
    """
    with book.reading() as session:
        rows = book.own(session, _active_rows(session, day, settings))
        names = session.frame("queries/customers_named").select("customer_id", pl.col("name").fill_null(pl.col("customer_id")))
    return rows.join(names, on="customer_id", how="left", maintain_order="left")


def _active_rows(session: Session, day: date, settings: Settings) -> pl.DataFrame:
    return history.history_under(session, settings, [day]).filter(ACTIVE).select(INPUT_COLUMNS).sort("customer_id")


def score_customers(rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Add health (hundredths), band, cap and rank.

    Rank 1 is the lowest known health, ties by id; null where the band is unknown.
    """
    rank = pl.when(pl.col("band") != "unknown").then("health").rank("ordinal")
    return compose(rows, settings).with_columns(rank.alias("rank"))


def compare_scores(before: pl.DataFrame, after: pl.DataFrame, in_force: Settings, draft: Settings) -> Effect:
    """Compare the draft with the settings in force; both frames from `score_customers`, for the same customers."""
    scores = after.with_columns(before.select(pl.col("health", "band", "cap", "rank", *(c.column for c in COMPONENTS)).name.suffix("_was")))
    changes = scores.filter(pl.col("band").ne_missing(pl.col("band_was")))
    steps = _band_rank("band") - _band_rank("band_was")
    directions = changes.select((steps < 0).sum().alias("down"), (steps > 0).sum().alias("up")).row(0)
    return Effect(
        customers=scores.height,
        band_changes=_band_change_table(changes, in_force, draft),
        downgrades=int(directions[0]),
        upgrades=int(directions[1]),
        mrr_changing_band=float(changes["mrr_cents"].sum()) / 100,
        mrr_at_risk=(_mrr_at_risk(before), _mrr_at_risk(after)),
        bands=_band_totals(before, after),
        new_in_lowest_fifth=_count_new_in_fifth(scores),
    )


def _mrr_at_risk(scores: pl.DataFrame) -> float | None:
    """None if no band is known."""
    known = scores.filter(pl.col("band") != "unknown")
    return None if known.is_empty() else float(known.filter(pl.col("band") == "at_risk")["mrr_cents"].sum()) / 100


def _band_rank(column: str) -> pl.Expr:
    """Rank of a band, 0 is at risk; null for unknown."""
    return pl.col(column).replace_strict(_BAND_RANKS, default=None, return_dtype=pl.Int64)


def _count_new_in_fifth(scores: pl.DataFrame) -> int:
    """Count customers who are in the lowest fifth with the draft but not before."""
    cutoff, earlier_cutoff = (-(-scores[rank].count() // FIFTH) for rank in ("rank", "rank_was"))
    was_outside = (pl.col("rank_was") > earlier_cutoff) | pl.col("rank_was").is_null()
    return scores.filter((pl.col("rank") <= cutoff) & was_outside).height


def _band_totals(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """One row per band with customers before or with the draft: band, customers_was, customers, mrr_was, mrr."""
    counts = {
        name: {band: (n, cents / 100) for band, n, cents in frame.group_by("band").agg(pl.len(), pl.col("mrr_cents").sum()).iter_rows()}
        for name, frame in (("was", before), ("now", after))
    }
    rows = [
        (b.key, *(counts[when].get(b.key, (0, 0.0))[value] for value in (0, 1) for when in ("was", "now")))
        for b in fmt.BANDS
        if any(b.key in band_counts for band_counts in counts.values())
    ]
    schema = {"band": pl.String, "customers_was": pl.Int64, "customers": pl.Int64, "mrr_was": pl.Float64, "mrr": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _band_change_table(changes: pl.DataFrame, in_force: Settings, draft: Settings) -> pl.DataFrame:
    """The rows of `Effect.band_changes`."""
    labels = {b.key: b.label for b in fmt.BANDS}
    return (
        _with_mover(changes, in_force, draft)
        .select(
            "customer_id",
            pl.col("name").alias("customer"),
            *(pl.concat_list(pl.col(band).replace_strict(labels, return_dtype=pl.String)).alias(band) for band in ("band_was", "band")),
            "rank_was",
            "rank",
            *((pl.col(health) // 100).alias(health) for health in ("health_was", "health")),
            (pl.col("mrr_cents") / 100).alias("mrr"),
            _reason(in_force).alias("because"),
        )
        .sort(["mrr", "customer_id"], descending=[True, False], nulls_last=True)
    )


def _reason(in_force: Settings) -> pl.Expr:
    """Reason of the change: coverage, a knock-out rule, band edges, or the component that moved health most."""
    healthy = (pl.col("band") == "healthy") | (pl.col("band_was") == "healthy")
    uncovered = (pl.col("band") == "unknown") | (pl.col("band_was") == "unknown")
    capped = healthy & (pl.col("cap").is_null() != pl.col("cap_was").is_null())
    edges = [100 * in_force.at_risk_below, 100 * in_force.healthy_from]
    same_side = [(pl.col("health") >= edge) == (pl.col("health_was") >= edge) for edge in edges]
    return (
        pl.when(uncovered).then(pl.lit("Coverage"))
        .when(capped).then(pl.lit("Cap at Watch"))
        .when(pl.all_horizontal(same_side)).then(pl.lit("Band limits"))
        .otherwise("mover")
    )  # fmt: skip


def _with_mover(changes: pl.DataFrame, in_force: Settings, draft: Settings) -> pl.DataFrame:
    """Add `mover`, the component that moved health most in the direction of the change.

    Health changes by the sum over components of (share - share before) x (points before - health before) + share x (points - points
    before).
    """
    direction = (pl.col("health") - pl.col("health_was")).sign()
    moves = [f"move_{c.key}" for c in COMPONENTS]
    with_shares = changes.pipe(_with_shares, in_force, "_was").pipe(_with_shares, draft, "")
    with_moves = with_shares.with_columns(
        (direction * _component_move(c)).fill_null(0.0).round(6).alias(f"move_{c.key}") for c in COMPONENTS
    )
    with_largest = with_moves.with_columns(pl.max_horizontal(moves).alias("most"))
    label = pl.coalesce(pl.when(pl.col(f"move_{c.key}") == pl.col("most")).then(pl.lit(c.label)) for c in COMPONENTS)
    return with_largest.with_columns(label.alias("mover"))


def _component_move(c: Component) -> pl.Expr:
    """Contribution of a component to the change of health, in hundredths."""
    points, points_was = pl.col(c.column), pl.col(f"{c.column}_was")
    by_share = (pl.col(f"share_{c.key}") - pl.col(f"share_{c.key}_was")) * (points_was.fill_null(points) - pl.col("health_was"))
    return by_share + pl.col(f"share_{c.key}") * (points - points_was.fill_null(points))


def _with_shares(frame: pl.DataFrame, settings: Settings, suffix: str) -> pl.DataFrame:
    """Add each component's share of the known weight, 0 to 1, by the weights of the customer's segment."""
    share_columns = [f"share_{c.key}{suffix}" for c in COMPONENTS]
    known_weights = (
        pl.when(pl.col(f"{c.column}{suffix}").is_not_null()).then(row_weight(c.key, settings)).otherwise(0) for c in COMPONENTS
    )
    with_weights = frame.with_columns(share.alias(name) for share, name in zip(known_weights, share_columns, strict=True))
    return with_weights.with_columns(pl.col(share_columns) / pl.sum_horizontal(share_columns))


def weights_to_100(weights: Mapping[str, int], keep: str | None = None) -> dict[str, int]:
    """Scale whole weights so that they sum to 100, by largest remainder.

    `keep`: a key whose weight stays. If all other weights are 0, they share the rest evenly.
    """
    fixed = {keep: min(100, weights[keep])} if keep else {}
    others = {key: weight for key, weight in weights.items() if key not in fixed}
    remaining, total = 100 - sum(fixed.values()), sum(others.values())
    exact = {key: remaining * (weight / total if total else 1 / len(others)) for key, weight in others.items()}
    floors = {key: int(value + 1e-9) for key, value in exact.items()}
    by_remainder = sorted(others, key=lambda key: floors[key] - exact[key])
    for key in by_remainder[: remaining - sum(floors.values())]:
        floors[key] += 1
    return {key: fixed[key] if key in fixed else floors[key] for key in weights}
