"""K-means clusters over standardised health, log value, trend and log tenure, and their names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from sklearn.cluster import KMeans  # type: ignore[import-untyped]

from health.errors import InsufficientData
from health.foresight.backtest.band_rates import BANDS
from health.foresight.stats.arrays import Floats, Ints
from health.foresight.stats.threads import single_threaded
from health.score.components import DAYS_A_MONTH

CLUSTERS, STARTS = 4, 10
FEATURES = ("health", "log_value", "trend", "log_tenure")
MAX_FITTED = 200_000
"""Customers the centres are fitted on; of a larger book, every n-th by id."""
STEADY = 2.0
"""Points of health in three months within which a trend is called steady."""


@dataclass(frozen=True, eq=False)
class Centres:
    """Fitted k-means: standardisation, one centre per cluster (standard units) and names, largest value first."""

    mean: Floats
    scale: Floats
    centres: Floats
    names: tuple[str, ...]

    def nearest(self, features: pl.DataFrame) -> Ints:
        """Index of the nearest centre per row; ties go to the first."""
        units = standardise(features, self.mean, self.scale)
        distances = np.stack([((units - centre) ** 2).sum(axis=1) for centre in self.centres], axis=1)
        nearest: Ints = distances.argmin(axis=1)
        return nearest


def features(current: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """One row per customer with all features known, sorted by id: customer_id, health, log_value, trend, log_tenure.

    `current` and `earlier`: customers on a day and about three months earlier, with band, health 0..100, margin, tenure_days. The log of
    value keeps its sign. Customers not scored three months earlier have no trend and no cluster.
    """
    margin = pl.col("margin")
    log_value = (margin.sign() * margin.abs().log1p()).alias("log_value")
    trend = (pl.col("health") - pl.col("was")).alias("trend")
    log_tenure = (pl.col("tenure_days").clip(0) / DAYS_A_MONTH).log1p().alias("log_tenure")
    with_band = current.filter(pl.col("band").is_in(BANDS)).join(
        earlier.select("customer_id", pl.col("health").alias("was")), on="customer_id"
    )
    return with_band.select("customer_id", "health", log_value, trend, log_tenure).drop_nulls().sort("customer_id")


def every_nth(frame: pl.DataFrame, max_rows: int) -> pl.DataFrame:
    """At most `max_rows` rows, evenly spaced: the same on every run."""
    return frame.gather_every(max(1, -(-frame.height // max_rows)))


def standardise(rows: pl.DataFrame, mean: Floats, scale: Floats) -> Floats:
    """Features in standard units."""
    units: Floats = (rows.select(FEATURES).to_numpy() - mean) / scale
    return units


def kmeans(points: Floats, seed: int) -> Any:
    """Best of ten starts."""
    with single_threaded():
        return KMeans(CLUSTERS, n_init=STARTS, random_state=seed).fit(points)


def fit(rows: pl.DataFrame, health_split: float) -> Centres:
    """Four clusters of the rows of `features`. Raises InsufficientData with fewer distinct customers than clusters."""
    sample_rows = every_nth(rows, MAX_FITTED)
    points = sample_rows.select(FEATURES).to_numpy()
    distinct = len(np.unique(points, axis=0))
    if distinct < CLUSTERS:
        raise InsufficientData(
            f"Clusters need at least {CLUSTERS} customers that differ in health, value, trend or tenure; there are {distinct}."
        )
    mean, spread = points.mean(axis=0), points.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    model = kmeans((points - mean) / scale, 0)
    order = _value_order(model.cluster_centers_)
    centres = model.cluster_centers_[order]
    return Centres(mean, scale, centres, cluster_names(centres * scale + mean, mean, health_split))


def _value_order(centres: Floats) -> list[int]:
    """Order by value, then health, then trend, largest first."""
    health, value, trend, tenure = (FEATURES.index(name) for name in ("health", "log_value", "trend", "log_tenure"))
    keys = [tuple(-round(float(row[i]), 6) for i in (value, health, trend, tenure)) for row in centres]
    return sorted(range(len(keys)), key=keys.__getitem__)


def cluster_names(means: Floats, book_means: Floats, health_split: float) -> tuple[str, ...]:
    """Names from the cluster means: 'large, healthy, steady'; with tenure, then a number, where two would be the same.

    Large or small and long-standing or new against the overall mean, healthy or low health against the quadrants' split, steady within
    two points of health in three months.
    """
    names, tenure_words = [], []
    for health, value, trend, tenure in means:
        trend_word = "steady" if abs(trend) <= STEADY else "rising" if trend > 0 else "falling"
        names.append(
            ", ".join(["large" if value >= book_means[1] else "small", "healthy" if health >= health_split else "low health", trend_word])
        )
        tenure_words.append("long-standing" if tenure >= book_means[3] else "new")
    return _number_duplicates(_add_where_shared(names, tenure_words))


def _add_where_shared(words: Sequence[str], additions: Sequence[str]) -> list[str]:
    name_counts = Counter(words)
    return [f"{word}, {extra}" if name_counts[word] > 1 else word for word, extra in zip(words, additions, strict=True)]


def _number_duplicates(words: Sequence[str]) -> tuple[str, ...]:
    name_counts, used_counts = Counter(words), Counter[str]()
    names = []
    for word in words:
        used_counts[word] += 1
        names.append(f"{word} ({used_counts[word]} by value)" if name_counts[word] > 1 else word)
    return tuple(names)
