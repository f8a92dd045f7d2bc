"""Why does this customer stand where it stands, what happened, what did we promise, and what is it worth."""

import streamlit as st

from health import ui
from health.ui import client, entry

book = ui.require("client")
state = ui.filled(book)
as_of = ui.as_of(state)
now = ui.portfolio_at(book, as_of)
with ui.head("client") as tell:
    customer_id = ui.customer_picker(now)
told = ui.found(client.opened, book, customer_id, as_of)
if not told:
    with ui.card("Which client?", "Find one above, or choose a row; largest MRR first"):
        ui.customers_table(now)
    st.stop()

customer = told["customer"]
shown = client.Client(book, state, as_of, customer, entry.desk(book, customer, state.as_of, as_of))
tell(*ui.customer_facts(customer, as_of), title=customer["name"])
client.head_of(shown, told)
client.show(shown)
