"""What an inbox that nobody disturbs leaves: the measure of every disturbed one."""

import pytest

from tests.faults.inbox_killed import Place, undisturbed

Undisturbed = tuple[Place, dict[str, object], float]


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return undisturbed(tmp_path_factory.mktemp("inbox"))
