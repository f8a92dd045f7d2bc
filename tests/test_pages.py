"""The screens as a reader meets them: on an empty book, on the demo, on a thin book, in each role."""

import ast
import json
import re
import shutil
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from health import demo, portfolio
from health import format as fmt
from health.access import Book, Viewer
from health.cli import main
from health.desk.worklist.detection_lag import detection_lag, with_detection
from health.errors import Forbidden
from health.foresight.backtest import churn_ledger as lost
from health.foresight.backtest import evidence
from health.foresight.backtest.warning_report import warning_report
from health.insight import survey_results
from health.insight.evidence import detection, warning
from health.intake import layout, load
from health.score import settings
from health.score.components import COMPONENTS
from health.tables import TABLES
from health.ui import cache as reads
from health.ui.data.tables import read_tables
from health.ui.links import NOT_FOUND
from health.ui.screens import ROLES, SCREENS
from health.warehouse import Warehouse
from tests.books import analyst, rows, staged
from tests.size import LONG

pytestmark = pytest.mark.usefixtures("childless")
ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 11, 2, 9)
HOSTILE = "[Free](http://evil.example) *Ltd* :red[x] $a$"
THIN = {
    "customers": rows("customers", *({"customer_id": f"T{n}", "name": HOSTILE if n == 1 else f"Thin {n}"} for n in range(1, 4))),
    "contracts": rows(
        "contracts",
        *(
            {
                "contract_id": f"K{n}",
                "customer_id": f"T{n}",
                "product": "fibre",
                "start_on": date(2024, 1, n),
                "unit_price": 50,
                "quantity": n,
            }
            for n in range(1, 4)
        ),
    ),
}
CUSTOMERS_CSV = b"customer_id,name,tier\nC1,Amberley Clinics,A\nC2,Juniper Textiles,B\nC3,,Z\n"

Opened = Callable[..., AppTest]


def filled(path: Path, tables: dict[str, pl.DataFrame], origin: str = "demo") -> Path:
    """A warehouse file that holds these tables, loaded as an extract is."""
    warehouse = Warehouse(path)
    book = Book(Viewer("test", "analyst"), warehouse)
    load.commit(book, load.prepare(book, layout.batch_from_frames(tables, path.stem, origin)), "test", NOW)
    warehouse.close()
    return path


@pytest.fixture(scope="module")
def demo_tables() -> dict[str, pl.DataFrame]:
    return demo.generate(customers=150, months=24).tables


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory, demo_tables: dict[str, pl.DataFrame]) -> Path:
    """The demo's file as it was loaded, for a test to copy; no screen opens it."""
    return filled(tmp_path_factory.mktemp("untouched") / "demo.duckdb", demo_tables)


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory, untouched: Path) -> Path:
    return Path(shutil.copy(untouched, tmp_path_factory.mktemp("demo")))


@pytest.fixture(scope="module")
def demo_book(tmp_path_factory: pytest.TempPathFactory, untouched: Path) -> Book:
    """The same rows for a test to ask beforehand what a screen should show."""
    return analyst(Warehouse(Path(shutil.copy(untouched, tmp_path_factory.mktemp("asked")))))


@pytest.fixture(scope="module")
def owners(demo_book: Book) -> dict[str, str]:
    """The active customers of the demo, each with its owner."""
    as_of = portfolio.state(demo_book).as_of
    assert as_of
    active = portfolio.build(demo_book, as_of).filter(pl.col("status") == "active")
    return dict(active.select("customer_id", "owner").iter_rows())


@pytest.fixture(scope="module")
def thin_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("thin") / "thin.duckdb", THIN, "extract")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Opened:
    """Opens a screen through the frame: which warehouse, which role, which address."""

    def open_(screen: str, warehouse: Path | None = None, role: str = "analyst", **address: str) -> AppTest:
        monkeypatch.setenv("HEALTH_WAREHOUSE", str(warehouse or tmp_path / "empty.duckdb"))
        return asked_for(screen, role, address)

    return open_


