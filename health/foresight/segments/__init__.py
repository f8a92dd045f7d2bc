"""Groups of customers: quadrants of value and health, what became of them and who moved between them; clusters for analysts."""

from health.foresight.segments.split import SEGMENTS, Edges, edges, quadrants

__all__ = ["SEGMENTS", "Edges", "edges", "quadrants"]
