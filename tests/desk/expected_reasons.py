"""The reasons and the urgent lane once more, naively: one customer at a time from the raw rows, with plain loops and fractions."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple

from tests.oracle import ANSWER_HOURS, SOLUTION_HOURS, Line, Oracle, Row, month_end, price_gap, ramp

COLUMNS = {
    "contact": "contact", "complaints": "complaints", "price": "price", "tenure": "tenure", "satisfaction": "satisfaction",
    "payment": "payment", "usage": "usage", "depth": "depth", "expectations": "expectations",
}  # fmt: skip
LACKING = {
    "contact": "no contacts", "complaints": "no complaints", "price": "no market prices", "tenure": "no start",
    "satisfaction": "no survey answers", "payment": "no invoices", "usage": "no usage", "depth": "no people",
    "expectations": "no promises due",
}  # fmt: skip
NBSP = "\u00a0"


class Reason(NamedTuple):
    reason: str
    about: str
    words: str
    lost: float = 0.0
    value: float | None = None
    against: float | None = None


def many(n: int, one: str) -> str:
    return f"1 {one}" if n == 1 else f"{n} {one}s"


def tenth(x: Any) -> str:
    n = floor(10 * Fraction(x) + Fraction(1, 2))
    return str(n // 10) if n % 10 == 0 else f"{n // 10}.{n % 10}"


def per_cent(x: Any) -> str:
    return f"{floor(Fraction(x) + Fraction(1, 2))}{NBSP}%"


def near(day: date, as_of: date) -> str:
    return f"{day.day} {day:%b}" + ("" if abs((day - as_of).days) <= 300 else f" {day:%Y}")


def clocks(oracle: Oracle, row: Row, as_of: date) -> tuple[bool, list[tuple[str, date]]]:
    """Whether a complaint is open, and its limits that ran out and run on: (which, due day)."""
    solved, answered = (row[name] if name else None for name in oracle._ends(row, as_of))
    severity = row.get("severity") or 2
    due = [row["opened_at"] + timedelta(hours=hours[severity]) for hours in (ANSWER_HOURS, SOLUTION_HOURS)]
    late = [("solve", due[1].date())] if due[1].date() <= as_of else []
    if due[0].date() <= as_of and (answered is None or answered > due[0]):
        late.append(("answer" if answered is None else "answered late", due[0].date()))
    return solved is None, late


def opened(oracle: Oracle, customer: str, as_of: date) -> list[tuple[Row, list[tuple[str, date]]]]:
    """The open complaints, each with its limits that ran out."""
    found = []
    for row in oracle.complaints.get(customer, ()):
        if row["opened_at"].date() <= as_of:
            is_open, late = clocks(oracle, row, as_of)
            if is_open:
                found.append((row, late))
    return found


def open_words(found: list[tuple[Row, list[tuple[str, date]]]], as_of: date) -> tuple[str, int | None]:
    past = [min(day for which, day in late if which != "answered late") for _, late in found if any(w != "answered late" for w, _ in late)]
    if not past:
        return f"{many(len(found), 'complaint')} open", None
    days = max((as_of - day).days for day in past)
    lateness = "since today" if days == 0 else f"by {many(days, 'day')}"
    if len(found) == 1:
        return f"1 complaint open, overdue {lateness}", days
    return f"{many(len(found), 'complaint')} open, {len(past)} overdue {lateness}", days


def broken_promises(oracle: Oracle, customer: str, as_of: date) -> list[date]:
    made = [row for row in oracle.promises.get(customer, ()) if row["promised_on"] <= as_of]
    born = oracle.handover(customer, as_of)
    if born is not None and born not in made:
        made.append(born)
    broken = [row for row in made if row.get("delivered_at") is None or row["delivered_at"] > row["due_at"]]
    return sorted(row["due_at"].date() for row in broken if 0 <= (as_of - row["due_at"].date()).days < 90)


def parts(facts: Row, score: Row, tenure_days: int | None, has_line: bool) -> dict[str, list[tuple[str, int, Any]]]:
    """By component its parts: (name, share, points), null where unknown."""
    told: dict[str, list[tuple[str, int, Any]]] = {}
    since, each, tried = facts["days_since"], facts["cadence"], facts["attempts_180"]
    if facts["touch_180"] is not None:
        window = 180 if tenure_days is None else min(180, max(tenure_days, 30))
        told["contact"] = [
            ("recency", 40, None if since is None else ramp(Fraction(since, each), "3", "1")),
            ("volume", 25, ramp(Fraction(facts["touch_180"], 10) / Fraction(window, each), "0.2", "1")),
            ("rhythm", 15, ramp(Fraction(since, max(facts["rhythm"], 7)), "4", "1.5") if facts["gaps"] >= 4 else None),
            ("diary", 10, ramp(Fraction(facts["kept_diary_180"] + 1, facts["due_180"] + 1), "0.3", "0.9") if facts["due_180"] else None),
            ("answers", 10, ramp(Fraction(facts["answered_180"], tried), "0.2", "0.8") if tried > 2 else None),
        ]  # fmt: skip
    kept, broken = facts["kept_365"], facts["broken_365"]
    if facts["burden"] is not None:
        told["complaints"] = [
            ("burden", 70, 100 * 2.0 ** (-(facts["burden"] / 100 + facts["repeats_365"]) / 4)),
            ("clocks", 30, ramp(Fraction(kept + 2, kept + broken + 2), "0.4", "0.95") if kept + broken else None),
        ]
    told["price"] = [("gap", 100, 0)]
    days = facts["days_to_end"]
    told["tenure"] = [
        ("loyalty", 60, None if facts["months"] is None else 100 * (1 - 2.0 ** (-max(float(facts["months"]), 0) / 24))),
        ("commitment", 40, None if not has_line else 25.0 if days is None else float(ramp(days, "0", "270"))),
    ]
    told["satisfaction"] = [("answers", 100, 0)]
    bills = 3 * facts["billed"]
    overdue = (
        None if facts["overdue"] is None else ramp(Fraction(facts["overdue"], bills) if bills else int(facts["overdue"] > 0), "1", "0")
    )
    late = facts["late_days"]
    told["payment"] = [("overdue", 60, overdue), ("delay", 40, ramp(Fraction(sum(late), len(late)), "30", "0") if late else None)]
    level, change = usage(facts)
    told["usage"] = [
        ("level", 60, None if level is None else ramp(level, "0.4", "0.9")),
        ("change", 40, None if change is None else ramp(change, "-0.4", "0")),
    ]
    if facts["people"] is not None:
        details, voices = facts["details"], facts["voices"]
        told["depth"] = [
            ("people", 40, ramp(facts["people"], "0", "3")),
            ("complete", 30, ramp(Fraction(sum(details), max(len(details), 1)), "0.4", "1")),
            ("voices", 15, None if voices is None else 100 * (voices >= 2)),
            ("referral", 15, None if facts["referrals"] is None else 100 * (facts["referrals"] >= 1)),
        ]
    told["expectations"] = [("kept", 100, 0)]
    return {name: told[name] for name in COLUMNS if name in told and score[name] is not None}


def usage(facts: Row) -> tuple[Fraction | None, Fraction | None]:
    now, before, licensed = facts["used_by_month"], facts["used_by_month_before"], facts["licensed"]
    level = Fraction(facts["licensed_used"]) / Fraction(licensed) if licensed else None
    if not now or sum(before.values()) <= 0:
        return level, None
    return level, Fraction(sum(now.values())) / len(now) / (Fraction(sum(before.values())) / len(before)) - 1


def price_words(oracle: Oracle, customer: str, facts: Row, as_of: date) -> tuple[str, float, float]:
    above: dict[str, int] = {}
    market: dict[str, int] = {}
    for line in in_force(oracle, customer, as_of):
        found = oracle.benchmark(line.product, oracle.customers[customer].get("region"), as_of)
        if found is not None:
            above[line.product] = above.get(line.product, 0) + line.quantity * (line.price - found[0])
            market[line.product] = market.get(line.product, 0) + line.quantity * found[0]
    gap = price_gap(facts)
    assert gap is not None
    product = min(above, key=lambda name: (-above[name], name))
    on = "on" if len(above) == 1 else "most of it on"
    of_it = 100 * above[product] / market[product]
    if floor(100 * gap + Fraction(1, 2)) <= 0:
        return "Pays about what the market asks", float(100 * gap), of_it
    words = f"Pays {per_cent(100 * gap)} above the market{',' if len(above) > 1 else ''} {on} {product}"
    return words, float(100 * gap), of_it


def in_force(oracle: Oracle, customer: str, as_of: date) -> list[Line]:
    return [line for line in oracle.lines(customer, as_of) if line.start <= as_of <= line.end]


def said(oracle: Oracle, customer: str, component: str, part: str, facts: Row, tenure_days: int | None, as_of: date) -> Reason:
    """What the worst part of a component says."""
    since, each = facts["days_since"], facts["cadence"]
    found, promises = opened(oracle, customer, as_of), broken_promises(oracle, customer, as_of)
    raised = sum(0 <= (as_of - row["opened_at"].date()).days < 365 for row in oracle.complaints.get(customer, ()))
    match component, part:
        case "contact", "recency":
            return Reason(part, "contact", f"No contact for {many(since, 'day')}; agreed every {each}", 0, since, each)
        case "contact", "volume":
            agreed = Fraction(180 if tenure_days is None else min(180, max(tenure_days, 30)), each)
            touch = Fraction(facts["touch_180"], 10)
            return Reason(part, "contact", f"About {tenth(touch)} in 6 months; {tenth(agreed)} agreed", 0, float(touch), float(agreed))
        case "contact", "rhythm":
            return Reason(part, "contact", f"No contact for {many(since, 'day')}; usual every {facts['rhythm']}", 0, since, facts["rhythm"])
        case "contact", "diary":
            done, due = facts["kept_diary_180"], facts["due_180"]
            return Reason(part, "contact", f"{done} of {due} planned contacts kept in 180 days", 0, done, due)
        case "contact", _:
            done, due = facts["answered_180"], facts["attempts_180"]
            return Reason(part, "contact", f"{done} of {due} attempts answered in 180 days", 0, done, due)
        case "complaints", "burden" if found:
            words, days = open_words(found, as_of)
            return Reason("open", "complaints", words, 0, len(found), days)
        case "complaints", "burden" if raised:
            return Reason("past", "complaints", f"{many(raised, 'complaint')} in a year, none open", 0, raised)
        case "complaints", "burden":
            return Reason("old", "complaints", "Complaints of more than a year ago still weigh", 0, 0)
        case "complaints", _:
            broken, all_ = facts["broken_365"], facts["broken_365"] + facts["kept_365"]
            return Reason(part, "complaints", f"{broken} of {all_} limits to answer and solve broken in a year", 0, broken, all_)
        case "price", _:
            return Reason("gap", "price", *shuffled(*price_words(oracle, customer, facts, as_of)))
        case "tenure", "loyalty":
            months = floor(facts["months"])
            if months >= 12:
                return Reason("young", "tenure", f"A customer for {months} months", 0, months)
            words = f"only {many(months, 'month')}" if months else "less than a month"
            return Reason("new", "tenure", f"A customer for {words}", 0, months)
        case "tenure", _ if facts["days_to_end"] is None:
            return Reason("rolling", "renewal", "No agreed end: the lines are rolling")
        case "tenure", _:
            return Reason("agreed", "renewal", renews(facts["days_to_end"]), 0, facts["days_to_end"])
        case "satisfaction", _:
            mean = Fraction(sum(facts["answers"]), 10_000 * len(facts["answers"]))
            return Reason("satisfaction", "satisfaction", f"Answers {tenth(mean)} of 10 on average", 0, float(mean), len(facts["answers"]))
        case "payment", "overdue":
            owed = Fraction(100 * facts["overdue"], 3 * facts["billed"])
            return Reason(part, "payment", f"Owes {per_cent(owed)} of three months' bills past their day", 0, float(owed))
        case "payment", _:
            late = facts["late_days"]
            mean = Fraction(sum(late), len(late))
            return Reason(part, "payment", f"Pays {tenth(mean)} days late on average", 0, float(mean), len(late))
        case "usage", _:
            level, change = usage(facts)
            if part == "level":
                assert level is not None
                return Reason(part, "usage", f"Uses {per_cent(100 * level)} of what it pays for", 0, float(100 * level))
            assert change is not None
            return Reason(part, "usage", f"Uses {per_cent(-100 * change)} less than three months before", 0, float(-100 * change))
        case "depth", "people":
            n = facts["people"]
            return Reason(part, "depth", f"Only {many(n, 'contact')} known" if n else "Nobody known by name", 0, n)
        case "depth", "complete":
            done, due = sum(facts["details"]), len(facts["details"])
            none = "No decision maker and no primary contact on file"
            return Reason(part, "depth", f"{done} of {due} details of the key people on file" if due else none, 0, done, due)
        case "depth", "voices":
            n = facts["voices"]
            return Reason(part, "depth", "Spoke with only one person in a year" if n else "Spoke with no contact person in a year", 0, n)
        case "depth", _:
            return Reason(part, "depth", "No referral in two years", 0, facts["referrals"])
        case _ if promises:
            return Reason("broken", "promises", promise_words(promises), 0, len(promises))
    broken, due = facts["promises_due"] - facts["promises_kept"], facts["promises_due"]
    return Reason("unkept", "promises", f"{broken} of {due} promises broken in a year", 0, broken, due)


def shuffled(words: str, value: float, against: float) -> tuple[str, float, float, float]:
    return words, 0, value, against


def renews(days: int) -> str:
    return f"Renews in {many(days, 'day')}" if days else "Renews today"


def promise_words(days: list[date]) -> str:
    last = f"{days[-1].day} {days[-1]:%b}"
    return f"Promise for {last} broken" if len(days) == 1 else f"{len(days)} promises broken in 90 days, the last for {last}"


def whole(score: Row, weights: Mapping[str, int]) -> tuple[int | None, float]:
    """Health in hundredths and coverage under any weights."""
    known = {name: int(100 * score[name]) for name in weights if weights[name] and score[name] is not None}
    total = sum(weights[name] for name in known)
    health = (2 * sum(weights[name] * points for name, points in known.items()) + total) // (2 * total) if total else None
    return health, float(total)


def urgent(oracle: Oracle, customer: str, as_of: date) -> Iterator[tuple[str, date, str]]:
    """The urgent lane's triggers of a customer: (trigger, its day, words)."""
    status = oracle.status(customer, as_of)
    if status in ("lost", "merged"):
        return
    for row, late in opened(oracle, customer, as_of):
        day = max(row["opened_at"], row["reopened_at"] or row["opened_at"]).date()
        day = day if day <= as_of else row["opened_at"].date()
        solve = row["opened_at"] + timedelta(hours=SOLUTION_HOURS[row.get("severity") or 2])
        past = "".join(
            "its limit ran out today" if d == as_of else f"past its limit by {many((as_of - d).days, 'day')}" for w, d in late[:1]
        )
        if row.get("severity") == 4:
            by = past if solve.date() <= as_of else f"to be solved by {near(solve.date(), as_of)}"
            yield "critical", day, f"Critical complaint of {near(day, as_of)} open, {by}"
        if late:
            state = {"solve": f"unsolved, {past}", "answer": f"unanswered, {past}", "answered late": "answered too late, and still open"}
            yield "limit", day, f"Complaint of {near(day, as_of)} {state[late[0][0]]}"
    human = [c.day for c in oracle.contacts.get(customer, ()) if c.touch != 1]
    for row in oracle.tables.get("surveys", []):
        if (
            row["customer_id"] == customer
            and row["answered_on"]
            and row["score"] is not None
            and 0 <= (as_of - row["answered_on"]).days < 30
        ):
            answer = 10 * Fraction(row["score"] - row["scale_min"]) / Fraction(row["scale_max"] - row["scale_min"])
            if answer <= 6 and not any(row["answered_on"] <= day <= as_of for day in human):
                words = f"Answered {tenth(answer)} of 10 on {near(row['answered_on'], as_of)}; nobody has spoken to them since"
                yield "answer", row["answered_on"], words
    spell = oracle.spell(customer, as_of)
    if status == "leaving" and spell is not None and (as_of - spell.known_on).days < 14:
        yield "notice", spell.known_on, f"Notice given on {near(spell.known_on, as_of)}; last day {near(spell.lost_on, as_of)}"
    if status == "active":
        facts = oracle.facts(customer, as_of)
        left, since = facts["days_to_notice"], facts["days_since"]
        what = "Last day for notice"
        if left is not None and left < 0:
            what, left = "Ends", facts["days_to_end"]
        if left is not None and left >= 0 and (left <= 30 or what == "Ends") and since is not None and since > facts["cadence"]:
            words = f"{what} in {many(left, 'day')}; no contact for {many(since, 'day')}"
            yield "renewal", as_of + timedelta(days=left), words
    promise = oracle.handover(customer, as_of)
    if promise is not None and promise["due_at"].date() <= as_of:
        delivered = promise.get("delivered_at")
        if delivered is None or delivered.date() > as_of:
            days = (as_of - promise["due_at"].date()).days
            late_by = f"is late by {many(days, 'day')}" if days else "was due today"
            yield "handover", promise["promised_on"], f"Signed on {near(promise['promised_on'], as_of)}; the handover call {late_by}"


