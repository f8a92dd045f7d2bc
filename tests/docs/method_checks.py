"""What runs the worked examples of docs/method.md: one function per kind, from an example's inputs to the figures of the code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from health.desk.plays import control_group, proportion_difference
from health.desk.worklist.detection_lag import with_detection
from health.desk.worklist.value_at_stake import rank_by_stake
from health.foresight import segments
from health.foresight.backtest.verdict import VerdictInputs, verdict
from health.foresight.backtest.warning import with_warning_days
from health.foresight.lifetime.assumptions import DEFAULT as ASSUMED
from health.foresight.lifetime.band_fallback import constant_hazard_annuity, predict_from_bands
from health.foresight.lifetime.loss_cost import Loss, cost
from health.foresight.lifetime.negotiation import Deal, largest_discount
from health.foresight.purchases import bg_nbd, gamma_gamma
from health.foresight.stats.proportions import paired_difference, rate
from health.foresight.survival import sbg
from health.insight import method, rates, survey_results
from health.intake.cells import parse_columns
from health.month_ends import month_end
from health.score import history
from health.score.bridge import arithmetic
from health.score.bridge.arithmetic import State
from health.score.components import COMPONENTS, Component, component_points
from health.score.compose import compose
from health.score.settings import DEFAULT
from health.tables import TABLES
from tests.books import analyst, complaint_clocks, recorded, rows, staged, unscored, warehouse_of
from tests.foresight import cdnow

Given = Mapping[str, Any]


def on_days(days: Sequence[date], tables: Mapping[str, pl.DataFrame]) -> list[dict[str, Any]]:
    """The facts and the score of the one customer of these tables, one row per day."""
    customer = {"customer_id": "A", "name": "A", "tier": "B"}
    warehouse = unscored({"customers": rows("customers", customer), **tables})
    with warehouse.reading() as session:
        found = history.score_at(session, days, DEFAULT).sort("as_of").to_dicts()
    warehouse.close()
    return found


def scored(as_of: date, tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """The same on one day."""
    return on_days([as_of], tables)[0]


def contracts(*terms: tuple[date, date | None]) -> pl.DataFrame:
    """One line per (first day, agreed end)."""
    line = {"customer_id": "A", "product": "mobile", "unit_price": 100}
    return rows("contracts", *(line | {"contract_id": f"K{n}", "start_on": start, "end_on": end} for n, (start, end) in enumerate(terms)))


def status(given: Given) -> dict[str, Any]:
    return scored(given["as_of"], {"contracts": contracts(*map(tuple, given["lines"]))})


def life(given: Given) -> dict[str, Any]:
    lines = ({"contract_id": f"K{n}", "customer_id": "A", "product": "mobile", "unit_price": 100} | line
             for n, line in enumerate(given["lines"]))  # fmt: skip
    return scored(given["as_of"], {"contracts": rows("contracts", *lines)})


def silence(given: Given) -> dict[str, Any]:
    """The clock of the last contact; what was entered by hand is a call of its own."""
    call = {"customer_id": "A", "channel": "call", "direction": "out", "outcome": "reached"}
    days = [given[name] for name in ("last_contact", "entered_by_hand") if name in given]
    calls = [call | {"interaction_id": f"I{n}", "occurred_at": datetime(day.year, day.month, day.day, 9)} for n, day in enumerate(days)]
    tables = {
        "customers": rows("customers", {"customer_id": "A", "name": "A", "tier": "B"}),
        "contracts": contracts((date(2020, 1, 1), None)),
        "interactions": rows("interactions", *calls),
    }
    by_hand = {"interactions": pl.col("interaction_id") == "I1"}
    with recorded(tables, {"interactions": given["complete_through"]}, by_hand).reading() as session:
        found = history.score_at(session, [given["as_of"]], DEFAULT)
    recency = next(part for part in _component("contact").parts if part.key == "recency")
    return found.with_columns(recency.points.alias("recency")).row(0, named=True)


def purchases(given: Given) -> dict[str, Any]:
    bills = (
        {"invoice_id": f"R{n}", "customer_id": "A", "issued_on": day, "due_on": day, "amount": amount, "paid_on": day}
        | ({"one_off": True} if more == ["one_off"] else {"period_from": day, "period_to": more[0]} if more else {})
        for n, (day, amount, *more) in enumerate(given["invoices"])
    )
    found = scored(given["as_of"], {"invoices": rows("invoices", *bills)})
    return found | {"mrr": found["mrr_cents"] / 100}


def invoices(given: Given) -> dict[str, Any]:
    bills = rows("invoices", *({"customer_id": "A"} | bill for bill in given["invoices"]))
    days = on_days(given["on"], {"contracts": contracts((date(2020, 1, 1), None)), "invoices": bills})
    return {"values": [day[given["fact"]] for day in days]}


def complaint(given: Given) -> dict[str, Any]:
    columns = ("severity", "opened_at", "first_response_at", "resolved_at", "reopened_at")
    row = {"complaint_id": "Q", "customer_id": "A"} | {name: given[name] for name in columns if name in given}
    tables = {"contracts": contracts((date(2020, 1, 1), None)), "complaints": rows("complaints", row)}
    days = on_days(given["on"], tables)
    fact = given["fact"]
    return {"values": [day[fact] if isinstance(fact, str) else [day[name] for name in fact] for day in days]}


def deadline(given: Given) -> dict[str, Any]:
    row = {"complaint_id": "Q", "customer_id": "A"} | {name: given[name] for name in ("severity", "opened_at", "first_response_at")}
    terms = replace(DEFAULT, service_hours=given.get("service_hours", ""), zone=given.get("zone", "UTC"))
    found = complaint_clocks(rows("complaints", row), terms, given["as_of"]).row(0, named=True)
    return {"minutes_used": found["answer_used_us"] / 60_000_000, "due_at": found["answer_due_at"], "kept": found["answer_kept"]}


def zone(given: Given) -> dict[str, Any]:
    times, days = TABLES["interactions"].column("occurred_at"), TABLES["exits"].column("announced_on")
    read = parse_columns([times], pl.DataFrame({"occurred_at": given["times"]}), [], given["zone"])
    read_days = parse_columns([days], pl.DataFrame({"announced_on": given["days"]}), [], given["zone"])
    return {
        "times": read["occurred_at"].to_list(), "instants": read["occurred_at_utc"].to_list(), "days": read_days["announced_on"].to_list(),
    }  # fmt: skip


def answers(given: Given) -> dict[str, Any]:
    given_on, top = date(2026, 6, 1), {"csat": 5, "ces": 7}
    scored = [(kind, n, score) for kind in ("nps", "csat", "ces") for n, score in enumerate(given[kind])]
    records = [
        {"survey_id": f"{kind}{n}", "customer_id": "A", "kind": kind, "answered_on": given_on, "score": score}
        | ({"scale_min": 1, "scale_max": top[kind]} if kind in top else {})
        for kind, n, score in scored
    ]
    found = survey_results.last_year(staged("surveys", rows("surveys", *records)), given_on)
    return {r.kind: r.value for r in found} | {f"{r.kind}_interval": [r.low, r.high] for r in found}


def contacts(given: Given) -> dict[str, Any]:
    talks = (
        {name: value for name, value in talk.items() if name != "day"}
        | {"interaction_id": f"I{n}", "customer_id": "A", "occurred_at": datetime.combine(talk["day"], datetime.min.time())}
        for n, talk in enumerate(given["interactions"])
    )
    return scored(given["as_of"], {"contracts": contracts((date(2020, 1, 1), None)), "interactions": rows("interactions", *talks)})


def _component(key: str) -> Component:
    return next(c for c in COMPONENTS if c.key == key)


def component(given: Given) -> dict[str, Any]:
    one = _component(given["component"])
    facts = pl.DataFrame([{name: float(x) if hasattr(x, "quantize") else x for name, x in given["facts"].items()}])
    found = facts.select(component_points(one), *(part.points.alias(part.key) for part in one.parts)).row(0, named=True)
    return {"points": found[one.column] / 100, "parts": found}


def curve(given: Given) -> dict[str, Any]:
    key, part = given["part"].split(".")
    drawn = next(p for p in _component(key).parts if p.key == part).curve
    assert drawn is not None
    return {"points": pl.DataFrame({"x": list(map(float, given["x"]))}).select(drawn(pl.col("x")).alias("y"))["y"].to_list()}


def health(given: Given) -> dict[str, Any]:
    known = {key: round(100 * value) for key, value in given["points"].items()}
    row = {c.column: known.get(c.key) for c in COMPONENTS}
    facts = {
        "status": "active",
        "critical_late": 0,
        "overdue_60": 0,
        "broken_promises_90": 0,
        "diary_present": True,
        "invoices_present": True,
        "stale_tables": None,
    }
    types = dict.fromkeys(row, pl.Int64) | {"stale_tables": pl.String}
    got = compose(pl.DataFrame([row | facts], schema_overrides=types), DEFAULT).row(0, named=True)
    return got | {name: got[name] / 100 for name in ("health", "coverage", "low", "high")}


def share(given: Given) -> dict[str, Any]:
    found = rate(given["k"], given["n"])
    assert found is not None
    return found.as_json()


def bridge(given: Given) -> dict[str, Any]:
    named = tuple(given["components"])
    lanes = ("before", "ageing", "data")
    path = [State(lane, tuple(None if p == "unknown" else round(100 * p) for p in given[lane]), tuple(given["weights"])) for lane in lanes]
    terms = {(lane, named[i]): term for (lane, i), term in arithmetic.explain_change(path).items()}
    ends = [arithmetic.state_health(state) for state in (path[0], path[-1])]
    assert ends[0] is not None and ends[1] is not None and sum(terms.values()) == ends[1] - ends[0]
    tenths = arithmetic.round_to_tenths(sorted(terms.items()), int(ends[1] // 10 - ends[0] // 10))
    return {
        "before": float(ends[0]) / 100,
        "after": float(ends[1]) / 100,
        "lanes": {" ".join(place): float(term) / 100 for place, term in terms.items()},
        "tenths": {" ".join(place): n / 10 for (place, _), n in zip(sorted(terms.items()), tenths, strict=True)},
    }


def verdict_of(given: Given) -> dict[str, Any]:
    return {"verdict": verdict(VerdictInputs(90, best_baseline="last_quarter", **given))}


def warning(given: Given) -> dict[str, Any]:
    ends = [month_end(given["first_month_end"], n) for n in range(len(given["bands"]))]
    scores = pl.DataFrame({"customer_id": "A", "as_of": ends, "status": "active", "band": given["bands"]})
    losses = pl.DataFrame({"customer_id": ["A"], "decided_on": [given["decided_on"]], "spell_start_on": [date(2020, 1, 1)]})
    return with_warning_days(losses, scores).row(0, named=True)


def band_rate(given: Given) -> dict[str, Any]:
    stood = pl.DataFrame({"customer_id": ["A"], "band": ["at_risk"]})
    seen = pl.DataFrame({"band": ["at_risk"], "rate": [float(given["rate"])]})
    return predict_from_bands(stood, seen, float(given["discount_rate"]), given["horizon_months"]).row(0, named=True)


def annuity_of(hazard: float, discount_rate: float, months: int) -> float:
    """Months of margin worth today with one hazard for every month."""
    return float(constant_hazard_annuity(np.array([float(hazard)]), float(discount_rate), months)[0][0])


def annuity(given: Given) -> dict[str, Any]:
    return {"annuity": annuity_of(**given)}


def cohort(given: Given) -> dict[str, Any]:
    model = sbg.fit(given["survivors"])
    predicted = 100 * model.survival(np.array(given["later_years"]))
    observed = np.array(list(map(float, given["observed"])))
    value = [model.residual_value(n, float(given["discount_rate"])) for n in given["renewals"]]
    mape = float(np.mean(np.abs(predicted - observed) / observed))
    return {"a": model.a, "b": model.b, "predicted": predicted.tolist(), "mape": mape, "value": value}


@cache
def _buying() -> bg_nbd.BgNbd:
    return bg_nbd.fit(cdnow.counts())


def buying(given: Given) -> dict[str, Any]:
    model, counts = _buying(), cdnow.counts()
    times, last, age = given["history"]
    known = pl.DataFrame({"frequency": [times], "recency_weeks": [float(last)], "age_weeks": [float(age)]})
    weeks = counts["age_weeks"].to_numpy() + cdnow.LATER_WEEKS
    return vars(model) | {
        "expected": model.expected(known, given["weeks"])[0],
        "p_alive": model.p_alive(known)[0],
        "expected_of_new": model.expected_for_new(np.array(given["new_customer_weeks"], dtype=float)).tolist(),
        "by_week_78": model.expected_for_new(weeks).sum(),
        "later_39_weeks": model.expected(counts, cdnow.LATER_WEEKS).sum(),
    }


def spending(given: Given) -> dict[str, Any]:
    model = gamma_gamma.fit(cdnow.counts())
    known = pl.DataFrame({"frequency": given["frequency"], "spend": list(map(float, given["spend"]))})
    return vars(model) | {"mean": model.mean, "expected_spend": model.mean_spend(known).tolist()}


def negotiation(given: Given) -> dict[str, Any]:
    own, new = (annuity_of(given[name], float(ASSUMED.discount_rate), given["months"]) for name in ("hazard", "new_hazard"))
    deal = Deal(
        given["price"], given["margin"], own, given["replacement_cost"], float(given["chance_to_replace"]), given["new_margin"], new
    )
    certain = largest_discount(deal)
    uncertain = largest_discount(deal, float(given["leaves_without"]), float(given["leaves_with"]))
    return {"annuity": own, "new_annuity": new, "alternative": deal.alternative, "certain": certain, "uncertain": uncertain}


def loss_cost(given: Given) -> dict[str, Any]:
    loss = Loss(**{name: float(value) for name, value in given.items()})
    return vars(cost(loss, ASSUMED.replacing, ASSUMED.gap_months, ASSUMED.reputation))


def quadrants(given: Given) -> dict[str, Any]:
    size = len(given["margin"])
    frame = pl.DataFrame(
        {"customer_id": [f"C{n}" for n in range(size)], "health": list(map(float, given["health"])), "band": ["watch"] * size,
         "margin": list(map(float, given["margin"]))}
    )  # fmt: skip
    return segments.quadrants(frame, DEFAULT).to_dict(as_series=False)


def retention(given: Given) -> dict[str, Any]:
    ids = [f"C{n}" for n in range(len(given["mrr_then"]))]
    then, now = (
        pl.DataFrame({"customer_id": ids, "status": ["active" if x else "lost" for x in given[name]], "mrr": list(map(float, given[name]))})
        for name in ("mrr_then", "mrr_now")
    )
    found = rates.retention(then, now)
    assert found is not None
    return dict(zip(("gross", "net"), found, strict=True))


def lead(given: Given) -> dict[str, Any]:
    found = paired_difference(given["only_health"], given["only_predicted"], given["losses"])
    return {"lead": found.difference, "low": found.low, "high": found.high}


def detection(given: Given) -> dict[str, Any]:
    calls = [{"interaction_id": f"I{n}", "customer_id": "A", "occurred_at": at, "channel": "call", "direction": "out"}
             for n, at in enumerate([datetime(2025, 7, 1), *given["calls"]])]  # fmt: skip
    complaint = {"complaint_id": "Q", "customer_id": "A"} | {name: given[name] for name in ("opened_at", "severity")}
    tables = {
        "customers": rows("customers", {"customer_id": "A", "name": "A"}),
        "contracts": contracts((date(2020, 1, 1), None)),
        "interactions": rows("interactions", *calls),
        "complaints": rows("complaints", complaint),
    }
    losses = pl.DataFrame({"customer_id": ["A"], "spell_start_on": [date(2020, 1, 1)], "decided_on": [given["decided_on"]]})
    return with_detection(analyst(warehouse_of(tables)), losses, given["decided_on"]).row(0, named=True)


def worth(given: Given) -> dict[str, Any]:
    now = pl.DataFrame({"customer_id": ["A"], "status": ["active"], "band": ["watch"], "health": [55.0]})
    value = pl.DataFrame(
        {"customer_id": ["A"], "p_leave_180d": [float(given["p_loss"])], "lifetime_value": [float(given["lifetime_value"])],
         "chance_from": ["model"], "margin": [300.0]}
    )  # fmt: skip
    return rank_by_stake(now, value, ASSUMED).row(0, named=True)


def difference(given: Given) -> dict[str, Any]:
    return dict(zip(("low", "high"), proportion_difference.difference_interval(*given["one"], *given["other"]), strict=True))


def visible(given: Given) -> dict[str, Any]:
    size = given["customers"]
    return {"visible": proportion_difference.detectable_rate(float(given["before"]), size, size)}


def held_out(given: Given) -> dict[str, Any]:
    customers = given["customers"]
    out = control_group.draw_control_group(customers, given["play"], given["quarter"], float(given["share"]))
    return {"held_out": [customer for customer, withheld in zip(customers, out, strict=True) if withheld]}


CHECKS: dict[str, Callable[[Given], Mapping[str, Any]]] = {
    "status": status, "life": life, "silence": silence,
    "purchases": purchases, "invoices": invoices, "complaint": complaint, "deadline": deadline,
    "zone": zone, "answers": answers, "contacts": contacts, "component": component,
    "curve": curve, "health": health, "share": share, "bridge": bridge, "verdict": verdict_of, "band-rate": band_rate, "annuity": annuity,
    "sbg": cohort, "bg-nbd": buying, "gamma-gamma": spending, "negotiation": negotiation, "loss-cost": loss_cost, "quadrants": quadrants,
    "retention": retention, "worth": worth, "difference": difference, "visible": visible, "held-out": held_out, "warning": warning,
    "lead": lead, "detection": detection,
}  # fmt: skip


def points_of(part: str) -> list[tuple[float, float]]:
    """(measure, points) along the curve of a part named `component.part`, as the method screen draws it."""
    key, name = part.split(".")
    drawn = method.curve(next(p for p in _component(key).parts if p.key == name))
    return list(drawn.iter_rows())
