"""No function that takes a book tells an account manager of somebody else's customer, even where everybody's rows are handed in."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import polars as pl
import pytest

import health.foresight
import health.insight
from health import demo, portfolio
from health.access import Book, Viewer
from health.errors import InsufficientData, NotFound
from health.foresight import churn, lifetime
from health.foresight.lifetime.assumptions import DEFAULT
from health.insight.client import timeline
from health.score.settings import DEFAULT as SETTINGS
from health.warehouse import Warehouse
from tests.books import analyst, warehouse_of

Asked = Callable[..., Any]
WRITES = {"health.foresight.lifetime.assumptions.save"}
"""They need a right that no account manager has."""


@cache
def functions() -> dict[str, Asked]:
    """Every public function of what is foreseen and told whose first argument is a book."""
    packages: list[ModuleType] = [health.foresight, health.insight]
    names = [m.name for package in packages for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    found = {}
    for module in [portfolio, *map(import_module, names)]:
        for name, thing in inspect.getmembers(module, inspect.isfunction):
            asks = list(inspect.signature(thing).parameters)
            if thing.__module__ == module.__name__ and not name.startswith("_") and asks[:1] == ["book"] and "session" not in asks:
                found[f"{module.__name__}.{name}"] = thing
    return {name: found[name] for name in sorted(found.keys() - WRITES)}


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    warehouse = warehouse_of(demo.generate(customers=300, months=24).tables)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def arguments(warehouse: Warehouse) -> dict[str, Any]:
    """What the functions are asked with, by the name of the argument: frames hold everybody, as a caller may hand them in by mistake."""
    whole = analyst(warehouse)
    state = portfolio.state(whole)
    assert state.as_of is not None
    before, now = state.month_ends[-4], portfolio.build(whole, state.as_of)
    model = churn.fit(whole, state.as_of)
    return {
        **dict.fromkeys(("as_of", "day", "after", "t1", "rates_of"), state.as_of), **dict.fromkeys(("before", "t0", "earlier"), before),
        **dict.fromkeys(("now", "movers"), now), "history": portfolio.history(whole), "horizon_days": 90, "draws": 2, "days": [before],
        **dict.fromkeys(("model", "hazard"), model), "customers": now["customer_id"].to_list(), "assumptions": DEFAULT, "kind": "band",
        "value": lifetime.value(whole, state.as_of, model, DEFAULT), "margin_rate": 0.4, "terms": [12],
        "observed_from": state.observed_from, **dict.fromkeys(("draft", "under", "settings", "score_settings", "in_force"), SETTINGS),
        "tables": timeline.TABLES, "since": state.as_of,
    }  # fmt: skip


def words(answer: Any) -> Iterator[str]:
    """Every text that an answer holds, however deep."""
    match answer:
        case str():
            yield answer
        case pl.DataFrame():
            yield from words(answer.rows())
        case dict():
            yield from words([*answer.keys(), *answer.values()])
        case list() | tuple() | set():
            for part in answer:
                yield from words(part)
        case _ if is_dataclass(answer):
            yield from words([getattr(answer, field.name) for field in fields(answer)])


@pytest.mark.parametrize("name", functions())
def test_of_nobody_elses_customer_is_anything_told(name: str, warehouse: Warehouse, arguments: dict[str, Any]) -> None:
    asked, there = functions()[name], arguments["now"].filter(status="active")
    owner = there.group_by("owner").len().sort("len", "owner").drop_nulls()["owner"][-1]
    own, others = Book(Viewer("m", "account_manager", owner), warehouse), there.filter(pl.col("owner") != owner)
    theirs = set(others["customer_id"]) | set(others["name"]) - set(there.filter(owner=owner)["name"])
    asks = [one for one in inspect.signature(asked).parameters.values() if one.default is one.empty or one.name == "draws"][1:]
    given = {one.name: arguments[one.name] for one in asks if one.name != "customer_id"}
    about = [{"customer_id": there.filter(owner=owner)["customer_id"][0]}] if len(given) < len(asks) else [{}]
    try:
        told = set(words([asked(own, **given, **whom) for whom in about]))
    except InsufficientData as problem:
        told = {str(problem)}
    assert not told & theirs and not {i for i in others["customer_id"] if i in " ".join(told)}
    if about != [{}]:
        with pytest.raises(NotFound) as problem:
            asked(own, **given, customer_id=others["customer_id"][0])
        assert str(problem.value) == f"Customer {others['customer_id'][0]} was not found among your customers."
