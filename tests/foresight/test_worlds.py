"""Worlds whose truth is known: a useful score is found useful, a useless one useless, and a simple rule that wins is named.

One seed each; `make worlds` runs many. Each book takes some seconds to invent, load and score.
"""

import pytest

from tests.worlds import Seen, seen

SEED = 7


@pytest.mark.parametrize("world", ["demo", "contact-only"])
def test_the_world_is_seen_for_what_it_is(world: str) -> None:
    one = seen(world, SEED)
    assert one.faults == [], one.line


def test_where_nothing_tells_who_leaves_the_verdict_says_so() -> None:
    one: Seen = seen("null", SEED)
    assert one.found.verdict == "no_better_than_chance", one.line
