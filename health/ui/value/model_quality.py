"""Quality of the models: predictions against outcomes, parameters, and the assumptions, which can be changed here."""

from datetime import date

import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import charts
from health import format as fmt
from health.access import Book
from health.errors import InsufficientData
from health.foresight.churn import Check, Hazard
from health.foresight.lifetime.models import FittedModels
from health.foresight.purchases import Tracking
from health.insight.value import cohort_check, model_report
from health.insight.value.cohort_check import CohortCheck
from health.ui import cache
from health.ui import value_cache as values
from health.ui.cards import NUMBER_HEIGHT, card, chart, empty, note, number, strip, waiting
from health.ui.columns import Columns, column
from health.ui.tables import table
from health.ui.value.assumptions import assumptions_card
from health.ui.value.retention import cohort_retention

CHARTS_HEIGHT = 330


def model_quality_view(book: Book, as_of: date, earlier: date) -> None:
    """Draw checks, model interval and assumptions."""
    _checks(book, as_of)
    _interval(book, as_of)
    assumptions_card(book)


@st.fragment(parallel=True)
def _checks(book: Book, as_of: date) -> None:
    """Draw the checks of the models, without holding up the page while they are fitted."""
    with st.container():
        with values.waiting(book, as_of, NUMBER_HEIGHT + CHARTS_HEIGHT):
            models = values.fitted_models(book, as_of)
        if models.hazard is None and models.bg_nbd is None:
            with card("No forecast is possible yet", "A churn or purchase model needs enough past churn or purchases"):
                return empty("Too little history", no_model_reason(book, models), ":material/history:")
        if models.hazard is not None and models.check is not None:
            _leaving(models.hazard, models.check)
            _cohorts(book, as_of)
        if models.bg_nbd is not None:
            _buying(models)


def no_model_reason(book: Book, models: FittedModels) -> str:
    """Why nothing can be forecast: churn in a book with contracts, else purchases."""
    models_needed = ("hazard",) if cache.state(book).rows["contracts"] else ("bg_nbd", "gamma_gamma")
    check_reason = models.check.why if models.check is not None and not models.check.horizons else ""
    return " ".join(filter(None, (*(models.why.get(model, "") for model in models_needed), check_reason)))


@st.fragment(parallel=True)
def _interval(book: Book, as_of: date) -> None:
    """Draw how far refitting moves the book's value; takes thirty fits, without holding up the page."""
    models = values.fitted_models(book, as_of)
    if models.check is None or not models.check.holds:
        return
    with st.container(border=True):
        with waiting(NUMBER_HEIGHT):
            interval = values.model_interval(book, as_of)
        st.header(fmt.plain(model_report.interval_title(interval)), anchor=False)
        note(
            f"95 % bootstrap interval from {interval.draws} refits. It covers the uncertainty of the model only, not when "
            f"single customers churn."
        )


def _leaving(model: Hazard, check: Check) -> None:
    """Draw the check of the churn model and its coefficients."""
    show_box, icon = (st.success, "check_circle") if check.holds else (st.warning, "warning")
    show_box(fmt.plain(check.sentence), icon=f":material/{icon}:")
    if check.horizons:
        strip([number(*figure) for figure in model_report.figures(check)])
        left, right = st.columns(2)
        with left, card("Churn: predicted and observed", "Running total of losses from the first test date"):
            chart(charts.predicted_and_actual, model_report.by_month(check), None, "month", "losses", "observed")
        with (
            right,
            card("Calibration: predicted and observed churn", "Deciles of predicted risk with 95 % interval; the diagonal is perfect"),
        ):
            chart(charts.calibration, check.tables["tenths"])
    with card(
        model_report.model_title(model),
        f"Fitted on data up to {fmt.day(model.fitted_on)}. Effect: change of the log odds of churn per standard deviation",
    ):
        columns: Columns = {
            "words": column("what", 330), "coefficient": NumberColumn("Effect", width=84, format="%+.3f"),
            "mean": NumberColumn("Mean", width=84, format="%.2f"), "scale": NumberColumn("Std. dev.", width=84, format="%.2f"),
        }  # fmt: skip
        table(model_report.coefficients(model), columns, key="coefficients", alt="Coefficients of the churn model")
        note("Effects are associations found in your own data. They do not show what causes churn.")


def _cohorts(book: Book, as_of: date) -> None:
    """Draw what cohort survival alone predicts, next to the hazard model."""
    cohort_fit = _cohort_check(book, as_of)
    with card(
        "Forecast by cohort alone", "Share of customers kept, by quarter since their start; fitted on the first half of the quarters"
    ):
        if isinstance(cohort_fit, str):
            return empty("No cohort is old enough yet", cohort_fit, ":material/history:")
        chart(charts.survival_curves, cohort_fit.curves, "quarter")
        note(cohort_fit.sentence, small=False)


@cache.cached
def _cohort_check(book: Book, as_of: date) -> CohortCheck | str:
    try:
        return cohort_check.check(cohort_retention(book, as_of))
    except InsufficientData as problem:
        return str(problem)


def _buying(models: FittedModels) -> None:
    """Draw the check of the purchase models and their parameters."""
    assert models.bg_nbd is not None
    tracking: Tracking | None = models.tracking
    left, right = st.columns(2)
    with left, card("Purchases: predicted and observed", "Running total of repeat purchases; dotted line: end of the fitting period"):
        if tracking is None:
            empty("The model could not be tested", models.why.get("tracking", ""))
        else:
            weeks, fitted_until = model_report.by_week(tracking)
            chart(charts.predicted_and_actual, weeks, fitted_until, "week", "repeat purchases", "observed")
            note(tracking.sentence, small=False)
    with right, card("Purchase models", "Customers without contracts. BG/NBD: how often they buy; Gamma-Gamma: how much"):
        widths = {"model": 120, "parameter": 120, "value": 140}
        columns: Columns = {name: TextColumn(name.capitalize(), width=width) for name, width in widths.items()}
        table(model_report.parameters(models), columns, key="parameters", alt="Parameters of the purchase models")
