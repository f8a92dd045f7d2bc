"""What lifelines finds in the two files of a folder; run by its own interpreter. Prints JSON."""

import json
import sys
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
from lifelines import CoxPHFitter, KaplanMeierFitter  # type: ignore[import-not-found]

folder = Path(sys.argv[1])
spells = pd.read_csv(folder / "spells.csv")
curve = KaplanMeierFitter().fit(spells.duration, spells.left, entry=spells.entry)
table = curve.survival_function_.join(curve.confidence_interval_)
months = pd.read_csv(folder / "months.csv")
cox = CoxPHFitter().fit(months, "stop", "left", entry_col="start")
found = {
    "times": list(table.index),
    "curve": table.values.tolist(),
    "effects": cox.params_.to_dict(),
    "errors": cox.standard_errors_.to_dict(),
}
print(json.dumps(found))
