"""Whom do I call first, and what did we promise?"""

from health import ui
from health.ui import week

book = ui.require("week")
state = ui.filled(book)
as_of = ui.as_of(state)
with ui.head("week") as tell:
    employee = week.whose(book)
    hours = week.capacity(book, employee)
told = week.told(book, as_of, employee, hours)
tell(*week.facts(told, as_of))
week.strip(told)
week.lists(book, told, as_of)
week.plays_card(book, told, as_of)
week.beside(book, told, as_of, employee)
