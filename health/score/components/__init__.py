"""COMPONENTS of the score, one file each. Points, sliders, charts, method page and README are derived from these entries.

Each measure is an expression over one row of facts and yields 0 to 100, 100 good, null unknown (docs/method.md, section 3).
"""

from health.score.components.complaints import COMPLAINTS
from health.score.components.contact import CONTACT
from health.score.components.depth import DEPTH
from health.score.components.expectations import EXPECTATIONS
from health.score.components.parts import ROUNDING_MARGIN, Component, Part, Reason, component_points
from health.score.components.payment import PAYMENT
from health.score.components.price import PRICE
from health.score.components.satisfaction import SATISFACTION
from health.score.components.tenure import DAYS_A_MONTH, TENURE
from health.score.components.usage import USAGE

COMPONENTS: tuple[Component, ...] = (CONTACT, COMPLAINTS, PRICE, TENURE, SATISFACTION, PAYMENT, USAGE, DEPTH, EXPECTATIONS)

__all__ = ["ROUNDING_MARGIN", "COMPONENTS", "DAYS_A_MONTH", "Component", "Part", "Reason", "component_points"]
