"""The bridge's arithmetic on paths made by hand and drawn by chance: lanes add up exactly and equal a walk of one change at a time."""

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from health.score.bridge import arithmetic
from health.score.bridge.arithmetic import State
from tests.size import size

Lanes = dict[tuple[str, str], Fraction]


def four(*points: int | None) -> tuple[int | None, ...]:
    return tuple(None if p is None else 100 * p for p in points)


def test_the_worked_example() -> None:
    w = (30, 30, 20, 20)
    before, aged, after = four(80, 40, None, 60), four(20, 40, None, 61), four(50, 70, 90, 61)
    path = [State("", before, w), State("ageing", aged, w), State("data", after, w)]
    lanes = arithmetic.explain_change(path)
    named = {(lane, ("contact", "complaints", "price", "tenure")[i]): float(term / 100) for (lane, i), term in lanes.items()}
    assert named == {
        ("ageing", "contact"): -22.5, ("ageing", "tenure"): 0.25, ("data", "contact"): 11.25, ("data", "complaints"): 11.25,
        ("coverage", "price"): 5.95,
    }  # fmt: skip
    assert sum(lanes.values()) == 620
    assert arithmetic.round_to_tenths(sorted(named_terms(lanes)), 62) == [-225, 3, 60, 112, 112]


def named_terms(lanes: dict[tuple[str, int], Fraction]) -> list[tuple[tuple[str, str], Fraction]]:
    return [((lane, ("contact", "complaints", "price", "tenure")[i]), term) for (lane, i), term in lanes.items()]


def test_weights_that_change_go_to_the_settings_by_distance_from_the_middle() -> None:
    points = four(80, 40, 60, 60)
    lanes = arithmetic.explain_change([State("", points, (25, 25, 25, 25)), State("settings", points, (50, 0, 25, 25))])
    assert lanes == {("settings", 0): 500, ("settings", 1): 500}


def test_a_middle_state_in_which_nothing_is_known_is_passed_over() -> None:
    w = (100, 0)
    lanes = arithmetic.explain_change([State("", (5000, 10), w), State("ageing", (None, 10), w), State("data", (7000, 10), w)])
    assert lanes == {("data", 0): 2000}


def test_with_nothing_in_common_those_that_are_known_now_share_the_change() -> None:
    w = (50, 30, 20)
    lanes = arithmetic.explain_change([State("", (5000, None, None), w), State("data", (None, 9000, 4000), w)])
    assert lanes == {("coverage", 1): 2400, ("coverage", 2): -400}


POINT = st.none() | st.integers(0, 10_000)


@st.composite
def paths(draw: st.DrawFn) -> list[State]:
    n = draw(st.integers(1, 9))
    a_hundred = st.lists(st.integers(0, 100), min_size=n - 1, max_size=n - 1).map(_parts)
    old, new = draw(a_hundred), draw(a_hundred)
    lanes = [("", old), ("ageing", old), ("late", old), ("data", old), ("settings", new)]
    points = st.tuples(*[POINT] * n)
    path = [State(lane, draw(points), w) for lane, w in lanes]
    first, last = (next(i for i, w in enumerate(state.weights) if w) for state in (path[0], path[-1]))
    path[0] = path[0]._replace(points=_filled(path[0].points, first, draw(st.integers(0, 10_000))))
    path[-1] = path[-1]._replace(points=_filled(path[-1].points, last, draw(st.integers(0, 10_000))))
    return path


def _parts(cuts: list[int]) -> tuple[int, ...]:
    edges = [0, *sorted(cuts), 100]
    return tuple(b - a for a, b in zip(edges, edges[1:], strict=False))


def _filled(points: Sequence[int | None], place: int, value: int) -> tuple[int | None, ...]:
    return tuple(value if i == place else p for i, p in enumerate(points))


def naive(points: dict[int, int], w: dict[int, int]) -> Fraction | None:
    whole = sum(w[i] for i in points)
    return Fraction(sum(w[i] * p for i, p in points.items()), whole) if whole else None


