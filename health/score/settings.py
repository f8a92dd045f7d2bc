"""Settings of the book as immutable versions: weights, band edges, cadences, deadlines, hours of service, knock-out rules, time zone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from health import currency
from health.errors import InvalidInput
from health.score.components import COMPONENTS
from health.score.knock_outs import KNOCK_OUTS
from health.score.versioning import VersionTable
from health.service_hours import AROUND_THE_CLOCK, parse_holidays, parse_hours
from health.tables import TABLES
from health.warehouse import Session, zone
from health.warehouse.facts import Terms

KEYS = tuple(c.key for c in COMPONENTS)
TIERS = TABLES["customers"].column("tier").allowed
SEVERITIES = 4
TABLES_WITH_MONEY = tuple(t.name for t in TABLES.values() if any(c.type in ("money", "rate") for c in t.columns))


@dataclass(frozen=True)
class Settings:
    """One version. Weights are whole numbers that sum to 100; band edges are points of health; days and hours as named.

    `segment_weights`: by segment, used instead of `weights` for its customers. Components not listed have weight 0. `service_hours`: as in
    `service_hours.parse_hours`, blank is around the clock; `holidays`: days without service, in ISO format. `zone`: of the book's times.
    `currency`: of all amounts without a currency of their own; it changes only while no amount is on file (`choose_currency`).
    """

    version: int = 1
    weights: dict[str, int] = field(default_factory=lambda: {c.key: c.weight for c in COMPONENTS})
    at_risk_below: int = 50
    healthy_from: int = 65
    coverage_least: int = 60
    cadence_days: dict[str, int] = field(default_factory=lambda: {"A": 30, "B": 45, "C": 90})
    default_cadence_days: int = 45
    response_hours: tuple[int, ...] = (24, 16, 8, 4)
    resolution_hours: tuple[int, ...] = (240, 120, 72, 48)
    cap_on_late_critical: bool = True
    cap_on_unpaid: bool = True
    cap_on_broken_promises: bool = False
    segment_weights: dict[str, dict[str, int]] = field(default_factory=dict)
    service_hours: str = ""
    holidays: tuple[str, ...] = ()
    zone: str = "UTC"
    currency: str = currency.DEFAULT

    def __post_init__(self) -> None:
        weights = _all_weights(self.weights, "Weights")
        of_segments = {s: _all_weights(w, f"Weights of the segment {s}") for s, w in sorted(self.segment_weights.items())}
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "segment_weights", of_segments)
        if not currency.is_code(self.currency):
            raise InvalidInput(f"'{str(self.currency)[:20]}' is not a currency code; use three capital letters, such as EUR or USD.")
        edges = (self.at_risk_below, self.healthy_from)
        if not all(map(_whole, edges)) or not 0 < edges[0] < edges[1] <= 100:
            raise InvalidInput("Band limits must be whole numbers in ascending order: 0 < at risk below < healthy from <= 100.")
        if not _whole(self.coverage_least) or not 0 <= self.coverage_least <= 100:
            raise InvalidInput("The minimum coverage must be a whole number from 0 to 100.")
        if set(self.cadence_days) != set(TIERS):
            raise InvalidInput(f"Give the agreed days between contacts for exactly these tiers: {', '.join(TIERS)}.")
        if not all(_whole(days) and 1 <= days <= 3650 for days in (*self.cadence_days.values(), self.default_cadence_days)):
            raise InvalidInput("Agreed days between contacts must be whole numbers from 1 to 3650.")
        for hours in (self.response_hours, self.resolution_hours):
            if len(hours) != SEVERITIES or not all(_whole(h) and 1 <= h <= 8760 for h in hours):
                raise InvalidInput("Hours to response and to resolution must be four whole numbers from 1 to 8760, by severity 1 to 4.")
        parse_hours(self.service_hours)
        object.__setattr__(self, "holidays", tuple(f"{day}" for day in parse_holidays(" ".join(self.holidays))))
        zone.check(self.zone)

    @property
    def terms(self) -> Terms:
        """The settings that the facts depend on."""
        service = parse_hours(self.service_hours)
        holidays = parse_holidays(" ".join(self.holidays)) if service else ()  # around the clock means every day
        deadlines = (self.response_hours, self.resolution_hours, service, holidays)
        return Terms(self.cadence_days, self.default_cadence_days, *deadlines, self.zone)

    def weights_of(self, segment: str | None) -> dict[str, int]:
        """The weights of a customer of that segment."""
        return self.segment_weights.get(segment or "", self.weights)

    def weighs(self, key: str) -> bool:
        """Whether a component has weight, in at least one segment."""
        return any(weights[key] for weights in (self.weights, *self.segment_weights.values()))


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _all_weights(weights: Mapping[str, int], label: str) -> dict[str, int]:
    """Validated weights of all components in declared order; missing ones are 0. Raises InvalidInput."""
    if unknown := set(weights) - set(KEYS):
        raise InvalidInput(f"There is no component called {', '.join(sorted(unknown))}; the Method page lists all of them.")
    if not all(_whole(w) and w >= 0 for w in weights.values()):
        raise InvalidInput(f"{label} must be whole numbers of at least 0.")
    if sum(weights.values()) != 100:
        raise InvalidInput(f"{label} must be whole numbers that add up to 100; these add up to {sum(weights.values())}.")
    return {key: weights.get(key, 0) for key in KEYS}


def describe_changes(before: Settings, after: Settings) -> list[str]:
    """Differences as text, in a fixed order: 'Contact frequency 30 -> 25'; empty if none."""
    return [
        f"{label} {before_value} -> {after_value}"
        for label, before_value, after_value in _compared_values(before, after)
        if before_value != after_value
    ]


def _compared_values(before: Settings, after: Settings) -> Iterator[tuple[str, object, object]]:
    """(label, value before, value after) of every setting, in a fixed order."""
    yield from ((c.label, before.weights[c.key], after.weights[c.key]) for c in COMPONENTS)
    for segment in sorted({*before.segment_weights, *after.segment_weights}):
        yield (
            f"own weights of segment {segment}",
            _switch_words(segment in before.segment_weights),
            _switch_words(segment in after.segment_weights),
        )
        weights_before, weights_after = before.weights_of(segment), after.weights_of(segment)
        if segment in after.segment_weights:
            yield from ((f"{c.label} in segment {segment}", weights_before[c.key], weights_after[c.key]) for c in COMPONENTS)
    yield "at risk below", before.at_risk_below, after.at_risk_below
    yield "healthy from", before.healthy_from, after.healthy_from
    yield "minimum coverage", before.coverage_least, after.coverage_least
    yield from ((f"days between contacts, tier {t}", before.cadence_days[t], after.cadence_days[t]) for t in TIERS)
    yield "days between contacts, no tier", before.default_cadence_days, after.default_cadence_days
    yield from _by_severity("hours to first response", before.response_hours, after.response_hours)
    yield from _by_severity("hours to resolution", before.resolution_hours, after.resolution_hours)
    yield "hours of service", before.service_hours or AROUND_THE_CLOCK, after.service_hours or AROUND_THE_CLOCK
    yield "holidays", ", ".join(before.holidays) or "none", ", ".join(after.holidays) or "none"
    yield "time zone", before.zone, after.zone
    for rule in KNOCK_OUTS:
        yield rule.change, _switch_words(getattr(before, rule.setting)), _switch_words(getattr(after, rule.setting))
    yield "currency", before.currency, after.currency


def _by_severity(label: str, before: Sequence[int], after: Sequence[int]) -> Iterator[tuple[str, object, object]]:
    return (
        (f"{label}, severity {n}", hours_before, hours_after)
        for n, (hours_before, hours_after) in enumerate(zip(before, after, strict=True), 1)
    )


def _switch_words(switch: bool) -> str:
    return "on" if switch else "off"


DEFAULT = Settings()
_LEDGER = VersionTable("settings", DEFAULT, describe_changes)
in_force, version, versions = _LEDGER.in_force, _LEDGER.version, _LEDGER.versions


def save(session: Session, new_version: Settings, author: str, reason: str, now: datetime) -> Settings:
    """Add a version, as `VersionTable.save`; where it has another time zone, stored instants are read in that zone from now on.

    Call `history.refresh(session, ())` after it in the same transaction, so that no page shows new settings with old scores.
    """
    earlier_zone = in_force(session).zone
    saved = _LEDGER.save(session, new_version, author, reason, now)
    if saved.zone != earlier_zone:
        zone.move_instants(session, saved.zone)
    return saved


def choose_currency(session: Session, code: str, author: str, now: datetime) -> Settings:
    """Save a version with another currency of the book. Raises InvalidInput once amounts are on file, which would keep their figures."""
    present = in_force(session)
    if code == present.currency:
        raise InvalidInput(f"Your currency is {code} already.")
    if with_amounts := [name for name in TABLES_WITH_MONEY if session.count(name)]:
        raise InvalidInput(
            f"The currency stays {present.currency}: amounts are on file in {', '.join(with_amounts)}. Undo those loads first, or load "
            f"amounts in {code} with their currency and exchange rates."
        )
    return save(session, replace(present, currency=code), author, f"amounts are in {code}", now)
