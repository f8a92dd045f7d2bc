"""Tables on screen, with their downloads and searches. Their columns come from `health.ui.columns`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast

import polars as pl
import streamlit as st
from streamlit.elements.arrow import DataframeState

from health import format as fmt
from health.bands import BANDS
from health.intake.reading.sheet import FORMULA_SIGNS, escape_formulas
from health.ui import cache, viewer
from health.ui.as_of import as_of
from health.ui.cards import note
from health.ui.columns import RATE, Columns, configured, whole_money
from health.ui.theme import stack_rows_on_phones

ROW_HEIGHT, HEADER_HEIGHT = 35, 36
WRAPPED_HEIGHT = 66
"""Height of a row whose texts wrap, up to three lines; the browser wraps only in rows of more than 60 pixels."""
PHONE_COLUMNS = 3
"""Most columns of wrapping texts that a phone shows next to each other."""
MAX_ROWS = 2_000
"""Most rows sent to the browser."""
BAND_WORDS = {band.key: band.word for band in BANDS}
"""How a band is written in a download, by its key."""


def words_table(frame: pl.DataFrame, labels: dict[str, str], alt: str) -> None:
    """Draw a short table of wrapping texts, for explanations rather than data; phones stack a wide one. Markup is not interpreted."""
    texts = pl.col(pl.String)
    shown = frame.select(list(labels)).with_columns(texts.fill_null("").map_elements(fmt.plain, return_dtype=pl.String)).rename(labels)
    if len(labels) > PHONE_COLUMNS:
        stack_rows_on_phones(alt, list(labels.values()))
    st.table(shown, border="horizontal", hide_index=True, alt=alt)


def as_csv(frame: pl.DataFrame) -> bytes:
    """Table as CSV bytes in UTF-8 with a byte order mark, without which Excel misreads accents.

    Lists of words are joined, other nested columns left out, bands written as on the screens, numbers rounded to six decimals, cells
    guarded against spreadsheet formulas.
    """
    chip_words = {fmt.chip(key): word for key, word in BAND_WORDS.items()}
    with_lists = frame.with_columns(pl.col(pl.List(pl.String)).list.eval(pl.element().replace(chip_words)).list.join(", "))
    flat = with_lists.drop(name for name, dtype in with_lists.schema.items() if dtype.is_nested())
    bands = [name for name, dtype in flat.schema.items() if dtype == pl.String and name.startswith("band")]
    worded = flat.with_columns(pl.col(bands).replace(BAND_WORDS))
    guarded = worded.with_columns(escape_formulas(pl.col(pl.String)).name.keep(), pl.col(pl.Float64).round(6))
    return guarded.write_csv(include_bom=True).encode()


def dated(file: str) -> str:
    """File name with the day that the screens show: 'at-risk.csv' gives 'at-risk-2026-10-31.csv'."""
    state = cache.state(viewer.book())
    name = Path(file)
    return file if state.as_of is None else f"{name.stem}-{as_of(state):%Y-%m-%d}{name.suffix}"


def download(source: pl.DataFrame | Callable[[], pl.DataFrame], file: str, label: str = "Download", key: str | None = None) -> None:
    """Draw the button that saves a table as CSV; the file is made on click, and its name ends with the day shown.

    `source`: the table, or a function that makes it.
    """

    def csv_bytes() -> bytes:
        return as_csv(source if isinstance(source, pl.DataFrame) else source())

    st.download_button(label, csv_bytes, dated(file), "text/csv", icon=":material/download:", on_click="ignore", key=key)


def search(placeholder: str, key: str | None = None, width: int = 300, label: str = "Search", persistent: bool = False) -> str:
    """Draw a search box. `persistent`: the text outlasts a visit to another screen."""
    return st.text_input(
        label, placeholder=placeholder, icon=":material/search:", label_visibility="collapsed", width=width, key=key,
        persist_state="session" if persistent else None,
    )  # fmt: skip


def _without_formulas(text: pl.Expr) -> pl.Expr:
    """Put an invisible mark before texts that a spreadsheet would run as a formula: every table can be saved as CSV."""
    return pl.when(text.str.contains(f"^{FORMULA_SIGNS}")).then("\u2060" + text).otherwise(text)


def _with_percent_format(config: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Give percent columns one decimal; return the configuration and their names.

    Their values must be multiplied by 100. The framework's own `percent` drops trailing zeros: 20% next to 24.58%.
    """
    shares = [name for name, column in config.items() if not isinstance(column, str) and column["type_config"].get("format") == "percent"]
    return config | {name: config[name] | {"type_config": config[name]["type_config"] | {"format": RATE}} for name in shares}, shares


def _whole_money(frame: pl.DataFrame, config: dict[str, Any]) -> list[str]:
    """Columns of money without cents, which must be rounded: the browser would cut the cents off."""
    formats = {name: column["type_config"].get("format") for name, column in config.items() if not isinstance(column, str)}
    return [name for name, format in formats.items() if format == whole_money() and frame.schema[name] == pl.Float64]


def _compact(trend: pl.Expr) -> pl.Expr:
    """Sparklines as whole numbers: an eighth of the bytes to send."""
    return trend.cast(pl.List(pl.UInt8))


def truncation_note(row_count: int) -> None:
    """Draw a note if a list has more rows than are shown."""
    if row_count > MAX_ROWS:
        note(f"The first {MAX_ROWS:,} of {row_count:,} rows.")


def table(
    frame: pl.DataFrame, columns: Columns | list[str], *, key: str, alt: str, rows: int = 10, choose: bool = False, wrap: bool = False
) -> int | None:  # fmt: skip
    """Draw the frame's columns and return the index of the chosen row, if any.

    `columns`: names of the catalogue, or labels and configurations by name. At most MAX_ROWS rows are shown, with a note if there are more.
    `wrap`: texts take up to three lines.
    """
    config, shares = _with_percent_format(configured(columns))
    row_height = WRAPPED_HEIGHT if wrap else ROW_HEIGHT
    height: int | Literal["content"] = "content" if frame.height <= rows else row_height * rows + HEADER_HEIGHT
    shown = (
        frame.select(list(columns))
        .head(MAX_ROWS)
        .with_columns(
            pl.col(shares) * 100,
            pl.col(_whole_money(frame, config)).round(0),
            _without_formulas(pl.col(pl.String)).name.keep(),
            _compact(pl.col(pl.List(pl.Float64))),
        )
    )
    event = st.dataframe(
        shown.to_arrow(compat_level=pl.CompatLevel.oldest()),  # Streamlit would convert a Polars frame by pandas
        hide_index=True,
        column_config=config,
        placeholder=fmt.UNKNOWN,
        height=height,
        row_height=row_height,
        alt=alt,
        key=key,
        on_select="rerun" if choose else "ignore",
        selection_mode="single-row",
    )
    truncation_note(frame.height)
    chosen = cast(DataframeState, event)["selection"]["rows"] if choose else []
    return chosen[0] if chosen and chosen[0] < frame.height else None
