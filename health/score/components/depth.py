"""Relationship: number of contact persons, their details, and referrals."""

import polars as pl

from health import format as fmt
from health.score.components.parts import Axis, Component, Part, Ramp, Reason, out_of_words
from health.score.wording import count_words

_present = pl.col("contacts_present")
_people, _voices, _details_wanted, _details_filled = (pl.col(name) for name in ("people", "voices_365", "details_wanted", "details_filled"))


def _when_none(n: pl.Expr, text_for_none: str, text_for_some: pl.Expr) -> pl.Expr:
    return pl.when(n == 0).then(pl.lit(text_for_none)).otherwise(text_for_some)


DEPTH = Component(
    "depth", "Relationship", 0,
    "A relationship that depends on one person ends when that person leaves; customers who refer others seldom leave.",
    "contacts",
    (
        Part(
            "people", "Contact persons", 40, _people, Ramp(0, 3), "current contact persons on file", "none", "{best} or more",
            "no contacts are loaded", Axis(0, 5, "people"), known=_present,
            reasons=(Reason(_when_none(_people, "No contact person on file", pl.format("Only {} on file", count_words(_people,
            "contact person"))),
                            _people, about="depth", call="Find a second contact person"),),
            fact=lambda c: f"{fmt.plural(c['people'], 'contact person')} on file",
        ),
        Part(
            "complete", "Contact details", 30, _details_filled / pl.max_horizontal("details_wanted", pl.lit(1)), Ramp(0.4, 1),
            "role, phone and e-mail on file for the primary contact and the decision makers", "{worst}, or no such contact is on file",
            "all of them",
            "no contacts are loaded", Axis(0, 1, "share of details on file"), known=_present,
            reasons=(Reason(_when_none(_details_wanted, "No decision maker or primary contact on file",
                                       pl.format("{} of {} contact details of key contacts on file", "details_filled", _details_wanted)),
                            _details_filled, _details_wanted, "depth", "Ask for the missing details"),),
            fact=lambda c: out_of_words(c["details_filled"], c["details_wanted"], "contact details of key contacts on file"),
        ),
        Part(
            "voices", "Active contacts", 15, _voices, Ramp(1, 2), "contact persons spoken with in 365 days", "one or none",
            "{best} or more",
            "no contact in a year names a person", Axis(0, 4, "people spoken with"),
            known=_present & pl.col("contact_present"),
            reasons=(Reason(_when_none(_voices, "Spoke with no contact person in a year",
                                       pl.lit("Spoke with only one person in a year")), _voices,
                            about="depth", call="Speak with a second person"),),
            fact=lambda c: f"{fmt.plural(c['voices_365'], 'person', 'people')} spoken with in a year",
        ),
        Part(
            "referral", "Referral", 15, pl.col("referrals_730"), Ramp(0, 1), "referrals made in 730 days", "none", "{best} or more",
            "no referrals are loaded", Axis(0, 3, "referrals"), known=_present & pl.col("referrals_present"),
            reasons=(Reason(pl.lit("No referral in two years"), pl.col("referrals_730"), about="depth",
                            call="Ask for a referral"),),
            fact=lambda c: f"{fmt.plural(c['referrals_730'], 'referral')} in two years",
        ),
    ),
    "2 people, 5 of 6 details on file, both spoken with, no referral: parts 66.67, 72.22, 100 and 0 give 63.33.",
    missing="no contact persons",
    also_reads=("interactions", "referrals"),
)  # fmt: skip