def asked_for(screen: str, role: str, address: dict[str, str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["role"] = role
    app.switch_page(str(ROOT / SCREENS[screen].script))  # before the first run, which would draw the first screen too
    for name, value in address.items():
        app.query_params[name] = value
    return drawn(app.run())


@pytest.fixture(scope="module")
def seen(demo_file: Path) -> Opened:
    """Screens for a test that only looks: each is opened once in a role."""

    @cache
    def once(screen: str, role: str, warehouse: Path) -> AppTest:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HEALTH_WAREHOUSE", str(warehouse))
            return asked_for(screen, role, {})

    return lambda screen, role="analyst", warehouse=demo_file: once(screen, role, warehouse)


def drawn(app: AppTest) -> AppTest:
    """The same, if it drew without an exception."""
    assert [problem.message for problem in app.exception] == []
    return app


def text(app: AppTest) -> str:
    """All the words on the screen, without the escapes."""
    blocks = [*app.title, *app.header, *app.markdown, *app.error, *app.info, *app.success, *app.warning, *app.text]
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", "\n".join(str(block.value) for block in blocks))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def button(app: AppTest, label: str) -> AppTest:
    """Presses it and draws the screen anew."""
    return drawn(min((b for b in app.button if label in b.label), key=lambda b: b.label != label).click().run())


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_draws_on_an_empty_warehouse(opened: Opened, screen: str) -> None:
    app = opened(screen)
    assert len(app.title) == 1
    assert metrics(app) == {}, "an empty book has no figures"


@pytest.mark.parametrize("screen", ["overview", "client", "data"])
def test_an_empty_book_invites_to_load_data_or_the_demo(opened: Opened, screen: str) -> None:
    assert {"Go to Upload", "Load the demo"} <= {b.label for b in opened(screen).button}


def test_an_executive_before_an_empty_book_is_told_who_may_fill_it(opened: Opened) -> None:
    app = opened("overview", role="executive")
    assert "Only an analyst can load data" in text(app)
    assert "Load the demo" not in {b.label for b in app.button}


def test_what_is_not_loaded_is_not_told_as_done_in_time_on_my_week(opened: Opened, thin_file: Path) -> None:
    app = opened("week", thin_file)
    shown = metrics(app)
    assert {shown[label] for label in ("Overdue contacts", "Open handovers", "Open complaints")} == {fmt.UNKNOWN}
    for view, empty in {"contacts": "No contacts are loaded", "complaints": "No complaints are loaded"}.items():
        app = opened("week", thin_file, view=view)
        assert empty in text(app)
        assert not [words for words in ("Every", "No contact is overdue", "No open complaints", "all done") if words in text(app)]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("role", ROLES)
def test_every_screen_serves_its_roles_and_no_other(seen: Opened, demo_file: Path, calm_file: Path, screen: str, role: str) -> None:
    """The demo is shown to who sees all of it and to who sees a part; to the two others a small book (`make soak`: the demo too)."""
    app = seen(screen, role, demo_file if LONG or role in ("analyst", "account_manager") else calm_file)
    refused = "has no access to this screen" in text(app)
    assert refused == (role not in SCREENS[screen].roles)
    assert not refused or (not app.metric and not app.dataframe)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_run_past_the_frame_still_asks_for_the_role(monkeypatch: pytest.MonkeyPatch, demo_file: Path, screen: str) -> None:
    monkeypatch.setenv("HEALTH_WAREHOUSE", str(demo_file))
    app = AppTest.from_file(str(ROOT / SCREENS[screen].script), default_timeout=60)
    app.session_state["role"] = "nobody"
    app.run()
    assert "has no access to this screen" in text(app)
    assert not app.metric and not app.dataframe


def test_every_page_begins_with_its_own_require() -> None:
    scripts = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").rglob("*.py")}
    assert scripts == {screen.script for screen in SCREENS.values()}
    for screen in SCREENS.values():
        body = ast.parse((ROOT / screen.script).read_text(encoding="utf-8")).body
        first = next(
            node for node in body if not isinstance(node, ast.Expr | ast.Import | ast.ImportFrom | ast.FunctionDef) and _acts(node)
        )
        assert ast.unparse(first) == f"book = ui.require('{screen.key}')"


def _acts(node: ast.stmt) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(node))


def test_the_overview_shows_each_figure_against_a_stated_day(opened: Opened, demo_file: Path) -> None:
    app = opened("overview", demo_file)
    assert {"Healthy share", "MRR at risk", "Churn, 12 months", "MRR"} <= set(metrics(app))
    assert "as of 31 Oct 2026" in text(app)
    assert "Change since 31 Jul 2026." in text(app)
    app.get_by_key("against").set_value("Last year").run()
    assert "Change since 31 Oct 2025." in text(drawn(app))


def test_an_earlier_day_is_chosen_once_for_all_screens(opened: Opened, demo_file: Path) -> None:
    app = opened("overview", demo_file)
    app.selectbox(key="as_of").set_value(date(2026, 6, 30)).run()
    assert "as of 30 Jun 2026" in text(drawn(app))
    app.switch_page(str(ROOT / SCREENS["client"].script))
    app.query_params["customer"] = "C0000003"
    assert "as of 30 Jun 2026" in text(drawn(app.run()))


def test_the_list_of_the_at_risk_can_be_searched(opened: Opened, demo_file: Path) -> None:
    app = opened("overview", demo_file)
    everybody = app.dataframe[0].value
    name = everybody["customer"].iloc[-1]
    app.text_input[0].set_value(name.upper()).run()
    assert list(drawn(app).dataframe[0].value["customer"].unique()) == [name]


def test_a_client_opens_by_its_address(
    opened: Opened, demo_file: Path, demo_tables: dict[str, pl.DataFrame], owners: dict[str, str]
) -> None:
    someone = min(owners)
    name = demo_tables["customers"].filter(pl.col("customer_id") == someone)["name"][0]
    app = opened("client", demo_file, customer=f" {someone} ")
    assert text(app).startswith(name)
    assert {"Health", "Coverage", "MRR"} <= set(metrics(app))


def test_whoever_meets_a_lock_is_led_to_a_screen_of_the_own_role(opened: Opened, demo_file: Path) -> None:
    app = opened("overview", demo_file)
    app.selectbox(key="role").set_value("account_manager").run()
    assert "The role Account manager has no access" in text(drawn(app))
    assert [link.proto.label for link in app.get("page_link")] == [f"Go to {SCREENS['week'].title}"]


def gone(book: Book, status: str) -> dict[str, object]:
    """One customer of that standing, of those that the history knows."""
    as_of = portfolio.state(book).as_of
    assert as_of
    found = portfolio.build(book, as_of).filter((pl.col("status") == status) & (pl.col("exit_reason").is_not_null()))
    return found.sort("lost_on", "customer_id", descending=True).row(0, named=True)


def test_a_lost_client_is_a_record_without_advice(opened: Opened, demo_file: Path, demo_book: Book) -> None:
    lost = gone(demo_book, "lost")
    app = opened("client", demo_file, customer=lost["customer_id"])
    said, shown = text(app), metrics(app)
    assert f"Churned: last day {fmt.day(lost['lost_on'])}" in said and "Parts of the score" in said
    assert set(shown) == {"Left", "Reason", "Customer for", "Last health", "Last MRR"}
    assert shown["Left"] == fmt.day(lost["lost_on"])
    assert not [words for words in ("known yet", "still be gained", "Prices beside", "Leaves", "to the market") if words in said]


def test_a_leaving_client_says_which_day_its_score_is_of(opened: Opened, demo_file: Path, demo_book: Book) -> None:
    leaving = gone(demo_book, "leaving")
    app = opened("client", demo_file, customer=leaving["customer_id"])
    assert f"Last day {fmt.day(leaving['lost_on'])}" in text(app)
    assert f"Parts of the score, {fmt.day(leaving['facts_as_of'])}" in text(app)
    assert "Last day" in metrics(app)


def test_whoever_has_not_begun_is_told_so_without_a_score(opened: Opened, demo_file: Path, demo_tables: dict[str, pl.DataFrame]) -> None:
    begun = demo_tables["contracts"].group_by("customer_id").agg(pl.col("start_on").min()).sort("start_on", "customer_id")
    app = opened("client", demo_file, customer=str(begun["customer_id"][-1]))
    app.selectbox(key="as_of").set_value(date(2025, 1, 31)).run()
    assert "Not a customer yet on this day" in text(drawn(app))
    assert set(metrics(app)) == {"Begins", "Agreed MRR"}
    assert not [words for words in ("known yet", "still be gained", "Prices beside", "Parts of the score") if words in text(app)]


def test_a_term_that_ended_without_a_word_is_told_with_the_day_of_its_loss(opened: Opened, tmp_path: Path) -> None:
    lines = [
        {"contract_id": f"K{i}", "customer_id": i, "product": "fibre", "start_on": date(2024, 1, 1), "end_on": end, "unit_price": 50}
        for i, end in (("A", date(2025, 12, 10)), ("B", None))
    ]
    talk = {"interaction_id": "I1", "customer_id": "B", "channel": "call", "direction": "in"}
    talks = [talk | {"interaction_id": f"I{m}", "occurred_at": datetime(2025, m, 20)} for m in (10, 12)]
    tables = {
        "customers": rows("customers", *({"customer_id": i, "name": i} for i in "AB")),
        "contracts": rows("contracts", *lines),
        "interactions": rows("interactions", *talks),
    }
    app = opened("client", filled(tmp_path / "grace.duckdb", tables, "extract"), customer="A")
    assert "No contract in force since 10 Dec 2025; counts as churned from 9 Jan 2026" in text(app)
    assert (metrics(app)["Term ended"], metrics(app)["Grace period until"]) == ("10 Dec 2025", "9 Jan 2026")
    assert metrics(app)["Customer for"] == "23 months"


def test_the_choice_of_rows_does_not_break_the_next_client(
    opened: Opened, demo_file: Path, owners: dict[str, str], demo_book: Book
) -> None:
    app = opened("client", demo_file, customer=min(owners))
    app.get_by_key("behind-head").set_value("Days since contact").run()
    app.query_params["customer"] = str(gone(demo_book, "lost")["customer_id"])
    assert "Churned: last day" in text(drawn(app.run()))


def test_a_figure_is_one_click_from_its_rows(opened: Opened, demo_file: Path, owners: dict[str, str]) -> None:
    app = opened("client", demo_file, customer=min(owners))
    before = len(app.dataframe)
    app.get_by_key("behind-head").set_value("MRR").run()
    rows_behind = next(f.value for f in drawn(app).dataframe if "adds" in f.value.columns)
    assert len(app.dataframe) == before + 1
    assert f"€{rows_behind['adds'].sum():,.0f}" == metrics(app)["MRR"]
    assert rows_behind[["file", "line", "load_id"]].notna().all(axis=None)
    app.get_by_key("behind-parts").set_value("Volume").run()
    assert len(drawn(app).dataframe) == before + 2


def active(book: Book) -> tuple[str, date]:
    """A customer that was scored a month ago and is so today, and the newest day."""
    as_of = portfolio.state(book).as_of
    assert as_of
    known = (pl.col("status") == "active") & pl.col("health").is_not_null() & (pl.col("trend").list.len() > 12)
    return portfolio.build(book, as_of).filter(known)["customer_id"][0], as_of


def test_a_client_tells_why_its_health_moved_over_the_span_of_ones_choice(opened: Opened, demo_file: Path, demo_book: Book) -> None:
    someone, as_of = active(demo_book)
    app = opened("client", demo_file, customer=someone)
    assert re.search(r"Health (fell|rose|hardly|unchanged).* since 30 Sep 2026", text(app))
    assert "30 Sep 2026 to 31 Oct 2026; in points of health" in text(app)
    app.get_by_key("bridge-span").set_value("Last quarter").run()
    assert "31 Jul 2026 to 31 Oct 2026" in text(drawn(app))
    app.get_by_key("bridge-span").set_value("Custom").run()
    app.date_input(key="bridge-from").set_value(date(2026, 6, 17)).run()
    assert "17 Jun 2026 to 31 Oct 2026" in text(drawn(app))
    events = listed(app, "words")
    assert events["day"].between(date(2026, 6, 18), as_of).all()


def test_an_override_stands_beside_the_score_until_it_is_taken_back(
    opened: Opened, tmp_path: Path, demo_book: Book, untouched: Path
) -> None:
    someone, as_of = active(demo_book)
    file = Path(shutil.copy(untouched, tmp_path / "held.duckdb"))
    app = opened("client", file, customer=someone)
    machine = metrics(app)["Health"]
    app.number_input[0].set_value(99)
    app.text_input[0].set_value("They told me on the phone")
    button(app, "Save override")
    said = text(app)
    assert "as 99" in said and "They told me on the phone" in said and "Override: 99 by local user" in said
    assert metrics(app)["Health"] == machine, "the score itself stays"
    assert f"as of {fmt.day(as_of)}" in said
    assert "1 manual override in force" in text(opened("overview", file))
    app = opened("client", file, customer=someone)
    app.text_input[0].set_value("It fell through")
    button(app, "Withdraw the override")
    assert "No manual override" in text(app)
    assert "Withdrawn" in listed(app, "state")["state"].iloc[0]


def test_an_override_without_a_reason_is_refused_in_a_sentence(opened: Opened, demo_file: Path, demo_book: Book) -> None:
    app = opened("client", demo_file, customer=active(demo_book)[0])
    app.number_input[0].set_value(99)
    button(app, "Save override")
    assert ["needs an author and a reason" in problem.value for problem in app.error] == [True]


def test_whoever_may_not_override_is_offered_no_form(opened: Opened, demo_file: Path, demo_book: Book) -> None:
    app = opened("client", demo_file, "executive", customer=active(demo_book)[0])
    assert "Save override" not in {b.label for b in app.button}


def test_nps_stands_on_the_overview_and_on_the_client_page(opened: Opened, demo_file: Path, demo_tables: dict[str, pl.DataFrame]) -> None:
    surveys = staged("surveys", demo_tables["surveys"])
    (result,) = survey_results.last_year(surveys, date(2026, 10, 31))
    labels = [e.label for e in opened("overview", demo_file).expander]
    assert f"Survey answers: {fmt.plain(result.words)}" in labels
    answered = survey_results.scored_answers(surveys, date(2026, 10, 31))["customer_id"][-1]
    client = opened("client", demo_file, customer=answered, view="people")
    assert [e for e in client.expander if e.label.startswith("Survey answers: NPS ")]


def test_the_overview_says_whether_the_score_can_be_trusted(seen: Opened) -> None:
    app = seen("overview")
    said, shown = text(app), metrics(app)
    assert "are still customers" in said
    trusted = "The score predicts churn:" in said
    assert shown["MRR at risk"].startswith(":gray[") != trusted, "value at risk is grey unless outcomes support the score"
    assert all(word in said for word in ("Healthy: ", "Watch: ", "At risk: "))


def test_movers_are_shown_one_way_at_a_time_with_their_reason(opened: Opened, demo_file: Path) -> None:
    app = opened("overview", demo_file)
    assert "largest falls: " in text(app)
    assert (listed(app, "reason")["change"] < 0).all()
    app.get_by_key("movers").set_value("Rose").run()
    assert "largest rises: " in text(drawn(app))
    assert (listed(app, "reason")["change"] > 0).all() and listed(app, "reason")["reason"].notna().all()


@pytest.fixture(scope="module")
def calm_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of known bands in which nobody is at risk."""
    ids = [f"A{n}" for n in range(1, 5)]
    calls = [
        {"interaction_id": f"I{i}{m}{d}", "customer_id": i, "occurred_at": datetime(2025, m, d, 9), "channel": "call",
         "direction": "out", "outcome": "reached"}
        for i in ids for m in range(1, 13) for d in (5, 20)
    ]  # fmt: skip
    lines = [{"contract_id": f"K{i}", "customer_id": i, "product": "fibre", "start_on": date(2019, 1, 1), "unit_price": 50} for i in ids]
    solved = {"complaint_id": "Q1", "customer_id": "A1", "opened_at": datetime(2024, 1, 2), "resolved_at": datetime(2024, 1, 2, 1)}
    tables = {
        "customers": rows("customers", *({"customer_id": i, "name": i} for i in ids)),
        "contracts": rows("contracts", *lines),
        "interactions": rows("interactions", *calls),
        "complaints": rows("complaints", solved),
    }
    return filled(tmp_path_factory.mktemp("calm") / "calm.duckdb", tables, "extract")


def test_a_book_without_risk_is_told_so_once_and_not_by_empty_pictures(opened: Opened, calm_file: Path) -> None:
    app = opened("overview", calm_file, "executive")
    assert "No customer is at risk" in text(app)
    assert metrics(app)["Healthy share"].startswith("100")
    assert len(app.header) == 1, "the bands alone are drawn"
    assert not [words for words in ("Which customers", "complain", "revenue at risk") if words in text(app)]


def test_an_unknown_id_and_a_forbidden_one_get_the_same_sentence(opened: Opened, demo_file: Path, owners: dict[str, str]) -> None:
    unknown = opened("client", demo_file, "account_manager", customer="nobody")
    employee = unknown.selectbox(key="employee").value
    theirs = min(customer for customer, owner in owners.items() if owner != employee)
    forbidden = opened("client", demo_file, "account_manager", customer=theirs)
    assert [e.value for e in unknown.error] == [e.value for e in forbidden.error] == [NOT_FOUND]
    assert not forbidden.metric


def test_an_account_manager_can_find_own_customers_only(opened: Opened, demo_file: Path, owners: dict[str, str]) -> None:
    app = opened("client", demo_file, "account_manager", customer="nobody")
    own = {customer for customer, owner in owners.items() if owner == app.selectbox(key="employee").value}
    assert own
    finder = next(box for box in app.selectbox if box.label == "Find a customer")
    offered = {option.rsplit(" · ", 1)[-1] for option in finder.options}
    assert own <= offered
    assert not offered & (set(owners) - own)


def test_a_thin_book_says_why_there_is_no_score_and_what_would_help(opened: Opened, thin_file: Path) -> None:
    app = opened("overview", thin_file)
    said = text(app)
    assert "Only tenure is known" in said
    assert {f"Load {c.needs}: +{c.weight}".replace("_", " ") for c in COMPONENTS if c.weight and c.key != "tenure"} <= set(
        re.findall(r"Load [a-z_ ]+: \+\d+", said)
    )
    assert metrics(app)["Customers"] == "3" and metrics(app)["MRR"] == "€300"


def test_a_thin_book_claims_no_trend_and_no_rate(opened: Opened, thin_file: Path) -> None:
    assert not {"Churn, 12 months", "Healthy share", "Net retention", "Median warning"} & set(metrics(opened("overview", thin_file)))


def test_what_is_unknown_of_a_client_is_not_shown_as_zero(opened: Opened, thin_file: Path) -> None:
    app = opened("client", thin_file, customer="T2")
    shown = metrics(app)
    assert shown["Days since contact"] == fmt.UNKNOWN
    assert " to " in shown["Health"], "too little is known for one number"
    parts = app.dataframe[0].value
    unknown = parts[parts["component"].isin(["Contact frequency", "Complaints", "Price against market"])]
    assert unknown["points"].isna().all()
    assert unknown["fact"].str.startswith("Unknown: ").all()


def test_a_customers_name_is_shown_letter_by_letter(opened: Opened, thin_file: Path) -> None:
    app = opened("client", thin_file, customer="T1")
    assert app.title[0].value == fmt.plain(HOSTILE)
    assert all(HOSTILE not in str(block.value) for block in app.markdown)


def test_an_upload_is_reviewed_committed_and_listed(opened: Opened) -> None:
    app = opened("upload")
    app.file_uploader[0].upload("customers.csv", CUSTOMERS_CSV).run()
    assert metrics(drawn(app)) == {"Read": "3", "New": "2", "Changed": "0", "Unchanged": "0", "Refused": "1", "Skipped": "0"}
    assert "3 read = 2 new + 0 changed + 0 unchanged + 1 refused." in text(app)
    refused = next(shown.value for shown in app.dataframe if "reasons" in shown.value)
    assert refused["line"].tolist() == [4]
    assert "name is missing" in refused["reasons"][0] and "tier 'Z'" in refused["reasons"][0]
    button(app, "Load 2 rows")
    assert "Load 1 saved: 2 rows of customers.csv; 1 row refused, kept under Data, Loads." in text(app)
    loads = app.dataframe[-1].value
    assert loads[["load_id", "accepted", "refused", "state"]].values.tolist() == [[1, 2, 1, "Active"]]


def test_a_way_of_reading_that_the_file_does_not_bear_out_is_tried_once_and_told(opened: Opened) -> None:
    app = opened("upload")
    app.file_uploader[0].upload("customers.csv", "customer_id,name\nC1,René\nC2,Bo\n".encode()).run()
    next(choice for choice in app.selectbox if choice.label == "Encoding").select("cp1252").run()
    assert "2 read = 2 new" in text(app)
    assert any("UTF" in told.value for told in app.info)


def test_a_file_that_is_refused_whole_is_not_offered_to_commit(opened: Opened) -> None:
    app = opened("upload")
    app.file_uploader[0].upload("nothing.csv", b"a,b\n1,2\n").run()
    assert "nothing.csv" in text(app)
    assert not [b for b in app.button if b.label.startswith("Load ")]


def test_the_demo_is_marked_and_emptied_only_after_asking(opened: Opened, tmp_path: Path, untouched: Path) -> None:
    file = Path(shutil.copy(untouched, tmp_path))
    app = opened("overview", file)
    assert "Demo data" in text(app)
    button(app, "Empty the demo")
    assert metrics(app), "asking alone empties nothing"
    app.button(key="empty-demo").click()  # the dialog is a fragment: here both presses go into one run
    button(app, "Remove demo data")
    assert "No customers loaded yet" in text(app)
    assert "Demo data" not in text(app)


def test_an_own_book_carries_no_demo_mark(opened: Opened, thin_file: Path) -> None:
    app = opened("overview", thin_file)
    assert "Demo data" not in text(app)
    assert "Empty the demo" not in {b.label for b in app.button}


def test_the_method_names_every_component_part_and_weight(opened: Opened, demo_file: Path) -> None:
    app = opened("method", demo_file, view="Components in detail")
    said, heads = text(app), [block.label for block in app.expander]
    for component, head in zip(COMPONENTS, heads, strict=True):
        assert head.startswith(f"**{component.label}**") and (f"{component.weight} of 100" in head) == (component.weight > 0)
        assert component.why in said
        assert all(f"**{part.label}** :gray[{part.share} %" in said and part.formula in said for part in component.parts)


def test_streamlit_still_has_the_switch_that_the_frame_sets() -> None:
    assert hasattr(PagesManager, "uses_pages_directory"), (
        "app.py sets this private name so that a cold deep link shows no 'Page not found': rename the folder pages/ to views/ instead"
    )


def test_the_data_page_tells_what_is_held(opened: Opened, demo_file: Path, demo_tables: dict[str, pl.DataFrame]) -> None:
    app = opened("data", demo_file)
    shown = metrics(app)
    assert shown["Tables with rows"] == f"{sum(bool(frame.height) for frame in demo_tables.values())} of {len(TABLES)}"
    assert shown["Rows"] == f"{sum(frame.height for frame in demo_tables.values()):,}"
    assert shown["Newest day"] == "31 Oct"
    assert "No gaps: every month has the usual number of rows" in text(app)
    assert listed(app, "newest")["table"].tolist() == [name.replace("_", " ") for name in TABLES]
    assert "contact details to fix" in text(opened("data", demo_file, view="Contact details"))
    assert "1 load, latest on 2 Nov 2026" in text(opened("data", demo_file, view="Loads"))


def listed(app: AppTest, column: str) -> Any:
    """The table on screen that has a column of that name."""
    return next(frame.value for frame in app.dataframe if column in frame.value.columns)


def test_months_that_are_missing_stand_in_the_title(opened: Opened, tmp_path: Path, demo_tables: dict[str, pl.DataFrame]) -> None:
    talks = demo_tables["interactions"]
    without = talks.filter(pl.col("occurred_at").dt.truncate("1mo") != datetime(2026, 3, 1))
    file = filled(tmp_path / "gap.duckdb", demo_tables | {"interactions": without})
    assert "Interactions: no rows in March 2026 (usual: about " in text(opened("data", file))


def test_the_fix_list_of_contacts_is_searched(opened: Opened, demo_file: Path) -> None:
    app = opened("data", demo_file, view="Contact details")
    name = listed(app, "wrong")["customer"].iloc[-1]
    app.text_input(key="sought-fix").set_value(name.upper()).run()
    assert set(listed(drawn(app), "wrong")["customer"]) == {name}
    app.text_input(key="sought-fix").set_value("nobody of that name").run()
    assert listed(drawn(app), "wrong").empty


def test_a_thin_book_is_told_what_to_load(opened: Opened, thin_file: Path) -> None:
    app = opened("data", thin_file, view="Completeness")
    assert "3 of 4 components are unknown for every active customer" in text(app)
    assert {"Load interactions", "Load complaints", "Load market prices"} <= {b.label for b in app.button}
    assert metrics(app)["Contacts complete"] == fmt.UNKNOWN
    assert "Load interactions" not in {b.label for b in opened("data", thin_file, "executive", view="Completeness").button}


def test_what_the_warehouse_holds_is_not_told_to_whoever_sees_a_part_of_it() -> None:
    with pytest.raises(Forbidden, match="your role sees its own customers only"):
        read_tables(Book(Viewer("Jo", "account_manager", "E001"), Warehouse()), date(2026, 10, 31))


def test_the_evidence_of_a_young_book_is_a_reason_and_no_figure(opened: Opened, thin_file: Path) -> None:
    app = opened("evidence", thin_file)
    assert "Not enough history to test the score" in text(app) and "No dated events are loaded yet" in text(app)
    assert metrics(app) == {} and not app.dataframe and not app.get("vega_lite_chart")


def test_the_evidence_says_its_verdict_and_lists_every_loss(opened: Opened, demo_file: Path, demo_book: Book) -> None:
    app = opened("evidence", demo_file, "executive")
    book = demo_book
    losses = lost.ledger(book, date(2026, 10, 31))
    assert evidence.evidence(book).sentence.split(":")[0] in text(app)
    app = opened("evidence", demo_file, "executive", view="Churned customers")
    assert f"{losses.height} churned customers on file" in text(app)
    ledger = next(frame.value for frame in app.dataframe if "decided_on" in frame.value.columns)
    assert len(ledger) == losses.height
    assert ledger["warning_days"].dropna().to_list() == losses["warning_days"].drop_nulls().to_list()
    acted = with_detection(book, losses, date(2026, 10, 31))["detection_days"].drop_nulls()
    assert [words for words in ledger["first_act"].dropna() if words != "no act"] == [f"after {days} d" for days in acted]
    suggested = opened("evidence", demo_file, "executive", view="Suggested settings")
    assert not [b for b in suggested.button if "lab" in b.label], "an executive may not change the settings"


def test_the_evidence_tells_how_long_before_the_decision_the_score_warned(opened: Opened, demo_file: Path, demo_book: Book) -> None:
    app = opened("evidence", demo_file, view="Warning time")
    report = warning_report(demo_book, date(2026, 10, 31))
    times, shown = report.times["warning_days"], metrics(app)
    assert times.median_days is not None and times.never is not None and times.at_least[60] is not None
    assert shown["Median warning"] == f"{round(times.median_days)} days"
    assert (shown["Warned 60 days"], shown["Never warned"]) == (fmt.share(times.at_least[60].rate), fmt.share(times.never.rate))
    assert f"{times.not_scored} without one are left out" in text(app)
    assert "A list of the lowest 20" in text(app) and len(app.get("vega_lite_chart")) == 1
    assert report.why_not_predicted.startswith("Too few losses for a churn model")
    assert warning.comparison(report.curve, report.why_not_predicted) in text(app)
    lag = detection_lag(with_detection(demo_book, report.losses, date(2026, 10, 31)))
    assert lag.never is not None and lag.median_days is not None and detection.title(lag) in text(app)
    assert [list(frame.value.iloc[:, 1]) for frame in app.table if "Detection lag" in frame.value.columns] == [
        [fmt.plain(value) for value in detection.figures(lag)["value"]]
    ]


def test_the_command_tells_the_same_warning_and_detection_lag(
    untouched: Path, tmp_path: Path, demo_book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--warehouse", shutil.copy(untouched, tmp_path), "evidence", "--json"]) == 0
    out, err = capsys.readouterr()
    report = warning_report(demo_book, date(2026, 10, 31))
    lag = detection_lag(with_detection(demo_book, report.losses, date(2026, 10, 31))).as_json()
    assert json.loads(out)["warning"] == json.loads(json.dumps(report.as_json() | {"detection_lag": lag}))
    assert lag["acted"] > 0 and report.why_not_predicted in err


def test_the_overview_tells_the_median_warning_of_the_year(opened: Opened, demo_file: Path, demo_book: Book) -> None:
    app = opened("overview", demo_file)
    losses = lost.ledger(demo_book, date(2026, 10, 31)).filter(pl.col("lost_on").is_between(date(2025, 11, 1), date(2026, 10, 31)))
    days = losses["warning_days"].drop_nulls()
    assert metrics(app)["Median warning"] == f"{round(days.median())} days"  # type: ignore[arg-type]
    assert list(metrics(app)).index("Median warning") < 6, "among the six of the strip"


@pytest.fixture
def lab(opened: Opened, tmp_path: Path, untouched: Path) -> AppTest:
    return opened("score", Path(shutil.copy(untouched, tmp_path)))


def saved() -> list[int]:
    """The versions of the settings in the warehouse that is open, the newest first."""
    with reads.warehouse().reading() as session:
        return settings.versions(session)["version"].to_list()


def test_weights_that_do_not_add_up_cannot_be_saved_and_are_made_to(lab: AppTest) -> None:
    app = lab
    assert "as of 31 Oct 2026" in text(app) and "The preview uses" not in text(app)
    app.slider(key="lab weight /complaints").set_value(60).run()
    assert "Sum 130, not 100" in text(drawn(app))
    assert next(b for b in app.button if "Save as" in b.label).disabled
    button(app, "Scale to 100")
    weights = {c.key: app.slider(key=f"lab weight /{c.key}").value for c in COMPONENTS}
    assert weights["complaints"] == 60 and sum(weights.values()) == 100
    assert not next(b for b in app.button if "Save as" in b.label).disabled
    button(app, "Reset")
    assert app.slider(key="lab weight /complaints").value == COMPONENTS[1].weight


def test_the_lab_says_where_it_tries_a_draft_on_another_day_than_the_other_screens_show() -> None:
    def screen(day: "date", as_of: "date") -> None:
        from health.ui.lab import what_if

        what_if.day_note(day, as_of)

    told = [text(drawn(AppTest.from_function(screen, args=(date(2026, 9, 30), d)).run())) for d in (date(2026, 10, 14), date(2026, 9, 30))]
    assert "30 Sep 2026, the last month end on file; other screens show 14 Oct 2026" in told[0] and not told[1]


def test_nothing_is_written_until_a_draft_is_saved_with_a_reason(lab: AppTest) -> None:
    app = lab
    app.slider(key="lab edges").set_value((40, 70)).run()
    assert int(metrics(drawn(app))["Change of band"]) > 0
    assert saved() == [1]
    button(app, "Save as")
    app.button(key="primary-save").click()  # the dialog is a fragment: here both presses go into one run
    drawn(app.button(key="primary-save-now").click().run())
    assert "needs an author and a reason" in text(app)
    assert saved() == [1]


def test_hours_of_service_are_previewed_and_a_line_that_is_not_understood_is_explained(lab: AppTest) -> None:
    app = lab
    app.text_input(key="lab service_hours").set_value("9 to 5")
    button(app, "Apply")
    assert "write them as in Mon-Fri 9-17" in text(app)
    app.text_input(key="lab service_hours").set_value("Mon-Fri 9-17")
    app.text_input(key="lab holidays").set_value("2026-10-30")
    button(app, "Apply")
    assert not app.exception and "write them as in" not in text(app)
    assert not next(b for b in app.button if "Save as" in b.label).disabled and saved() == [1]


def test_a_figure_that_several_screens_show_is_the_same_on_each(opened: Opened, seen: Opened, demo_file: Path, demo_book: Book) -> None:
    as_of = portfolio.state(demo_book).as_of
    assert as_of
    active = portfolio.build(demo_book, as_of).filter(pl.col("status") == "active").sort("mrr", "customer_id")
    screens = {key: seen(key) for key in ("overview", "value", "week", "score")}
    for band in ("healthy", "at_risk"):
        screens[band] = opened("client", demo_file, customer=str(active.filter(pl.col("band") == band)["customer_id"][-1]))

    def said(screen: str, pattern: str) -> str:
        found = re.search(pattern, text(screens[screen]))
        assert found, f"{screen} does not say {pattern}"
        return found[1]

    def metric(screen: str, label: str) -> str:
        return metrics(screens[screen])[label].removeprefix(":gray[").removesuffix("]")  # grey: not proven by outcomes

    customers = said("overview", r"· ([\d,]+) customers")
    assert customers == said("value", r"· ([\d,]+) customers")
    leaving = said("overview", r"\((\d+) leaving\)")
    assert int(customers) - int(leaving) == int(said("week", r"([\d,]+) active customers")) == active.height
    assert said("score", r"of ([\d,]+) active customers") == said("week", r"([\d,]+) active customers")
    assert metric("overview", "MRR at risk") == metric("score", "MRR at risk")
    everybody = portfolio.build(demo_book, as_of)
    open_today = everybody.filter(pl.col("status").is_in(["active", "paused", "leaving"]))["open"].sum()
    assert int(metric("week", "Open complaints")) == open_today < everybody["open"].sum(), "those of lost customers are left out"
    rate = r": (Healthy: [^\]]+)\]"
    assert said("overview", rate) == said("healthy", rate)
    listed = next(table.value for table in screens["overview"].dataframe if "driver" in table.value.columns)
    row = listed[listed["customer"] == screens["at_risk"].title[0].value].iloc[0]
    assert (f"{row['health']:.0f} of 100", fmt.money(row["mrr"])) == (metric("at_risk", "Health"), metric("at_risk", "MRR"))
