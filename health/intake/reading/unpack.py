"""A file as a sheet, read in a child process that is limited: whatever the file does, only the child can be lost."""

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
from health.errors import NotFound, Refused
from health.intake.progress import Tell, silent
from health.intake.reading import limits
from health.intake.reading.limits import LARGEST_BYTES
from health.intake.reading.sheet import Form, Sheet

ROOT = Path(__file__).parents[3]
_LOG = logging.getLogger(__name__)
_ROOM = threading.BoundedSemaphore(limits.AT_ONCE)
_LOOK_SECONDS = 0.02
_REMEDY = "save the rows alone as CSV in UTF-8, or split it"


def read(path: str | Path, form: Form | None = None, tell: Tell = silent) -> Sheet:
    """The file at this path as a sheet. Errors: NotFound, Refused, Ask."""
    path = Path(path)
    try:
        if not path.is_file():
            raise NotFound(f"{path}: there is no such file; check the path.")
        with path.open("rb") as given:
            if os.fstat(given.fileno()).st_size > LARGEST_BYTES:
                raise _too_large(path.name)
            return _by_child(given, path.name, form or Form(), tell)
    except OSError as problem:
        raise Refused(f"{path}: the file cannot be read; check who may read it.") from problem


def unpack(content: bytes, file: str, form: Form | None = None, tell: Tell = silent) -> Sheet:
    """These bytes as a sheet. Errors: Refused, in one sentence that names the file, the line or column, and the remedy; Ask."""
    if len(content) > LARGEST_BYTES:
        raise _too_large(file)
    with tempfile.TemporaryFile() as given:
        given.write(content)
        given.seek(0)
        return _by_child(given, file, form or Form(), tell)


def _too_large(file: str) -> Refused:
    return Refused(f"{file}: the file is larger than {LARGEST_BYTES // 1_000_000} MB; split it.")


@contextmanager
def _room(tell: Tell) -> Iterator[None]:
    """A turn to read: as many at once as the machine bears."""
    while not _ROOM.acquire(timeout=0.3):
        tell("Waiting for other files to be read", 0.0)
    try:
        yield
    finally:
        _ROOM.release()


def _by_child(given: IO[bytes], file: str, form: Form, tell: Tell) -> Sheet:
    # Temporary files without a name: nothing of the customer's is left behind, however this process ends.
    with _room(tell), tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as rows, tempfile.TemporaryFile() as broken:
        told.write(json.dumps({"file": file, "form": vars(form)}).encode())
        told.flush()
        for each in (told, rows, broken):
            each.seek(0)
        ended = _run(given, [each.fileno() for each in (told, rows, broken)], tell)
        answer = _answer(told)
        _LOG.debug("child: ended as %s, resident at most %s bytes", *ended[:1], max(ended[1], answer.get("resident", 0)))
        if ended[0] != 0 or "error" in answer or not answer:
            raise _problem(ended[0], answer, file)
        form = Form(**{**answer["form"], "columns": tuple(answer["form"]["columns"])})
        sheets = tuple((name, bool(visible)) for name, visible in answer["sheets"])
        tell("Read", 1.0)
        said = {"notices": tuple(answer["notices"]), "mended": answer["mended"], "valueless": tuple(answer["valueless"])}
        return Sheet(file, answer["sha256"], _frame(rows), _frame(broken), form, sheets=sheets, **said)


def _frame(held: IO[bytes]) -> pl.DataFrame:
    held.seek(0)
    return pl.read_ipc(held)


def _answer(told: IO[bytes]) -> dict[str, Any]:
    """What the child said; nothing where it did not come to answer."""
    told.seek(0)
    with suppress(ValueError):
        said = json.load(told)
        return said if "file" not in said else {}
    return {}


def _run(given: IO[bytes], numbers: list[int], tell: Tell) -> tuple[int | str, int]:
    """How the child ended: its code, or "time" or "memory" where it was stopped; and the most resident memory seen."""
    where = os.pathsep.join([str(ROOT), *(path for path in sys.path if path)])
    environment = {"PYTHONPATH": where, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "POLARS_MAX_THREADS": "2", "TZ": "UTC"}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "health.intake.reading.child", *map(str, numbers)],
        stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd="/", close_fds=True, pass_fds=numbers,
    ) as child:  # fmt: skip
        try:
            return _watch(child, tell)
        finally:
            child.kill()


def _watch(child: subprocess.Popen[bytes], tell: Tell) -> tuple[int | str, int]:
    assert child.stdout is not None
    until, most, held = time.monotonic() + limits.SECONDS, 0, b""
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while True:
            if ready.select(_LOOK_SECONDS):
                piece = os.read(child.stdout.fileno(), 4_096)
                if not piece:
                    break
                *lines, held = (held + piece).split(b"\n")
                _pass_on(lines, tell)
            most = max(most, _resident(child.pid))
            if most > limits.RESIDENT_BYTES:
                return "memory", most
            if time.monotonic() > until:
                return "time", most
    try:
        return child.wait(max(0.1, until - time.monotonic())), most
    except subprocess.TimeoutExpired:
        return "time", most


def _pass_on(lines: list[bytes], tell: Tell) -> None:
    if lines:
        share, _, words = lines[-1].decode("utf-8", "replace").partition(" ")
        with suppress(ValueError):
            tell(words, float(share))


def _resident(process: int) -> int:
    """Bytes of memory that it holds now; 0 where the system does not tell."""
    try:
        with open(f"/proc/{process}/statm", "rb") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def _problem(ended: int | str, answer: dict[str, Any], file: str) -> errors.HealthError:
    """What to tell the reader."""
    kind = answer.get("error")
    if kind == errors.Ask.code:
        return errors.Ask(answer["words"], answer["setting"], tuple((value, sample) for value, sample in answer["choices"]))
    if kind == "crash" and "Memory" not in answer["words"]:
        return Refused(f"{file}: the reader failed on it ({answer['words']}); {_REMEDY}, and report this file to the makers.")
    if kind and kind != "crash":
        return Refused(answer["words"])
    if ended == "time":
        return Refused(f"{file}: it could not be read within {limits.SECONDS:g} seconds; {_REMEDY}.")
    most = limits.RESIDENT_BYTES // 1_000_000
    return Refused(f"{file}: it needs more memory than the {most} MB there are for a file, or breaks its reader; {_REMEDY}.")
