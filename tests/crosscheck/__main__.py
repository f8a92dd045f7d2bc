"""Kaplan-Meier and the effects on leaving by lifelines, in an environment of its own, against ours; exit 1 where they differ.

Of a demo company: curves with late entry and censoring, to nine digits, with their intervals; and our logistic hazard on one row a month
ahead against Cox's regression on the same rows with tenure as its clock: the same signs, and effects within two standard errors or a tenth.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from health.demo import generate
from health.foresight.backtest import spells
from health.foresight.churn import training
from health.foresight.survival import kaplan_meier
from health.score.components import DAYS_A_MONTH
from health.warehouse import Session
from tests.books import warehouse_of

CUSTOMERS, MONTHS, SEED = 2000, 36, 7
AS_OF = date(2026, 10, 31)
EFFECTS = ("contact", "complaints", "price", "window", "rolling")
SEASON = ("month_sine", "month_cosine")
NEAR, TENTH, ERRORS = 1e-9, 0.1, 2.0


def curves(session: Session, folder: Path) -> pl.DataFrame:
    """Our curve; leaves the spells behind in spells.csv."""
    lives = spells.observed_spells(session, AS_OF).select("entry", "duration", "left")
    lives.with_columns(pl.col("left").cast(pl.Int8), pl.col("entry").clip(0)).write_csv(folder / "spells.csv")
    return kaplan_meier.kaplan_meier(lives["entry"].to_numpy(), lives["duration"].to_numpy(), lives["left"].to_numpy())


def effects(session: Session, folder: Path) -> dict[str, float]:
    """Our effects, in log odds a unit; leaves the rows they were learned from behind in months.csv."""
    rows = training.training_rows(session, AS_OF)
    first = rows.lead == 1
    ahead = replace(rows, landmark=rows.landmark[first], customer=rows.customer[first], lead=rows.lead[first], left=rows.left[first])
    columns = dict(zip(ahead.features, ahead.matrix.T, strict=True))
    start = (ahead.landmarks.tenure_days[ahead.landmark] // DAYS_A_MONTH).astype(int)
    told = {"start": start, "stop": start + 1, "left": ahead.left.astype(int)}
    pl.DataFrame(told | {name: columns[name] for name in (*EFFECTS, *SEASON)}).write_csv(folder / "months.csv")
    return training.fit_hazard(ahead, AS_OF).slopes


def theirs(folder: Path) -> dict[str, Any]:
    """What lifelines finds in the same files."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "rival")], check=True)
    python, wanted = str(folder / "rival" / "bin" / "python"), str(Path(__file__).with_name("requirements.txt"))
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    done = subprocess.run([python, "-W", "ignore", str(Path(__file__).with_name("theirs.py")), str(folder)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def faults(curve: pl.DataFrame, slopes: dict[str, float], found: dict[str, Any]) -> list[str]:
    """Prints both sides; what differs."""
    wrong = []
    at = np.searchsorted(np.array(found["times"]), curve["time"].to_numpy(), side="right") - 1
    there = np.array(found["curve"], dtype=float)[at]
    ours = curve.select("stays", "low", "high").to_numpy()
    inside = np.isfinite(ours).all(axis=1) & np.isfinite(there).all(axis=1)
    off = np.abs(ours - there)[inside].max()
    print(f"Kaplan-Meier: {curve.height - 1} ends, stays to the last {curve['stays'][-1]:.4f}; largest difference {off:.1e}")
    wrong += ["Kaplan-Meier or its interval"] if off > NEAR or not inside[1:].any() else []
    for name in EFFECTS:
        own, their, error = slopes[name], found["effects"][name], found["errors"][name]
        print(f"{name:10}  ours {own:+.4f} (log odds)  Cox {their:+.4f} (log hazard), standard error {error:.4f}")
        clear = abs(their) > ERRORS * error
        same = not clear or own * their > 0
        wrong += [] if same and abs(own - their) <= max(ERRORS * error, TENTH * abs(their)) else [f"the effect of {name}"]
    return wrong


def main() -> None:
    """Both sides, and the verdict."""
    company = warehouse_of(generate(CUSTOMERS, MONTHS, SEED).tables)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with company.reading() as session:
            curve, slopes = curves(session, folder), effects(session, folder)
        wrong = faults(curve, slopes, theirs(folder))
    print("Not the same: " + "; ".join(wrong) if wrong else "lifelines agrees.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
