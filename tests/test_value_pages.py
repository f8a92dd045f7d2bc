"""The screen of segments and value on books that say little, and on days gone by."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from health import portfolio
from health.access import Book, Viewer
from health.demo import generate
from health.foresight.lifetime import assumptions
from health.insight.portfolio_value import MethodEffect, value_change
from health.insight.value import titles
from health.ui import cache as reads
from health.ui.screens import SCREENS
from health.ui.value import VIEWS
from health.ui.value.retention import cohort_retention
from tests.books import small_book, warehouse_of
from tests.foresight.test_lifetime_value import shop
from tests.insight.test_portfolio_value import NOBODY, STAYS, one
from tests.test_pages import ROOT, THIN, drawn, filled, metrics, text


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("thin") / "values.duckdb", THIN, "extract")


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_says_in_a_sentence_why_three_customers_are_too_few(thin: Path, view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(thin))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page(str(ROOT / SCREENS["value"].script))
    app.query_params["view"] = view
    shown = text(drawn(app.run()))
    assert metrics(app) == {}, "nothing is known, so no figure is shown, and none is zero"
    assert {
        "Groups": "customers with a known band and margin",
        "Value": "too little history to forecast churn",
        "Retention": "retention cannot be measured yet",
        "Model quality": "Too little history",
    }[view] in shown


def plain(cell: str) -> str:
    """A cell's text without the escapes of Markdown."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", cell)


def test_both_days_of_a_move_are_valued_by_one_method_and_what_was_told_then_stands_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(filled(tmp_path / "shop.duckdb", shop(80), "extract")))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page(str(ROOT / SCREENS["value"].script))
    app.query_params["view"] = "Value"
    shown = text(drawn(app.run()))
    assert "Both days valued with the models of 21 Aug 2024" in shown and "Reported on 31 May 2024" in shown
    rows = next(table.value for table in app.table if "Part" in table.value.columns)
    said = {plain(part): plain(value) for part, value in rows[["Part", "Value"]].itertuples(index=False)}
    told, now = said["Reported on 31 May 2024"], said["31 May 2024, today's models"]
    assert said["Model change"] not in ("€0", "–") and told != now, "other counts, other parameters"


def test_between_two_month_ends_the_models_are_those_of_the_first() -> None:
    state = portfolio.state(Book(Viewer("a day between", "analyst"), warehouse_of(small_book())))
    first, second = state.month_ends[-2:]
    assert state.models_on(second) == second and state.models_on(second - timedelta(days=1)) == first
    assert state.models_on(date(1990, 1, 1)) == date(1990, 1, 1), "before the first month end there is none to go by"


def test_cohorts_of_a_day_gone_by_end_on_it() -> None:
    book = Book(Viewer("cohorts of a day", "analyst"), warehouse_of(generate(60, 14).tables))
    day = date(2026, 3, 31)
    cells = cohort_retention(book, day).drop_nulls("measured_on")
    assert cells["measured_on"].max() == day < cohort_retention(book, date(2026, 10, 31))["measured_on"].max()
    later = cohort_retention(book, date(2026, 10, 31)).join(cells, on=["cohort", "age"], how="semi")
    assert later.select(pl.exclude("survivors")).equals(cells.select(pl.exclude("survivors")))


def _negotiating() -> None:
    import streamlit as st

    from health.foresight.lifetime.assumptions import DEFAULT
    from health.foresight.lifetime.measured_inputs import NewCustomer
    from health.ui.client.negotiation import room_card

    mrr, leaves = {"A": (1000.0, 0.4), "B": (5000.0, 0.1)}[st.session_state["whose"]]
    row = {"customer_id": st.session_state["whose"], "mrr": mrr, "margin": mrr / 2, "annuity": 25.0, "p_leave_12m": leaves}
    room_card({"row": row, "new": NewCustomer(280.0, 21.0, 100, True), "stated": DEFAULT})


