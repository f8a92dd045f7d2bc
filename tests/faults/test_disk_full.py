"""A disk that fills up in the midst of a command; processes with a limit on the size of a file stand for it."""

import subprocess
import sys
from pathlib import Path

from tests.faults.conftest import Undisturbed
from tests.faults.inbox_killed import Place, finish, state, write_files


def limited(kilobytes: int, *arguments: str) -> tuple[int, str]:
    """Exit code and words of the command line where no file may grow beyond so many kilobytes."""
    command = ["bash", "-c", f'ulimit -f {kilobytes}; exec "$0" -m health "$@"', sys.executable, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stderr


def test_a_full_disk_ends_the_inbox_in_a_sentence_and_the_next_run_ends_its_work(whole: Undisturbed, tmp_path: Path) -> None:
    place = Place(tmp_path)
    write_files(place.folder)
    code, words = limited(200, "--warehouse", str(place.warehouse), "inbox", str(place.folder), "--settle", "0")
    assert code == 1 and "Traceback" not in words
    assert words.splitlines()[-1].endswith("the disk is full; free some space and try again. Nothing was changed.")
    assert list(place.folder.glob("done/c.csv")) and list(place.folder.glob(".inbox/loading/*"))
    finish(place)
    assert state(place) == whole[1]
