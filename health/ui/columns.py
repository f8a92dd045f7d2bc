"""Catalogue of columns: label, width, format and help of each column that more than one table shows."""

from collections.abc import Mapping
from typing import Any, cast

import polars as pl
from streamlit.column_config import (
    DateColumn,
    DatetimeColumn,
    LineChartColumn,
    MultiselectColumn,
    NumberColumn,
    ProgressColumn,
    TextColumn,
)
from streamlit.elements.lib.column_types import ColumnConfig

from health import currency
from health import format as fmt
from health.insight import notice
from health.ui.theme import dark

MONEY, CENTS, WHOLE, SIGNED = "¤%,d", "¤%,.2f", "%,d", "%+d"  # ¤: the sign of the book's currency
DAY, WHEN = "D MMM YYYY", "D MMM YYYY, HH:mm"
CODE_WIDTH = 30  # pixels that a code needs more than a symbol
RATE = f"%.1f{fmt.SPACE}%%"

Columns = Mapping[str, int | str | ColumnConfig]
"""Columns by name: a width in pixels (a column of the catalogue), a label, or a configuration of the screen's own."""

_COLUMNS: dict[str, ColumnConfig] = {
    "answer": TextColumn("Answer", width=130),
    "at_risk": NumberColumn("At risk, 12 months", width=126, format=MONEY, help="Lifetime value x churn probability within 12 months"),
    "auc": NumberColumn("AUC", width=60, format="%.3f"),
    "author": TextColumn("By", width=110),
    "cells": TextColumn("As in the file", width=350),
    "comment": TextColumn("Note", width=198),
    "component": TextColumn("Component", width=144),
    "coverage": NumberColumn("Coverage", width=84, format="%d %%", help="Share of the score's weight that is based on data"),
    "customers": NumberColumn("Customers", width=90, format=WHOLE),
    "day": DateColumn("Day", width=96, format=DAY),
    "days": NumberColumn("Days", width=50),
    "difference": NumberColumn("Change", width=80, format=SIGNED),
    "driver": TextColumn("Main cause", width=148, help="The component that lowers the score most"),
    "due_on": DateColumn("Due", width=86, format=DAY),
    "ends_on": DateColumn("Ends", width=96, format=DAY),
    "expected_mrr": NumberColumn("Expected MRR", width=100, format=MONEY, help="Monthly revenue expected after the renewal"),
    "facts": TextColumn("Facts", width=420, help="What the points are based on. The screen Method has the formulas."),
    "found_in": TextColumn("Found in", width=256),
    "file": TextColumn("File", width=260),
    "forecast": TextColumn("Forecast", width=84, help="The account manager's, made on the client page under Money"),
    "gap_pct": NumberColumn("Gap %", width=60, format="%+.0f"),
    "group": TextColumn("Group", width=92),
    "health_number": NumberColumn("Health", width=76, format="%d"),
    "high": NumberColumn("To", width=60, format="percent"),
    "kind": TextColumn("Kind", width=76),
    "last_contact_on": DateColumn("Last contact", width=96, format=DAY, help="The last contact in both directions: call, visit or meeting"),
    "lifetime_value": NumberColumn("Lifetime value", width=100, format=MONEY),
    "line": NumberColumn("Line", width=70, format=WHOLE),
    "line_text": TextColumn("Line", width=56),
    "load_id": NumberColumn("Load", width=56),
    "load_text": TextColumn("Load", width=44),
    "loaded_at": DatetimeColumn("When", width=142, format=WHEN),
    "lost": NumberColumn("Churned", width=70),
    "low": NumberColumn("From", width=60, format="percent"),
    "month_end": DateColumn("Month end", width=96, format=DAY),
    "moved_by": TextColumn("Reason for change", width=148),
    "mrr": NumberColumn("MRR", width=84, format=MONEY, help="Billed a month"),
    "name": TextColumn("Customer", width=170),
    "notice": TextColumn("Notice by", width=126, help=notice.HELP),
    "notice_by": DateColumn("Notice day", width=92, format=DAY, help=notice.HELP),
    "open": TextColumn("Open", width=136),
    "open_complaints": NumberColumn("Complaints", width=92, help="Open complaints"),
    "outcome": TextColumn("Outcome", width=200),
    "owner_name": TextColumn("Owner", width=120),
    "p_leave": NumberColumn("Churn model", width=100, format="percent", help="Probability to leave by the end of the contract"),
    "p_leave_12m": NumberColumn("Churn, 12 months", width=116, format="percent", help="Churn probability within 12 months"),
    "p_leave_90d": NumberColumn("Churn, 90 days", width=104, format="percent", help="Churn probability within 90 days"),
    "part": TextColumn("Part", width=220),
    "play": TextColumn("Play", width=220),
    "points": NumberColumn("Points", width=54, format=SIGNED),
    "product": TextColumn("Product", width=106),
    "rate": NumberColumn("Churn", width=70, format="percent"),
    "reason": TextColumn("Reason", width=210),
    "region": TextColumn("Region", width=90),
    "renewal_on": DateColumn("Renewal", width=100, format=DAY),
    "rows": NumberColumn("Rows", width=84, format=WHOLE),
    "segment": TextColumn("Segment", width=110),
    "severity": NumberColumn("Severity", width=70, help="1 low to 4 critical"),
    "state": TextColumn("State", width=110),
    "table_name": TextColumn("Table", width=84),
    "tenure_months": NumberColumn("Months", width=76, format="%d", help="Months since the start"),
    "theme": TextColumn("Theme", width=74),
    "trend": LineChartColumn("24 months", width=92, help="Health at each month end, one scale for all rows", y_min=25, y_max=75),
    "version": NumberColumn("Version", width=70),
    "warning": TextColumn("Warning", width=560),
    "weight": NumberColumn("Weight", width=66, format="%.1f"),
    "what": TextColumn("What", width=330),
    "what_to_do": TextColumn("What to do", width=186),
    "who": TextColumn("Who", width=110),
    "why": TextColumn("Why", width=284),
}
_ALIASES = {"customer": "name", "owner": "owner_name"}