def test_what_was_assumed_of_one_customer_is_never_taken_over_to_another() -> None:
    app = AppTest.from_function(_negotiating)
    app.session_state["whose"] = "A"
    drawn(app.run())
    app.number_input[0].set_value(55.0).run()
    app.slider[0].set_value(20.0).run()
    assert "55.0" in text(app) and app.number_input[2].value == 7 * 0.03 * 12 * 1000
    app.session_state["whose"] = "B"
    drawn(app.run())
    assert [field.value for field in app.number_input][:3] == [10.0, 8.5, 7 * 0.03 * 12 * 5000] and app.slider[0].value == 5.0
    assert "55.0" not in text(app)


def test_what_the_method_makes_of_a_day_on_which_nothing_was_told_is_not_known() -> None:
    rows = titles.move_rows(value_change(NOBODY, one(**STAYS)), MethodEffect(0, 200_000, 1, (), ("model",)), ("31 Jul 2026", "31 Oct 2026"))
    said = dict(rows.select("words", "amount").iter_rows())
    assert (said["Reported on 31 Jul 2026"], said["Model change"], said["New customers"]) == ("–", "–", "€2,000")


def _assuming() -> None:
    from health.access import Book, Viewer
    from health.ui import cache as reads
    from health.ui.value.assumptions import assumptions_card

    assumptions_card(Book(Viewer("ana", "analyst"), reads.warehouse()))


def test_a_form_drawn_before_somebody_else_saved_is_refused_and_never_said_to_be_in_force(
    thin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(thin))
    app = drawn(AppTest.from_function(_assuming, default_timeout=60).run())
    app.number_input[0].set_value(5.0)
    app.text_input[0].set_value("our bank")
    other = Book(Viewer("ben", "analyst"), reads.warehouse())
    assumptions.save(other, replace(assumptions.DEFAULT, horizon_months=36), "ben", "shorter", datetime(2026, 11, 1))
    drawn(app.button[0].click().run())
    assert "changed meanwhile (version 2)" in text(app) and "in force." not in text(app)
    assert app.number_input[1].value == 36, "the form begins at what is in force now"
    app.number_input[0].set_value(5.0)
    drawn(app.button[0].click().run())
    assert "version 3 is in force." in text(app)
    with other.reading() as session:
        held = assumptions.in_force(session)
    assert (held.discount_rate, held.horizon_months) == (0.05, 36)


def _shares() -> None:
    import polars as pl
    from streamlit.column_config import NumberColumn

    from health.ui.tables import table

    columns = {"left": NumberColumn("Left", format="percent"), "lost": NumberColumn("Lost")}
    table(pl.DataFrame({"left": [0.2, 0.2458, None], "lost": [2, 3, 4]}), columns, key="shares", alt="Shares")


def test_every_share_of_a_table_is_printed_with_one_decimal() -> None:
    app = drawn(AppTest.from_function(_shares).run())
    shown = app.dataframe[0]
    assert shown.value["left"].tolist()[:2] == pytest.approx([20, 24.58]) and shown.value["lost"].tolist() == [2, 3, 4]
    assert "%.1f" in shown.proto.columns and '"percent"' not in shown.proto.columns


def _waiting() -> None:
    from datetime import date

    import streamlit as st

    from health.access import Book, Viewer
    from health.ui import cache as reads
    from health.ui import value_cache

    book, day = Book(Viewer("ana", "analyst"), reads.warehouse()), date(2024, 6, 10)
    with value_cache.waiting(book, day, 100):
        if st.button("Fit"):
            value_cache.fitted_models(book, day)
        else:
            st.stop()


def test_who_waits_for_models_that_are_not_fitted_yet_is_told_so_and_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(filled(tmp_path / "waiting.duckdb", THIN, "extract")))
    app = drawn(AppTest.from_function(_waiting, default_timeout=60).run())
    assert "Fitting and testing the models" in text(app)
    assert "Fitting and testing the models" not in text(drawn(app.button[0].click().run()))
    assert "Fitting and testing the models" not in text(drawn(app.run())), "they are in memory now"
