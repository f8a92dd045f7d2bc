"""The value method in sentences, with the numbers in force and their sources."""

from health.foresight.backtest.verdict import MIN_LOSSES as FEWEST_JUDGED
from health.foresight.churn.landmarks import LEADS
from health.foresight.churn.training import MIN_LOSSES, MIN_MONTHS
from health.foresight.churn.validation import HALF, RATIO_BOUNDS, SLOPE_BOUNDS
from health.foresight.lifetime.assumptions import Assumptions
from health.foresight.purchases.counts import MIN_CUSTOMERS


def value_method(assumptions: Assumptions) -> list[str]:
    """Explain lifetime value and derived figures, under the assumptions in force."""
    value_text = assumptions.text_of
    return [
        "Lifetime value is margin a month x the chance of still being there x discount, summed over "
        f"{assumptions.horizon_months} months; the discount is {value_text('discount_rate')} a year.",
        f"Margin is what is billed less its cost; where no cost is given, {value_text('margin_rate')} of what is billed, and flagged.",
        "Early and late: its value if it leaves when 10 % or 90 % of its like have left. They are about one customer, not about a sum.",
        "Value at risk is the chance of leaving within a year x lifetime value.",
        "Groups: value is cut at the median margin a month, health at the middle of the band edges.",
        "Room to negotiate is the discount at which keeping the customer is worth as much as losing it, never below cost. Where it may "
        "stay anyway, those who would have stayed get the discount too, so there is far less room.",
        f"A loss costs replacing the customer ({value_text('replacing')} what keeping it costs a year, and a gap of "
        f"{value_text('gap_months')}: low, mid, high) or doing without it: one of the two, never both; and what is written off, "
        "and the prospects lost.",
    ]


def model_method() -> list[str]:
    """Explain the churn and purchase models, and when they are shown."""
    return [
        f"Customers with a contract: the log odds of leaving in each of the {LEADS} months ahead, by logistic regression on the book's "
        "own month ends (a landmark model, van Houwelingen 2007). It sees the points of contact, complaints and price as known then, "
        "tenure, the agreed end, the time of the year and how long complaints are on file.",
        f"It takes {MIN_MONTHS} month ends and {MIN_LOSSES} losses. What goes with leaving is an association, never called a cause.",
        "It is fitted again as known up to a year ago and held against what followed. It holds where the losses expected within "
        f"{HALF} months are {RATIO_BOUNDS[0]} to {RATIO_BOUNDS[1]} times those seen, the calibration slope is "
        f"{SLOPE_BOUNDS[0]} to {SLOPE_BOUNDS[1]} (Cox 1958) "
        f"and at least {FEWEST_JUDGED} left; otherwise the rate observed of the customer's band stands in.",
        "Customers without a contract: how often they buy and whether they still do by BG/NBD (Fader, Hardie and Lee 2005), how much "
        f"by Gamma-Gamma (Colombo and Jiang 1999), from {MIN_CUSTOMERS} who bought again; held against the weeks that followed.",
        "How long customers stay: Kaplan and Meier (1958), from the day they came into view; who is still there is not taken as lost.",
        "What cohorts alone foresee: shifted beta-geometric (Fader and Hardie 2007), as a check beside the model.",
    ]
