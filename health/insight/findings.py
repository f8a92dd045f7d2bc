"""Card titles: the finding, computed from the frame its chart draws; a question where no finding holds. At most 58 characters."""

import polars as pl


def bands(shares: pl.DataFrame) -> str:
    """From `overview.band_shares`."""
    return "How healthy has the book been?"


def heat(frame: pl.DataFrame) -> str:
    """From `overview.risk_by_driver`."""
    return "What weighs on the revenue at risk?"


def at_risk(frame: pl.DataFrame) -> str:
    """From `overview.at_risk`."""
    return "Which customers are at risk?"


def falls(frame: pl.DataFrame) -> str:
    """From `overview.falls`."""
    return "Who fell most, and what moved them?"


def points(frame: pl.DataFrame) -> str:
    """From `client.points_of`."""
    return "Where are the points lost?"


def line(frame: pl.DataFrame) -> str:
    """From `client.line_of`."""
    return "How has health moved?"


def prices(frame: pl.DataFrame) -> str:
    """From `portfolio.client(...)["prices"]`."""
    return "How do our prices compare?"


def refused(frame: pl.DataFrame) -> str:
    """From one row a reason (reason, rows)."""
    return "Why are rows refused?"


def book_by(frame: pl.DataFrame, column: str, words: str) -> str:
    """From `known.book_by`; `words` names the column ('contract')."""
    return f"Where does the revenue come from, by {words}?"[:58]


def gaps(frame: pl.DataFrame) -> str:
    """Stub."""
    return "What is missing?"
