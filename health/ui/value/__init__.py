"""The screen Segments and value: groups of customers, total value, retention, model quality and assumptions."""

from health.ui.value.groups import groups_view
from health.ui.value.model_quality import fit_view
from health.ui.value.portfolio import book_view
from health.ui.value.retention import retention_view

VIEWS = {"Groups": groups_view, "Value": book_view, "Retention": retention_view, "How sure": fit_view}
"""The views of the screen in their order; each is read only when it is open."""
