"""A million customers: hazard, purchases, segments. Seconds and peak memory of each, and BG/NBD against `lifetimes` on the same data.

Run with `python -m tests.bench.value`. Contracts: a demo company of 5,000 over 24 months, scored, then its customers, contracts, exits and
the scores of every month end copied 200 times under other ids: what is timed is fit, predict and segmentation, not the scoring.
Purchases: drawn by the day, in a frame; our time includes grouping them, neither includes reading. Every part runs in a process of its own.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from health.demo import generate
from health.foresight import churn, segments
from health.foresight.churn import Hazard
from health.foresight.purchases import bg_nbd
from health.score import history, settings
from health.warehouse import Warehouse
from tests.books import analyst, typed

MILLION, SEED, COPIES, MONTHS, ROUNDS = 1_000_000, 7, 200, 24, 3
AS_OF = date(2026, 10, 31)
MOST_SECONDS, MOST_MB, LEAST_RATIO = 60, 3_000, 10
KEPT = (
    "customer_id", "as_of", "status", "has_line", "spell_start_on", "contact_points", "complaints_points", "price_points", "tenure_days",
    "agreed_until", "margin_cents", "mrr_cents", "health", "band",
)  # fmt: skip
RIVAL = ("lifetimes==0.11.3", "pandas==2.3.3", "numpy==2.3.5", "scipy==1.17.1")
THEIRS = """
import sys, time, json, warnings
warnings.simplefilter("ignore")
import pandas as pd
from lifetimes import BetaGeoFitter
d = pd.read_csv(sys.argv[1])
wall, cpu = time.perf_counter(), time.process_time()
f = BetaGeoFitter().fit(d.frequency, d.recency_weeks, d.age_weeks)
took = time.perf_counter() - wall, time.process_time() - cpu
print(json.dumps({"seconds": took, "found": [float(f.params_[k]) for k in ("r", "alpha", "a", "b")]}))
"""


def drawn(customers: int, seed: int = SEED) -> pl.DataFrame:
    """Purchases by the day of customers who first bought within two years (r 0.8, alpha 10.5 weeks, a 0.75, b 2.4)."""
    rng = np.random.default_rng(seed)
    age = rng.integers(7, 735, customers).astype(float)
    rate, drop = rng.gamma(0.8, 1 / (10.5 * 7), customers), rng.beta(0.75, 2.4, customers)
    times, last, day, there = np.zeros(customers, int), np.zeros(customers), np.zeros(customers), np.arange(customers)
    while len(there):
        day[there] += np.ceil(rng.exponential(1 / rate[there]))
        there = there[day[there] <= age[there]]
        times[there] += 1
        last[there] = day[there]
        there = there[rng.random(len(there)) >= drop[there]]
    return pl.DataFrame({"frequency": times, "recency_weeks": last / 7, "age_weeks": age / 7})


def build(folder: Path) -> None:
    """The warehouse of a million customers, and the purchases of another million."""
    path = folder / "million.duckdb"
    warehouse = Warehouse(path)
    with warehouse.writing() as session:
        for name, frame in generate(MILLION // COPIES, MONTHS, SEED).tables.items():
            session.insert(name, typed(name, frame))
        history.refresh(session, None)
    warehouse.close()
    with duckdb.connect(str(path)) as db:
        db.execute(f"create or replace table history as select {', '.join(KEPT)} from history")
        for table, ids in {"customers": [], "contracts": ["contract_id"], "exits": [], "history": []}.items():
            other = ", ".join(f"t.{name} || '-' || k as {name}" for name in ("customer_id", *ids))
            db.execute(f"insert into {table} by name select t.* replace ({other}) from {table} as t, range(1, {COPIES}) as copies(k)")
    drawn(MILLION).write_csv(folder / "purchases.csv")


def hazard_fit(folder: Path) -> Callable[[], Any]:
    """The model of leaving, as of the last month end."""
    book = analyst(Warehouse(folder / "million.duckdb"))

    def run() -> dict[str, Any]:
        model = churn.fit(book, AS_OF)
        (folder / "hazard.json").write_text(model.dumps(), encoding="utf-8")
        return {"rows": model.rows, "events": model.events}

    return run


def hazard_predict(folder: Path) -> Callable[[], Any]:
    """Chances and annuities of everybody active on that day."""
    book, model = analyst(Warehouse(folder / "million.duckdb")), Hazard.loads((folder / "hazard.json").read_text(encoding="utf-8"))
    return lambda: {"customers": churn.predict(book, model, AS_OF).height}


def quadrants(folder: Path) -> Callable[[], Any]:
    """Everybody of one month end in the four quadrants."""
    book = analyst(Warehouse(folder / "million.duckdb"))

    def run() -> dict[str, Any]:
        placed = segments.positions_on(book, [AS_OF])
        with book.reading() as session:
            found = segments.edges(placed, settings.in_force(session))
        return {"customers": placed.height, "placed": found.placed}

    return run


def clusters(folder: Path) -> Callable[[], Any]:
    """The clusters, with their stability."""
    book = analyst(Warehouse(folder / "million.duckdb"))
    return lambda: {"customers": segments.cluster_customers(book, AS_OF).frame.height}


def bg(folder: Path) -> Callable[[], Any]:
    """BG/NBD, grouping included."""
    counts = pl.read_csv(folder / "purchases.csv")

    def run() -> dict[str, Any]:
        model = bg_nbd.fit(counts)
        return {"found": [model.r, model.alpha, model.a, model.b], "groups": model.groups}

    return run


PARTS = {"hazard_fit": hazard_fit, "hazard_predict": hazard_predict, "quadrants": quadrants, "clusters": clusters, "bg": bg}


def once(part: str, folder: Path) -> dict[str, Any]:
    """One part, here: seconds by the wall and by the processor, peak memory in MB."""
    ready = PARTS[part](folder)
    wall, cpu = time.perf_counter(), time.process_time()
    told = ready()
    took = time.perf_counter() - wall, time.process_time() - cpu
    return told | {"seconds": took, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def apart(*command: str, **environment: str) -> dict[str, Any]:
    """What a process of its own prints as JSON."""
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[1:4])} failed:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def rival(folder: Path) -> str:
    """The interpreter of an environment of its own with `lifetimes`."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "rival")], check=True)
    python = str(folder / "rival" / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *RIVAL], check=True, stderr=subprocess.DEVNULL
    )
    return python


