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
        "Lifetime value = monthly margin x probability of still being a customer x discount, summed over "
        f"{assumptions.horizon_months} months; the discount rate is {value_text('discount_rate')} a year.",
        f"Margin = revenue less cost. Without a cost it is estimated as {value_text('margin_rate')} of revenue, and marked.",
        "Value if churn is early or late: the value if the customer churns at the 10th or 90th percentile of the predicted time to "
        "churn. It applies to "
        "one customer, not to a total.",
        "Value at risk = churn probability within 12 months x lifetime value.",
        "Groups: value is split at the median monthly margin, health halfway between the limits of At risk and Healthy.",
        "Break-even discount: the discount at which keeping the customer is worth as much as losing it; the price never "
        "falls below cost. Customers who "
        "would have stayed anyway also get the discount, so the less likely the churn, the smaller the break-even discount.",
        f"Losing a customer costs either its replacement ({value_text('replacing')} its yearly keeping cost, plus a gap of "
        f"{value_text('gap_months')}: low, mid, high) or its remaining value, never both; plus write-offs and lost prospects.",
    ]


def model_method() -> list[str]:
    """Explain the churn and purchase models, and when they are shown."""
    return [
        f"Customers with a contract: logistic regression predicts churn in each of the {LEADS} months ahead from your own month ends "
        "(a landmark model, van Houwelingen 2007). Inputs: points of contact, complaints and price, tenure, contract end, season, and "
        "how long complaints of the customer have been on file.",
        f"It needs {MIN_MONTHS} month ends and {MIN_LOSSES} losses. It shows what is associated with churn, not what causes it.",
        "Test: the model is refitted on data of a year ago and compared with what followed. It passes if the losses expected within "
        f"{HALF} months are {RATIO_BOUNDS[0]} to {RATIO_BOUNDS[1]} times those observed (the 95 % interval of this ratio must reach this "
        "range), the calibration slope is "
        f"{SLOPE_BOUNDS[0]} to {SLOPE_BOUNDS[1]} (Cox 1958) "
        f"and at least {FEWEST_JUDGED} customers churned. If it fails, each customer gets the observed churn rate of its band.",
        "Customers without a contract: BG/NBD (Fader, Hardie and Lee 2005) predicts how often they buy and whether they are still active, "
        f"Gamma-Gamma (Colombo and Jiang 1999) how much. Needs {MIN_CUSTOMERS} repeat buyers; tested on later weeks.",
        "Retention curves: Kaplan-Meier (1958), from the first observed day; current customers count as still active, not as lost.",
        "Forecast by cohort alone: shifted beta-geometric (Fader and Hardie 2007), as a cross-check of the churn model.",
    ]
