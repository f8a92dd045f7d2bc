"""Card titles follow their frames, fit their cards and claim nothing that is not known."""

import polars as pl

from health import format as say
from health.insight import findings, overview
from tests.insight.books import LONG_AGO, NEWEST, book, ends, row


def test_no_title_calls_an_unscored_book_free_of_risk() -> None:
    now = book([row("A", band="unknown")])
    assert "known" in findings.heat(overview.risk_by_driver(now))
    assert "known" in findings.at_risk(overview.at_risk(now))
    assert findings.bands(overview.band_shares(now, NEWEST, LONG_AGO)).endswith("?")


def test_titles_follow_their_frames() -> None:
    history = book(
        [row(str(i), end, band="healthy" if i < (6 if end < NEWEST else 3) else "at_risk") for end in ends(5) for i in range(10)]
    )
    shares = overview.band_shares(history, NEWEST, LONG_AGO)
    assert findings.bands(shares).replace(say.SPACE, " ") == "Healthy fell from 60 % to 30 % in 4 months; at risk 70 %"
    refused = pl.DataFrame({"reason": ["Ambiguous date", "Wrong value"], "rows": [96, 4]})
    assert findings.refused(refused) == "100 rows refused; 96: ambiguous date"
    prices = pl.DataFrame({"product": ["Mobile", "Fibre"], "unit_price": [11.8, 5.0], "market": [10.0, None]})
    assert findings.prices(prices).replace(say.SPACE, " ") == "Mobile costs 18 % more than the market"


def test_titles_fit_their_cards_whatever_the_names() -> None:
    long = "A product whose name was written by somebody who was paid by the letter"
    prices = pl.DataFrame({"product": [long], "unit_price": [11.8], "market": [10.0]})
    refused = pl.DataFrame({"reason": [long], "rows": [3]})
    parts = pl.DataFrame({"segment": [long], "customers": [3], "mrr": [3.0]})
    for title in (findings.prices(prices), findings.refused(refused), findings.book_by(parts, "segment", long)):
        assert 0 < len(title) <= findings.LONGEST