def column(name: str, width: int | None = None, **changes: Any) -> ColumnConfig:
    """Column of the catalogue, at a given width.

    `changes`: `help`, `alignment`, or an entry of the type's configuration such as `format` (None = plain).
    """
    declared = _declared_column(_ALIASES.get(name, name))
    overrides = {key: changes.pop(key) for key in ("help", "alignment") if key in changes}
    type_config = {**(declared["type_config"] or {}), **changes}
    return cast(ColumnConfig, {**declared, **overrides, **({"width": width} if width else {}), "type_config": type_config})


def configured(columns: Columns | list[str]) -> dict[str, Any]:
    """Configuration of each column: from the catalogue by name or width, else as the screen gives it."""
    given: Columns = {} if isinstance(columns, list) else columns
    chosen = {name: column(name, config) if isinstance(config := given.get(name), int | None) else config for name in columns}
    return {name: config if isinstance(config, str) else _in_book_currency(config) for name, config in chosen.items()}


def whole_money() -> str:
    """The format of columns of money without cents."""
    return MONEY.replace("¤", currency.sign())


def _in_book_currency(config: ColumnConfig) -> ColumnConfig:
    """The configuration with the sign of the book's currency in its format."""
    type_config = dict(config["type_config"] or {})
    if type_config.get("format") not in (MONEY, CENTS):
        return config
    format = str(type_config["format"]).replace("¤", currency.sign())
    width = config["width"]
    if isinstance(width, int) and len(currency.sign()) > 1:
        width += CODE_WIDTH
    return cast(ColumnConfig, {**config, "width": width, "type_config": type_config | {"format": format}})


def _declared_column(name: str) -> ColumnConfig:
    match name:
        case "band":
            return chips("Band")
        case "health":
            red = fmt.band("at_risk").mark.on(dark())
            return ProgressColumn(
                "Health", width=110, format="%d", min_value=0, max_value=100, color=red, help="0 to 100, higher is better"
            )
    return _COLUMNS[name]


def names() -> set[str]:
    """All column names of the catalogue."""
    return {*_COLUMNS, *_ALIASES, "band", "health"}


def chips(label: str, width: int = 104) -> ColumnConfig:
    """Column that shows bands as chips: sign, word and tint."""
    labels, colours = [band.label for band in fmt.BANDS], [band.chip.on(dark()) for band in fmt.BANDS]
    return MultiselectColumn(label, width=width, options=labels, color=colours)


def band_chip(name: str = "band") -> pl.Expr:
    """Expression: a column of band keys as the lists that a `chips` column shows; null without a band."""
    words = pl.col(name).replace_strict({band.key: band.label for band in fmt.BANDS}, default=None, return_dtype=pl.String)
    return pl.when(words.is_not_null()).then(pl.concat_list(words)).alias(name)
