"""Worlds whose truth is known: a useful score is found useful, a useless one useless, and a simple rule that wins is named.

One seed each; `make worlds` runs many. Each book takes some seconds to invent, load and score.
"""

import pytest

from tests.worlds import LISTS, SEEDS, seen


@pytest.mark.parametrize(("world", "seed"), [(world, seed) for world, seeds in SEEDS.items() for seed in seeds[:1]])
def test_the_world_is_seen_for_what_it_is(world: str, seed: int) -> None:
    one = seen(world, seed)
    assert one.faults == [], one.line
    assert (one.found.verdict == "no_better_than_chance") == (world == "null"), one.line
    if world == "demo":
        lists = zip(LISTS, one.warned.predicted, one.warned.health, one.warned.truth, strict=True)
        for length, predicted, named, by_truth in lists:
            assert predicted >= 0.9 * by_truth and named >= 0.7 * by_truth, one.warned.line
            assert min(predicted, named) > length / 100 * one.warned.losses, one.warned.line
