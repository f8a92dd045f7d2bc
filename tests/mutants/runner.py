"""Runs the nearest tests over mutants: two workers, each with a copy of the tree and a forked process per mutant."""

import compileall
import contextlib
import json
import multiprocessing
import os
import py_compile
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.mutants.rules import Mutant
from tests.mutants.targets import ROOT

Job = tuple[Mutant, tuple[str, ...]]
Verdict = tuple[Mutant, str, float]
CAUGHT, SURVIVED, TIMED_OUT = "caught", "survived", "timed out"
TIMES_BASE, LEAST_SECONDS = 6, 60


def copied(folder: Path) -> Path:
    """The product and its tests in a folder of their own; compiled by content, so that a change within one second is seen."""
    tree = folder / "tree"
    skip = shutil.ignore_patterns("__pycache__", "*.duckdb", "*.wal")
    for name in ("health", "tests", "pages", "data", ".streamlit"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=skip)
    for name in ("app.py", "pyproject.toml", "README.md", "Makefile"):
        shutil.copy(ROOT / name, tree / name)
    compileall.compile_dir(tree / "health", quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    return tree


def run(jobs: Sequence[Job], workers: int = 2) -> Iterator[Verdict]:
    """One verdict a mutant, as they come. Raises RuntimeError where the tests fail without any change."""
    with tempfile.TemporaryDirectory() as folder:
        shares = [jobs[n::workers] for n in range(workers)]
        context = multiprocessing.get_context("spawn")
        results = context.SimpleQueue()
        started = [
            context.Process(target=_work, args=(str(Path(folder) / str(n)), share, results)) for n, share in enumerate(shares) if share
        ]
        for process in started:
            process.start()
        try:
            awaited = len(started)
            while awaited:
                found = results.get()
                if found is None:
                    awaited -= 1
                elif isinstance(found, str):
                    raise RuntimeError(found)
                else:
                    yield found
        finally:
            for process in started:
                process.terminate()
                process.join()


def _work(folder: str, jobs: Sequence[Job], results) -> None:  # type: ignore[no-untyped-def]
    tree = copied(Path(folder))
    os.chdir(tree)
    sys.path[0:0] = [str(tree)]
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != ROOT]
    for name in [name for name in sys.modules if name.split(".")[0] in ("health", "tests")]:
        if name not in ("tests", "tests.mutants", *(f"tests.mutants.{m}" for m in ("rules", "runner", "targets"))):
            del sys.modules[name]
    for name in ("HEALTH_THREADS", "POLARS_MAX_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"
    import duckdb  # noqa: F401  loaded once, so that each mutant's process begins with it
    import numpy  # noqa: F401
    import polars  # noqa: F401
    import pyarrow  # noqa: F401
    import pytest  # noqa: F401
    import scipy.stats  # noqa: F401
    import sklearn.cluster
    import sklearn.linear_model  # noqa: F401

    base: dict[tuple[str, ...], float] = {}
    try:
        for mutant, tests in jobs:
            if tests not in base:
                code, seconds = _pytest(tests, 900, write=True)
                if code != 0:
                    results.put(f"the tests fail without a change: {' '.join(tests)}")
                    return
                base[tests] = seconds
            path = tree / mutant.path
            text = path.read_text(encoding="utf-8")
            path.write_text(mutant.applied(text), encoding="utf-8")
            try:
                code, seconds = _pytest(tests, max(LEAST_SECONDS, TIMES_BASE * base[tests]))
            finally:
                path.write_text(text, encoding="utf-8")
            verdict = TIMED_OUT if code is None else SURVIVED if code == 0 else CAUGHT
            results.put((mutant, verdict, seconds))
    finally:
        results.put(None)


def _pytest(tests: tuple[str, ...], seconds: float, write: bool = False) -> tuple[int | None, float]:
    """The exit code of these tests in a forked process, None after too long; and how long it took."""
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.setsid()
            sys.dont_write_bytecode = not write
            blank = os.open(os.devnull, os.O_WRONLY)
            os.dup2(blank, 1)
            os.dup2(blank, 2)
            import pytest

            os._exit(int(pytest.main(["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:warnings", *tests])))
        os._exit(99)
    while time.monotonic() - began < seconds:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), time.monotonic() - began
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None, time.monotonic() - began


def dumped(verdicts: Sequence[Verdict]) -> str:
    """The verdicts as JSON, for comparison of two runs."""
    return json.dumps([{"mutant": m.name, "line": m.line, "verdict": v, "seconds": round(s, 2)} for m, v, s in verdicts], indent=1)
