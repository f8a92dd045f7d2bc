"""Table below a chart with the same figures, folded; its texts wrap, so that nothing is cut in a narrow card."""

from collections.abc import Callable, Mapping

import polars as pl
import streamlit as st

from health import format as fmt
from health.ui.tables import words_table

Formatter = Callable[[float | None], str]


def chart_table(frame: pl.DataFrame, labels: dict[str, str], alt: str, formats: Mapping[str, Formatter] | None = None) -> None:
    """Draw the columns of `labels`; numbers as `formats` says, else as whole numbers."""
    texts = [
        pl.Series(name, [(formats or {}).get(name, fmt.count)(value) for value in frame[name]], pl.String)
        for name in labels
        if frame[name].dtype.is_numeric()
    ]
    with st.expander("Show as table"):
        words_table(frame.with_columns(texts), labels, alt)
