"""Quadrants of value and health, moves between them and their churn; clusters for analysts (docs/method.md, section 7)."""

from health.foresight.segments.clusters import Clusters, Stability, cluster_customers
from health.foresight.segments.positions import positions_on
from health.foresight.segments.quadrants import SEGMENTS, Edges, edges, health_split, quadrants
from health.foresight.segments.summary import churn, summary
from health.foresight.segments.transitions import segment_moves

__all__ = [
    "SEGMENTS", "Clusters", "Edges", "Stability", "churn", "cluster_customers", "edges", "health_split", "positions_on", "quadrants",
    "segment_moves", "summary",
]  # fmt: skip