def against(folder: Path) -> None:
    """Ours and theirs, turn by turn; prints the ratio of each pair and both sets of parameters."""
    python = rival(folder)
    pairs = [
        (apart(sys.executable, "-m", "tests.bench.value", "bg", str(folder)), apart(python, "-c", THEIRS, str(folder / "purchases.csv")))
        for _ in range(ROUNDS)
    ]
    for kind, place in (("wall", 0), ("processor", 1)):
        ratios = [theirs["seconds"][place] / own["seconds"][place] for own, theirs in pairs]
        seconds = [statistics.median(side["seconds"][place] for side in sides) for sides in zip(*pairs, strict=True)]
        said = ", ".join(f"{ratio:.1f}" for ratio in ratios)
        print(f"BG/NBD by the {kind}: ours {seconds[0]:.2f} s, lifetimes {seconds[1]:.2f} s, {said} times as fast (at least {LEAST_RATIO})")
    own, theirs = pairs[0][0]["found"], pairs[0][1]["found"]
    same = all(abs(a - b) < 5e-4 * max(1, abs(b)) for a, b in zip(own, theirs, strict=True))
    print(f"parameters r, alpha, a, b: ours {_said(own)}, lifetimes {_said(theirs)}: {'equal' if same else 'NOT EQUAL'} to 3 decimals")


def _said(found: list[float]) -> str:
    return " ".join(f"{value:.4f}" for value in found)


def main() -> None:
    """Prints every part's seconds and peak memory, then the race."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        apart(sys.executable, "-c", f"from tests.bench import value; from pathlib import Path; value.build(Path('{name}')); print('{{}}')")
        for part in PARTS:
            told = apart(sys.executable, "-m", "tests.bench.value", part, name)
            seconds, mb = told.pop("seconds")[0], told.pop("mb")
            known = ", ".join(f"{key} {value:,}" for key, value in told.items() if key != "found")
            print(
                f"{part.replace('_', ' ')}: {seconds:.1f} s (at most {MOST_SECONDS}), {mb:,.0f} MB (at most {MOST_MB:,}); {known}",
                flush=True,
            )
        against(folder)


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(once(sys.argv[1], Path(sys.argv[2]))))
    else:
        main()
