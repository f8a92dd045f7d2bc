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
    "A relation that hangs by one person ends with that person; who sends others to us seldom leaves.",
    "contacts",
    (
        Part(
            "people", "People known", 40, _people, Ramp(0, 3), "people on file who are there", "nobody", "{best} or more",
            "no contacts are loaded", Axis(0, 5, "people"), known=_present,
            reasons=(Reason(_when_none(_people, "Nobody known by name", pl.format("Only {} known", count_words(_people, "contact"))),
                            _people, about="depth", call="Find a second person to speak to"),),
            fact=lambda c: f"{fmt.plural(c['people'], 'person', 'people')} known",
        ),
        Part(
            "complete", "Details", 30, _details_filled / pl.max_horizontal("details_wanted", pl.lit(1)), Ramp(0.4, 1),
            "role, phone and e-mail on file for the primary person and the decision makers", "{worst}, or neither is known", "all of them",
            "no contacts are loaded", Axis(0, 1, "share of details on file"), known=_present,
            reasons=(Reason(_when_none(_details_wanted, "No decision maker and no primary contact on file",
                                       pl.format("{} of {} details of the key people on file", "details_filled", _details_wanted)),
                            _details_filled, _details_wanted, "depth", "Ask for the missing details"),),
            fact=lambda c: out_of_words(c["details_filled"], c["details_wanted"], "details on file of primary and decision makers"),
        ),
        Part(
            "voices", "Second voice", 15, _voices, Ramp(1, 2), "people spoken with in 365 days", "one, or nobody", "{best} or more",
            "no interactions are loaded, or none of a year names the person", Axis(0, 4, "people spoken with"),
            known=_present & pl.col("contact_present"),
            reasons=(Reason(_when_none(_voices, "Spoken with nobody in a year", pl.lit("Spoken with one person only in a year")), _voices,
                            about="depth", call="Speak to a second person"),),
            fact=lambda c: f"{fmt.plural(c['voices_365'], 'person', 'people')} spoken with in a year",
        ),
        Part(
            "referral", "Referral", 15, pl.col("referrals_730"), Ramp(0, 1), "referrals made in 730 days", "none", "{best} or more",
            "no referrals are loaded", Axis(0, 3, "referrals"), known=_present & pl.col("referrals_present"),
            reasons=(Reason(pl.lit("No referral in two years"), pl.col("referrals_730"), about="depth",
                            call="Ask whom they would send to us"),),
            fact=lambda c: f"{fmt.plural(c['referrals_730'], 'referral')} in two years",
        ),
    ),
    "2 people, 5 of 6 details on file, both spoken with, no referral: parts 66.67, 72.22, 100 and 0 give 63.33.",
    missing="no people",
    also_reads=("interactions", "referrals"),
)  # fmt: skip
