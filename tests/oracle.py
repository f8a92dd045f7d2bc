"""The method's sections 1 to 4 once more, naively: one customer and one day at a time, plain loops, whole numbers and fractions.

It shares nothing with the product but the text it was written from, so an equal answer of both is evidence. Money is in cents, points are
hundredths inside and Decimal outside, days are dates, None is unknown. Rows are dicts by column name; a blank is None.
"""

import csv
from bisect import bisect_right
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import floor
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Facts = dict[str, Any]

WEIGHTS = {"contact": 30, "complaints": 30, "price": 20, "tenure": 20}
OFF = ("satisfaction", "payment", "usage", "depth", "expectations")
CADENCE_DAYS = {"A": 30, "B": 45, "C": 90}
NO_TIER_DAYS = 45
GRACE = timedelta(days=30)
HALF_YEAR, YEAR = timedelta(days=180), timedelta(days=365)
ANSWER_HOURS = {1: 24, 2: 16, 3: 8, 4: 4}
SOLUTION_HOURS = {1: 240, 2: 120, 3: 72, 4: 48}
FADE_PERCENT = ((730, 0), (540, 12), (365, 26), (270, 36), (180, 50), (120, 64), (60, 80), (0, 100))
NEVER = date(9000, 1, 1)

EVENTS = {
    "customers": ["customer_since"],
    "contacts": ["active_from"],
    "contracts": ["start_on", "signed_on", "notice_on"],
    "interactions": ["occurred_at"],
    "complaints": ["opened_at", "first_response_at", "resolved_at", "reopened_at"],
    "surveys": ["asked_on", "answered_on"],
    "invoices": ["issued_on", "paid_on"],
    "promises": ["promised_on", "delivered_at"],
    "diary": ["created_on", "cancelled_on"],
    "exits": ["announced_on", "interviewed_on"],
    "referrals": ["made_on", "won_on"],
    "opportunities": ["opened_on", "closed_on"],
    "usage": ["month"],
}
SCORED = ("interactions", "diary", "complaints", "contracts")
"""The dated tables that the components with weight read."""
STARTS = {"customer_since", "start_on", "signed_on"}


class Line(NamedTuple):
    """A line of a contract as it is known on one day; `end` is NEVER while nothing ends it."""

    start: date
    id: str
    end: date
    agreed: date | None
    notice: date | None
    terminated: bool
    product: str
    quantity: int
    price: int
    paused: date | None
    notice_by: date | None


class Spell(NamedTuple):
    """A customer's unbroken time: what is known of its end, the reason of the exit that ended it, and its lines as the exit left them."""

    start: date
    lost_on: date
    decided_on: date
    known_on: date
    reason: str | None
    lines: tuple[Line, ...] = ()


class Contact(NamedTuple):
    """A contact reduced to what it adds to the facts; touch in tenths."""

    at: datetime
    touch: int
    attempts: int
    answered: int
    two_way: bool
    ours: bool
    person: str | None

    @property
    def day(self) -> date:
        return self.at.date()


