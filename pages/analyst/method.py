"""How is the score made, and what does it need: drawn from COMPONENTS and the settings in force; and how a value is made from it."""

import streamlit as st

from health import charts, ui
from health.insight import method
from health.insight.value import method as value_method
from health.score.components import COMPONENTS
from health.ui.value_cache import in_force as assumptions_in_force

book = ui.require("method")
state = ui.state(book)
settings = state.settings
now = ui.portfolio_at(book, ui.as_of(state)) if not state.empty else ui.no_portfolio()

with ui.head("method") as tell:
    tell(f"settings version {settings.version}")

with ui.card(
    f"{len(method.in_use(settings))} components add up to health, 0 to 100",
    "Weights as in force, off = none; known = share of customers for whom the book holds what it needs",
):
    ui.components_table(method.components(now, settings))

left, right = st.columns([3, 2])
with left, ui.card("From points to a band", "The same for every customer"):
    ui.sentences(method.rules(settings))
with right, ui.card("Agreed limits", "By tier, and by severity of a complaint"):
    ui.limits_tables(method.cadences(settings), method.limits(settings))

left, right = st.columns(2)
with left, ui.card("What a customer is worth", "Under the assumptions in force; they are changed on the screen Segments and value"):
    ui.sentences(value_method.value_method(assumptions_in_force(book)))
with right, ui.card("Who will leave, who will buy", "Fitted on this book's own past, and checked on what came after"):
    ui.sentences(value_method.model_method())

for component in COMPONENTS:
    off = "" if component in method.in_use(settings) else ", off"
    with ui.card(f"{component.label}: {settings.weights[component.key]} of 100{off}", component.why):
        explained = method.parts(component, settings.weights).iter_rows(named=True)
        with st.grid(3, min_column_width=240):
            for part, told in zip(component.parts, explained, strict=True):
                with st.container():
                    ui.part(told)
                    if part.axis:
                        ui.chart(charts.component_curve, method.curve(part), part.axis.unit)
        ui.note(f"Example: {component.example}")
