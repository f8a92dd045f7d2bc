"""The rows that a model learns from, and the fit (METHOD section 6.1)."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from health import format as fmt
from health.access import Book
from health.errors import TooLittle
from health.foresight.churn import labels, landmarks
from health.foresight.churn.features import FEATURES, OFTEN, POINTS, Known, known, matrix
from health.foresight.churn.hazard import Hazard
from health.foresight.stats.arrays import Flags, Floats, Ints
from health.foresight.stats.threads import alone
from health.warehouse import Session

FEWEST_MONTHS, FEWEST_LOSSES = 12, 50
MOST_ROWS = 2_000_000


@dataclass(frozen=True, eq=False)
class Lessons:
    """Rows to learn from, sorted by customer, month end and lead: the position of the landmark and of the customer, the month ahead, and
    whether the customer decided to leave in it."""

    landmarks: Known
    landmark: Ints
    customer: Ints
    lead: Ints
    left: Flags
    customers: int
    losses: int
    drawn: float

    @cached_property
    def features(self) -> tuple[str, ...]:
        """What the model looks at: all features, and a flag for points that are unknown often, yet not always."""
        often = (key for key in POINTS if OFTEN < self.landmarks.unknown[key].mean() < 1)
        return (*FEATURES, *(f"{key}_unknown" for key in often))

    @cached_property
    def matrix(self) -> Floats:
        """Row x feature."""
        return matrix(self.landmarks.at(self.landmark), self.lead, self.features)


def fit(book: Book, as_of: date) -> Hazard:
    """The model of the whole book, from rows and outcomes known on a day. Raises TooLittle under 12 months of history or 50 losses."""
    with book.reading() as session:
        return fitted(lessons(session, as_of), as_of)


def fitted(rows: Lessons, as_of: date) -> Hazard:
    """Logistic regression on standardised features, ridge 1."""
    scaler = StandardScaler()
    standardised = scaler.fit_transform(rows.matrix)
    with alone():
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


def lessons(session: Session, as_of: date) -> Lessons:
    """One row a customer, month end and month ahead whose outcome is known on the day and before which it had not left.

    Customers are drawn by their ids where all would make more than two million rows. Raises TooLittle.
    """
    as_of = landmarks.seen_until(session, as_of)
    ends = landmarks.month_ends(session, as_of)
    if ends.height < FEWEST_MONTHS:
        months = fmt.plural(ends.height, "month end")
        raise TooLittle(f"Too little history to foresee who leaves: {months} by {fmt.day(as_of)}, and it takes {FEWEST_MONTHS}.")
    learned = _drawn(session, ends.filter(pl.col("leads") > 0), as_of)
    if learned.losses < FEWEST_LOSSES:
        told = fmt.plural(learned.losses, "loss", "losses")
        raise TooLittle(f"Too few losses to foresee who leaves: {told} known by {fmt.day(as_of)}, and it takes {FEWEST_LOSSES}.")
    return learned


def _drawn(session: Session, ends: pl.DataFrame, as_of: date) -> Lessons:
    """The rows of some month ends, of as many customers as the most rows allow."""
    possible = int((ends["customers"] * ends["leads"]).sum())
    millionths = landmarks.EVERYBODY * MOST_ROWS // max(possible, MOST_ROWS)
    some = millionths < landmarks.EVERYBODY
    stood = landmarks.between(session, ends["as_of"][0], ends["as_of"][-1], millionths)
    rows = _learnable(labels.with_endings(session, stood, as_of, some), as_of)
    losses = rows.filter(pl.col("leaves")).select("customer_id", "decided_on").n_unique()
    return _spread(rows, losses, millionths / landmarks.EVERYBODY)


def _learnable(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Rows with at least one lead to learn from: `leads`, how many; `leaves`, whether the last of them is the one of the decision."""
    month = landmarks.months_from(pl.col("as_of"), pl.col("decided_on"))
    seen = landmarks.matured(as_of)
    told = (month <= seen).fill_null(False)
    return (
        rows.with_columns(
            pl.when(told).then(month - (~pl.col("theirs")).cast(pl.Int64)).otherwise(seen).alias("leads"),
            (told & pl.col("theirs")).alias("leaves"),
        )
        .filter(pl.col("leads") > 0)
        .sort("customer_id", "as_of")
    )


def _spread(rows: pl.DataFrame, losses: int, drawn: float) -> Lessons:
    leads = rows["leads"].to_numpy()
    first = np.concatenate([[0], leads.cumsum()])
    landmark = np.repeat(np.arange(len(leads)), leads)
    lead = np.arange(first[-1]) - first[landmark] + 1
    customer = rows["customer_id"].rle_id().to_numpy().astype(np.int64)
    left = (lead == leads[landmark]) & rows["leaves"].to_numpy()[landmark]
    return Lessons(known(rows), landmark, customer[landmark], lead, left, rows["customer_id"].n_unique(), losses, drawn)
