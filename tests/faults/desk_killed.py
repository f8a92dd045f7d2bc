"""A child that writes at the desk and is ended with signal 9 right after a confirmation; what was confirmed must be on file.

python -m tests.faults.desk_killed --times 20 [--seed 1] ends so many children; python -m tests.faults.desk_killed FILE is such a child.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from health.desk import entries
from health.intake import load
from health.warehouse import Warehouse
from tests.books import analyst
from tests.desk.office import CALL, NOW, manager, office


def write_on(path: Path) -> None:
    """Writes, corrects and removes without an end; each confirmation is a line of JSON as soon as it is given."""
    book, n = manager(Warehouse(path)), 0
    while True:
        done = entries.write(book, "interactions", CALL | {"comment": f"{n}"}, NOW)
        print(json.dumps([done.key, f"{n}"]), flush=True)
        if n % 2:
            done = entries.correct(book, "interactions", done.key, {"comment": f"{n}!"}, done.load_id or 0, "more", NOW)
            print(json.dumps([done.key, f"{n}!"]), flush=True)
        if n % 4 == 3:
            entries.remove(book, "interactions", done.key, done.load_id or 0, "no", NOW)
            print(json.dumps([done.key, None]), flush=True)
        n += 1


def killed(path: Path, confirmations: int, more_seconds: float = 0) -> dict[str, str | None]:
    """Starts a child, ends it right after so many confirmations (and a moment), and returns what each key was last said to hold."""
    command = [sys.executable, "-m", "tests.faults.desk_killed", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as child:
        assert child.stdout
        said = [child.stdout.readline() for _ in range(confirmations)]
        time.sleep(more_seconds)
        child.kill()
        said += child.stdout.readlines()
    return dict(json.loads(line) for line in said if line.endswith("\n"))


def check(path: Path, told: dict[str, str | None]) -> None:
    """All that was confirmed stands; at most the one act that nobody was told of is there beside it, whole."""
    warehouse = Warehouse(path)
    try:
        with warehouse.reading() as session:
            found = dict(session.rows("interactions").select("interaction_id", "comment").iter_rows())
        assert load.findings(analyst(warehouse)) == []
    finally:
        warehouse.close()
    held = {key: words for key, words in found.items() if key.startswith("desk-")}
    differing = {key for key in held.keys() | told.keys() if held.get(key) != told.get(key)}
    assert len(differing) <= 1, {key: (told.get(key), held.get(key)) for key in differing}
    for key in differing:
        before, after = told.get(key), held.get(key)
        assert key not in told or after is None or after == f"{before}!", (before, after)


def main() -> None:
    """A child, or so many of them ended."""
    parser = argparse.ArgumentParser("python -m tests.faults.desk_killed", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.file:
        return write_on(options.file)
    chance, confirmed = random.Random(options.seed), 0
    for n in range(options.times):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "w.duckdb"
            office(Warehouse(path)).close()
            told = killed(path, chance.randint(1, 8), 0 if n % 2 else chance.uniform(0, 0.3))
            check(path, told)
            confirmed += len(told)
    return print(f"{options.times} children ended with signal 9: all {confirmed} rows as last confirmed, scores with them")


if __name__ == "__main__":
    main()
