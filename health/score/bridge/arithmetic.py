"""Arithmetic of the bridge: a customer's states become lanes that add up exactly, in fractions (docs/method.md, section 4)."""

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


def health(points: Points, weights: Weights, within: Sequence[int]) -> Fraction:
    """The weighted mean, in hundredths, of the components within; their weights must not add up to 0."""
    return Fraction(sum(weights[i] * (points[i] or 0) for i in within), sum(weights[i] for i in within))


def known(state: State) -> list[int]:
    """The components with points, in their declared order."""
    return [i for i, p in enumerate(state.points) if p is not None]


def value(state: State) -> Fraction | None:
    """The state's health in hundredths; None where nothing with weight is known."""
    there = known(state)
    return health(state.points, state.weights, there) if any(state.weights[i] for i in there) else None


def walk(states: Sequence[State]) -> dict[tuple[str, int], Fraction]:
    """The change from the first state to the last, by lane and component (its place), in hundredths; what comes to 0 is left out.

    A state between in which nothing is known is passed over: its step falls to the lane of the next. First and last must be known.
    """
    between = [state for state in states[1:-1] if value(state) is not None]
    path = [states[0], *between, states[-1]]
    moved: dict[tuple[str, int], Fraction] = {}
    for old, new in pairwise(path):
        for lane, component, term in _step(old, new):
            moved[lane, component] = moved.get((lane, component), Fraction(0)) + term
    return {place: term for place, term in moved.items() if term}


def _step(old: State, new: State) -> Iterator[Term]:
    if old.points == new.points and old.weights == new.weights:
        return
    was, will = known(old), known(new)
    both = [i for i in was if i in will]
    if not any(old.weights[i] for i in both) or not any(new.weights[i] for i in both):
        yield from _nothing_in_common(old, new, both)
        return
    yield from _leave(old, was, both)
    yield from _move(old, new, both)
    if old.weights != new.weights:
        yield from _reweigh(old, new, both)
    yield from _join(new, both, will)


def _nothing_in_common(old: State, new: State, both: Sequence[int]) -> Iterator[Term]:
    """No component has weight on both sides: each newly weighed one brings its distance from the health before, by its share."""
    before, will = health(old.points, old.weights, known(old)), known(new)
    whole = sum(new.weights[i] for i in will)
    for i in will:
        yield new.lane if i in both else COVERAGE, i, Fraction(new.weights[i], whole) * ((new.points[i] or 0) - before)


def _leave(old: State, was: Sequence[int], both: Sequence[int]) -> Iterator[Term]:
    here = list(was)
    for i in (i for i in was if i not in both):
        rest = [j for j in here if j != i]
        yield COVERAGE, i, health(old.points, old.weights, rest) - health(old.points, old.weights, here)
        here = rest


def _move(old: State, new: State, both: Sequence[int]) -> Iterator[Term]:
    whole = sum(old.weights[i] for i in both)
    for i in both:
        if change := (new.points[i] or 0) - (old.points[i] or 0):
            yield new.lane, i, Fraction(old.weights[i] * change, whole)


def _reweigh(old: State, new: State, both: Sequence[int]) -> Iterator[Term]:
    middle = health(new.points, old.weights, both)
    was, will = sum(old.weights[i] for i in both), sum(new.weights[i] for i in both)
    for i in both:
        yield SETTINGS, i, (Fraction(new.weights[i], will) - Fraction(old.weights[i], was)) * ((new.points[i] or 0) - middle)


def _join(new: State, both: Sequence[int], will: Sequence[int]) -> Iterator[Term]:
    here = list(both)
    for i in (i for i in will if i not in both):
        more = [*here, i]
        yield COVERAGE, i, health(new.points, new.weights, more) - health(new.points, new.weights, here)
        here = more


def shown(terms: Sequence[tuple[tuple[str, str], Fraction]], difference: int) -> list[int]:
    """Each term (its name, and its size in hundredths) in whole tenths of a point, so that they add up to `difference`.

    Floored; the missing tenths go to the largest remainders, ties by name.
    """
    floors = [term // 10 for _, term in terms]
    order = sorted(range(len(terms)), key=lambda k: (floors[k] - terms[k][1] / 10, terms[k][0]))
    lifted = set(order[: difference - sum(floors)])
    return [floor + (k in lifted) for k, floor in enumerate(floors)]
