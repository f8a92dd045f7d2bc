"""Tables of docs/method.md that are generated from the code."""

import re
from collections.abc import Callable
from pathlib import Path

from health import format as fmt
from health.desk.plays import PLAYS
from health.desk.worklist.urgent import TRIGGERS
from health.foresight.lifetime.assumptions import DEFAULT as ASSUMED
from health.foresight.lifetime.assumptions import FIELDS
from health.insight import method
from health.score.components import COMPONENTS
from health.score.settings import DEFAULT
from health.service_hours import AROUND_THE_CLOCK
from health.tables import TABLES, Column

PAGE = Path(__file__).parent.parent.parent / "docs" / "method.md"


def lines(*rows: tuple[str, ...]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def tables() -> str:
    """One row per table: its grain, its key and its columns with what they may hold."""
    declared = ((f"`{t.name}`", t.grain, ", ".join(t.key), ", ".join(map(_column, t.columns))) for t in TABLES.values())
    return lines(("table", "one row per", "key", "columns"), *declared)


def _column(column: Column) -> str:
    name = f"**{column.name}**" if column.required else column.name
    return f"{name} ({', '.join(column.allowed)})" if column.allowed else name


def parts() -> str:
    """One row per part of a component."""
    rows = []
    for component in COMPONENTS:
        for part, row in zip(component.parts, method.parts(component, DEFAULT.weights).iter_rows(named=True), strict=True):
            weight = f"{component.weight} %" if component.weight else "off"
            name = f"**{component.label}** (`{component.key}`), {weight}" if part is component.parts[0] else ""
            rows.append(
                (
                    name,
                    f"{row['part']} (`{part.key}`)",
                    f"{row['share']} %",
                    *(row[n] for n in ("formula", "worst", "best", "unknown_when")),
                )
            )
    return lines(("component, weight", "part", "share", "measure", "0 points", "100 points", "unknown"), *rows)


def settings() -> str:
    """One row per setting with its default."""
    days = {f"tier {tier}": days for tier, days in DEFAULT.cadence_days.items()} | {"no tier": DEFAULT.default_cadence_days}
    rows = [
        ("weights", ", ".join(f"{c.label.lower()} {DEFAULT.weights[c.key]}" for c in COMPONENTS if DEFAULT.weights[c.key])),
        ("at risk below", str(DEFAULT.at_risk_below)),
        ("healthy from", str(DEFAULT.healthy_from)),
        ("required coverage", f"{DEFAULT.coverage_least} %"),
        ("agreed days between contacts, E", ", ".join(f"{tier} {n}" for tier, n in days.items())),
        ("hours to answer a complaint, severity 1 to 4", ", ".join(map(str, DEFAULT.response_hours))),
        ("hours to solve it", ", ".join(map(str, DEFAULT.resolution_hours))),
        ("hours of service", DEFAULT.service_hours or AROUND_THE_CLOCK),
        ("holidays", ", ".join(DEFAULT.holidays) or "none"),
        ("time zone", DEFAULT.zone),
        ("cap on a late critical complaint", _switch(DEFAULT.cap_on_late_critical)),
        ("cap on an unpaid invoice", _switch(DEFAULT.cap_on_unpaid)),
        ("cap on broken promises", _switch(DEFAULT.cap_on_broken_promises)),
    ]
    return lines(("setting", "default"), *rows)


def _switch(on: bool) -> str:
    return "on" if on else "off"


def assumptions() -> str:
    """One row per assumption with its default."""
    rows = (
        (f"{one.metadata['label']} (`{one.name}`)", ASSUMED.text_of(one.name).replace(fmt.SPACE, " "), one.metadata["words"])
        for one in FIELDS
    )
    return lines(("assumption", "default", "meaning"), *rows)


def urgent() -> str:
    """One row per trigger of the urgent lane, in its order."""
    return lines(("trigger", "when"), *((f"`{key}`", words) for key, words in TRIGGERS.items()))


def plays() -> str:
    """One row per play, in the order in which they are suggested."""
    rows = ((one.name, one.when, one.owner, f"{one.share:.0%}".replace("%", " %") if one.share else "nobody") for one in PLAYS)
    return lines(("play", "trigger", "owner", "held out"), *rows)


MADE: dict[str, Callable[[], str]] = {
    "tables": tables, "parts": parts, "settings": settings, "assumptions": assumptions, "urgent": urgent, "plays": plays,
}  # fmt: skip


def between(text: str, mark: str) -> re.Match[str]:
    """The stretch of the page between two markers."""
    found = re.search(rf"(?<=<!-- {mark} -->\n).*?(?=<!-- /{mark} -->)", text, re.DOTALL)
    assert found, f"docs/method.md has lost its markers <!-- {mark} --> and <!-- /{mark} -->"
    return found


def write() -> None:
    """Write the tables between the page's markers."""
    text = PAGE.read_text(encoding="utf-8")
    for mark, made in MADE.items():
        place = between(text, mark)
        text = f"{text[: place.start()]}{made()}\n{text[place.end() :]}"
    PAGE.write_text(text, encoding="utf-8")
