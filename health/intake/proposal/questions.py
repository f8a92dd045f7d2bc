"""Questions about what the score needs and a file may not state: answers, and the consequence of leaving each open. Data only."""

from dataclasses import dataclass
from typing import Literal

from health.score.settings import DEFAULT

OPEN = ("", "Leave open")
_DAYS = DEFAULT.cadence_days


@dataclass(frozen=True)
class Question:
    """One question about a field of a fed table. `options`: (value, words), the empty value leaves it open; a column may answer it too.

    `about`: 'field' (what feeds it), 'word' (what a word of the file means), 'dates' or 'numbers' (how a column reads), 'sense' (whether
    a column means what the field does), 'lines' (whether rows with one number are lines of one invoice), 'free' (whether contract lines
    priced at 0 are trials), 'zone' (of its times), 'scale' (of the survey kind in `word`). `needed`: without an answer there is no mapping.
    """

    table: str
    field: str
    ask: str
    options: tuple[tuple[str, str], ...]
    consequence: str
    about: Literal["field", "word", "dates", "numbers", "sense", "lines", "free", "zone", "scale"] = "field"
    word: str | None = None
    needed: bool = False


REVERSED = "4321"
ADD_UP = Question(
    "invoices", "invoice_id", "Some invoice numbers appear in several rows. Are these rows the lines of one invoice?",
    (OPEN, ("true", "Yes, their amounts add up")),
    "If left open, only the first row of each number is loaded; the others are refused.", "lines",
)  # fmt: skip

DECLARED: tuple[Question, ...] = (
    Question(
        "interactions", "outcome", "Was the customer reached?",
        (OPEN, ("reached", "Yes, every time"), ("no_reply", "No, never"), ("unknown", "Unknown")),
        "If left open, contacts started by us count as attempts (0.3 of a conversation each). Only inbound and two-way contacts, visits "
        "and video calls count as recent contact, and the share of attempts answered stays unknown.",
    ),
    Question(
        "interactions", "direction", "Who started these contacts?",
        (("out", "We did"), ("in", "The customer did"), ("both", "Both took part, in every row")),
        "'In' and 'both' count every row as a full contact, 'out' only rows in which the customer was reached. An answer is required.",
    ),
    Question(
        "interactions", "channel", "Through which channel were these contacts made?",
        (
            ("call", "By telephone"), ("email", "By e-mail"), ("visit", "By visit"), ("video", "By video"), ("chat", "By chat"),
            ("letter", "By letter"), ("portal", "Through a portal"), ("newsletter", "By newsletter"),
        ),
        "Visits and video calls count as conversations unless there was no reply; a newsletter counts as automated, 0.1 of a conversation. "
        "An answer is required.",
    ),
    Question(
        "interactions", "automated", "Were these contacts sent automatically?",
        (OPEN, ("false", "No, by people"), ("true", "Yes, all of them")),
        "If left open, only newsletters count as automated; other automatic e-mails would count as personal contacts.",
    ),
    Question(
        "customers", "name", "What are the customers called?", (),
        "A name is required; choose a column, for example the one with the id.",
    ),
    Question(
        "customers", "tier", "Which service tier does each customer have?",
        (OPEN, *((tier, f"All as {tier}: a contact every {days} days") for tier, days in _DAYS.items())),
        f"If left open, a contact every {DEFAULT.default_cadence_days} days is expected for every customer; "
        f"{', '.join(f'{tier} means {days}' for tier, days in _DAYS.items())}.",
    ),
    Question(
        "customers", "customer_since", "Since when has each customer been a customer?", (OPEN,),
        "If left open, the first contract line is used; without contracts, tenure stays unknown.",
    ),
    Question(
        "complaints", "severity", "How severe are these complaints?",
        (OPEN, ("1", "All low"), ("2", "All normal"), ("3", "All high"), ("4", "All critical")),
        f"If left open, each counts as 2 (normal): response due in {DEFAULT.response_hours[1]} hours, resolution in "
        f"{DEFAULT.resolution_hours[1]}, and no complaint can cap the band.",
    ),
    Question(
        "complaints", "severity", "Is 1 the lowest or the highest severity?",
        (("", "1 is low, 4 is critical"), (REVERSED, "1 is critical, 4 is low")),
        "We assume 1 = low to 4 = critical; if it is the other way round, the most severe complaints would count least.", "sense",
    ),
    Question(
        "complaints", "first_response_at", "When was each complaint first answered?", (OPEN,),
        "If left open, a complaint counts as answered when it is resolved, so a fast response is not rewarded.",
    ),
    Question(
        "complaints", "resolved_at", "When was each complaint resolved?", (OPEN,),
        "If left open, every complaint stays unresolved: it counts in full for half a year, and a critical one caps the band at watch.",
    ),
    Question(
        "contracts", "unit_price", "Is the price per unit per month?", (("", "Yes"),),
        "We assume a price per unit per month. A price per year would make revenue twelve times too high; export it per month instead.",
        "sense",
    ),
    Question(
        "contracts", "end_on", "When does each contract line end?", (OPEN,),
        "If left open, every contract line counts as rolling, with no end date: 25 of 100 points for commitment.",
    ),
    Question("contracts", "quantity", "How many units does each contract line have?", (OPEN,), ("If left open, each contract line "
"counts as one unit.")),
    Question(
        "contracts", "product", "Which product are these contract lines for?", (),
        "Prices are compared with the market by product; you can enter one product for all contract lines.",
    ),
    Question(
        "invoices", "paid_on", "When was each invoice paid?", (OPEN,),
        "If left open, every invoice counts as unpaid and caps the band at watch from 60 days after its due date, unless its status says "
        "that it is paid.",
    ),
    Question(
        "invoices", "due_on", "When was each invoice due?", (OPEN,),
        "If left open, each invoice is due on its invoice date, and overdue from the next day.",
    ),
    Question(
        "invoices", "period_to", "Which is the last day that each invoice covers?", (OPEN,),
        "Matters for customers without a contract who pay for several months at once, together with period_from. If left open, their MRR "
        "is a third of what was invoiced in the last three months.",
    ),
    Question(
        "exits", "reason", "Why did these customers leave?",
        (("unknown", "Unknown"), ("price", "Price"), ("service", "Service"), ("competitor", "A competitor")),
        "Reasons are counted in the list of churned customers. An answer is required.",
    ),
    Question(
        "surveys", "kind", "Which question was asked?",
        (("nps", "Would you recommend us? (NPS)"), ("csat", "Are you satisfied? (CSAT)"), ("ces", "Was it easy? (CES)")),
        "The scale depends on the kind of survey. An answer is required.",
    ),
    Question(
        "promises", "kind", "What was promised?",
        (("delivery", "A delivery"), ("handover", "A handover"), ("callback", "A callback"), ("other", "Something else")),
        "An answer is required.",
    ),
    Question(
        "opportunities", "kind", "What kind of opportunities are these?",
        (("upsell", "More of the same product"), ("cross_sell", "Another product"), ("renewal", "A renewal"), ("winback", "Win-back")),
        "An answer is required.",
    ),
)  # fmt: skip
