"""The brief on paper: read back by PDFium, for plain clients and for those made to burst the page."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest

from health.report.brief import Brief, page_content, pdf
from health.report.pdf import FONTS
from tests.report.client import ARABIC, EMOJI, HEBREW, HOSTILE, brief, customer

LONG = (f"{EMOJI} Müller & Söhne {HEBREW} {ARABIC} {HOSTILE} " * 6)[:300]
BURSTING = {"long": LONG, "one word": "W" * 300, "unbroken Arabic": "\ufdfd" * 300, "emoji": EMOJI * 300, "marks": "e" + "\u0301" * 299}
set_up = pytest.mark.skipif(not (FONTS / "noto").is_dir(), reason="the typefaces are not there: make font")


@contextmanager
def opened(raw: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(raw)
    try:
        yield document
    finally:
        document.close()


def text_of(raw: bytes) -> str:
    with opened(raw) as document:
        assert len(document) == 1, "always one page"
        page = document[0]
        assert (round(page.get_width()), round(page.get_height())) == (595, 842)
        words = page.get_textpage()
        inside = [words.get_charbox(n) for n in range(words.count_chars())]
        assert all(bottom >= 0 and top <= 842 for _, bottom, _, top in inside)
        return " ".join(words.get_text_range().split())


def test_the_page_says_all_that_is_known() -> None:
    told = text_of(pdf(brief()))
    for words in (
        "Amberley Clinics", "as of 31 Oct 2026", "Customer C1001, Enterprise, north, tier A, owner: Jo Peeters",
        "At risk: 18 % left within 90 days (1,450 cases)", "46 of 100", "40 to 60, coverage 80", "€13,515", "11 Dec 2026",
        "notice 11 Nov, assumed",
        "€336k", "€41k to €610k", "34 %", "Router swap: last contact 94 days ago", "Contact frequency 38, weight 30", "Price –, weight 20",
        "Call from us, review, reached 31 Oct 2026", "Critical, Router swap reply 3 days overdue", "Router swap 4 days overdue",
        "decision maker, first", "p0@amberley.example, no phone", "€24.90 against market €23.10 in Sep 26, price survey",
        "Call about: Router swap",
    ):  # fmt: skip
        assert words in told.replace("\u00a0", " "), words
    assert "more" not in told


@pytest.mark.parametrize("kind", BURSTING)
def test_it_stays_one_page_whatever_is_written(kind: str) -> None:
    words = BURSTING[kind]
    told = text_of(pdf(brief(words, times=40, words=words)))
    fits = {"and 36 more": 1, "and 35 more": 4, "and 34 more": 2, "Printed for Jo Peeters.": 1}
    assert {more: told.count(more) for more in fits} == fits, "nothing fell off the page"


@set_up
def test_a_name_of_every_script_is_readable_and_no_command() -> None:
    told = text_of(pdf(brief(f"{EMOJI} Fox {HEBREW}")))
    assert f"{EMOJI} Fox" in told and all(word in told for word in HEBREW.split())
    assert all(letter in text_of(pdf(brief(ARABIC))) for letter in "شكر")
    commands = text_of(pdf(brief(HOSTILE))).replace("\u200b", "").replace(" ", "")
    assert HOSTILE.replace(" ", "")[:40] in commands


@set_up
def test_every_letter_has_a_shape() -> None:
    """Two names of unlike letters give unlike pictures: boxes would be alike."""
    pictures = []
    for name in ("אבגד", "הוזח", "شركة", "🦊🐻", "🐼🐨"):
        with opened(pdf(brief(name))) as document:
            pictures.append(document[0].render(scale=1, crop=(0, 780, 200, 0)).to_pil().tobytes())
    assert len(set(pictures)) == len(pictures)


def test_what_is_not_loaded_is_not_known_and_what_is_empty_is_none() -> None:
    blank = dict.fromkeys(
        ("band", "health", "low", "high", "mrr", "renewal_on", "notice_by", "tier", "segment", "region", "owner", "owner_name")
    )
    unknown = brief(contacts=None, complaints=None, promises=None, people=None, prices=None, worth=None, customer=customer("Q", **blank))
    told = text_of(pdf(unknown))
    assert "Not available: no complaints loaded" in told and "no end date" in told and "not available" in told and "€0" not in told
    empty = brief()
    assert empty.complaints is not None and empty.promises is not None
    none = text_of(pdf(Brief(**(vars(empty) | {"complaints": empty.complaints.clear(), "reasons": []}))))
    assert "Open complaints None open" in none and "No particular reason" in none


def test_the_same_brief_gives_the_same_bytes() -> None:
    assert pdf(brief()) == pdf(brief())


def test_without_the_typefaces_there_is_still_a_page(tmp_path: Path) -> None:
    assert "Amberley Clinics" in text_of(pdf(brief(), tmp_path))


def test_a_name_that_runs_from_the_right_does_not_turn_our_words() -> None:
    page = page_content(brief(f"{HEBREW} Ltd", words=HEBREW))
    assert page["name"]["rtl"] and not page["reasons"]["rows"][0]["rtl"]
    assert "\u200b" not in str(page_content(brief(words="p" * 40 + "@amberley.example"))), "an address is copied as it is"
    assert page["complaints"]["rows"][0]["what"]["words"] == f"Critical, \u2068{HEBREW}\u2069"
    assert page_content(brief("\u202eevil\u0000\n"))["name"]["words"] == "evil"
