"""An empty extract of a table: its header and one example row, made out of TABLES."""

import csv
import io

from health.columns import Table


def template(table: Table) -> str:
    """The text of a CSV file that loads as it stands, once the example's customer is on file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([table.names, [column.example for column in table.columns]])
    return out.getvalue()
