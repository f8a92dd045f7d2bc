"""What a file would do to the bands is told as it is: who falls, who rises, who leaves unknown; the rows add up to the title."""

from datetime import date

import polars as pl
import pytest

from health.insight.upload import effect as crossing
from health.intake.effect import Effect

DAY, LATER = date(2026, 10, 31), date(2026, 11, 30)
SCHEMA = {
    "customer_id": pl.String, "name": pl.String, "kind": pl.String, "band_before": pl.String, "band_after": pl.String,
    "health_before": pl.Int64, "health_after": pl.Int64, "points": pl.Int64, "moved_by": pl.String, "aged": pl.Int64,
}  # fmt: skip


def effect(*moves: tuple[str | None, str | None], day: date | None = DAY, then: date = DAY) -> Effect:
    """Customers that go from one band to another; None: not scored."""
    rows = []
    for n, (before, after) in enumerate(moves):
        kind = "new" if before is None else "left" if after is None else "changed"
        row = [
            f"C{n}",
            f"Customer {n}",
            kind,
            before,
            after,
            before and 6000,
            after and 5000,
            -1000 if kind == "changed" else None,
            "contact",
            0,
        ]
        rows.append(row)
    return Effect(day, then, pl.DataFrame(rows, schema=SCHEMA, orient="row"), len(rows))


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ([], "No customer changes band"),
        ([(None, "watch")] * 2, "2 new customers; no other customer changes band"),
        ([("healthy", "watch"), ("watch", "at_risk"), ("watch", "healthy")], "3 customers would change band, 2 of them to a worse one"),
        ([("healthy", "leaving")], "1 customer would change band, 1 of them to a worse one"),
        ([("unknown", "at_risk")] * 2 + [("unknown", "healthy")], "3 customers would get a band: 2 at risk, 1 healthy"),
    ],
)
def test_the_title_counts_those_who_fall_and_calls_no_first_score_a_rise(moves: list[tuple[str | None, str | None]], said: str) -> None:
    assert crossing.title(effect(*moves)) == said


def test_the_rows_hold_whoever_crosses_comes_or_goes_and_nobody_else() -> None:
    seen = effect(("healthy", "watch"), ("watch", "watch"), (None, "healthy"), ("watch", None))
    assert crossing.effect_table(seen)["customer"].to_list() == ["Customer 0", "Customer 2", "Customer 3"]
    assert crossing.effect_table(seen)["points"].to_list() == [-10, None, None]


def test_what_is_compared_names_its_days() -> None:
    assert "scores as of 31 Oct 2026" in crossing.comparison_text(effect(("healthy", "watch")))
    assert "scores as of 31 Oct 2026 compared with 30 Nov 2026" in crossing.comparison_text(effect(("healthy", "watch"), then=LATER))
    assert "first scores, as of 30 Nov 2026; 1 new" in crossing.comparison_text(effect((None, "watch"), day=None, then=LATER))
