"""Clusters on a day, by centres fixed at the last quarter end, with their stability."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from health import format as fmt
from health.access import Book
from health.errors import InsufficientData
from health.foresight.backtest.cutoffs import previous_quarter_end
from health.foresight.segments import stability
from health.foresight.segments.kmeans import FEATURES, Centres, every_nth, features, fit
from health.foresight.segments.positions import churn_cutoffs, customers_on, with_churn
from health.foresight.segments.quadrants import SEGMENTS, health_split, quadrants
from health.foresight.stats.arrays import Ints
from health.month_ends import month_end_by
from health.score import settings
from health.warehouse import Session, facts

MIN_AGREEMENT = 0.9
MAX_DAYS = 3
MAX_JUDGED = 50_000
"""Customers on which month-to-month agreement and churn are measured; of a larger book, every n-th by id."""


@dataclass(frozen=True)
class Stability:
    """Stability of the clusters, of the whole book; None is unknown.

    `starts`: lowest adjusted Rand index over random starts; `months`: between the last two month ends, `months_quadrants`: of the quadrants
    over the same customers; `churn_share`: eta squared of churn within 90 days.
    """

    starts: float
    months: float | None
    months_quadrants: float | None
    silhouette: float | None
    churn_share: float | None
    churn_share_quadrants: float | None

    @property
    def holds(self) -> bool:
        """Whether other random starts find the same groups."""
        return self.starts >= MIN_AGREEMENT


@dataclass(frozen=True)
class Clusters:
    """Clusters of the viewer's customers.

    `frame`: one row per customer, sorted by id: customer_id, cluster (null without all features, and for all where clusters do not hold).
    `means`: one row per cluster in the order of the names: cluster, health, log_value, trend, log_tenure.
    """

    frame: pl.DataFrame
    means: pl.DataFrame
    fitted_on: date
    stability: Stability

    @property
    def sentence(self) -> str:
        """Whether they are shown, in words."""
        least = f"agreement with ten other random starts is at least {self.stability.starts:.2f}"
        head = f"Four clusters, fitted on {fmt.day(self.fitted_on)}; {least}"
        if not self.stability.holds:
            return f"{head}, below {MIN_AGREEMENT:.1f}. They are not shown, because another start would give different groups."
        return f"{head} (1 means identical groups)."


def cluster_customers(book: Book, as_of: date, margin_rate: float | None = None) -> Clusters:
    """Clusters on a day, with centres, scaling and names of the last quarter end by then that has three months of history.

    Raises InsufficientData without such a quarter end, or with too few customers whose features are all known.
    """
    with book.reading() as session:
        month_ends = [day for day in facts.span(session).month_ends() if day <= as_of]
        days = _DayCache(session, margin_rate)
        fitted_on = next((day for day in reversed(month_ends) if day.month % 3 == 0 and previous_quarter_end(day) in month_ends), None)
        if fitted_on is None:
            raise InsufficientData("Clusters need a quarter end with three months of history before it; there is none yet.")
        health_threshold = health_split(settings.in_force(session))
        fitted_rows = days.features(fitted_on)
        centres = fit(fitted_rows, health_threshold)
        stability_found = _stability(session, days, month_ends, fitted_rows, centres, as_of)
        own_customers = book.own(session, days.standing(as_of).select("customer_id"))
        current_features = days.features(as_of)
    names = pl.Series("cluster", [centres.names[i] for i in centres.nearest(current_features)], pl.String)
    assigned = current_features.select("customer_id", names if stability_found.holds else pl.lit(None, pl.String).alias("cluster"))
    means = pl.DataFrame((centres.centres * centres.scale + centres.mean).round(4), list(FEATURES), orient="row")
    return Clusters(
        own_customers.join(assigned, on="customer_id", how="left").sort("customer_id"),
        means.insert_column(0, pl.Series("cluster", centres.names)),
        fitted_on,
        stability_found,
    )


class _DayCache:
    """Customers and their features on a day; only the last few days are kept in memory."""

    def __init__(self, session: Session, margin_rate: float | None) -> None:
        self._session, self._rate = session, margin_rate
        self._read: dict[date, pl.DataFrame] = {}

    def standing(self, day: date) -> pl.DataFrame:
        """All customers on file."""
        if day not in self._read:
            if len(self._read) == MAX_DAYS:
                self._read.pop(next(iter(self._read)))
            self._read[day] = customers_on(self._session, day, self._rate)
        return self._read[day]

    def features(self, day: date) -> pl.DataFrame:
        """Features of customers who have all of them; trend since the last month end at least three months earlier."""
        quarter_before = previous_quarter_end(month_end_by(day))
        return features(self.standing(day), self.standing(quarter_before))


def _stability(
    session: Session, days: _DayCache, month_ends: list[date], fitted_rows: pl.DataFrame, centres: Centres, as_of: date
) -> Stability:
    months = _month_agreement(session, days, month_ends, centres)
    shares = _churn_variance(session, days, centres, as_of)
    return Stability(stability.agreement_over_starts(fitted_rows, centres), *months, stability.silhouette(fitted_rows, centres), *shares)


def _assign_groups(session: Session, days: _DayCache, day: date, centres: Centres) -> pl.DataFrame:
    """Customers with both a cluster and a quadrant on a day: customer_id, as_of, status, cluster and quadrant (indices)."""
    rows = days.features(day)
    positions: Ints = centres.nearest(rows)
    numbers = {name: number for number, name in enumerate(SEGMENTS)}
    quadrant = pl.col("segment").replace_strict(numbers, return_dtype=pl.Int64).alias("quadrant")
    segments = quadrants(days.standing(day), settings.in_force(session)).drop_nulls("segment")
    clustered = rows.select("customer_id", pl.Series("cluster", positions))
    assigned_rows = clustered.join(segments, on="customer_id", how="inner").select("customer_id", "as_of", "status", "cluster", quadrant)
    return every_nth(assigned_rows.sort("customer_id"), MAX_JUDGED)


def _month_agreement(session: Session, days: _DayCache, month_ends: list[date], centres: Centres) -> tuple[float | None, float | None]:
    """Adjusted Rand index of the last two month ends, of clusters and of quadrants."""
    if len(month_ends) < 2 or previous_quarter_end(month_ends[-2]) not in month_ends:
        return None, None
    earlier, later = (_assign_groups(session, days, day, centres) for day in month_ends[-2:])
    in_both = earlier.join(later, on="customer_id", how="inner", suffix="_later").sort("customer_id")
    if in_both.is_empty():
        return None, None
    pairs = (stability.agreement(in_both[name].to_numpy(), in_both[f"{name}_later"].to_numpy()) for name in ("cluster", "quadrant"))
    return next(pairs), next(pairs)


def _churn_variance(session: Session, days: _DayCache, centres: Centres, as_of: date) -> tuple[float | None, float | None]:
    """Share of churn variance explained by clusters and by quadrants, over the same customers at the last churn cut-offs."""
    by_cutoff = [with_churn(session, _assign_groups(session, days, day, centres)) for day in churn_cutoffs(session, as_of)]
    if not by_cutoff:
        return None, None
    rows = pl.concat(by_cutoff)
    lost = rows["lost"].to_numpy()
    return stability.variance_explained(rows["cluster"], lost), stability.variance_explained(rows["quadrant"], lost)