def naive_walk(path: list[State]) -> Lanes | None:
    """Change one thing at a time and look at health after each; None where a moment in between has no health."""
    moved: Lanes = {}
    here = {i: p for i, p in enumerate(path[0].points) if p is not None}
    w = dict(enumerate(path[0].weights))
    at = naive(here, w)
    for state in path[1:]:
        will = {i: p for i, p in enumerate(state.points) if p is not None}
        if naive(will, dict(enumerate(state.weights))) is None and state is not path[-1]:
            continue
        for i in sorted(here.keys() - will.keys()):
            del here[i]
            at = _moved(moved, ("coverage", str(i)), at, naive(here, w))
        for i in sorted(here):
            here[i] = will[i]
            at = _moved(moved, (state.lane, str(i)), at, naive(here, w))
        new = dict(enumerate(state.weights))
        if new != w and at is not None:
            then = naive(here, new)
            if then is None:
                return None
            old_whole, new_whole = sum(w[i] for i in here), sum(new[i] for i in here)
            for i in here:
                share = Fraction(new[i], new_whole) - Fraction(w[i], old_whole)
                moved["settings", str(i)] = moved.get(("settings", str(i)), Fraction(0)) + share * (here[i] - at)
            at = then
        w = new
        for i in sorted(will.keys() - here.keys()):
            here[i] = will[i]
            at = _moved(moved, ("coverage", str(i)), at, naive(here, w))
        if at is None:
            return None
    return {place: term for place, term in moved.items() if term}


def _moved(moved: Lanes, place: tuple[str, str], was: Fraction | None, now: Fraction | None) -> Fraction | None:
    if was is not None and now is not None:
        moved[place] = moved.get(place, Fraction(0)) + now - was
    return None if was is None else now


@budget(max_examples=size(150, 400), deadline=None)
@given(path=paths())
def test_lanes_add_up_and_equal_a_walk_of_one_change_at_a_time(path: list[State]) -> None:
    lanes = arithmetic.explain_change(path)
    first, last = arithmetic.state_health(path[0]), arithmetic.state_health(path[-1])
    assert first is not None
    assert last is not None
    assert sum(lanes.values(), Fraction(0)) == last - first
    expected = naive_walk(path)
    if expected is not None:
        assert {(lane, str(i)): term for (lane, i), term in lanes.items()} == expected


@budget(max_examples=size(100, 300), deadline=None)
@given(path=paths())
def test_shown_tenths_add_up_each_within_a_tenth_of_its_lane_and_all_fit_the_frame(path: list[State]) -> None:
    first, last = arithmetic.state_health(path[0]), arithmetic.state_health(path[-1])
    assert first is not None
    assert last is not None
    terms = [((lane, str(i)), term) for (lane, i), term in sorted(arithmetic.explain_change(path).items())]
    difference = (2 * last + 1) // 2 // 10 - (2 * first + 1) // 2 // 10
    shown = arithmetic.round_to_tenths(terms, difference)
    assert sum(shown) == difference
    assert all(abs(tenths - term / 10) < 1 for tenths, (_, term) in zip(shown, terms, strict=True))
    assert all(abs(part) < 2**63 for _, term in terms for part in (term / 100).as_integer_ratio())


def test_of_equal_remainders_the_tenth_goes_to_the_first_name() -> None:
    terms = [(("data", name), Fraction(5)) for name in ("b", "a", "c")]
    assert arithmetic.round_to_tenths(terms, 1) == [0, 1, 0] and arithmetic.round_to_tenths(terms, 2) == [1, 1, 0]
    assert arithmetic.round_to_tenths([(("data", "a"), Fraction(19)), (("data", "b"), Fraction(12))], 3) == [2, 1]
    assert arithmetic.round_to_tenths([(("data", "a"), Fraction(-19)), (("data", "b"), Fraction(19))], 0) == [-2, 2]


def test_a_state_has_health_exactly_where_something_with_weight_is_known() -> None:
    assert arithmetic.state_health(State("", (None, 10), (100, 0))) is None
    assert arithmetic.state_health(State("", (None, 10), (99, 1))) == 10
    assert arithmetic.state_health(State("", (0, None), (1, 99))) == 0
    assert arithmetic.known_components(State("", (0, None, 5), (1, 1, 1))) == [0, 2]


def test_nothing_that_changes_moves_nothing_and_weights_alone_move_by_settings() -> None:
    same = State("data", (4000, 6000), (50, 50))
    assert arithmetic.explain_change([same, same]) == {}
    weighed = arithmetic.explain_change([same, State("settings", (4000, 6000), (25, 75))])
    assert weighed == {("settings", 0): 250, ("settings", 1): 250}


def test_what_leaves_and_what_joins_is_coverage_in_the_declared_order() -> None:
    w = (50, 30, 20)
    left = arithmetic.explain_change([State("", (5000, 9000, 1000), w), State("data", (5000, None, None), w)])
    assert left == {("coverage", 1): Fraction(270_000, 70) - 5400, ("coverage", 2): 5000 - Fraction(270_000, 70)}
    joined = arithmetic.explain_change([State("", (5000, None, None), w), State("data", (5000, 9000, 1000), w)])
    assert joined == {("coverage", 1): 6500 - 5000, ("coverage", 2): 5400 - 6500}
