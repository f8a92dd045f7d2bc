"""Reports the share of small changes to the rules that the tests beside them catch.

python -m tests.mutants                 a stratified sample of 150 (some minutes on two cores)
python -m tests.mutants --all           every mutant
python -m tests.mutants --only health/score/compose.py [--sample 20] [--seed 3]
"""

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.mutants import runner
from tests.mutants.rules import Mutant, mutants
from tests.mutants.runner import CAUGHT, Job, Verdict
from tests.mutants.targets import ROOT, TARGETS

LEAST_SHARE = 0.90
EQUIVALENT = Path(__file__).with_name("equivalent.txt")


def equivalent() -> dict[str, str]:
    """Declared mutants that no test could notice, with the reason."""
    lines = [line for line in EQUIVALENT.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("\t", 1) for line in lines)  # type: ignore[misc]


def everything(only: str | None) -> list[tuple[str, Job]]:
    """(group, mutant and its tests) of all targets, the declared equivalents left out; a file belongs to the first target that names it."""
    known, taken = equivalent(), set[str]()
    found = []
    for target in TARGETS:
        tests = tuple(name for name in target.tests if (ROOT / name).is_file())
        for path in target.paths():
            if (only and not path.startswith(only)) or path in taken:
                continue
            taken.add(path)
            text = (ROOT / path).read_text(encoding="utf-8")
            found += [(target.group, (one, tests)) for one in mutants(path, text) if one.name not in known]
    return found


def sampled(every: Sequence[tuple[str, Job]], size: int, seed: int) -> list[tuple[str, Job]]:
    """Of each group its share of the sample, at least ten."""
    chance, groups = random.Random(seed), defaultdict(list)
    for group, job in every:
        groups[group].append((group, job))
    picked = []
    for jobs in groups.values():
        picked += chance.sample(jobs, min(len(jobs), max(10, round(size * len(jobs) / len(every)))))
    return picked


def report(verdicts: Sequence[Verdict], group_of: dict[Mutant, str]) -> bool:
    """Prints the shares by module and group and every survivor; whether each group has the least share."""
    by_module, by_group = defaultdict(list), defaultdict(list)
    for mutant, verdict, _ in verdicts:
        noticed = verdict == CAUGHT or verdict == runner.TIMED_OUT
        by_module[mutant.path].append(noticed)
        by_group[group_of[mutant]].append(noticed)
    for mutant, verdict, _ in sorted(verdicts, key=lambda found: (found[0].path, found[0].start)):
        if verdict == runner.SURVIVED:
            print(f"survived  {mutant.path}:{mutant.line}  {mutant.was!r} -> {mutant.now!r}  in  {mutant.source}")
    for title, shares in (("module", by_module), ("group", by_group)):
        print(f"\n{title:60} caught   of  share")
        for name, found in sorted(shares.items()):
            print(f"{name:60} {sum(found):6} {len(found):4} {sum(found) / len(found):6.0%}")
    total = [one for found in by_group.values() for one in found]
    print(f"{'all':60} {sum(total):6} {len(total):4} {sum(total) / max(1, len(total)):6.0%}")
    return all(sum(found) >= LEAST_SHARE * len(found) for found in by_group.values())


def main() -> int:
    """0 where each group has the least share."""
    as_written = argparse.RawDescriptionHelpFormatter
    asked = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__, formatter_class=as_written)
    asked.add_argument("--sample", type=int, default=150)
    asked.add_argument("--all", action="store_true")
    asked.add_argument("--only", help="paths that begin with this")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--json", type=Path, help="write every verdict to this file")
    given = asked.parse_args()
    every = everything(given.only)
    chosen = every if given.all or given.only else sampled(every, given.sample, given.seed)
    print(f"{len(chosen)} of {len(every)} mutants; {len(equivalent())} declared equivalent", flush=True)
    began, verdicts = time.monotonic(), []
    for verdict in runner.run([job for _, job in chosen], given.workers):
        verdicts.append(verdict)
        mutant, word, _ = verdict
        change = f"{mutant.path}:{mutant.line} {mutant.was!r} -> {mutant.now!r}"
        print(f"{len(verdicts)} of {len(chosen)} {word} {change}", file=sys.stderr, flush=True)
    if given.json:
        given.json.write_text(runner.dumped(verdicts), encoding="utf-8")
    held = report(verdicts, {job[0]: group for group, job in chosen})
    print(f"{time.monotonic() - began:.0f} s")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
