"""What a draft does to the whole book: who crosses a band, who changes rank, how much revenue moves."""

from datetime import date

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import format as fmt
from health.access import Book
from health.insight import lab
from health.insight.headlines import Headline
from health.insight.lab import Effect
from health.score.settings import Settings
from health.ui import cache
from health.ui.cards import card, empty, note, number, strip
from health.ui.columns import MONEY, WHOLE, Columns, band_chip, chips, column
from health.ui.links import open_client
from health.ui.tables import download, table

SHOWN = 200
SLOW = "Working out the facts under these cadences and clocks; this takes a few seconds ..."


@cache.shared(6)
def _standing(book: Book, day: date, terms: str, _under: Settings) -> pl.DataFrame:
    """The rows under these terms, by which alone they are kept: the weights of `_under` play no part in them."""
    return lab.active_customers(book, day, _under)


def _rows(book: Book, day: date, under: Settings) -> pl.DataFrame:
    return _standing(book, day, repr(under.terms), under)


@cache.shared(6)
def _present(book: Book, day: date, present: Settings) -> pl.DataFrame:
    """The rows scored under the settings in force."""
    return lab.score(_rows(book, day, present), present)


def tried(book: Book, day: date, present: Settings, draft: Settings) -> Effect:
    """The draft on the book of that day. The rows are shared between reruns and never copied: a rerun composes and counts, no more."""
    rows, before = _rows(book, day, present), _present(book, day, present)
    if draft.terms != present.terms:
        with st.spinner(SLOW):
            rows = _rows(book, day, draft)
    return lab.effect(before, lab.score(rows, draft), present, draft)


def segments(book: Book, day: date, present: Settings) -> list[str]:
    """The segments of the customers of that day."""
    return _rows(book, day, present)["score_segment"].drop_nulls().unique().sort().to_list()


def day_note(day: date, as_of: date) -> None:
    """Says so where a draft is tried on another day than the book's newest, or the one chosen."""
    if day != as_of:
        note(f"A draft is tried on {fmt.day(day)}, the last month end on file, not on {fmt.day(as_of)} as the other screens.", small=False)


def effect_strip(done: Effect) -> None:
    """Who crosses, what moves."""
    was, now = done.mrr_at_risk
    change = None if round(now - was) == 0 else fmt.money_change(now - was)
    worst = -(-done.customers // lab.FIFTH)
    strip(
        [
            number("Cross a band", fmt.count(done.crossing.height), f"{done.down} down, {done.up} up",
                   "Customers of today whose band would be another"),
            Headline("mrr_at_risk", "MRR at risk", fmt.short_money(now), change or "as before", "off", [],
                     "What customers in the band at risk are billed a month, with the draft; below: against the version in force"),
            number("MRR that moves", fmt.short_money(done.mrr_crossing), "of those who cross", "Billed a month to those who cross a band"),
            number("New in worst 20 %", fmt.count(done.new_in_fifth), f"of {fmt.count(worst)}",
                   "Customers who would be among the fifth of lowest health and are not now; as many leave it"),
        ]
    )  # fmt: skip


def bands_card(done: Effect, present: Settings) -> None:
    """The book by band, now and with the draft."""
    now, before = (dict(done.bands.select("band", name).iter_rows()) for name in ("customers", "customers_was"))
    moved = now.get("at_risk", 0) - before.get("at_risk", 0)
    title = (
        f"{abs(moved):,} {'more' if moved > 0 else 'fewer'} customers would be at risk" if moved else "As many customers would be at risk"
    )
    with card(title, f"Customers and MRR by band: version {present.version}, and with the draft"):
        shown = done.bands.with_columns(
            band_chip(),
            (pl.col("customers") - pl.col("customers_was")).alias("moved"),
            (pl.col("mrr") - pl.col("mrr_was")).map_elements(fmt.money_change, pl.String).alias("mrr_moved"),
        )
        columns: Columns = {
            "band": 100,
            "customers_was": NumberColumn(f"v{present.version}", width=80, format=WHOLE),
            "customers": NumberColumn("Draft", width=80, format=WHOLE),
            "moved": column("difference", 80),
            "mrr_was": NumberColumn(f"MRR v{present.version}", width=100, format=MONEY),
            "mrr": NumberColumn("MRR draft", width=100, format=MONEY),
            "mrr_moved": TextColumn("Change of MRR", width=120, alignment="right"),
        }
        table(shown, columns, key="lab-bands", alt="Customers and MRR by band, now and with the draft")


def crossing_card(done: Effect, present: Settings) -> None:
    """The customers who would change band; a chosen row opens the client."""
    n, drafted = done.crossing.height, f"v{present.version + 1}"
    title = f"{fmt.plural(n, 'customer')} would change band, {done.down:,} of them downward" if n else "Nobody would change band"
    shown = f"; the {SHOWN} largest by MRR are shown" if n > SHOWN else ""
    with card(
        title, f"Ranks run from 1, the worst, among {fmt.plural(done.customers, 'customer')}{shown}. Choose a row to open the client."
    ):
        if not n:
            empty("The draft leaves every customer in the band of today", "Move a weight, an edge or a rule.", ":material/check_circle:")
            return
        columns: Columns = {
            "customer": column("name", 190),
            "band_was": chips(f"v{present.version}", 96),
            "band": chips(f"Draft {drafted}", 96),
            "rank_was": NumberColumn(f"Rank v{present.version}", width=78, format=WHOLE),
            "rank": NumberColumn(f"Rank {drafted}", width=78, format=WHOLE),
            "health_was": NumberColumn(f"Health v{present.version}", width=86, format="%d"),
            "health": NumberColumn(f"Health {drafted}", width=86, format="%d"),
            "mrr": 84,
            "because": TextColumn("Because of", width=160),
        }
        first = done.crossing.head(SHOWN)
        chosen = table(first, columns, key="lab-crossing", alt="Customers who would change band, with rank and health", choose=True)
        if chosen is not None:
            open_client(first["customer_id"][chosen])
        download(done.crossing, "would-change-band.csv", "Download all")
