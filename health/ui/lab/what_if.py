"""Effect of a draft on all customers: band changes, rank changes, and revenue affected."""

from datetime import date
from functools import partial

import polars as pl
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn

from health import currency
from health import format as fmt
from health.access import Book
from health.insight import lab
from health.insight.headlines import Headline
from health.insight.lab import Effect
from health.score.settings import Settings
from health.ui import cache
from health.ui.cards import card, empty, note, number, strip
from health.ui.columns import MONEY, WHOLE, Columns, band_chip, chips, column
from health.ui.links import customer_table
from health.ui.tables import download, table

MAX_ROWS = 200
SLOW = "Recalculating scores with these intervals and response times; this takes a few seconds ..."


@cache.shared(6)
def _active_customers(book: Book, day: date, terms: str, _settings: Settings) -> pl.DataFrame:
    """Active customers under some agreed terms; cached by the terms alone, since weights play no part."""
    return lab.active_customers(book, day, _settings)


def _rows(book: Book, day: date, settings: Settings) -> pl.DataFrame:
    return _active_customers(book, day, repr(settings.terms), settings)


@cache.shared(6)
def _present_scores(book: Book, day: date, present: Settings) -> pl.DataFrame:
    """Customers scored under the settings in force."""
    return lab.score_customers(_rows(book, day, present), present)


def try_draft(book: Book, day: date, present: Settings, draft: Settings) -> Effect:
    """Effect of the draft on that day. Rows are shared between reruns, not copied."""
    rows, before = _rows(book, day, present), _present_scores(book, day, present)
    if draft.terms != present.terms:
        with st.spinner(SLOW):
            rows = _rows(book, day, draft)
    return lab.compare_scores(before, lab.score_customers(rows, draft), present, draft)


def segments(book: Book, day: date, present: Settings) -> list[str]:
    """Segments of the customers of that day."""
    return _rows(book, day, present)["score_segment"].drop_nulls().unique().sort().to_list()


def day_note(day: date, as_of: date) -> None:
    """Draw a note if the draft is tried on another day than the screens show."""
    if day != as_of:
        note(f"The preview uses {fmt.day(day)}, the last month end on file; other screens show {fmt.day(as_of)}.", small=False)


def effect_strip(draft_effect: Effect) -> None:
    """Draw who would change band or rank, and the revenue affected."""
    before, after = draft_effect.mrr_at_risk
    fifth_size = -(-draft_effect.customers // lab.FIFTH)
    strip(
        [
            number("Change of band", fmt.count(draft_effect.band_changes.height),
                   f"{draft_effect.downgrades} down, {draft_effect.upgrades} up",
                   "Customers whose band would change with the draft"),
            Headline("mrr_at_risk", "MRR at risk", fmt.short_money(after), _change_text(before, after), "off", [],
                     "Monthly revenue of customers in the band At risk, with the draft. Below: change against the version in force."),
            number("MRR affected", fmt.short_money(draft_effect.mrr_changing_band), "changing band",
                   "Monthly revenue of the customers whose band would change"),
            number("New, lowest 20 %", fmt.count(draft_effect.new_in_lowest_fifth), f"of {fmt.count(fifth_size)}",
                   "Customers who would enter the lowest-scoring 20 %; the same number leaves it"),
        ]
    )  # fmt: skip


def _change_text(before: float | None, after: float | None) -> str:
    """Change of the MRR at risk in words."""
    if after is None or before is None:
        return "no band is known" if after is None else "unknown before"
    return "no change" if round(after - before) == 0 else fmt.money_change(after - before)


def bands_card(draft_effect: Effect, present: Settings) -> None:
    """Draw customers and revenue by band, now and with the draft."""
    customers_after, customers_before = (
        dict(draft_effect.bands.select("band", name).iter_rows()) for name in ("customers", "customers_was")
    )
    difference = customers_after.get("at_risk", 0) - customers_before.get("at_risk", 0)
    title = (
        f"{abs(difference):,} {'more' if difference > 0 else 'fewer'} customers would be at risk"
        if difference
        else "No change in customers at risk"
    )
    with card(title, f"Customers and MRR by band: version {present.version} and the draft"):
        shown = draft_effect.bands.with_columns(
            band_chip(),
            (pl.col("customers") - pl.col("customers_was")).alias("moved"),
            (pl.col("mrr") - pl.col("mrr_was"))
            .map_elements(partial(fmt.money_change, currency=currency.code()), pl.String)
            .alias("mrr_moved"),
        )
        columns: Columns = {
            "band": 100,
            "customers_was": NumberColumn(f"v{present.version}", width=64, format=WHOLE),
            "customers": NumberColumn("Draft", width=64, format=WHOLE),
            "moved": column("difference", 68),
            "mrr_was": NumberColumn(f"MRR v{present.version}", width=90, format=MONEY),
            "mrr": NumberColumn("MRR draft", width=90, format=MONEY),
            "mrr_moved": TextColumn("MRR change", width=96, alignment="right"),
        }
        table(shown, columns, key="lab-bands", alt="Customers and MRR by band, now and with the draft")


def crossing_card(draft_effect: Effect, present: Settings) -> None:
    """Draw the customers who would change band; a chosen row opens the client."""
    crossings, draft_version = draft_effect.band_changes.height, f"v{present.version + 1}"
    title = (
        f"{fmt.plural(crossings, 'customer')} would change band, {draft_effect.downgrades:,} of them to a worse one"
        if crossings
        else "No customer would change band"
    )
    limit_words = f"; the {MAX_ROWS} largest by MRR are shown" if crossings > MAX_ROWS else ""
    with card(
        title,
        f"Rank 1 is the lowest health of {fmt.plural(draft_effect.customers, 'active customer')}{limit_words}. "
        "Choose a row to open the client.",
    ):
        if not crossings:
            empty("All customers stay in their band", "Change a weight, limit or rule to see who would move.", ":material/check_circle:")
            return
        columns: Columns = {
            "customer": column("name", 208),
            "band_was": chips(f"v{present.version}", 86),
            "band": chips(f"Draft {draft_version}", 86),
            "rank_was": NumberColumn(f"Rank v{present.version}", width=60, format=WHOLE),
            "rank": NumberColumn(f"Rank {draft_version}", width=60, format=WHOLE),
            "health_was": NumberColumn(f"Health v{present.version}", width=70, format="%d"),
            "health": NumberColumn(f"Health {draft_version}", width=70, format="%d"),
            "mrr": 66,
            "because": TextColumn("Changed by", width=128),
        }
        first = draft_effect.band_changes.head(MAX_ROWS)
        customer_table(first, columns, key="lab-crossing", alt="Customers who would change band, with rank and health")
        download(draft_effect.band_changes, "would-change-band.csv", "Download all")
