"""The child that reads a file may hang, grow, break or be killed: the reader gets one sentence, and nothing else is lost or left."""

import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from health.errors import AmbiguousFile, InvalidInput, NotFound
from health.intake.reading import limits, unpack
from health.intake.reading.parse import parse_file
from health.intake.reading.sheet import Form

SMALL = b"customer_id,name\n00123,Ida\nC2,x,y\n"
ENDS = {
    "it aborts": "import os; os.abort()",
    "it is killed": "import os; os.kill(os.getpid(), 9)",
    "it ends without an answer": "",
    "it ends with an error": "raise SystemExit(3)",
    "it talks nonsense": "print('x y z\\n' * 9_999)",
}


def _stand_in(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another child module in place of ours."""
    (folder / "health/intake/reading").mkdir(parents=True)
    for name in ("health/__init__.py", "health/intake/__init__.py", "health/intake/reading/__init__.py"):
        (folder / name).touch()
    (folder / "health/intake/reading/child.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(unpack, "ROOT", folder)


def test_the_child_reads_what_this_process_reads() -> None:
    said: list[tuple[str, float]] = []
    form = Form(delimiter=",")
    found, here = unpack.unpack(SMALL, "s.csv", form, lambda *told: said.append(told)), parse_file(SMALL, "s.csv", form)
    assert found.rows.equals(here.rows) and found.broken.equals(here.broken)
    assert (found.sha256, found.form, found.notices, found.sheets) == (here.sha256, here.form, here.notices, here.sheets)
    shares = [share for _, share in said]
    assert shares == sorted(shares) and shares[-1] == 1.0 and len({words for words, _ in said}) > 1


def test_a_question_comes_back_with_its_choices() -> None:
    with pytest.raises(AmbiguousFile) as asked:
        unpack.unpack("customer_id,name\nC1,Núñez\n".encode("cp1252"), "s.csv")
    assert asked.value.setting == "encoding" and dict(asked.value.choices)["cp1252"] == "C1,Núñez"


def test_a_file_on_disk_is_read_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_bytes(SMALL)
    assert unpack.read(tmp_path / "s.csv").rows.rows() == [(2, "00123", "Ida")]
    with pytest.raises(NotFound, match="file not found"):
        unpack.read(tmp_path / "t.csv")


@pytest.mark.parametrize("end", ENDS)
def test_a_child_that_ends_badly_is_one_sentence(end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, ENDS[end], monkeypatch)
    with pytest.raises(InvalidInput, match=r"^s\.csv: it needs more memory .*, or crashes the reader; save only the rows as CSV.*\.$"):
        unpack.unpack(SMALL, "s.csv")


def test_a_child_that_hangs_is_ended_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, "import time; time.sleep(60)", monkeypatch)
    monkeypatch.setattr(limits, "SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(InvalidInput, match="could not be read within 0.5 seconds"):
        unpack.unpack(SMALL, "s.csv")
    assert time.monotonic() - began < 10


def test_a_child_that_grows_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, "import time; held = b'x' * 200_000_000; time.sleep(60)", monkeypatch)
    monkeypatch.setattr(limits, "RESIDENT_BYTES", 100_000_000)
    with pytest.raises(InvalidInput, match="needs more memory than the 100 MB"):
        unpack.unpack(SMALL, "s.csv")


def test_nothing_with_a_name_is_left_and_nothing_of_the_file_is_seen_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = subprocess.Popen

    def spy(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        seen.append(f"{command} {options['env']} {sorted(tmp_path.iterdir())}")
        return real(command, **options)

    monkeypatch.setattr(subprocess, "Popen", spy)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("SECRET", "Ida")
    unpack.unpack(SMALL, "Idas customers.csv")
    assert seen and not any(word in seen[0] for word in ("Ida", "00123", "customers", "SECRET"))
    assert list(tmp_path.iterdir()) == [] and seen[0].endswith("[]")


def test_a_reader_who_leaves_ends_the_child_and_frees_its_place() -> None:
    class Left(Exception):
        pass

    def leave(words: str, share: float) -> None:
        raise Left

    for _ in range(limits.MOST_READERS + 1):
        with pytest.raises(Left):
            unpack.unpack(SMALL, "s.csv", progress=leave)
    assert unpack.unpack(SMALL, "s.csv").rows.height == 1


def test_no_more_than_two_read_at_once_and_the_others_are_told_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, "import time; print('0.5 Busy', flush=True); time.sleep(1)", monkeypatch)
    busy, most, said, lock = [0], [0], set[str](), threading.Lock()
    real = unpack._run_child

    def counted(*given: Any) -> Any:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        try:
            return real(*given)
        finally:
            with lock:
                busy[0] -= 1

    def one(_: int) -> None:
        with pytest.raises(InvalidInput):
            unpack.unpack(SMALL, "s.csv", progress=lambda words, share: said.add(words))

    monkeypatch.setattr(unpack, "_run_child", counted)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    assert most[0] == limits.MOST_READERS and {"Busy", "Waiting for other uploads"} <= said


FORBIDDEN = {
    "a connection": "import socket; socket.socket()",
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "another program in its place": "import os; os.execv('/bin/true', ['true'])",
    "a copy of itself": "import os; os.fork()",
    "a new file": "open('/tmp/never-written', 'w')",
    "a new file by number": "import os; os.open('/tmp/never-written', os.O_CREAT | os.O_WRONLY)",
    "a file gone": "import os; os.remove('/tmp/never-written')",
    "a library of C": "import ctypes; ctypes.CDLL(None)",
}


def _in_child(source: str) -> str:
    command = [sys.executable, "-c", "import sys; from health.intake.reading import child, sandbox\n" + source]
    return subprocess.run(command, capture_output=True, text=True, cwd=unpack.ROOT, timeout=60, check=False).stdout.strip()


def test_the_child_may_do_nothing_but_read() -> None:
    lines = [f"try:\n    {source}\n    print('done')\nexcept PermissionError:\n    print('refused')" for source in FORBIDDEN.values()]
    said = _in_child("sandbox.forbid_side_effects()\n" + "\n".join(lines)).split()
    assert dict(zip(FORBIDDEN, said, strict=True)) == dict.fromkeys(FORBIDDEN, "refused")


def test_the_child_is_limited_and_carries_no_database_and_no_screens() -> None:
    source = "import resource as r; print(r.getrlimit(r.RLIMIT_AS)[0], r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_CORE)[0])\n"
    source += "print(sorted({'duckdb', 'streamlit', 'altair', 'pandas', 'socket'} & set(sys.modules) - {'socket'}))"
    assert _in_child(source).split("\n") == [f"{limits.ADDRESS_BYTES} {limits.SECONDS:.0f} 0", "[]"]
