"""The app as a visitor meets it: `streamlit run app.py` as our own child, on a free port of 127.0.0.1."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 60


@contextmanager
def served(warehouse: Path, script: Path = ROOT / "app.py") -> Iterator[str]:
    """The address of a cold server over that warehouse file; the server is ended, by its own id, when the block ends.

    Raises AssertionError, with what the server printed, when it does not come up, another process holds the port, or a script failed.
    """
    port, log = _free_port(), warehouse.with_suffix(".log")
    command = [sys.executable, "-m", "streamlit", "run", script.name, "--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    with log.open("w") as out:
        child = subprocess.Popen(command, cwd=script.parent, env={**os.environ, "HEALTH_WAREHOUSE": str(warehouse)}, stdout=out, stderr=out)
    try:
        _wait(child, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        said = log.read_text()
        print(said, file=sys.stderr)  # shown by pytest beside a failure
    assert "Traceback" not in said, f"the app raised an error that the screen may have hidden:\n{said}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and child.poll() is None:
        if _answers(port):
            assert holds(child.pid, port), f"port {port} is held by a process that is not ours"
            return
        time.sleep(0.1)
    raise AssertionError(f"the app did not come up; it printed:\n{log.read_text()}")


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
            return bool(answer.read() == b"ok")
    except OSError:
        return False


def holds(pid: int, port: int) -> bool:
    """Whether that process listens on that port of 127.0.0.1 and nowhere else (Linux)."""
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    listening = {row[1]: row[9] for row in rows if row[3] == "0A" and int(row[1].rsplit(":", 1)[1], 16) == port}
    theirs = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    return list(listening) == [f"0100007F:{port:04X}"] and all(f"socket:[{inode}]" in theirs for inode in listening.values())
