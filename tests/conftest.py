"""What every test may rely on: no setting of the person who runs them leaks in."""

import pytest

SETTINGS = ("HEALTH_WAREHOUSE", "HEALTH_THREADS")


@pytest.fixture(autouse=True)
def nobodys_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner's own warehouse is never touched."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