def as_day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def cents(money: Any) -> int:
    return int((Decimal(str(money)) * 100).to_integral_value(ROUND_HALF_UP))


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def later_by(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return min(first.replace(day=min(day.day, month_end(first).day)), month_end(first))


def middle(values: list[int]) -> int | None:
    """The lower median, always one of the values."""
    return sorted(values)[(len(values) + 1) // 2 - 1] if values else None


def grouped(rows: list[Row], *order: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: tuple(row[name] for name in order)):
        groups.setdefault(row["customer_id"], []).append(row)
    return groups


# ---- components -----------------------------------------------------------------------------------------------------


exactly = cache(Fraction)
"""A number of the method's text, read once."""


def ramp(x: Fraction | int, worst: str, best: str) -> Fraction:
    low, high = exactly(worst), exactly(best)
    return 100 * min(max((x - low) / (high - low), Fraction(0)), Fraction(1))


def hundredths(x: Fraction | float) -> int:
    return floor(100 * x + Fraction(1, 2)) if isinstance(x, Fraction) else floor(100 * x + 0.5)


def blend(parts: list[tuple[int, Any]]) -> int | None:
    """Points in hundredths: the mean by share of the parts that are known."""
    known = [(share, value) for share, value in parts if value is not None]
    if not known:
        return None
    return hundredths(sum(share * value for share, value in known) / sum(share for share, _ in known))


def contact_points(facts: Facts, tenure_days: int | None) -> int | None:
    if facts["touch_180"] is None:
        return None
    each, since = facts["cadence"], facts["days_since"]
    window = 180 if tenure_days is None else min(180, max(tenure_days, 30))
    usual = facts["gaps"] >= 4 and since is not None
    return blend(
        [
            (40, None if since is None else ramp(Fraction(since, each), "3", "1")),
            (25, ramp(Fraction(facts["touch_180"], 10) / Fraction(window, each), "0.2", "1")),
            (15, ramp(Fraction(since, max(facts["rhythm"], 7)), "4", "1.5") if usual else None),
            (10, ramp(Fraction(facts["kept_diary_180"] + 1, facts["due_180"] + 1), "0.3", "0.9") if facts["due_180"] else None),
            (10, ramp(Fraction(facts["answered_180"], facts["attempts_180"]), "0.2", "0.8") if facts["attempts_180"] >= 3 else None),
        ]
    )


def complaints_points(facts: Facts) -> int | None:
    if facts["burden"] is None:
        return None
    kept, broken = facts["kept_365"], facts["broken_365"]
    burden = 100 * 2.0 ** (-(facts["burden"] / 100 + facts["repeats_365"]) / 4)
    return blend([(70, burden), (30, float(ramp(Fraction(kept + 2, kept + broken + 2), "0.4", "0.95")) if kept + broken else None)])


def price_gap(facts: Facts) -> Fraction | None:
    """Share by which the benchmarked lines cost more than the market; unknown when too little is benchmarked or by too old a price."""
    if not facts["market"] or 2 * facts["benchmarked"] < facts["billed"] or facts["benchmark_age"] > 12:
        return None
    return Fraction(facts["benchmarked"] - facts["market"], facts["market"])


def price_points(facts: Facts) -> int | None:
    gap = price_gap(facts)
    return None if gap is None else hundredths(ramp(gap, "0.20", "-0.02"))


def tenure_points(facts: Facts, has_line: bool) -> int | None:
    months, days = facts["months"], facts["days_to_end"]
    commitment = None if not has_line else 25.0 if days is None else float(ramp(days, "0", "270"))
    return blend([(60, None if months is None else 100 * (1 - 2.0 ** (-max(months, 0) / 24))), (40, commitment)])


def satisfaction_points(facts: Facts) -> int | None:
    return blend([(100, ramp(Fraction(sum(facts["answers"]), 10_000 * len(facts["answers"])), "3", "9") if facts["answers"] else None)])


def payment_points(facts: Facts) -> int | None:
    owed, bills, late = facts["overdue"], 3 * (facts["mrr"] or 0), facts["late_days"]
    share = None if owed is None else Fraction(owed, bills) if bills else Fraction(owed > 0)
    return blend(
        [
            (60, None if share is None else ramp(share, "1", "0")),
            (40, ramp(Fraction(sum(late), len(late)), "30", "0") if late else None),
        ]
    )


def usage_points(facts: Facts) -> int | None:
    now, before, licensed = facts["used_by_month"], facts["used_by_month_before"], facts["licensed"]
    level = Fraction(facts["licensed_used"]) / Fraction(licensed) if licensed else None
    change = None
    if now and sum(before.values()) > 0:
        change = Fraction(sum(now.values())) / len(now) / (Fraction(sum(before.values())) / len(before)) - 1
    return blend([(60, None if level is None else ramp(level, "0.4", "0.9")), (40, None if change is None else ramp(change, "-0.4", "0"))])


def depth_points(facts: Facts) -> int | None:
    if facts["people"] is None:
        return None
    details, voices = facts["details"], facts["voices"]
    return blend(
        [
            (40, ramp(facts["people"], "0", "3")),
            (30, ramp(Fraction(sum(details), max(len(details), 1)), "0.4", "1")),
            (15, None if voices is None else 100 * (voices >= 2)),
            (15, None if facts["referrals"] is None else 100 * (facts["referrals"] >= 1)),
        ]
    )


def expectations_points(facts: Facts) -> int | None:
    kept, due = facts["promises_kept"], facts["promises_due"]
    return blend([(100, ramp(Fraction(kept + 2, due + 2), "0.5", "1") if due else None)])


# ---- composite ------------------------------------------------------------------------------------------------------


def composite(points: dict[str, int | None]) -> Row:
    """Health, its interval and its coverage, in hundredths."""
    points = {name: value for name, value in points.items() if name in WEIGHTS}
    known = sum(WEIGHTS[name] for name, value in points.items() if value is not None)
    total = sum(WEIGHTS[name] for name in points)

    def mean(unknown: int, weight: int) -> int:
        return (2 * sum(WEIGHTS[name] * (unknown if value is None else value) for name, value in points.items()) + weight) // (2 * weight)

    health = None
    if known:
        health = (2 * sum(WEIGHTS[name] * value for name, value in points.items() if value is not None) + known) // (2 * known)
    return {"health": health, "low": mean(0, total), "high": mean(10000, total), "coverage": hundredths(Fraction(100 * known, total))}


def band_of(health: int, capped: bool) -> str:
    return "at_risk" if health < 5000 else "healthy" if health >= 6500 and not capped else "watch"


def verdict(score: Row, status: str, capped: bool) -> tuple[str, bool | None]:
    """The band and whether it is firm; firm is None where there is no band to be sure of."""
    if status == "leaving":
        return "leaving", None
    if score["coverage"] < 6000:
        return "unknown", None
    bands = [band_of(score[name], capped) for name in ("health", "low", "high")]
    return bands[0], len(set(bands)) == 1


# ---- the book -------------------------------------------------------------------------------------------------------


class Oracle:
    """Scores one customer on one day from the rows of a book, reading only what was known by the end of that day.

    `through`: by table, the day up to which it is complete, without a limit where it is missing; `by_hand`: by table, the ids of the rows
    entered by hand, each of which shows the customer up to its days; `service`: the hours of each weekday (0 is Monday), None: around the
    clock.
    """

    def __init__(
        self, tables: dict[str, list[Row]], through: dict[str, date] | None = None, by_hand: dict[str, set[str]] | None = None,
        zone: str = "UTC", service: dict[int, list[tuple[time, time]]] | None = None, holidays: frozenset[date] = frozenset(),
    ) -> None:  # fmt: skip
        self.tables, self.through = tables, through or {}
        self.zone, self.service, self.holidays = ZoneInfo(zone), service, holidays
        self.hand_days: dict[tuple[str, str], list[date]] = {}
        for name, ids in (by_hand or {}).items():
            for row in tables[name]:
                if next(iter(row.values())) in ids:
                    days = [as_day(row[column]) for column in EVENTS[name] if row.get(column) is not None]
                    self.hand_days.setdefault((row["customer_id"], name), []).extend(days)
        rows = {name: tables.get(name, []) for name in EVENTS}
        self.customers = {row["customer_id"]: row for row in rows["customers"]}
        self.contracts = grouped(rows["contracts"], "start_on", "contract_id")
        self.exits = grouped(rows["exits"], "announced_on")
        self.complaints = grouped(rows["complaints"], "opened_at", "complaint_id")
        counting = [row for row in rows["invoices"] if row.get("status") not in ("void", "draft")]
        self.invoices = grouped(counting, "issued_on", "invoice_id")
        self.extract_on = max((row["issued_on"] for row in rows["invoices"]), default=NEVER)
        self.promises = grouped(rows["promises"], "promised_on", "promise_id")
        contacts = grouped(rows["interactions"], "occurred_at", "interaction_id")
        self.contacts = {key: [self._contact(row) for row in group] for key, group in contacts.items()}
        self.contact_days = {key: [contact.day for contact in group] for key, group in self.contacts.items()}
        self.two_way = {key: sorted({contact.day for contact in group if contact.two_way}) for key, group in self.contacts.items()}
        self.diary = {key: self._due(key, group) for key, group in grouped(rows["diary"], "planned_on", "diary_id").items()}
        self.surveys, self.usage, self.people, self.referrals = (grouped(rows[n]) for n in ("surveys", "usage", "contacts", "referrals"))
        self.first_person = min((row.get("active_from") or date.min for row in rows["contacts"]), default=NEVER)
        self.first_referral = min((row["made_on"] for row in rows["referrals"]), default=NEVER)
        self.first_contact = min((as_day(row["occurred_at"]) for row in rows["interactions"]), default=NEVER)
        self.first_complaint = min((as_day(row["opened_at"]) for row in rows["complaints"]), default=NEVER)
        self.market: dict[tuple[str, str | None], list[Row]] = {}
        for row in sorted(tables.get("market_prices", []), key=lambda row: row["source"] or ""):
            self.market.setdefault((row["product"], row.get("region")), []).append(row)
        self.rates: dict[str, list[tuple[date, Fraction]]] = {}
        for row in tables.get("rates", []):
            self.rates.setdefault(row["currency"], []).append((row["day"], Fraction(row["rate"])))
        self.benchmarks: dict[tuple[str, str | None, date], tuple[int, int] | None] = {}
        self._last: tuple[tuple[str, date] | None, list[Spell]] = (None, [])

    def converted(self, money: Any, row: Row, day: date) -> int:
        """An amount of a row in cents of the book's currency, at the last exchange rate by the day; halves away from zero."""
        if row.get("currency") is None:
            return cents(money)
        _, rate = max(known for known in self.rates[row["currency"]] if known[0] <= day)
        exact = cents(money) * rate
        return floor(exact + Fraction(1, 2)) if exact >= 0 else -floor(-exact + Fraction(1, 2))

    def _billed(self, row: Row) -> int:
        return self.converted(row["amount"], row, row["issued_on"])

    @staticmethod
    def _contact(row: Row) -> Contact:
        automated = row.get("automated")
        human = not (row["channel"] == "newsletter" if automated is None else automated)
        outcome, way, channel = row.get("outcome") or "unknown", row["direction"], row["channel"]
        took_part = way in ("in", "both") or outcome == "reached" or (channel in ("visit", "video") and outcome != "no_reply")
        attempt = human and way in ("out", "both") and outcome in ("reached", "no_reply")
        touch = 0 if row.get("purpose") == "complaint" else 1 if not human else 10 if took_part else 3
        return Contact(
            row["occurred_at"], touch, attempt, attempt and outcome == "reached", human and took_part, human and way in ("out", "both"),
            row.get("contact_id"),
        )  # fmt: skip

    def _due(self, customer: str, rows: list[Row]) -> list[tuple[date, date, bool]]:
        """(due day, day known, kept) of the planned contacts that were not called off by their due day."""
        found = []
        for row in rows:
            planned, due = row["planned_on"], row["planned_on"] + timedelta(days=3)
            if row.get("cancelled_on") is None or row["cancelled_on"] > due:
                kept = any(planned - timedelta(days=7) <= day <= due for day in self.two_way.get(customer, ()))
                found.append((due, row.get("created_on") or due, kept))
        return found

    # ---- status -----------------------------------------------------------------------------------------------------

    def _signed(self, customer: str, as_of: date) -> list[Line]:
        """The lines known at the end of `as_of`, by start; one called off before it begins never was, and a trial is none."""
        found = []
        for row in self.contracts.get(customer, ()):
            if (row.get("signed_on") or row["start_on"]) > as_of or row.get("trial"):
                continue
            agreed, ended, notice = row.get("end_on"), row.get("terminated_on"), row.get("notice_on")
            if ended is not None and (notice or ended) > as_of:
                ended = None
            if notice is not None and notice > as_of:
                notice = None
            if notice is not None and agreed is None and ended is None:
                days = row.get("notice_days")
                ended = notice + timedelta(days=30 if days is None else days)
            period = 30 if row.get("notice_days") is None else row["notice_days"]
            renews = agreed is not None and row.get("renews_months") is not None
            if renews:
                agreed = self._renewed(row, as_of, notice)
            end = ended if renews and ended is not None else min(agreed or NEVER, ended or NEVER)
            begun, over = row.get("paused_from"), row.get("paused_until") or NEVER
            if end >= row["start_on"] and begun is not None and begun > end and begun - timedelta(days=1) <= as_of:
                end, notice, ended = over, None, over
            paused = begun if begun is not None and begun <= as_of <= over else None
            quantity = 1 if row.get("quantity") is None else row["quantity"]
            if end >= row["start_on"]:
                known = (row["start_on"], row["contract_id"], end, agreed, notice, ended is not None)
                last_notice = agreed - timedelta(days=period) if agreed else None
                found.append(Line(*known, row["product"], quantity, self.converted(row["unit_price"], row, as_of), paused, last_notice))
        return found

    def _renewed(self, row: Row, as_of: date, notice: date | None) -> date:
        """The end of a line that renews itself: term by term, a day at a time, until somebody says that the customer leaves."""
        words = [
            exit["announced_on"] for exit in self.exits.get(row["customer_id"], ()) if row["start_on"] <= exit["announced_on"] <= as_of
        ]
        stop = min([as_of, *words, *([notice] if notice else [])])
        period = max(30 if row.get("notice_days") is None else row["notice_days"], 1)
        first: date = row["end_on"]
        end, terms = first, 0
        while end - timedelta(days=period) < stop:
            terms += 1
            month = first.month - 1 + terms * row["renews_months"]
            year, month = first.year + month // 12, month % 12 + 1
            end = date(year, month, min(first.day, monthrange(year, month)[1]))
        return end

    def spells(self, customer: str, as_of: date) -> list[Spell]:
        """The spells known at the end of `as_of`, signed but unbegun ones too, by start."""
        if self._last[0] != (customer, as_of):  # one day of one customer is asked for many times in a row
            self._last = (customer, as_of), self._spells(customer, as_of)
        return self._last[1]

    def _spells(self, customer: str, as_of: date) -> list[Spell]:
        lines, exits = self._signed(customer, as_of), [row for row in self.exits.get(customer, ()) if row["announced_on"] <= as_of]
        if not lines:
            return self._purchase_spells(customer, as_of, exits)
        found: list[Spell] = []
        while lines:
            count, end = 1, lines[0].end
            while count < len(lines) and lines[count].start <= end + GRACE:
                end = max(end, lines[count].end)
                count += 1
            following = lines[count].start if count < len(lines) else NEVER
            begun = lines[0].start if found else date.min
            word = next((row for row in exits if begun <= row["announced_on"] < following), None)
            found.append(self._spell(lines[:count], word))
            lines = lines[len(found[-1].lines) :]
        return found

    @staticmethod
    def _spell(lines: list[Line], word: Row | None) -> Spell:
        """One spell; an exit ends its lines, and those that begin after it are left to the next spell."""
        left = NEVER
        if word is not None:
            ahead = [line.end for line in lines if line.start <= word["announced_on"] <= line.end < NEVER]
            left = max(word.get("left_on") or max(ahead, default=word["announced_on"]), lines[0].start)
            lines = [line for line in lines if line.start <= left]
        last = max(lines, key=lambda line: (line.end, line.start, line.id))
        words = [day for day in (word["announced_on"] if word else None, last.notice) if day is not None]
        cut = tuple(line if line.end <= left else line._replace(end=left, terminated=True) for line in lines)
        lost_on = max(line.end for line in cut)
        reason = word["reason"] if word else None
        return Spell(lines[0].start, lost_on, min([*words, lost_on]), min([*words, lost_on + GRACE]), reason, cut)

    def lines(self, customer: str, as_of: date) -> list[Line]:
        """The lines known at the end of `as_of`, ended by the exits known then, by start."""
        return [line for spell in self.spells(customer, as_of) for line in spell.lines]

    def _purchase_spells(self, customer: str, as_of: date, exits: list[Row]) -> list[Spell]:
        """The last spell of a customer without contracts: it ends a limit after the last purchase, and the limit is the waiting."""
        seen = self.seen_to(customer, "invoices", as_of)
        bought = [row for row in self.invoices.get(customer, ()) if row["issued_on"] <= seen and row["amount"] > 0]
        days = sorted({row["issued_on"] for row in bought})
        if not days:
            return []
        usual = middle([(later - day).days for day, later in pairwise(days)]) or 0
        covered = [self._coverage(row)[1] for row in bought if row.get("period_to") and not row.get("one_off")]
        lost_on = max([days[-1], *covered]) + timedelta(days=max(180, 3 * usual))
        lost_on += as_of - seen if lost_on > seen else timedelta(0)
        for word in exits:
            left = word.get("left_on") or word["announced_on"]
            if days[-1] <= left:
                known_on = min(word["announced_on"], lost_on)
                return [Spell(days[0], min(lost_on, left), min(known_on, left), known_on, word["reason"])]
        return [Spell(days[0], lost_on, lost_on, lost_on, None)]

    def spell(self, customer: str, as_of: date) -> Spell | None:
        """The latest spell begun by the end of `as_of`, as known then."""
        begun = [spell for spell in self.spells(customer, as_of) if spell.start <= as_of]
        return begun[-1] if begun else None

    def status(self, customer: str, as_of: date) -> str:
        spell = self.spell(customer, as_of)
        if spell is None:
            trials = [row for row in self.contracts.get(customer, ()) if row.get("trial") and row["start_on"] <= as_of]
            return "trial" if any((row.get("signed_on") or as_of) <= as_of for row in trials) else "prospect"
        if spell.lost_on <= as_of:
            if spell.known_on > as_of:
                return "in grace"
            return "merged" if spell.reason == "merged" else "lost"
        if spell.known_on <= as_of:
            return "leaving"
        lines = self.lines(customer, as_of)
        in_force = [line for line in lines if line.start <= as_of <= line.end]
        if in_force and all(line.paused for line in in_force):
            return "paused"
        return "active" if not lines or in_force else "in grace"

    def seen_to(self, customer: str, table: str, as_of: date) -> date:
        """Up to which day the customer was seen in a table by the end of `as_of`: its clocks stand still after it."""
        entered = [day for day in self.hand_days.get((customer, table), ()) if day <= as_of]
        return min(as_of, max([self.through.get(table, NEVER), *entered]))

    # ---- facts ------------------------------------------------------------------------------------------------------

    def _contact_facts(self, customer: str, as_of: date, start: date | None) -> Facts:
        names = ("days_since", "touch_180", "attempts_180", "answered_180", "rhythm", "gaps", "due_180", "kept_diary_180")
        seen, planned = self.seen_to(customer, "interactions", as_of), self.seen_to(customer, "diary", as_of)
        seen_plans, begins = min(seen, planned), min(start or as_of, as_of)
        if self.first_contact > seen:
            return dict.fromkeys(names)
        two_way = self.two_way.get(customer, [])
        two_way = two_way[: bisect_right(two_way, seen)]
        last = two_way[-1] if two_way else start and max(start, self.first_contact)
        now, as_of = (seen if two_way else max(seen, begins)), seen
        days = self.contact_days.get(customer, [])
        window = self.contacts.get(customer, [])[bisect_right(days, as_of - HALF_YEAR) : bisect_right(days, as_of)]
        gaps = [(later - day).days for day, later in pairwise(two_way)][-8:]
        due = [
            kept for day, known, kept in self.diary.get(customer, ()) if seen_plans - HALF_YEAR < day <= seen_plans and known <= seen_plans
        ]
        values = (
            (now - last).days if last else None,
            sum(contact.touch for contact in window),
            sum(contact.attempts for contact in window),
            sum(contact.answered for contact in window),
            middle(gaps),
            len(gaps),
            len(due),
            sum(due),
        )
        return dict(zip(names, values, strict=True))

    def _complaint_facts(self, customer: str, as_of: date) -> Facts:
        names = ("burden", "open", "repeats_365", "broken_365", "kept_365", "critical_late")
        as_of = self.seen_to(customer, "complaints", as_of)
        if self.first_complaint > as_of:
            return dict.fromkeys(names[:-1]) | {"critical_late": False}
        facts: Facts = dict.fromkeys(names, 0) | {"critical_late": False}
        earlier: list[tuple[date, str]] = []
        for row in self.complaints.get(customer, ()):
            opened_at = row["opened_at"]
            opened, severity, theme = opened_at.date(), row.get("severity") or 2, row.get("theme") or "unsorted"
            if opened > as_of:
                break
            solved, answered = self._ends(row, as_of)
            broken, start = 0, self.instant(row, "opened_at")
            for given, hours in ((answered, ANSWER_HOURS), (solved, SOLUTION_HOURS)):
                if given is not None and self.instant(row, given) < start:
                    continue  # dated before the complaint: nobody knows how long it took
                due = self.due(start, timedelta(hours=hours[severity]))
                due_on = due.replace(tzinfo=ZoneInfo("UTC")).astimezone(self.zone).date()
                if given is not None and self.instant(row, given) <= due:
                    facts["kept_365"] += row[given].date() > as_of - YEAR
                elif due_on <= as_of:
                    broken += 1
                    facts["broken_365"] += due_on > as_of - YEAR
            facts["burden"] += self._burden(2 ** (severity - 1), broken, opened, solved and max(row[solved].date(), opened), as_of)
            facts["open"] += solved is None
            facts["critical_late"] |= solved is None and severity == 4 and due_on <= as_of
            if theme != "unsorted" and opened > as_of - YEAR:
                facts["repeats_365"] += any(other == theme and opened - day <= HALF_YEAR for day, other in earlier)
            earlier.append((opened, theme))
        return facts

    def _ends(self, row: Row, as_of: date) -> tuple[str | None, str | None]:
        """The columns that say when the complaint was solved and first answered, as known at the end of `as_of`."""
        names = ("resolved_at", "first_response_at", "reopened_at")
        solved, answered, reopened = (name if row.get(name) is not None and row[name].date() <= as_of else None for name in names)
        if solved is not None and reopened is not None and row[solved] <= row[reopened]:
            solved = None
        if solved is not None and (answered is None or self.instant(row, solved) < self.instant(row, answered)):
            answered = solved
        return solved, answered

    def instant(self, row: Row, name: str) -> datetime:
        """A moment in UTC: as it was given with an offset, else from local time; of two that read alike, the later."""
        given = row.get(f"{name}_utc")
        if given is not None:
            return given
        late, early = (row[name].replace(tzinfo=self.zone, fold=fold) for fold in (1, 0))
        in_gap = late.astimezone(ZoneInfo("UTC")).astimezone(self.zone).replace(tzinfo=None) != row[name]
        return (early if in_gap else late).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    def due(self, start: datetime, limit: timedelta) -> datetime:
        """The moment in UTC at which so much service has passed since `start`, by walking through the days."""
        if self.service is None:
            return start + limit
        day = start.date() - timedelta(days=2)
        while True:
            for opens, closes in [] if day in self.holidays else self.service.get(day.weekday(), []):
                midnight = closes == time.max  # the hours last until the end of the day
                ends = datetime.combine(day + timedelta(days=1), time()) if midnight else datetime.combine(day, closes)
                window = {"from": datetime.combine(day, opens), "to": ends}
                begins, over = max(self.instant(window, "from"), start), self.instant(window, "to")
                if begins < over and limit <= over - begins:
                    return begins + limit
                limit -= max(over - begins, timedelta())
            day += timedelta(days=1)

    @staticmethod
    def _burden(weight: int, broken: int, opened: date, solved: date | None, as_of: date) -> int:
        """In hundredths: whole until solved, or half a year old; then fading by steps."""
        fading_from = min(solved or NEVER, opened + HALF_YEAR)
        whole = 50 * weight * (2 + broken)
        if as_of < fading_from:
            return whole
        return whole * next(percent for days, percent in FADE_PERCENT if (as_of - fading_from).days >= days) // 100

    def benchmark(self, product: str, region: str | None, as_of: date) -> tuple[int, int] | None:
        """(price in cents, age in calendar months) of the benchmark that holds on `as_of`."""
        key = (product, region, as_of)
        if key not in self.benchmarks:
            best: tuple[date, bool, date] | None = None
            self.benchmarks[key] = None
            for own in {region, None}:
                for row in self.market.get((product, own), ()):
                    month, observed = row["month"], row.get("observed_on") or month_end(row["month"])
                    rank = (month, own is not None, observed)
                    if month <= as_of and observed <= as_of and (best is None or rank > best):
                        best = rank
                        self.benchmarks[key] = (
                            self.converted(row["price"], row, as_of),
                            (as_of.year - month.year) * 12 + as_of.month - month.month,
                        )
        return self.benchmarks[key]

    def _price_facts(self, customer: str, as_of: date) -> Facts:
        facts: Facts = {"billed": 0, "mrr": 0, "benchmarked": 0, "market": 0, "benchmark_age": None}
        lines = self.lines(customer, as_of)
        for line in lines:
            if not line.start <= as_of <= line.end:
                continue
            facts["billed"] += line.quantity * line.price
            facts["mrr"] += 0 if line.paused else line.quantity * line.price
            found = self.benchmark(line.product, self.customers[customer].get("region"), as_of)
            if found is not None:
                facts["benchmarked"] += line.quantity * line.price
                facts["market"] += line.quantity * found[0]
                facts["benchmark_age"] = max(facts["benchmark_age"] or 0, found[1])
        if not lines:
            facts["billed"] = facts["mrr"] = self._invoiced_a_month(customer, self.seen_to(customer, "invoices", as_of))
        return facts

    def _invoiced_a_month(self, customer: str, as_of: date) -> int:
        """Cents a month over the last three full months, a half cent up; the month that `as_of` ends is full."""
        last = as_of if as_of == month_end(as_of) else as_of.replace(day=1) - timedelta(days=1)
        before = last
        for _ in range(3):
            before = before.replace(day=1) - timedelta(days=1)
        known = [row for row in self.invoices.get(customer, ()) if row["issued_on"] <= as_of]
        if all(row["amount"] <= 0 for row in known):
            return 0
        recurring = [row for row in known if not row.get("one_off")]
        total = sum(self._billed(row) for row in recurring if before < row["issued_on"] <= last and not row.get("period_to"))
        monthly = 0
        for row in recurring:
            if row.get("period_to") and self._coverage(row)[0] <= as_of <= self._coverage(row)[1]:
                monthly += floor(Fraction(self._billed(row), self._coverage(row)[2]) + Fraction(1, 2))
        return floor(Fraction(total, 3) + Fraction(1, 2)) + monthly

    @staticmethod
    def _coverage(row: Row) -> tuple[date, date, int]:
        """First and last day that an invoice for a period covers, and its whole months; one issued later counts from its issue."""
        first, last, issued = row["period_from"], row["period_to"], row["issued_on"]
        months = 1
        while later_by(first, months + 1) <= last + timedelta(days=16):
            months += 1
        return (issued, later_by(issued, months) - timedelta(days=1), months) if issued > last else (first, last, months)

    def _satisfaction_facts(self, customer: str, as_of: date) -> Facts:
        """The last answer of each person, in whole ten-thousandths of 0..10."""
        as_of = self.seen_to(customer, "surveys", as_of)
        last: dict[str, tuple[date, str, int]] = {}
        for row in self.surveys.get(customer, ()):
            day, score, low, high = (row.get(name) for name in ("answered_on", "score", "scale_min", "scale_max"))
            if row["kind"] == "nps":
                low, high = 0 if low is None else low, 10 if high is None else high
            if score is None or low is None or high is None or low >= high or not as_of - YEAR < day <= as_of:
                continue
            answer = floor(100_000 * Fraction(min(max(score, low), high) - low) / Fraction(high - low) + Fraction(1, 2))
            person = row.get("contact_id") or ""
            last[person] = max(last.get(person, (date.min, "", 0)), (day, row["survey_id"], answer))
        return {"answers": sorted(answer for _, _, answer in last.values())}

    def _paid(self, row: Row, as_of: date) -> int | None:
        """Cents known as paid at the end of a day, None before any; a payment without a day is known from the day of its file."""
        part = row.get("paid_amount")
        if row.get("paid_on") is None and row.get("status") != "paid" and not part:
            return None
        recorded = row.get("recorded_at")
        if (row.get("paid_on") or (recorded and recorded.date()) or self.extract_on) > as_of:
            return None
        whole = self._billed(row)
        if row.get("status") == "paid" or part is None:
            return whole
        if part == row["amount"]:
            return whole
        paid = self.converted(part, row, row["issued_on"])
        return min(max(paid, 0), whole) if whole >= 0 else max(min(paid, 0), whole)

    def _debts(self, customer: str, as_of: date) -> list[tuple[int, int]]:
        """(days overdue, open cents) of each debt, oldest first, after the credit notes known on the day."""
        known = [row for row in self.invoices.get(customer, ()) if row["issued_on"] <= as_of]
        credit = sum((self._paid(row, as_of) or 0) - self._billed(row) for row in known if row["amount"] < 0)
        debts = [(row.get("due_on") or row["issued_on"], row["invoice_id"], row) for row in known if row["amount"] >= 0 and self._owed(row)]
        found, so_far = [], 0
        for due, _, row in sorted(debts, key=lambda debt: debt[:2]):
            paid, whole = self._paid(row, as_of), self._billed(row)
            if paid == whole:
                continue
            so_far += whole - (paid or 0)
            if not credit or so_far > credit:
                found.append(((as_of - due).days, min(whole - (paid or 0), so_far - credit)))
        return found

    @staticmethod
    def _owed(row: Row) -> bool:
        return bool(row.get("written_off") or row.get("status") == "uncollectible" or not row.get("disputed"))

    def _payment_facts(self, customer: str, as_of: date) -> Facts:
        as_of = self.seen_to(customer, "invoices", as_of)
        known = [row for row in self.invoices.get(customer, ()) if row["issued_on"] <= as_of]
        paid = [
            row
            for row in known
            if row.get("paid_on") is not None and row["paid_on"] <= as_of and self._paid(row, as_of) == self._billed(row) > 0
        ]
        paid.sort(key=lambda row: (row["paid_on"], row["invoice_id"]))
        overdue = sum(left for days, left in self._debts(customer, as_of) if days > 0)
        late = [max((row["paid_on"] - (row.get("due_on") or row["issued_on"])).days, 0) for row in paid[-6:]]
        return {"overdue": overdue if known else None, "late_days": late}

    def _usage_facts(self, customer: str, as_of: date) -> Facts:
        """By full month: what was used in the last three and in the three before; what was paid for in the last three."""
        facts: Facts = {"used_by_month": {}, "used_by_month_before": {}, "licensed": Fraction(0), "licensed_used": Fraction(0)}
        as_of = self.seen_to(customer, "usage", as_of)
        newest = as_of if as_of == month_end(as_of) else as_of.replace(day=1) - timedelta(days=1)
        for row in self.usage.get(customer, ()):
            used, licensed = row.get("used"), row.get("licensed")
            back = (newest.year - row["month"].year) * 12 + newest.month - row["month"].month
            if used is None or not 0 <= back < 6:
                continue
            months = facts["used_by_month" if back < 3 else "used_by_month_before"]
            months[back] = months.get(back, 0) + Fraction(used)
            if back < 3 and licensed:
                facts["licensed"] += Fraction(licensed)
                facts["licensed_used"] += Fraction(used)
        return facts

    def _depth_facts(self, customer: str, as_of: date) -> Facts:
        there = [
            row
            for row in self.people.get(customer, ())
            if (row.get("active_from") or date.min) <= as_of < (row.get("active_to") or NEVER)
            and (row.get("active_from") or date.min) < (row.get("active_to") or NEVER)
        ]
        known = [row for row in there if row.get("is_primary") or row.get("role") == "decision_maker"]
        details = sorted(bool((row.get(name) or "").strip()) for row in known for name in ("role", "phone", "email"))
        days, referred = self.contact_days.get(customer, []), self.seen_to(customer, "referrals", as_of)
        people, as_of = (len(there) if self.first_person <= as_of else None), self.seen_to(customer, "interactions", as_of)
        year = self.contacts.get(customer, [])[bisect_right(days, as_of - YEAR) : bisect_right(days, as_of)]
        spoken = [contact.person for contact in year if contact.two_way]
        persons = {person for person in spoken if person is not None}
        sent = [row for row in self.referrals.get(customer, ()) if referred - timedelta(days=730) < row["made_on"] <= referred]
        return {
            "people": people,
            "details": details,
            "voices": None if self.first_contact > as_of or (spoken and not persons) else len(persons),
            "referrals": len(sent) if self.first_referral <= referred else None,
        }

    def _promise_facts(self, customer: str, as_of: date) -> Facts:
        seen, called = self.seen_to(customer, "promises", as_of), self.seen_to(customer, "interactions", as_of)
        made = [(row, seen) for row in self.promises.get(customer, ()) if row["promised_on"] <= seen]
        born = self.handover(customer, called)
        if born is not None and born not in self.promises.get(customer, ()):
            made.append((born, called))
        facts = dict.fromkeys(("promises_due", "promises_kept", "broken_90"), 0)
        for row, as_of in made:
            at = row.get("delivered_at")
            kept = at is not None and at <= row["due_at"] and at.date() <= as_of
            day = at.date() if kept else row["due_at"].date()
            if day > as_of or (as_of - day).days >= 365:
                continue
            facts["promises_due"] += 1
            facts["promises_kept"] += kept
            facts["broken_90"] += not kept and (as_of - day).days < 90
        return facts

    def start(self, customer: str, as_of: date) -> date | None:
        """`customer_since`, else the first start of any line known at the end of `as_of`."""
        return self.customers[customer].get("customer_since") or min((line.start for line in self.lines(customer, as_of)), default=None)

    def facts(self, customer: str, as_of: date) -> Facts:
        """The facts behind the points; cents, tenths of a touch, hundredths of burden, days and months."""
        start = self.start(customer, as_of)
        ends = [line.agreed for line in self._committed(customer, as_of) if line.agreed is not None]
        committed = self._committed(customer, as_of)
        last_notice = [line.notice_by for line in committed if line.notice_by is not None and line.agreed == max(ends, default=None)]
        return {
            "cadence": CADENCE_DAYS.get(self.customers[customer].get("tier") or "", NO_TIER_DAYS),
            "start": start,
            **self._contact_facts(customer, as_of, start),
            **self._complaint_facts(customer, as_of),
            **self._price_facts(customer, as_of),
            "months": Fraction((as_of - start).days * 16, 487) if start else None,
            "days_to_end": (max(ends) - as_of).days if ends else None,
            "days_to_notice": (min(last_notice) - as_of).days if last_notice else None,
            "overdue_60": any(days >= 60 for days, _ in self._debts(customer, self.seen_to(customer, "invoices", as_of))),
            **self._satisfaction_facts(customer, as_of),
            **self._payment_facts(customer, as_of),
            **self._usage_facts(customer, as_of),
            **self._depth_facts(customer, as_of),
            **self._promise_facts(customer, as_of),
        }

    def _committed(self, customer: str, as_of: date) -> list[Line]:
        return [line for line in self.lines(customer, as_of) if not line.terminated and line.end >= as_of]

    # ---- answers ----------------------------------------------------------------------------------------------------

    def facts_day(self, customer: str, as_of: date) -> date | None:
        """The day whose facts are scored: `as_of`, for a leaving customer the one its points are frozen at, None when it is not scored."""
        status, spell = self.status(customer, as_of), self.spell(customer, as_of)
        if status == "active":
            return as_of
        if status == "paused":
            lines = [line for line in self.lines(customer, as_of) if line.start <= as_of and line.start >= spell.start]
            return max(line.paused or line.end + timedelta(days=1) for line in lines)
        if status != "leaving" or spell is None:
            return None
        earlier = spell.known_on.replace(day=1) - timedelta(days=1)
        return earlier if earlier >= spell.start else spell.known_on - timedelta(days=1)

    def score(self, customer: str, as_of: date) -> Row:
        """Status, points, health, interval, coverage, band, firm and facts of one customer at the end of one day."""
        status, day = self.status(customer, as_of), self.facts_day(customer, as_of)
        answer: Row = {
            "customer_id": customer,
            "as_of": as_of,
            "status": status,
            "facts_as_of": day,
            "facts": {},
            "band": None,
            "firm": None,
        }
        if day is None:
            return answer | dict.fromkeys([*WEIGHTS, *OFF, "health", "low", "high", "coverage"])
        facts = self.facts(customer, day)
        begun = facts["start"] and max(facts["start"], self.first_contact)
        observed = begun and max(self.seen_to(customer, "interactions", day), min(facts["start"], day)) - begun
        points = {
            "contact": contact_points(facts, observed.days if begun else None),
            "complaints": complaints_points(facts),
            "price": price_points(facts),
            "tenure": tenure_points(facts, bool(self._committed(customer, day))),
            "satisfaction": satisfaction_points(facts),
            "payment": payment_points({**facts, "mrr": facts["mrr"] or facts["billed"]}),
            "usage": usage_points(facts),
            "depth": depth_points(facts),
            "expectations": expectations_points(facts),
        }
        whole = composite(points)
        band, firm = verdict(whole, status, facts["critical_late"] or facts["overdue_60"])
        if firm and any((day - self.through.get(table, NEVER)).days > 45 for table in SCORED):
            firm = False
        shown = {name: None if value is None else Decimal(value) / 100 for name, value in (points | whole).items()}
        return answer | shown | {"facts": facts, "band": band, "firm": firm}

    def handover(self, customer: str, as_of: date = NEVER) -> Row | None:
        """The promise of a handover known on a day: the given row, else what a new customer's first contract makes where contacts reach."""
        given = [row for row in self.promises.get(customer, ()) if row["kind"] == "handover" and row["promised_on"] <= as_of]
        if given:
            return given[0]
        signings = [row.get("signed_on") or row["start_on"] for row in self.contracts.get(customer, ()) if not row.get("trial")]
        signed, since = min(signings, default=NEVER), self.customers[customer].get("customer_since")
        if signed > as_of or signed == NEVER:
            return None
        if self.first_contact > signed or (since is not None and since < signed):
            return None
        kept = next((contact.at for contact in self.contacts.get(customer, ()) if contact.ours and contact.day >= signed), None)
        due_at = datetime.combine(signed + timedelta(days=1), time(23, 59, 59))
        return {"customer_id": customer, "kind": "handover", "promised_on": signed, "due_at": due_at, "delivered_at": kept}

    def _days(self, skip: set[str]) -> list[date]:
        pairs = [(table, column) for table, columns in EVENTS.items() for column in columns if column not in skip]
        found = [row.get(column) for table, column in pairs for row in self.tables.get(table, [])]
        return [as_day(value) for value in found if value is not None]

    def newest_day(self) -> date | None:
        """The latest day on which something happened to a customer."""
        return max(self._days(set()), default=None)

    def observed_from(self) -> date | None:
        """The first day that is no start or signing, or the first end of a line if earlier."""
        lines = self.tables.get("contracts", [])
        ends = [row.get("end_on") for row in lines if row.get("renews_months") is None] + [row.get("terminated_on") for row in lines]
        return min(self._days(STARTS) + [day for day in ends if day is not None], default=None)


# ---- the golden book ------------------------------------------------------------------------------------------------

MONEY = {"unit_price", "unit_cost", "list_price", "price", "amount", "monthly_value", "score", "scale_min", "scale_max"}
COUNTS = {"severity", "quantity", "notice_days", "renews_months", "wait_seconds"}
FLAGS = {"automated", "disputed", "is_primary", "trial", "written_off"}
DAYS = {"customer_since", "active_from", "active_to", "month", "paused_from", "paused_until"}
NOT_TABLES = {"expected", "expected_thin", "facts", "edges"}


def typed(column: str, text: str) -> Any:
    if text == "":
        return None
    if column.endswith("_on") or column in DAYS:
        return date.fromisoformat(text)
    if column.endswith("_at"):
        return datetime.fromisoformat(text)
    if column in MONEY:
        return Decimal(text)
    if column in COUNTS:
        return int(text)
    return text == "true" if column in FLAGS else text


def read_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_golden(folder: Path) -> dict[str, list[Row]]:
    """The tables of a folder of CSV files by name, typed; a blank is None."""
    files = [file for file in sorted(folder.glob("*.csv")) if file.stem not in NOT_TABLES]
    return {file.stem: [{name: typed(name, text) for name, text in row.items()} for row in read_rows(file)] for file in files}
