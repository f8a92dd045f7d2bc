"""Read a file as a sheet in a restricted child process, so that a hostile file can only crash the child."""

import json
import logging
import os
import selectors
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import polars as pl

from health import errors
from health.errors import InvalidInput, NotFound
from health.intake.progress import ProgressCallback, ignore_progress
from health.intake.reading import limits
from health.intake.reading.limits import LARGEST_BYTES
from health.intake.reading.sheet import Form, Sheet

ROOT = Path(__file__).parents[3]
_LOG = logging.getLogger(__name__)
_SLOTS = threading.BoundedSemaphore(limits.MOST_READERS)
_POLL_SECONDS = 0.02
_REMEDY = "save only the rows as CSV in UTF-8, or split the file"


def read(path: str | Path, form: Form | None = None, progress: ProgressCallback = ignore_progress) -> Sheet:
    """Read the file at this path as a sheet. Errors: NotFound, InvalidInput, AmbiguousFile."""
    path = Path(path)
    try:
        if not path.is_file():
            raise NotFound(f"{path}: file not found; check the path.")
        with path.open("rb") as source:
            if os.fstat(source.fileno()).st_size > LARGEST_BYTES:
                raise _too_large(path.name)
            return _read_in_child(source, path.name, form or Form(), progress)
    except OSError as problem:
        raise InvalidInput(f"{path}: the file cannot be read; check its permissions.") from problem


def unpack(content: bytes, file: str, form: Form | None = None, progress: ProgressCallback = ignore_progress) -> Sheet:
    """Read bytes as a sheet. Errors: InvalidInput, in one sentence with file, line or column, and remedy; Ask."""
    if len(content) > LARGEST_BYTES:
        raise _too_large(file)
    with tempfile.TemporaryFile() as source:
        source.write(content)
        source.seek(0)
        return _read_in_child(source, file, form or Form(), progress)


def _too_large(file: str) -> InvalidInput:
    return InvalidInput(f"{file}: the file is larger than {LARGEST_BYTES // 1_000_000} MB; split it.")


@contextmanager
def _reading_slot(progress: ProgressCallback) -> Iterator[None]:
    """Wait for a free slot; a limited number of files are read at once."""
    while not _SLOTS.acquire(timeout=0.3):
        progress("Waiting for other uploads", 0.0)
    try:
        yield
    finally:
        _SLOTS.release()


def _read_in_child(source: IO[bytes], file: str, form: Form, progress: ProgressCallback) -> Sheet:
    # Unnamed temporary files: no customer data remains, however this process ends.
    with (
        _reading_slot(progress),
        tempfile.TemporaryFile() as answer_file,
        tempfile.TemporaryFile() as rows_file,
        tempfile.TemporaryFile() as broken_file,
    ):
        answer_file.write(json.dumps({"file": file, "form": vars(form)}).encode())
        answer_file.flush()
        for file_object in (answer_file, rows_file, broken_file):
            file_object.seek(0)
        exit_state = _run_child(source, [file_object.fileno() for file_object in (answer_file, rows_file, broken_file)], progress)
        answer = _read_answer(answer_file)
        _LOG.debug("child: ended as %s, resident at most %s bytes", *exit_state[:1], max(exit_state[1], answer.get("resident", 0)))
        if exit_state[0] != 0 or "error" in answer or not answer:
            raise _error(exit_state[0], answer, file)
        form = Form(**{**answer["form"], "columns": tuple(answer["form"]["columns"])})
        sheets = tuple((name, bool(visible)) for name, visible in answer["sheets"])
        progress("Read", 1.0)
        details = {"notices": tuple(answer["notices"]), "mended": answer["mended"], "valueless": tuple(answer["valueless"])}
        return Sheet(file, answer["sha256"], _read_ipc(rows_file), _read_ipc(broken_file), form, sheets=sheets, **details)


def _read_ipc(ipc_file: IO[bytes]) -> pl.DataFrame:
    ipc_file.seek(0)
    return pl.read_ipc(ipc_file)


def _read_answer(answer_file: IO[bytes]) -> dict[str, Any]:
    """The child's answer; empty if it did not answer."""
    answer_file.seek(0)
    with suppress(ValueError):
        answer = json.load(answer_file)
        return answer if "file" not in answer else {}
    return {}


def _run_child(source: IO[bytes], descriptors: list[int], progress: ProgressCallback) -> tuple[int | str, int]:
    """Run the child: (exit code, or "time" or "memory" if it was stopped; peak resident memory in bytes)."""
    python_path = os.pathsep.join([str(ROOT), *(path for path in sys.path if path)])
    environment = {"PYTHONPATH": python_path, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "POLARS_MAX_THREADS": "2", "TZ": "UTC"}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "health.intake.reading.child", *map(str, descriptors)],
        stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/", close_fds=True, pass_fds=descriptors,
    ) as child:  # fmt: skip
        try:
            return _watch_child(child, progress)
        finally:
            child.kill()


def _watch_child(child: subprocess.Popen[bytes], progress: ProgressCallback) -> tuple[int | str, int]:
    assert child.stdout is not None
    deadline, peak_memory, buffer = time.monotonic() + limits.SECONDS, 0, b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if selector.select(_POLL_SECONDS):
                output = os.read(child.stdout.fileno(), 4_096)
                if not output:
                    break
                *lines, buffer = (buffer + output).split(b"\n")
                _forward_progress(lines, progress)
            peak_memory = max(peak_memory, _memory_in_use(child.pid))
            if peak_memory > limits.RESIDENT_BYTES:
                return "memory", peak_memory
            if time.monotonic() > deadline:
                return "time", peak_memory
    try:
        return child.wait(max(0.1, deadline - time.monotonic())), peak_memory
    except subprocess.TimeoutExpired:
        return "time", peak_memory


def _forward_progress(lines: list[bytes], progress: ProgressCallback) -> None:
    if lines:
        share, _, stage = lines[-1].decode("utf-8", "replace").partition(" ")
        with suppress(ValueError):
            progress(stage, float(share))


def _memory_in_use(process: int) -> int:
    """Resident memory of a process in bytes; 0 if the system does not report it."""
    try:
        with open(f"/proc/{process}/statm", "rb") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def _error(exit_code: int | str, answer: dict[str, Any], file: str) -> errors.HealthError:
    """The error to raise for a child that failed."""
    kind = answer.get("error")
    if kind == errors.AmbiguousFile.code:
        return errors.AmbiguousFile(answer["words"], answer["setting"], tuple((value, sample) for value, sample in answer["choices"]))
    if kind == "crash" and "Memory" not in answer["words"]:
        return InvalidInput(f"{file}: the reader failed on it ({answer['words']}); {_REMEDY}, and report this file to the developers.")
    if kind and kind != "crash":
        return InvalidInput(answer["words"])
    if exit_code == "time":
        return InvalidInput(f"{file}: it could not be read within {limits.SECONDS:g} seconds; {_REMEDY}.")
    limit_mb = limits.RESIDENT_BYTES // 1_000_000
    return InvalidInput(f"{file}: it needs more memory than the {limit_mb} MB allowed for a file, or crashes the reader; {_REMEDY}.")
