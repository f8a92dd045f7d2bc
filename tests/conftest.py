"""What every test may rely on: no setting of the person who runs them leaks in, and no time is lost beside the claim."""

import functools
import gc
import os
import sys
from collections.abc import Iterator

import pytest

os.environ.pop("HEALTH_WAREHOUSE", None)  # the runner's own warehouse is never touched
for _threads in ("HEALTH_THREADS", "POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_threads] = "1"  # the tests themselves run side by side; a second thread for small books is all overhead
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else each worker and each child compiles all modules anew
# The workers and their children plan thousands of small queries, which is mostly malloc: they keep more of what they free at hand.
os.environ.setdefault("GLIBC_TUNABLES", "glibc.malloc.tcache_count=2000")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors, since a test that waits for a browser or a child leaves its own idle."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Spare every garbage collection, of which Streamlit asks for one after each run of a script, what was imported for good."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _quick_app_tests() -> Iterator[None]:
    """Spare each AppTest two things that take a sixth of its time: searching all installed packages for components, and polling.

    The packages do not change during a run, and a script has ended when its thread has.
    """
    if "streamlit.testing.v1" not in sys.modules:
        yield
        return
    from streamlit.components.v2 import manifest_scanner
    from streamlit.testing.v1 import local_script_runner

    def wait_for_the_thread(runner: local_script_runner.LocalScriptRunner, timeout: float = 3) -> None:
        if runner._script_thread:
            runner._script_thread.join(timeout)
        polled(runner, timeout=0.05)

    polled, patch = local_script_runner.require_widgets_deltas, pytest.MonkeyPatch()
    patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests))
    patch.setattr(local_script_runner, "require_widgets_deltas", wait_for_the_thread)
    yield
    patch.undo()


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


@pytest.fixture
def childless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process, by the function that the child calls: to start the child takes longer than most files.

    That the child reads the same, and what becomes of it, is held in tests/intake/test_child.py.
    """
    from health.intake.reading import parse, unpack

    monkeypatch.setattr(unpack, "_read_in_child", lambda source, *rest: parse.parse_file(source.read(), *rest))
