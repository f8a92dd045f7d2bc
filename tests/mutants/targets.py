"""Which modules hold rules, and which tests are nearest to each: the files named first are the fastest."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Target:
    """A group of rule files (paths or globs below the root) and the test files that must notice a change in them."""

    group: str
    files: tuple[str, ...]
    tests: tuple[str, ...]

    def paths(self) -> Iterator[str]:
        """The files that exist, relative to the root, sorted; files without a rule yield no mutants."""
        found = {path.relative_to(ROOT).as_posix() for pattern in self.files for path in ROOT.glob(pattern)}
        yield from sorted(found)


_FACTS = ("tests/score/test_facts_boundaries.py", "tests/score/test_worked_examples.py")
_WEEK = (
    "tests/desk/test_week_boundaries.py",
    "tests/desk/test_worklist_urgent.py",
    "tests/desk/test_worklist_reasons.py",
    "tests/desk/test_worklist.py",
)
TARGETS: tuple[Target, ...] = (
    Target("score", ("health/score/compose.py",), ("tests/score/test_boundaries.py", "tests/score/test_compose.py")),
    Target("score", ("health/score/components/*.py",),
           ("tests/score/test_part_boundaries.py", "tests/score/test_components.py", "tests/score/test_declarations.py",
            "tests/desk/test_worklist_reasons.py")),
    Target("score", ("health/score/settings.py",), ("tests/score/test_settings_boundaries.py", "tests/score/test_settings.py")),
    Target("score", ("health/score/overrides.py",), ("tests/score/test_override_boundaries.py", "tests/score/test_overrides.py")),
    Target("score", ("health/score/bridge/arithmetic.py",), ("tests/score/test_bridge_arithmetic.py",)),
    Target("access", ("health/access.py", "health/warehouse/sql/queries/own_customers.sql"),
           ("tests/test_access_boundaries.py", "tests/test_access.py", "tests/desk/test_worklist_actions.py")),
    Target("week", ("health/desk/worklist/snoozed.py", "health/desk/worklist/actions.py"),
           ("tests/desk/test_snooze_boundaries.py", "tests/desk/test_worklist_actions.py")),
    Target("week", tuple(f"health/desk/worklist/{name}.py" for name in (
        "capacity", "event_reasons", "inputs", "next_action", "reason_schema", "reasons", "urgent", "value_at_stake", "week"))
        + ("health/score/wording.py",), _WEEK),
    Target("week", ("health/month_ends.py",),
           ("tests/test_month_ends.py", "tests/desk/test_week_boundaries.py", "tests/desk/test_worklist_urgent.py")),
    Target("deadlines", ("health/desk/handover.py", "health/warehouse/sql/queries/handovers.sql"),
           ("tests/desk/test_handover_boundaries.py", "tests/desk/test_handover.py", "tests/desk/test_handovers.py")),
    Target("deadlines", ("health/insight/client/complaint_sla.py",),
           ("tests/insight/test_complaint_boundaries.py", "tests/insight/test_complaint_sla.py")),
    Target("deadlines", ("health/warehouse/sql/queries/complaints_known.sql", "health/warehouse/sql/queries/poor_answers.sql",
                         "health/warehouse/sql/facts/complaint_clocks.sql"),
           ("tests/insight/test_complaint_boundaries.py", "tests/desk/test_worklist_urgent.py", "tests/score/test_facts_boundaries.py")),
    Target("deadlines", ("health/warehouse/sql/staging/*.sql",),
           ("tests/score/test_facts_boundaries.py", "tests/warehouse/test_staging.py", "tests/insight/test_complaint_boundaries.py",
            "tests/desk/test_worklist_urgent.py", "tests/desk/test_diary.py")),
    Target("warning", ("health/foresight/backtest/warning.py", "health/foresight/backtest/warning_curve.py",
                       "health/foresight/backtest/predicted_churn.py"),
           ("tests/foresight/test_warning.py", "tests/foresight/test_warning_losses.py", "tests/foresight/test_predicted_churn.py")),
    Target("warning", ("health/desk/worklist/detection_lag.py", "health/warehouse/sql/queries/human_acts.sql",
                       "health/warehouse/sql/queries/renewals_without_contact.sql"),
           ("tests/desk/test_detection_lag.py",)),
    Target("facts", ("health/warehouse/sql/facts/*.sql",), _FACTS),
)  # fmt: skip
