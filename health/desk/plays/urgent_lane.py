"""Urgent triggers for plays, without computing a week."""

from datetime import date

import polars as pl

from health.access import Book
from health.desk.worklist import inputs, urgent
from health.desk.worklist.inputs import ReasonInputs
from health.score import settings


def urgent_triggers(book: Book, customers: pl.DataFrame, as_of: date, given: ReasonInputs | None = None) -> pl.DataFrame:
    """Urgent triggers of the viewer's book on a day, as `Week.triggers`. `customers`: `portfolio.build`; `given`: inputs of the day."""
    with book.reading() as session:
        reason_inputs = given or inputs.read_inputs(session, as_of, settings.in_force(session))
        return urgent.urgent_triggers(book.own(session, customers), reason_inputs, as_of)
