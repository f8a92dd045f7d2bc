"""Training rows and fit of the churn model (docs/method.md, Churn model for customers with contracts)."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from health import format as fmt
from health.access import Book
from health.errors import InsufficientData
from health.foresight.churn import labels, landmarks
from health.foresight.churn.features import FEATURES, OFTEN_UNKNOWN, POINTS, LandmarkFeatures, feature_matrix, landmark_features
from health.foresight.churn.hazard import Hazard
from health.foresight.stats.arrays import Flags, Floats, Ints
from health.foresight.stats.threads import single_threaded
from health.month_ends import months_from
from health.warehouse import Session

MIN_MONTHS, MIN_LOSSES = 12, 50
MAX_ROWS = 2_000_000


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Training rows, sorted by customer, month end and lead: index of landmark and customer, lead, and whether the customer decided in
    it."""

    landmarks: LandmarkFeatures
    landmark: Ints
    customer: Ints
    lead: Ints
    left: Flags
    customers: int
    losses: int
    drawn: float

    @cached_property
    def features(self) -> tuple[str, ...]:
        """Features of the model: all, plus a flag for points that are often but not always unknown."""
        often_unknown = (key for key in POINTS if OFTEN_UNKNOWN < self.landmarks.unknown[key].mean() < 1)
        return (*FEATURES, *(f"{key}_unknown" for key in often_unknown))

    @cached_property
    def matrix(self) -> Floats:
        """Row x feature."""
        return feature_matrix(self.landmarks.take(self.landmark), self.lead, self.features)


def fit(book: Book, as_of: date) -> Hazard:
    """Fit the model on the whole book as known on a day. Raises InsufficientData under 12 month ends of history or 50 losses."""
    with book.reading() as session:
        return fit_hazard(training_rows(session, as_of), as_of)


def fit_hazard(rows: TrainingRows, as_of: date) -> Hazard:
    """Logistic regression on standardised features, ridge 1."""
    scaler = StandardScaler()
    standardised = scaler.fit_transform(rows.matrix)
    with single_threaded():
        model = LogisticRegression(C=1, solver="newton-cholesky").fit(standardised, rows.left)
    return Hazard(
        features=rows.features,
        mean=tuple(scaler.mean_.tolist()),
        scale=tuple(scaler.scale_.tolist()),
        coefficients=tuple(model.coef_[0].tolist()),
        intercept=float(model.intercept_[0]),
        fitted_on=as_of,
        customers=rows.customers,
        rows=len(rows.lead),
        events=rows.losses,
        drawn=rows.drawn,
    )


def training_rows(session: Session, as_of: date) -> TrainingRows:
    """One row per customer, month end and month ahead whose outcome is known on the day, while the customer had not left.

    Customers are sampled by their ids where all would make more than two million rows. Raises InsufficientData.
    """
    as_of = landmarks.last_known_day(session, as_of)
    month_ends = landmarks.month_ends(session, as_of)
    if month_ends.height < MIN_MONTHS:
        months = fmt.plural(month_ends.height, "month end")
        raise InsufficientData(f"Too little history for a churn model: {months} by {fmt.day(as_of)}; {MIN_MONTHS} are needed.")
    rows = _sampled_rows(session, month_ends.filter(pl.col("leads") > 0), as_of)
    if rows.losses < MIN_LOSSES:
        losses = fmt.plural(rows.losses, "loss", "losses")
        raise InsufficientData(f"Too few losses for a churn model: {losses} known by {fmt.day(as_of)}; {MIN_LOSSES} are needed.")
    return rows


def _sampled_rows(session: Session, month_ends: pl.DataFrame, as_of: date) -> TrainingRows:
    """Rows of these month ends, for as many customers as MAX_ROWS allows."""
    possible = int((month_ends["customers"] * month_ends["leads"]).sum())
    millionths = landmarks.ALL_CUSTOMERS * MAX_ROWS // max(possible, MAX_ROWS)
    sampled = millionths < landmarks.ALL_CUSTOMERS
    landmark_rows = landmarks.landmarks_between(session, month_ends["as_of"][0], month_ends["as_of"][-1], millionths)
    rows = _with_known_leads(labels.with_spell_ends(session, landmark_rows, as_of, sampled), as_of)
    losses = rows.filter(pl.col("leaves")).select("customer_id", "decided_on").n_unique()
    return _expand_leads(rows, losses, millionths / landmarks.ALL_CUSTOMERS)


def _with_known_leads(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows with at least one known lead. `leads`: their number; `leaves`: whether the last of them is the month of the decision."""
    month = months_from(pl.col("as_of"), pl.col("decided_on"))
    known_leads = landmarks.known_leads(as_of)
    decision_known = (month <= known_leads).fill_null(False)
    return (
        rows.with_columns(
            pl.when(decision_known).then(month - (~pl.col("voluntary")).cast(pl.Int64)).otherwise(known_leads).alias("leads"),
            (decision_known & pl.col("voluntary")).alias("leaves"),
        )
        .filter(pl.col("leads") > 0)
        .sort("customer_id", "as_of")
    )


def _expand_leads(rows: pl.DataFrame, losses: int, drawn: float) -> TrainingRows:
    leads = rows["leads"].to_numpy()
    first_rows = np.concatenate([[0], leads.cumsum()])
    landmark = np.repeat(np.arange(len(leads)), leads)
    lead = np.arange(first_rows[-1]) - first_rows[landmark] + 1
    customer = rows["customer_id"].rle_id().to_numpy().astype(np.int64)
    has_left = (lead == leads[landmark]) & rows["leaves"].to_numpy()[landmark]
    return TrainingRows(
        landmark_features(rows), landmark, customer[landmark], lead, has_left, rows["customer_id"].n_unique(), losses, drawn
    )
