"""Which customers do I contact first, and what did we promise?"""

from health import ui
from health.ui import week

book = ui.require("week")
state = ui.require_data(book)
as_of = ui.as_of(state)
with ui.screen_head("week") as set_facts:
    employee = week.chosen_employee(book)
    hours = week.hours_available(book, employee)
week_data = week.read_week(book, as_of, employee, hours)
set_facts(*week.facts(week_data, ui.day_fact(state, as_of)))
week.strip(week_data)
ui.stale_note(state, as_of)
week.worklists(book, week_data, as_of)
week.show_view(book, week_data, as_of, employee)
