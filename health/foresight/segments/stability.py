"""Stability of clusters: over random starts, and as separated groups."""

import numpy as np
import polars as pl
from sklearn.metrics import adjusted_rand_score, silhouette_score  # type: ignore[import-untyped]

from health.foresight.segments.kmeans import STARTS, Centres, every_nth, kmeans, standardise
from health.foresight.stats.arrays import Flags, Ints

MAX_STARTED, MAX_SILHOUETTE = 20_000, 4_000
"""Customers used for random starts and silhouette; of a larger book, every n-th by id."""


def agreement_over_starts(rows: pl.DataFrame, centres: Centres) -> float:
    """Lowest adjusted Rand index (Hubert and Arabie 1985) of ten other random starts against the first: 1 is the same groups."""
    points = standardise(every_nth(rows, MAX_STARTED), centres.mean, centres.scale)
    first_groups = kmeans(points, 0).labels_
    return min(agreement(first_groups, kmeans(points, seed).labels_) for seed in range(1, STARTS + 1))


def agreement(first_groups: Ints, second_groups: Ints) -> float:
    """Adjusted Rand index of two groupings of the same rows: 1 the same, about 0 by chance."""
    return round(float(adjusted_rand_score(first_groups, second_groups)), 6)


def silhouette(rows: pl.DataFrame, centres: Centres) -> float | None:
    """Mean silhouette (Rousseeuw 1987), -1 to 1: near 0 the groups touch. None with a single group, or only groups of one."""
    sample_rows = every_nth(rows, MAX_SILHOUETTE)
    labels = centres.nearest(sample_rows)
    if not 1 < len(set(labels.tolist())) < sample_rows.height:
        return None
    return round(float(silhouette_score(standardise(sample_rows, centres.mean, centres.scale), labels)), 6)


def variance_explained(group: pl.Series, lost: Flags) -> float | None:
    """Share of churn variance between the groups (eta squared); None where all or none left."""
    if not 0 < lost.sum() < len(lost):
        return None
    rows = pl.DataFrame({"group": group, "lost": lost.astype(np.int64)})
    counts = rows.group_by("group").agg(pl.len().alias("n"), pl.col("lost").sum().alias("k")).sort("group", nulls_last=True)
    n, k = counts["n"].to_numpy().astype(float), counts["k"].to_numpy().astype(float)
    base = k.sum() / n.sum()
    return round(float((n * (k / n - base) ** 2).sum() / (n.sum() * base * (1 - base))), 6)
