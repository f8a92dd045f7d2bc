"""How is the score calculated, what data does it need, and how does a value follow from it? From COMPONENTS and the settings in force."""

from health import ui
from health.insight import method
from health.insight.value import method as value_method
from health.ui.value_cache import assumptions_in_force

SCORE, COMPONENTS, VALUE = "Score and bands", "Components in detail", "Value and forecasts"

book = ui.require("method")
state = ui.state(book)
settings = state.settings
now = ui.portfolio_at(book, ui.as_of(state)) if not state.empty else ui.empty_portfolio()

with ui.screen_head("method") as set_facts:
    view = ui.choose_view("method", [SCORE, COMPONENTS, VALUE])
    set_facts(f"settings version {settings.version}")

if view == COMPONENTS:
    ui.component_details(settings)
elif view == VALUE:
    with ui.card("What a customer is worth", "With the assumptions in force; to change them, open Segments and value, view Model quality"):
        ui.bullet_list(value_method.value_method(assumptions_in_force(book)))
    with ui.card("Who will churn, who will buy", "Models fitted on your own history and tested on what happened afterwards"):
        ui.bullet_list(value_method.model_method())
else:
    with ui.card(
        f"Health is made of {len(method.weighted_components(settings))} components",
        "Weights in force (points of 100). Known for: share of customers with enough data for the component",
    ):
        ui.components_table(method.components(now, settings))
    with ui.card("From points to a band", "The same rules for every customer"):
        ui.bullet_list(method.rules(settings))
    with ui.card("Agreed intervals and response times", "Contacts by customer tier; complaints by severity"):
        ui.limits_tables(method.cadences(settings), method.limits(settings))
