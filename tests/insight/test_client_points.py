"""One customer's frames keep what is unknown unknown."""

from dataclasses import replace

from health.insight.client import points as client
from health.score.settings import DEFAULT
from tests.insight.books import WEIGHTS, book, ends, row


def test_an_unknown_component_earns_nothing_that_could_be_read_as_zero() -> None:
    points = client.component_points(
        row("A", contact_points=50.0, complaints_points=None, price_points=None, tenure_points=90.0), WEIGHTS, DEFAULT
    )
    by_key = {r["key"]: r for r in points.iter_rows(named=True)}
    assert by_key["complaints"]["earned"] is None
    assert by_key["complaints"]["band"] == "unknown"
    assert (by_key["contact"]["earned"], by_key["contact"]["band"]) == (15.0, "watch")


def test_a_components_band_follows_the_edges_in_force() -> None:
    customer = row("A", contact_points=50.0, complaints_points=49.99, price_points=65.0, tenure_points=64.99)
    bands = client.component_points(customer, WEIGHTS, DEFAULT)["band"].to_list()
    assert bands == ["watch", "at_risk", "healthy", "watch"]
    moved = replace(DEFAULT, at_risk_below=51, healthy_from=66)
    assert client.component_points(customer, WEIGHTS, moved)["band"].to_list() == ["at_risk", "at_risk", "watch", "watch"]


def test_the_line_has_a_gap_where_the_band_was_unknown() -> None:
    history = book([row("A", end, band="unknown" if i == 1 else "watch", health=55.0) for i, end in enumerate(ends(3))])
    assert client.health_history(history, "A", ends(3)[-1])["health"].to_list() == [55.0, None, 55.0]
