"""How is the score computed, what data does it need, and how does a value follow from it? From COMPONENTS and the settings in force."""

import streamlit as st

from health import charts, ui
from health.insight import method
from health.insight.value import method as value_method
from health.score.components import COMPONENTS
from health.ui.value_cache import assumptions_in_force

book = ui.require("method")
state = ui.state(book)
settings = state.settings
now = ui.portfolio_at(book, ui.as_of(state)) if not state.empty else ui.empty_portfolio()

with ui.screen_head("method") as set_facts:
    set_facts(f"settings version {settings.version}")

with ui.card(
    f"{len(method.weighted_components(settings))} components add up to health, 0 to 100",
    "Weights as in force, off = none; known = share of customers for whom the book holds what it needs",
):
    ui.components_table(method.components(now, settings))

left, right = st.columns([3, 2])
with left, ui.card("From points to a band", "The same for every customer"):
    ui.bullet_list(method.rules(settings))
with right, ui.card("Agreed limits", "By tier, and by severity of a complaint"):
    ui.limits_tables(method.cadences(settings), method.limits(settings))

left, right = st.columns(2)
with left, ui.card("What a customer is worth", "Under the assumptions in force; they are changed on the screen Segments and value"):
    ui.bullet_list(value_method.value_method(assumptions_in_force(book)))
with right, ui.card("Who will leave, who will buy", "Fitted on this book's own past, and checked on what came after"):
    ui.bullet_list(value_method.model_method())

for component in COMPONENTS:
    suffix = "" if component in method.weighted_components(settings) else ", off"
    with ui.card(f"{component.label}: {settings.weights[component.key]} of 100{suffix}", component.why):
        part_rows = method.parts(component, settings.weights).iter_rows(named=True)
        with st.grid(3, min_column_width=240):
            for part, part_row in zip(component.parts, part_rows, strict=True):
                with st.container():
                    ui.part_text(part_row)
                    if part.axis:
                        ui.chart(charts.component_curve, method.curve(part), part.axis.unit)
        ui.note(f"Example: {component.example}")
