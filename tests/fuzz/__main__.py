"""python -m tests.fuzz --files 2000 --rows 1000000: reads that many damaged files; 1 as exit where one record is not what was meant."""

import argparse
import sys

from health.intake.reading.parse import parse_file
from tests.fuzz.account import run


def main() -> int:
    """Counts, then what was wrong."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--files", type=int, default=2_000)
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--first", type=int, default=1, help="the seed of the first file")
    given = asked.parse_args()
    count, wrong = run(parse_file, given.files, given.rows, given.first)
    print(f"{count.files:,} files, {count.read:,} records: {count.accepted:,} accepted + {count.refused:,} refused")
    print(*wrong[:20], sep="\n")
    print(f"{len(wrong)} mismatches")
    return 1 if wrong or count.accepted + count.refused != count.read else 0


if __name__ == "__main__":
    sys.exit(main())
