"""Template file of a table: its header and one example row, built from TABLES."""

import csv
import io

from health.columns import Table


def template(table: Table) -> str:
    """CSV text that can be loaded unchanged once the example's customer is on file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([table.names, [column.example for column in table.columns]])
    return out.getvalue()
