"""List of customers that count as lost but were spoken to since."""

import polars as pl
from streamlit.column_config import DateColumn, NumberColumn

from health.ui.columns import Columns, column
from health.ui.links import customer_table
from health.ui.tables import download


def spoken_since_table(rows: pl.DataFrame) -> None:
    """Draw the rows of `insight.data.spoken_since` with their download; a chosen row opens the client."""
    download(rows, "lost-but-spoken-to.csv")
    columns: Columns = {
        "name": 220,
        "lost_on": DateColumn("Last day", width=100, format="D MMM YYYY", help="The last day of the contract on file"),
        "contacts": NumberColumn("Conversations since", width=130, help="Two-way contacts more than 30 days after the last day"),
        "last_contact_on": DateColumn("Last one", width=100, format="D MMM YYYY"),
        "owner": column("owner_name", 140),
    }
    customer_table(rows, columns, key="spoken-since", alt="Customers lost on file but spoken to since", rows=6)