ORDER = ("critical", "limit", "answer", "notice", "renewal", "handover")
ABOUT = dict(zip(ORDER, ("complaints", "complaints", "satisfaction", "notice", "renewal", "promises"), strict=True))


def reasons(oracle: Oracle, customer: str, as_of: date, weights: Mapping[str, int]) -> list[Reason]:
    """The strongest two reasons of an active customer."""
    score = oracle.score(customer, as_of)
    facts = score["facts"]
    begun = facts["start"] and max(facts["start"], oracle.first_contact)
    tenure_days = (as_of - begun).days if begun else None
    weak, slight = [], []
    for name, known in parts(facts, score, tenure_days, bool(oracle._committed(customer, as_of))).items():
        lost = weights[name] * (100 - score[name])
        if lost > 0:
            losses = [(share * (100 - points), part) for part, share, points in known if points is not None]
            most = max(loss for loss, _ in losses)
            worst = next(part for loss, part in losses if abs(loss - most) < 1e-6)
            (weak if score[name] < 65 else slight).append(
                said(oracle, customer, name, worst, facts, tenure_days, as_of)._replace(lost=float(lost) / 100)
            )
    ranked = [
        *sorted(weak, key=lambda one: -one.lost),
        *happened(oracle, customer, as_of, score, weights),
        *sorted(slight, key=lambda one: -one.lost),
    ]
    found: dict[str, Reason] = {}
    for one in ranked:
        found.setdefault(one.about, one)
    return list(found.values())[:2] or [Reason("none", "none", "Nothing stands out")]


