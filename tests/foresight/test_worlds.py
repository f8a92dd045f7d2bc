"""Worlds whose truth is known: a useful score is found useful, a useless one useless, and a simple rule that wins is named.

Two seeds each; `make worlds` runs them all. Each book takes some seconds to invent, load and score.
"""

import pytest

from tests.worlds import Seen, seen


@pytest.mark.parametrize("world", ["demo", "contact-only"])
@pytest.mark.parametrize("seed", [7, 8])
def test_the_world_is_seen_for_what_it_is(world: str, seed: int) -> None:
    one = seen(world, seed)
    assert one.faults == [], one.line


@pytest.mark.parametrize("seed", [7, 8])
def test_where_nothing_tells_who_leaves_the_verdict_says_so(seed: int) -> None:
    one: Seen = seen("null", seed)
    assert one.found.verdict == "no_better_than_chance", one.line
