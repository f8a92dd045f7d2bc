"""Makes data/samples out of the demo company: python -m tests.intake.samples. Small extracts to try the upload with, one of them dirty."""

from pathlib import Path

import polars as pl

from health.demo import generate

FOLDER = Path(__file__).parents[2] / "data" / "samples"
CLEAN = ("customers", "contracts", "complaints", "exits", "market_prices", "interactions")
DIRTY = "interactions_dirty.csv"
DAMAGE = {
    5: (3, "carrier pigeon", "channel 'carrier pigeon' is not one of"),
    9: (2, "2999-01-01 10:00:00", "is outside the years"),
    14: (1, "C404", "does not exist in customers"),
    20: (4, "out,out", "13 cells where the header has 12"),
    27: (11, '"open', "a quote is not closed"),
    33: (2, "14/02/2026 10h", "is not a time"),
}
"""What is wrong in the dirty file: by line, which cell now holds what, and what is said of it."""


def clean() -> dict[str, pl.DataFrame]:
    """The clean extracts, one a table."""
    company = generate(30, 15, 7).tables
    return {name: company[name].tail(400).select(c.name for c in company[name] if c.null_count() < len(c)) for name in CLEAN}


def dirty(text: str) -> str:
    """The same rows as text with the damage done, and one row twice."""
    lines = text.splitlines()
    for number, (cell, now, _) in DAMAGE.items():
        cells = lines[number - 1].split(",")
        lines[number - 1] = ",".join([*cells[:cell], now, *cells[cell + 1 :]])
    return "\n".join([*lines[:40], lines[39], *lines[40:120]]) + "\n"


def main() -> None:
    """Writes the folder anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, frame in clean().items():
        frame.write_csv(FOLDER / f"{name}.csv", datetime_format="%Y-%m-%d %H:%M:%S")
    (FOLDER / DIRTY).write_text(dirty((FOLDER / "interactions.csv").read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
