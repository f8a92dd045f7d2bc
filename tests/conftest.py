"""What every test may rely on: no setting of the person who runs them leaks in."""

import os
import sys

import pytest

os.environ.pop("HEALTH_WAREHOUSE", None)  # the runner's own warehouse is never touched
for _threads in ("HEALTH_THREADS", "POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_threads] = "1"  # the tests themselves run side by side; a second thread for small books is all overhead


@pytest.fixture
def scoreless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads are kept, found and taken back as ever, but nobody is scored for it: that takes most of the time of a small load.

    For tests of what a file says; not for one that reads the history, or that checks a book by load.findings.
    """
    from health.score import history
    from tests.intake import files

    files.small_file()  # made with its scores, for whoever comes after
    monkeypatch.setattr(history, "refresh", lambda *_: None)


@pytest.fixture(autouse=True)
def pages_as_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Streamlit's AppTest run app.py as the server does, which tells Streamlit that pages/ is not its own folder (`app.lifespan`).

    AppTest forgets that before every run; without it, the first press of a sidebar widget is lost, since its id changes.
    """
    if app_test := sys.modules.get("streamlit.testing.v1.app_test"):
        pages_manager = app_test.PagesManager
        monkeypatch.setattr(pages_manager, "uses_pages_directory", False)
        monkeypatch.setattr(app_test, "PagesManager", type("ServedPagesManager", (pages_manager,), {}))