def happened(oracle: Oracle, customer: str, as_of: date, score: Row, weights: Mapping[str, int]) -> Iterator[Reason]:
    facts = score["facts"]
    for trigger, _, words in sorted(urgent(oracle, customer, as_of), key=lambda one: (ORDER.index(one[0]), one[1])):
        yield Reason(trigger, ABOUT[trigger], words)
    promises = broken_promises(oracle, customer, as_of)
    if promises:
        yield Reason("promise", "promises", promise_words(promises), 0, len(promises))
    unpaid = sum(
        row["due_on"] + timedelta(days=60) <= as_of and not (row["paid_on"] and row["paid_on"] <= as_of)
        for row in oracle.invoices.get(customer, ())
        if row["written_off"] or not row["disputed"]
    )
    if unpaid:
        yield Reason("unpaid", "payment", f"{many(unpaid, 'invoice')} unpaid for 60 days or more", 0, unpaid)
    found = opened(oracle, customer, as_of)
    if found:
        words, days = open_words(found, as_of)
        yield Reason("complaint", "complaints", words, 0, len(found), days)
    health, coverage = whole(score, weights)
    first = as_of.replace(day=1)
    for _ in range(3):
        first = (first - timedelta(days=1)).replace(day=1)
    before_on = month_end(first)
    before = whole(oracle.score(customer, before_on), weights)[0] if oracle.facts_day(customer, before_on) else None
    if health is not None and before is not None and health - before <= -500:
        change = round((health - before) / 100)
        yield Reason("fall", "fall", f"Health down {-change} points since {before_on.day} {before_on:%b}", 0, (health - before) / 100)
    if facts["days_to_end"] is not None and facts["days_to_notice"] <= 90:
        days = facts["days_to_notice"]
        yield Reason("term", "renewal", f"{days if days > 0 else facts['days_to_end']} days" if days else "today", 0, days)
    if coverage < 60:
        lacking = ", ".join(LACKING[name] for name in COLUMNS if weights[name] and score[name] is None)
        yield Reason("coverage", "coverage", f"Coverage {per_cent(coverage)}: {lacking} on file", 0, coverage)
