"""What raises or lowers one customer's churn probability against the book's mean: associations, in words with numbers."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from health import format as fmt
from health.access import Book
from health.foresight.churn import landmarks
from health.foresight.churn.features import POINTS, LandmarkFeatures, landmark_features
from health.foresight.churn.hazard import BLOCK, Hazard
from health.foresight.churn.landmarks import LEADS
from health.foresight.stats.arrays import Floats
from health.score.components import COMPONENTS

GROUPS: Mapping[str, tuple[str, ...]] = {
    **{key: (key, f"{key}_by_lead", f"{key}_unknown") for key in POINTS},
    "complaints": ("complaints", "complaints_by_lead", "complaints_unknown", "on_file", "on_file_by_lead"),
    "tenure": ("tenure",),
    "terms": ("window", "rolling"),
}
"""Features reported together; points of complaints count with the age of their record. Season and lead are the same for all customers."""
WORDS = {c.key: c.label for c in COMPONENTS if c.key in POINTS} | {"tenure": "Years as a customer", "terms": "Contract terms"}
_TYPES = {"group": pl.String, "words": pl.String, "value": pl.String, "change": pl.Float64}


def reasons(book: Book, model: Hazard, as_of: date, customer_id: str) -> pl.DataFrame:
    """One row per feature group, largest first: group, words, value (in words), change.

    `change`: of the log odds of churn in a month (mean of the next twelve) against the mean of the viewer's book; above 0 is associated
    with earlier churn. No rows where the customer is not active with a contract. Raises NotFound for an id outside the viewer's book.
    """
    with book.reading() as session:
        own_id = book.own_id(session, customer_id)
        rows = book.own(session, landmarks.landmarks_on(session, as_of))
    position = rows["customer_id"].index_of(own_id) if rows.height else None
    if position is None:
        return pl.DataFrame(schema=_TYPES)
    odds = [_by_group(model, landmark_features(block)) for block in rows.iter_slices(BLOCK)]
    mean = {group: float(np.concatenate([block[group] for block in odds]).mean()) for group in GROUPS}
    own_odds = _by_group(model, landmark_features(rows[position]))
    rows_by_group = [(group, WORDS[group], _value(group, rows, position), float(own_odds[group][0]) - mean[group]) for group in GROUPS]
    return pl.DataFrame(sorted(rows_by_group, key=lambda row: (-abs(row[3]), row[0])), schema=_TYPES, orient="row")


def _by_group(model: Hazard, rows: LandmarkFeatures) -> dict[str, Floats]:
    """Contribution of each group to the log odds, mean of the next twelve months."""
    slopes = model.slopes
    contributions = {group: np.zeros(len(rows)) for group in GROUPS}
    for lead in range(1, LEADS + 1):
        columns = rows.columns(lead)
        for group, names in GROUPS.items():
            for name in names:
                contributions[group] += slopes.get(name, 0.0) / LEADS * columns[name]
    return contributions


def _value(group: str, rows: pl.DataFrame, position: int) -> str:
    if group == "terms":
        return _terms(rows, position)
    if group == "tenure":
        years = (rows["tenure_days"] / 365.25).to_numpy()
        return f"{years[position]:.1f} years; average {years.mean():.1f}"
    points = (rows[f"{group}_points"] / 100).drop_nulls().to_numpy()
    book_mean = f"average {points.mean():.0f}" if len(points) else "unknown for all customers"
    own_points = rows[f"{group}_points"][position]
    return f"unknown, counted as 50; {book_mean}" if own_points is None else f"{fmt.health(own_points / 100)} of 100; {book_mean}"


def _terms(rows: pl.DataFrame, position: int) -> str:
    agreed_until, term = rows["agreed_until"][position], rows["term_months"][position]
    rolling = fmt.share(rows["agreed_until"].null_count() / rows.height)
    if agreed_until is None:
        return f"rolling contract, like {rolling} of customers"
    return f"contract until {fmt.day(agreed_until)}, a term of {fmt.plural(term, 'month')}; {rolling} of customers have rolling contracts"
