"""Which customers are worth most, which need attention, and what is the portfolio worth?"""

from health import ui
from health.insight.overview.data_available import summarize_portfolio
from health.ui.value import VIEWS

book = ui.require("value")
state = ui.require_data(book)
as_of = ui.as_of(state)
with ui.screen_head("value") as set_facts:
    view = ui.choose_view("value", list(VIEWS))
    earlier = ui.comparison_day(state, as_of)
set_facts(*ui.portfolio_facts(summarize_portfolio(ui.portfolio_at(book, as_of), as_of), ui.day_fact(state, as_of)))
VIEWS[view](book, as_of, earlier)
