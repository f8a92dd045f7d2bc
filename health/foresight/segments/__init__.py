"""Groups of customers: quadrants of value and health, what became of them and who moved between them; clusters for analysts."""

from health.foresight.segments.clustered import Clusters, Stability, clusters
from health.foresight.segments.dated import on
from health.foresight.segments.moves import movement
from health.foresight.segments.sizes import churn, summary
from health.foresight.segments.split import SEGMENTS, Edges, edges, health_split, quadrants

__all__ = [
    "SEGMENTS", "Clusters", "Edges", "Stability", "churn", "clusters", "edges", "health_split", "movement", "on", "quadrants", "summary",
]  # fmt: skip
