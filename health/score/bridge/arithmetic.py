"""Exact arithmetic of the bridge: split the change between a customer's states into lanes (docs/method.md, section 4)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

Points = Sequence[int | None]
Weights = Sequence[int]
Term = tuple[str, int, Fraction]

COVERAGE, SETTINGS = "coverage", "settings"


class State(NamedTuple):
    """Points of every component in hundredths (None: unknown) and their weights; `lane` names what led here from the state before."""

    lane: str
    points: Points
    weights: Weights


def weighted_health(points: Points, weights: Weights, components: Sequence[int]) -> Fraction:
    """Weighted mean points of these components, in hundredths; their weights must not sum to 0."""
    return Fraction(sum(weights[i] * (points[i] or 0) for i in components), sum(weights[i] for i in components))


def known_components(state: State) -> list[int]:
    """Indices of the components with known points, in declared order."""
    return [i for i, p in enumerate(state.points) if p is not None]


def state_health(state: State) -> Fraction | None:
    """Health of a state in hundredths; None if no weighted component is known."""
    places = known_components(state)
    return weighted_health(state.points, state.weights, places) if any(state.weights[i] for i in places) else None


def explain_change(states: Sequence[State]) -> dict[tuple[str, int], Fraction]:
    """Change from the first to the last state by (lane, component index), in hundredths; zero terms are left out.

    Intermediate states without known points are skipped, and their step counts in the next lane. The first and last must be known.
    """
    known_between = [state for state in states[1:-1] if state_health(state) is not None]
    path = [states[0], *known_between, states[-1]]
    change_by_place: dict[tuple[str, int], Fraction] = {}
    for old, new in pairwise(path):
        for lane, component, term in _step_terms(old, new):
            change_by_place[lane, component] = change_by_place.get((lane, component), Fraction(0)) + term
    return {key: term for key, term in change_by_place.items() if term}


def _step_terms(old: State, new: State) -> Iterator[Term]:
    """Terms of one step: lost, changed, reweighted and gained components, in this order."""
    if old.points == new.points and old.weights == new.weights:
        return
    known_before, known_after = known_components(old), known_components(new)
    known_in_both = [i for i in known_before if i in known_after]
    if not any(old.weights[i] for i in known_in_both) or not any(new.weights[i] for i in known_in_both):
        yield from _replaced_terms(old, new, known_in_both)
        return
    yield from _lost_terms(old, known_before, known_in_both)
    yield from _changed_terms(old, new, known_in_both)
    if old.weights != new.weights:
        yield from _reweighted_terms(old, new, known_in_both)
    yield from _gained_terms(new, known_in_both, known_after)


def _replaced_terms(old: State, new: State, known_in_both: Sequence[int]) -> Iterator[Term]:
    """Terms if no component has weight in both states: each new one adds its distance from the old health, by its share."""
    health_before, known_after = weighted_health(old.points, old.weights, known_components(old)), known_components(new)
    total_weight = sum(new.weights[i] for i in known_after)
    for i in known_after:
        yield (
            new.lane if i in known_in_both else COVERAGE,
            i,
            Fraction(new.weights[i], total_weight) * ((new.points[i] or 0) - health_before),
        )


def _lost_terms(old: State, known_before: Sequence[int], known_in_both: Sequence[int]) -> Iterator[Term]:
    """Effect of each component that becomes unknown."""
    remaining = list(known_before)
    for i in (i for i in known_before if i not in known_in_both):
        without_component = [j for j in remaining if j != i]
        yield COVERAGE, i, weighted_health(old.points, old.weights, without_component) - weighted_health(old.points, old.weights, remaining)
        remaining = without_component


def _changed_terms(old: State, new: State, known_in_both: Sequence[int]) -> Iterator[Term]:
    """Effect of changed points, at the old weights."""
    total_weight = sum(old.weights[i] for i in known_in_both)
    for i in known_in_both:
        if change := (new.points[i] or 0) - (old.points[i] or 0):
            yield new.lane, i, Fraction(old.weights[i] * change, total_weight)


def _reweighted_terms(old: State, new: State, known_in_both: Sequence[int]) -> Iterator[Term]:
    """Effect of changed weights, at the new points."""
    health_between = weighted_health(new.points, old.weights, known_in_both)
    weight_before, weight_after = sum(old.weights[i] for i in known_in_both), sum(new.weights[i] for i in known_in_both)
    for i in known_in_both:
        yield (
            SETTINGS,
            i,
            (Fraction(new.weights[i], weight_after) - Fraction(old.weights[i], weight_before)) * ((new.points[i] or 0) - health_between),
        )


def _gained_terms(new: State, known_in_both: Sequence[int], known_after: Sequence[int]) -> Iterator[Term]:
    """Effect of each component that becomes known."""
    components = list(known_in_both)
    for i in (i for i in known_after if i not in known_in_both):
        with_component = [*components, i]
        yield COVERAGE, i, weighted_health(new.points, new.weights, with_component) - weighted_health(new.points, new.weights, components)
        components = with_component


def round_to_tenths(terms: Sequence[tuple[tuple[str, str], Fraction]], difference: int) -> list[int]:
    """Round terms (name, hundredths) to whole tenths of a point that sum to `difference`.

    Values are floored, then the missing tenths go to the largest remainders, ties by name.
    """
    floors = [term // 10 for _, term in terms]
    order = sorted(range(len(terms)), key=lambda k: (floors[k] - terms[k][1] / 10, terms[k][0]))
    rounded_up = set(order[: difference - sum(floors)])
    return [floor + (k in rounded_up) for k, floor in enumerate(floors)]
