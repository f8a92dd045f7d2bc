"""Tables on screen, with their downloads and searches; their columns come from `columns`."""

from collections.abc import Callable
from typing import Any, Literal, cast

import polars as pl
import streamlit as st
from streamlit.elements.arrow import DataframeState

from health import format as fmt
from health.intake.reading.sheet import FORMULA_SIGNS, escape_formulas
from health.ui.cards import note
from health.ui.columns import RATE, Columns, configured

ROW_HEIGHT, HEADER_HEIGHT = 35, 36
MOST_ROWS = 2_000
"""Rows a table sends to the browser; nobody scrolls further."""


def words_table(frame: pl.DataFrame, labels: dict[str, str], alt: str) -> None:
    """A short table whose texts wrap, shown letter by letter; for explanations rather than data."""
    text = pl.col(pl.String)
    shown = frame.select(list(labels)).with_columns(text.fill_null("").map_elements(fmt.plain, return_dtype=pl.String)).rename(labels)
    st.table(shown, border="horizontal", hide_index=True, alt=alt)


def as_csv(frame: pl.DataFrame) -> bytes:
    """A list as a file: lists of words joined, other nested columns left out, fractions to a millionth, no cell that a spreadsheet would
    run as a formula."""
    joined = frame.with_columns(pl.col(pl.List(pl.String)).list.join(", "))
    flat = joined.drop(name for name, kind in joined.schema.items() if kind.is_nested())
    return flat.with_columns(escape_formulas(pl.col(pl.String)).name.keep(), pl.col(pl.Float64).round(6)).write_csv().encode()


def download(list_: pl.DataFrame | Callable[[], pl.DataFrame], file: str, label: str = "Download", key: str | None = None) -> None:
    """The button that saves a list as CSV; the file is made when it is asked for, and so is the list where a way to make it is given."""

    def made() -> bytes:
        return as_csv(list_ if isinstance(list_, pl.DataFrame) else list_())

    st.download_button(label, made, file, "text/csv", icon=":material/download:", on_click="ignore", key=key)


def search(placeholder: str, key: str | None = None, width: int = 300, label: str = "Search", kept: bool = False) -> str:
    """A search box; `kept`: what is typed outlasts a visit to another screen."""
    return st.text_input(
        label, placeholder=placeholder, icon=":material/search:", label_visibility="collapsed", width=width, key=key,
        persist_state="session" if kept else None,
    )  # fmt: skip


def _harmless(text: pl.Expr) -> pl.Expr:
    """An unseen mark before what a spreadsheet would run as a formula: every table has a button that saves it as CSV."""
    return pl.when(text.str.contains(f"^{FORMULA_SIGNS}")).then("\u2060" + text).otherwise(text)


def _in_percent(config: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Shares printed alike, with one decimal (the framework's own `percent` drops a zero: 20% beside 24.58%), and their columns, which are
    to be shown times a hundred."""
    shares = [name for name, column in config.items() if not isinstance(column, str) and column["type_config"].get("format") == "percent"]
    return config | {name: config[name] | {"type_config": config[name]["type_config"] | {"format": RATE}} for name in shares}, shares


def _light(trend: pl.Expr) -> pl.Expr:
    """A small line needs no decimals: eight times less to send."""
    return trend.cast(pl.List(pl.UInt8))


def first_of(rows: int) -> None:
    """Says so where a list is longer than what is shown of it."""
    if rows > MOST_ROWS:
        note(f"The first {MOST_ROWS:,} of {rows:,} rows.")


def table(frame: pl.DataFrame, columns: Columns | list[str], *, key: str, alt: str, rows: int = 10, choose: bool = False) -> int | None:
    """Shows the frame's columns: by name as declared here, or with a label or column of the caller's. Returns the chosen row, if any.

    Of a long frame the first rows are shown, which is said.
    """
    config, shares = _in_percent(configured(columns))
    height: int | Literal["content"] = "content" if frame.height <= rows else ROW_HEIGHT * rows + HEADER_HEIGHT
    shown = (
        frame.select(list(columns))
        .head(MOST_ROWS)
        .with_columns(pl.col(shares) * 100, _harmless(pl.col(pl.String)).name.keep(), _light(pl.col(pl.List(pl.Float64))))
    )
    event = st.dataframe(
        shown.to_arrow(compat_level=pl.CompatLevel.oldest()),  # a Polars frame would go the long way round, by pandas
        hide_index=True,
        column_config=config,
        placeholder=fmt.UNKNOWN,
        height=height,
        row_height=ROW_HEIGHT,
        alt=alt,
        key=key,
        on_select="rerun" if choose else "ignore",
        selection_mode="single-row",
    )
    first_of(frame.height)
    chosen = cast(DataframeState, event)["selection"]["rows"] if choose else []
    return chosen[0] if chosen and chosen[0] < frame.height else None
