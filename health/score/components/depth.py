"""How many threads the relation hangs by."""

import polars as pl

from health.score.components.parts import Component, Part, ramp, where

_present = pl.col("contacts_present")
_complete = pl.col("details_filled") / pl.max_horizontal("details_wanted", pl.lit(1))
_spoken = _present & pl.col("contact_present")

DEPTH = Component(
    "depth", "Relationship", 0,
    "A relation that hangs by one person ends with that person; who sends others to us seldom leaves.",
    "contacts",
    (
        Part("people", "People known", 40, where(_present, ramp(pl.col("people"), 0, 3)),
             "people on file who are there", "nobody", "3 or more", "no contacts are loaded", lambda x: ramp(x, 0, 3), 0, 5, "people"),
        Part("complete", "Details", 30, where(_present, ramp(_complete, 0.4, 1)),
             "role, phone and e-mail on file for the primary person and the decision makers", "0.4, or neither is known", "all of them",
             "no contacts are loaded", lambda x: ramp(x, 0.4, 1), 0, 1, "share of details on file"),
        Part("voices", "Second voice", 15, where(_spoken, ramp(pl.col("voices_365"), 1, 2)),
             "people spoken with in 365 days", "one, or nobody", "2 or more",
             "no interactions are loaded, or none of a year names the person", lambda x: ramp(x, 1, 2), 0, 4, "people spoken with"),
        Part("referral", "Referral", 15, where(_present & pl.col("referrals_present"), ramp(pl.col("referrals_730"), 0, 1)),
             "referrals made in 730 days", "none", "1 or more", "no referrals are loaded", lambda x: ramp(x, 0, 1), 0, 3, "referrals"),
    ),
    "2 people, 5 of 6 details on file, both spoken with, no referral: parts 66.67, 72.22, 100 and 0 give 63.33.",
)  # fmt: skip
