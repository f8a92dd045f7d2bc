"""Why does this customer have this score, what happened, what did we promise, and what is it worth?"""

import streamlit as st

from health import ui
from health.ui import client, entry

book = ui.require("client")
state = ui.require_data(book)
as_of = ui.as_of(state)
now = ui.portfolio_at(book, as_of)
with ui.screen_head("client") as set_facts:
    customer_id = ui.customer_picker(now)
header = ui.read_customer(client.read_header, book, customer_id, as_of)
if not header:
    ui.other_customers()
    st.stop()

customer = header["customer"]
opened_client = client.Client(book, state, as_of, customer, entry.desk(book, customer, state.as_of, as_of))
set_facts(*ui.customer_facts(customer, as_of, ui.day_fact(state, as_of)), title=customer["name"])
client.draw_header(opened_client, header)
client.show(opened_client)
