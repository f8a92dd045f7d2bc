"""Numbers, dates and bands are said one way, and an unknown is never a zero."""

import math
from datetime import date, datetime
from typing import Any

import pytest

from health import currency
from health import format as fmt

NBSP = "\u00a0"


@pytest.mark.parametrize(
    "speak",
    [fmt.count, fmt.money, fmt.price, fmt.short_money, fmt.money_change, fmt.share, fmt.rate, fmt.signed, fmt.pts, fmt.health],
)
@pytest.mark.parametrize("unknown", [None, math.nan])
def test_an_unknown_number_is_a_dash_and_never_a_zero(speak: Any, unknown: float | None) -> None:
    assert speak(unknown) == fmt.UNKNOWN
    assert speak(0) != fmt.UNKNOWN


def test_an_unknown_day_is_a_dash() -> None:
    assert {fmt.day(None), fmt.month(None), fmt.instant(None)} == {fmt.UNKNOWN}


@pytest.mark.parametrize(
    ("amount", "table", "headline"),
    [
        (13_515.2, "€13,515", "€14k"),
        (9_999.4, "€9,999", "€9,999"),
        (9_999.6, "€10,000", "€10k"),
        (336_000, "€336,000", "€336k"),
        (999_600, "€999,600", "€1.0m"),
        (24_100_000, "€24,100,000", "€24.1m"),
        (-600, "-€600", "-€600"),
        (-0.3, "€0", "€0"),
    ],
)
def test_money_is_whole_in_tables_and_short_in_headlines(amount: float, table: str, headline: str) -> None:
    assert fmt.money(amount) == table
    assert fmt.short_money(amount) == headline


def test_the_currency_is_an_argument() -> None:
    assert fmt.money(5, "CHF") == f"CHF{NBSP}5"
    assert fmt.money_change(29_000, "GBP") == "+£29k"


def test_a_code_stands_once_in_a_range_and_a_symbol_at_both_ends() -> None:
    assert fmt.money_range(4_649, 14_000) == "€4,649 to €14k"
    with currency.using("USD"):
        assert fmt.money_range(4_649, 14_000) == f"USD{NBSP}4,649 to 14k"
        assert fmt.money_range(-5, 10) == f"-USD{NBSP}5 to USD{NBSP}10"


def test_amounts_are_printed_in_the_currency_of_the_open_book() -> None:
    with currency.using("USD"):
        assert fmt.money(13_515) == f"USD{NBSP}13,515", "a dollar sign is that of many countries"
        assert (fmt.short_money(-336_000), fmt.price(7.5)) == (f"-USD{NBSP}336k", f"USD{NBSP}7.50")
    with currency.using("GBP"):
        assert (fmt.price(7.5), currency.unit()) == ("£7.50", "£")
    assert fmt.money(5) == "€5", "and it is over with the block"


def test_shares_keep_their_unit_on_the_line() -> None:
    assert fmt.share(0.514) == f"51{NBSP}%"
    assert fmt.rate(0.138) == f"13.8{NBSP}%"
    assert fmt.share_of(40, 312) == f"13{NBSP}%, 40 of 312"
    assert fmt.interval(0.31, 0.44) == f"31 to 44{NBSP}%"
    assert fmt.pts(0.011) == f"+1.1{NBSP}pts"


def test_a_little_is_not_nothing_and_nearly_all_is_not_all() -> None:
    assert fmt.share(0.001) == f"<1{NBSP}%"
    assert fmt.share(0.999) == f">99{NBSP}%"
    assert (fmt.share(0.0), fmt.share(1.0)) == (f"0{NBSP}%", f"100{NBSP}%")


def test_a_share_of_nobody_is_unknown() -> None:
    assert fmt.share_of(0, 0) == fmt.UNKNOWN


def test_changes_carry_their_sign_and_no_change_has_none() -> None:
    assert [fmt.signed(x) for x in (-4.2, 7, 0, -0.2)] == ["-4", "+7", "0", "0"]


def test_health_is_rounded_down_so_that_nobody_reaches_a_band_by_rounding() -> None:
    assert fmt.health(64.99) == "64"


def test_days_are_written_with_the_month_in_letters() -> None:
    assert fmt.day(date(2026, 11, 1)) == "1 Nov 2026"
    assert fmt.month(date(2026, 11, 1)) == "Nov 26"
    assert fmt.instant(datetime(2026, 10, 31, 18, 4)) == "31 Oct 2026, 18:04"


def test_foreign_text_loses_every_markdown_meaning() -> None:
    assert fmt.plain("*a* [b](c) :red[d] $e$") == r"\*a\* \[b\]\(c\) \:red\[d\] \$e\$"
    assert "https:" not in fmt.plain("see https://example.org").replace("\\", "")
    assert "www." not in fmt.plain("see www.example.org").replace("\\", "")


@pytest.mark.parametrize("sign", ["a.+@example.org", ":streamlit:", "->", "<-", "--", ">=", "<=", "~="])
def test_foreign_text_becomes_no_link_to_an_address_and_no_other_sign(sign: str) -> None:
    shown = fmt.plain(sign).replace("\\", "")
    assert sign not in shown and shown.replace("\u2060", "") == sign


def test_foreign_text_stays_in_the_paragraph_it_is_put_into_and_turns_nothing_round() -> None:
    assert fmt.plain("  one \r\n\n    two\u2028\tthree\x85") == "one two three"
    assert fmt.plain("\u202eleft \u2067alone\u200f") == "left alone"


def test_each_band_has_its_own_word_sign_and_key() -> None:
    for names in zip(*((b.key, b.word, b.sign) for b in fmt.BANDS), strict=True):
        assert len(set(names)) == len(fmt.BANDS)
    assert [b.key for b in fmt.BANDS] == ["healthy", "watch", "at_risk", "unknown", "leaving"]
    assert not {"green", "red", "amber"} & {word for b in fmt.BANDS for word in b.word.lower().split()}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("band", fmt.BANDS, ids=lambda b: b.key)
def test_bands_can_be_read_on_the_ground_and_on_their_tint(band: fmt.Band, dark: bool) -> None:
    ground = fmt.GROUND.on(dark)
    assert fmt.contrast(band.mark.on(dark), ground) >= 3
    assert fmt.contrast(band.text.on(dark), ground) >= 4.5
    assert fmt.contrast(band.text.on(dark), band.tint.on(dark)) >= 4.5
    assert fmt.contrast(fmt.TEXT.on(dark), band.chip.on(dark)) >= 7


@pytest.mark.parametrize("dark", [False, True])
def test_muted_text_can_be_read(dark: bool) -> None:
    assert fmt.contrast(fmt.MUTED.on(dark), fmt.GROUND.on(dark)) >= 4.5


def test_contrast_is_21_between_black_and_white() -> None:
    assert fmt.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert (fmt.ink("#7A0A21"), fmt.ink("#FFF6F6")) == ("#FFFFFF", "#000000")


def test_a_chip_says_sign_and_word() -> None:
    assert fmt.chip("at_risk") == "◆ At risk"
    assert fmt.chip(None) == fmt.UNKNOWN
