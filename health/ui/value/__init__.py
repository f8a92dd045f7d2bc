"""The screen Segments and value: groups of customers, total value, retention, model quality and assumptions."""

from health.ui.value.groups import groups_view
from health.ui.value.model_quality import model_quality_view
from health.ui.value.portfolio import portfolio_view
from health.ui.value.retention import retention_view

VIEWS = {"Groups": groups_view, "Value": portfolio_view, "Retention": retention_view, "Model quality": model_quality_view}
"""The views of the screen in their order; each is read only when it is open."""
