"""How long a rerun of a screen takes, as a multiple of a rerun of an empty page: all in one run, turn by turn.

Run with `make bench`. The figure is the server's, over the real WebSocket, without a browser to share the cores with: from the request for
a rerun until the message that the script has finished.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.browser.server import ROOT, served

ROUNDS, WARM_UP = 40, 4
THINK_SECONDS = 0.25  # nobody clicks sooner; without it a rerun also waits for what the one before has left to clear away
SCREENS: tuple[tuple[str, int, float], ...] = (("overview", 2000, 2), ("value", 2000, 5), ("week", 500, 2), ("week", 20_000, 5))
"""Screen, customers ever signed in the book, and how many empty reruns it may take."""
PATIENCE_SECONDS = 600
EMPTY = "import streamlit as st\n\nst.write('empty')\n"


class Visitor:
    """One session with a server, on one of its pages."""

    def __init__(self, address: str, page: str = "") -> None:
        self._socket: ClientConnection = connect(
            address.replace("http", "ws") + "/_stcore/stream", subprotocols=["streamlit"], max_size=None, max_queue=None, origin=address
        )
        self.bytes = 0
        self._name, self._page = page, ""

    def rerun_ms(self) -> float:
        """Asks for a rerun and reads until its script has finished; `bytes` is what came back."""
        time.sleep(THINK_SECONDS)
        ask = BackMsg()
        if self._name:
            ask.rerun_script.page_name = self._name  # its hash is the frame's until the page is known
        else:
            ask.rerun_script.page_script_hash = self._page
        start, self.bytes = time.perf_counter(), 0
        self._socket.send(ask.SerializeToString())
        while True:
            answer, message = self._socket.recv(timeout=PATIENCE_SECONDS), ForwardMsg()
            assert isinstance(answer, bytes)
            self.bytes += len(answer)
            message.ParseFromString(answer)
            kind = message.WhichOneof("type")
            if kind == "new_session":
                self._page = message.new_session.page_script_hash
            elif kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                return 1000 * (time.perf_counter() - start)

    def close(self) -> None:
        """Leaves."""
        self._socket.close()


def medians(visitors: list[Visitor]) -> list[float]:
    """Milliseconds a rerun, turn by turn, after the warm-up."""
    rounds = [[visitor.rerun_ms() for visitor in visitors] for _ in range(ROUNDS + WARM_UP)][WARM_UP:]
    return [statistics.median(column) for column in zip(*rounds, strict=True)]


def main() -> None:
    """Prints the medians and their ratios: against an empty page as Streamlit ships, and against one under our own settings."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        shipped, ours = folder / "shipped" / "empty.py", folder / "ours" / "empty.py"
        for script in (shipped, ours):
            script.parent.mkdir()
            script.write_text(EMPTY)
        shutil.copytree(ROOT / ".streamlit", ours.parent / ".streamlit")
        books = {size: stack.enter_context(served(_book(folder, size))) for size in sorted({size for _, size, _ in SCREENS})}
        empty = [Visitor(stack.enter_context(served(folder / f"{n}.duckdb", page))) for n, page in enumerate((shipped, ours))]
        for screen, size, goal in SCREENS:
            visitor = Visitor(books[size], screen)
            own, plain, tuned = medians([visitor, *empty])
            print(f"a rerun of {screen}, {size:,} customers: {own:.0f} ms, {visitor.bytes:,} bytes")
            print(f"  an empty page as Streamlit ships it {plain:.0f} ms: {own / plain:.2f} times (goal: at most {goal:.0f})")
            print(f"  an empty page under our settings {tuned:.0f} ms: {own / tuned:.2f} times")
            visitor.close()
        for visitor in empty:
            visitor.close()


def _book(folder: Path, customers: int) -> Path:
    warehouse = folder / f"demo-{customers}.duckdb"
    command = [
        sys.executable,
        "-m",
        "health",
        "--warehouse",
        str(warehouse),
        "demo",
        "--customers",
        str(customers),
        "--until",
        "2026-10-31",
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return warehouse


if __name__ == "__main__":
    main()
