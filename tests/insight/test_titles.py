"""Card titles follow their frames, fit their cards and claim nothing that is not known."""

import polars as pl

from health import format as fmt
from health.insight import titles
from health.insight.overview import frames, themes
from tests.insight.books import LONG_AGO, NEWEST, book, ends, row


def test_no_title_calls_an_unscored_book_free_of_risk() -> None:
    now = book([row("A", band="unknown")])
    assert "known" in titles.drivers(frames.risk_by_driver(now))
    assert "known" in titles.at_risk(frames.at_risk(now))
    assert titles.bands(frames.band_shares(now, NEWEST, LONG_AGO), NEWEST).endswith("?")


def test_titles_follow_their_frames() -> None:
    history = book(
        [row(str(i), end, band="healthy" if i < (6 if end < NEWEST else 3) else "at_risk") for end in ends(5) for i in range(10)]
    )
    shares = frames.band_shares(history, NEWEST, LONG_AGO)
    assert titles.bands(shares, ends(5)[0]).replace(fmt.SPACE, " ") == "Healthy fell from 60 % in Jun 2026 to 30 % in Oct 2026"
    refused = pl.DataFrame({"reason": ["Ambiguous date", "Wrong value"], "rows": [96, 4]})
    assert titles.refused_rows(refused) == "100 rows refused; 96: ambiguous date"
    prices = pl.DataFrame({"product": ["Mobile", "Fibre"], "unit_price": [11.8, 5.0], "market": [10.0, None]})
    assert titles.prices(prices).replace(fmt.SPACE, " ") == "Mobile costs 18 % more than the market"


def test_titles_fit_their_cards_whatever_the_names() -> None:
    long = "A product whose name was written by somebody who was paid by the letter"
    prices = pl.DataFrame({"product": [long], "unit_price": [11.8], "market": [10.0]})
    refused = pl.DataFrame({"reason": [long], "rows": [3]})
    parts = pl.DataFrame({"segment": [long], "customers": [3], "mrr": [3.0]})
    for title in (titles.prices(prices), titles.refused_rows(refused), titles.mrr_by(parts, "segment", long)):
        assert 0 < len(title) <= titles.LONGEST


def test_the_bands_are_told_against_the_day_chosen_for_comparison() -> None:
    healthy = dict(zip(ends(5), (8, 6, 6, 5, 5), strict=True))
    history = book([row(str(i), end, band="healthy" if i < n else "watch") for end, n in healthy.items() for i in range(10)])
    shares = frames.band_shares(history, NEWEST, LONG_AGO)
    told = [titles.bands(shares, end).replace(fmt.SPACE, " ") for end in ends(5)]
    assert told[0].startswith("Healthy fell from 80 % in Jun 2026 to 50 % in Oct 2026")
    assert told[2].startswith("Healthy fell from 60 % in Aug 2026 to 50 % in Oct 2026")
    assert told[3] == "Healthy: steady at 50 % since Sep 2026; 0 % at risk"


def test_the_largest_theme_leads_and_those_without_a_complaint_come_after_it() -> None:
    def told(**mrr: float) -> str:
        frame = pl.DataFrame({"theme": [t.replace("_", " ") for t in mrr], "customers": [1] * len(mrr), "mrr": list(mrr.values())})
        return themes.finding(frame.sort("mrr", "theme", descending=[True, False])).replace(fmt.SPACE, " ")

    assert told(No_complaint=32.0, Billing=20.0, Outage=48.0) == "Outage: 48 % of the MRR at risk; no complaint: 32 %"
    assert told(No_complaint=32.0, Billing=20.0, Outage=16.0, Delivery=32.0).startswith("Delivery: 32 % of the MRR at risk")
    assert told(No_complaint=48.0, Billing=32.0, Outage=20.0) == "Billing: 32 % of the MRR at risk; no complaint: 48 %"
    assert told(No_complaint=48.0) == "No customer at risk has complained"


def test_a_book_without_risk_is_told_so_only_as_far_as_bands_are_known() -> None:
    assert titles.no_customers_at_risk(0, True, NEWEST) == "No customer is at risk."
    assert titles.no_customers_at_risk(1, True, NEWEST) == "No customer is known to be at risk; 1 customer has no band."
    assert titles.no_customers_at_risk(0, False, NEWEST).endswith("no health score has fallen by a point or more since 31 Oct 2026.")


def test_the_line_of_a_relation_that_has_ended_is_told_in_the_past() -> None:
    line = pl.DataFrame({"as_of": ends(3), "health": [70.0, 60.0, 50.0]})
    assert titles.health_history(line, has_ended=True) == "Health fell from 70 in Aug 26 to 50 in Oct 26"
    assert titles.health_history(line.with_columns(health=60.0), has_ended=True) == "Health was 60 in Oct 26, much as in Aug 26"
