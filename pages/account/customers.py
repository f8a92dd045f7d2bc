"""Which of my customers need attention, and how do I find one?"""

from health import ui
from health.ui import customers

book = ui.require("customers")
state = ui.require_data(book)
with ui.screen_head("customers") as set_facts:
    pass
customers.show(book, ui.as_of(state), set_facts)
