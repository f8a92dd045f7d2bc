"""Questions about what the score needs and a file may not state: answers, and the consequence of leaving each open. Data only."""

from dataclasses import dataclass
from typing import Literal

from health.score.settings import DEFAULT

OPEN = ("", "Leave it open")
_DAYS = DEFAULT.cadence_days


@dataclass(frozen=True)
class Question:
    """One question about a field of a fed table. `options`: (value, words), the empty value leaves it open; a column may answer it too.

    `about`: 'field' (what feeds it), 'word' (what a word of the file means), 'dates' or 'numbers' (how a column reads), 'sense' (whether
    a column means what the field does). `needed`: without an answer there is no mapping.
    """

    table: str
    field: str
    ask: str
    options: tuple[tuple[str, str], ...]
    consequence: str
    about: Literal["field", "word", "dates", "numbers", "sense"] = "field"
    word: str | None = None
    needed: bool = False


REVERSED = "4321"

DECLARED: tuple[Question, ...] = (
    Question(
        "interactions", "outcome", "Was the customer reached?",
        (OPEN, ("reached", "Yes, in every row"), ("no_reply", "No, in none"), ("unknown", "Nobody knows")),
        "Left open, contacts that we began count as attempts, three tenths of a conversation each; only inbound and two-way ones, "
        "visits and video calls make the contact recent, and the share of answers stays unknown.",
    ),
    Question(
        "interactions", "direction", "Who began these contacts?",
        (("out", "We did"), ("in", "The customer did"), ("both", "Both took part, in every row")),
        "'In' and 'both' count every row as a full contact, 'out' only rows that reached somebody; without an answer nothing is loaded.",
    ),
    Question(
        "interactions", "channel", "How were these contacts made?",
        (
            ("call", "By telephone"), ("email", "By e-mail"), ("visit", "By visit"), ("video", "By video"), ("chat", "By chat"),
            ("letter", "By letter"), ("portal", "Through a portal"), ("newsletter", "By newsletter"),
        ),
        "Visits and video calls count as conversations unless nobody replied; a newsletter counts as automated, a tenth of a conversation; "
        "without an answer nothing is loaded.",
    ),
    Question(
        "interactions", "automated", "Were these contacts sent by a machine?",
        (OPEN, ("false", "No, by people"), ("true", "Yes, all of them")),
        "Left open, only newsletters count as automated; mails sent by a machine would count as contacts by people.",
    ),
    Question(
        "customers", "name", "What are the customers called?", (),
        "Without names nothing is loaded; choose a column, if need be the one with the id.",
    ),
    Question(
        "customers", "tier", "How closely is each customer to be looked after?",
        (OPEN, *((tier, f"All as {tier}: a contact every {days} days") for tier, days in _DAYS.items())),
        f"Left open, a contact every {DEFAULT.default_cadence_days} days is expected of everybody, where "
        f"{', '.join(f'{tier} means {days}' for tier, days in _DAYS.items())}.",
    ),
    Question(
        "customers", "customer_since", "Since when is each a customer?", (OPEN,),
        "Left open, the first line of a contract tells; without one the length of the relation stays unknown.",
    ),
    Question(
        "complaints", "severity", "How severe are these complaints?",
        (OPEN, ("1", "All low"), ("2", "All normal"), ("3", "All high"), ("4", "All critical")),
        f"Left open, each counts as 2, normal: to be answered within {DEFAULT.response_hours[1]} hours and solved within "
        f"{DEFAULT.resolution_hours[1]}, and none can cap a band.",
    ),
    Question(
        "complaints", "severity", "Is 1 the lowest severity or the highest?",
        (("", "1 is low, 4 is critical"), (REVERSED, "1 is critical, 4 is low")),
        "Taken as 1 low to 4 critical; the other way round, the heaviest complaints would weigh least.", "sense",
    ),
    Question(
        "complaints", "first_response_at", "When was each complaint first answered?", (OPEN,),
        "Left open, a complaint counts as answered when it is solved, so a quick answer earns nothing.",
    ),
    Question(
        "complaints", "resolved_at", "When was each complaint solved?", (OPEN,),
        "Left open, every complaint stays unsolved: it weighs in full for half a year, and a critical one caps the band at watch.",
    ),
    Question(
        "contracts", "unit_price", "Is the price per unit and month?", (("", "Yes"),),
        "Taken as per unit and month; a price per year would make revenue twelve times too high: then export it per month.",
        "sense",
    ),
    Question(
        "contracts", "end_on", "Until when does each line run?", (OPEN,),
        "Left open, every line is taken as rolling, without an agreed end: 25 of 100 points for commitment.",
    ),
    Question("contracts", "quantity", "How many units has each line?", (OPEN,), "Left open, each line counts as one unit."),
    Question(
        "contracts", "product", "Which product do these lines sell?", (),
        "Prices are compared with the market by product; one word may stand for all lines.",
    ),
    Question(
        "invoices", "paid_on", "When was each invoice paid?", (OPEN,),
        "Left open, every invoice counts as unpaid, and from 60 days after its due day caps the band at watch.",
    ),
    Question(
        "invoices", "due_on", "By when was each invoice to be paid?", (),
        "Without a due day nothing is loaded; the invoice's own day may stand for it, then each is overdue from the day after.",
    ),
    Question(
        "exits", "reason", "Why did these customers leave?",
        (("unknown", "Nobody knows"), ("price", "Price"), ("service", "Service"), ("competitor", "A competitor")),
        "Reasons are counted on the pages about losses; without an answer nothing is loaded.",
    ),
    Question(
        "surveys", "kind", "Which question was asked?",
        (("nps", "Would you recommend us (NPS)"), ("csat", "Are you satisfied (CSAT)"), ("ces", "Was it easy (CES)")),
        "Answers are read by their kind; without it nothing is loaded.",
    ),
    Question(
        "promises", "kind", "What was promised?",
        (("delivery", "A delivery"), ("handover", "A handover"), ("callback", "A call back"), ("other", "Something else")),
        "Without an answer nothing is loaded.",
    ),
    Question(
        "opportunities", "kind", "What sort of opportunities are these?",
        (("upsell", "More of the same"), ("cross_sell", "Another product"), ("renewal", "A renewal"), ("winback", "Winning back")),
        "Without an answer nothing is loaded.",
    ),
)  # fmt: skip
