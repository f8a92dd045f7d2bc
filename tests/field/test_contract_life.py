"""Files as companies have them - open ends, notice periods, lines that renew themselves, trials, pauses - through the command line."""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from health import portfolio
from health.cli import main
from health.foresight.backtest import churn_ledger
from health.insight import rates
from health.intake import layout, proposal
from health.intake.reading import unpack
from health.warehouse import Warehouse
from tests.books import analyst

pytestmark = pytest.mark.usefixtures("childless")
Run = Callable[..., Any]

CUSTOMERS = "customer_id,name,customer_since,tier\n1,Aster,2023-02-01,A\n2,Birch,2023-05-10,B\n3,Cedar,2024-01-15,C\n"
HEADER = "contract_id,customer_id,product,start_on,end_on,unit_price,signed_on,notice_on,terminated_on,notice_days"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Write the files given by name, then run one command; returns its object. Any other exit code than 0 fails."""

    def call(*arguments: str, **files: str) -> Any:
        for name, text in files.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        code = main(["--warehouse", str(tmp_path / "w.duckdb"), *[a.replace("@", f"{tmp_path}/") for a in arguments]])
        out, err = capsys.readouterr()
        assert code == 0, err
        return json.loads(out)

    return call


def statuses(tmp_path: Path, day: date) -> dict[str, str]:
    """The status of every customer in the warehouse."""
    warehouse = Warehouse(tmp_path / "w.duckdb")
    try:
        return dict(portfolio.build(analyst(warehouse), day).select("customer_id", "status").iter_rows())
    finally:
        warehouse.close()


def scored(run: Run, tmp_path: Path, day: str) -> dict[str, dict[str, str]]:
    run("score", "--as-of", day, "--out", "@score.csv", "--json")
    with (tmp_path / "score.csv").open(encoding="utf-8", newline="") as lines:
        return {row["customer_id"]: row for row in csv.DictReader(lines)}


def test_an_end_in_the_year_9999_is_no_end_and_the_load_says_so(run: Run, tmp_path: Path) -> None:
    lines = ["V1,1,care,2025-01-01,9999-12-31,100.00", "V2,2,care,2025-01-01,2026-12-31,100.00", "V3,3,care,2025-02-01,2900-01-01,100.00"]
    contracts = "contract_id,customer_id,product,start_on,end_on,unit_price\n" + "\n".join(lines) + "\n"
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS)
    told = run("load", "contracts", "@contracts.csv", "--json", contracts=contracts)
    assert (told["tables"][0]["accepted"], told["tables"][0]["refused"]) == (3, 0)
    assert told["notices"] == [
        "contracts.csv: end_on is in 2900 or later in 2 rows of contracts; that means no agreed end, so they are loaded as rolling."
    ]
    assert statuses(tmp_path, date(2026, 11, 1)) == dict.fromkeys("123", "active")


def test_a_german_file_with_31_12_9999_is_read_by_its_proposed_mapping(run: Run, tmp_path: Path) -> None:
    german = (
        "Vertragsnummer;Kundennummer;Produkt;Vertragsbeginn;Vertragsende;Preis\n"
        "V1;1;wartung;01.01.2025;31.12.9999;100,00\nV2;2;wartung;13.01.2025;31.12.2026;100,00\n"
    )
    (tmp_path / "vertraege.csv").write_text(german, encoding="utf-8")
    draft = proposal.propose(unpack.read(tmp_path / "vertraege.csv"), ["1", "2"])
    (tmp_path / "m.toml").write_text(layout.mappings.dumps(draft.mapping("m")), encoding="utf-8")
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS)
    told = run("load", "--mapping", "@m.toml", "@vertraege.csv", "--json")
    assert (told["tables"][0]["accepted"], told["tables"][0]["refused"]) == (2, 0)
    assert "no agreed end" in told["notices"][0]
    assert statuses(tmp_path, date(2026, 11, 1))["1"] == "active"


def test_a_line_with_ninety_days_of_notice_is_due_before_them_and_past_them_stands_apart(run: Run, tmp_path: Path) -> None:
    contracts = f"{HEADER}\nK1,1,suite,2025-02-01,2027-01-31,100.00,,,,90\n"
    calls = "interaction_id,customer_id,occurred_at,channel,direction,outcome\nI1,1,2026-08-20 10:00:00,call,both,reached\n"
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS)
    run("load", "contracts", "@contracts.csv", "--json", contracts=contracts)
    run("load", "interactions", "@calls.csv", "--json", calls=calls)
    run("calendar", "--as-of", "2026-10-20", "--out", "@days.ics", "--json")
    calendar = (tmp_path / "days.ics").read_text(encoding="utf-8")
    assert "Last day for notice: Aster" in calendar and "20261102" in calendar
    run("calendar", "--as-of", "2026-11-03", "--out", "@days.ics", "--json")
    assert "Last day for notice" not in (tmp_path / "days.ics").read_text(encoding="utf-8")


RENEWING = "S7a,1,suite,2023-08-29,2025-08-28,100.00,,,,60"
LATER = "interaction_id,customer_id,occurred_at,channel,direction,outcome\n" + "".join(
    f"I{n},1,{day} 10:00:00,call,both,reached\n" for n, day in enumerate(("2025-09-20", "2025-11-05", "2026-03-02", "2026-11-27"))
)


def test_without_a_renewal_term_contacts_after_the_end_are_told_beside_the_loss(run: Run, tmp_path: Path) -> None:
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS)
    run("load", "contracts", "@contracts.csv", "--json", contracts=f"{HEADER}\n{RENEWING}\n")
    run("load", "interactions", "@calls.csv", "--json", calls=LATER)
    assert statuses(tmp_path, date(2026, 11, 27))["1"] == "lost"
    (found,) = run("check", "--json")["spoken_since"]
    assert (found["customer_id"], found["lost_on"], found["contacts"], found["last_contact_on"]) == ("1", "2025-08-28", 3, "2026-11-27")


def test_a_line_that_renews_itself_each_year_is_in_force_with_its_next_end(run: Run, tmp_path: Path) -> None:
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS)
    run("load", "contracts", "@contracts.csv", "--json", contracts=f"{HEADER},renews_months\n{RENEWING},12\n")
    run("load", "interactions", "@calls.csv", "--json", calls=LATER)
    assert statuses(tmp_path, date(2026, 11, 27))["1"] == "active"
    assert run("check", "--json")["spoken_since"] == []
    warehouse = Warehouse(tmp_path / "w.duckdb")
    try:
        row = portfolio.build(analyst(warehouse), date(2026, 11, 27)).filter(customer_id="1").row(0, named=True)
    finally:
        warehouse.close()
    assert row["renewal_on"] == date(2027, 8, 28)


TRIALS = [
    "T1,1,suite,2026-08-01,,0.00,,2026-08-13,2026-08-14,", "T2,2,suite,2026-08-20,,0.00,,2026-09-18,2026-09-19,",
    "P1,3,suite,2024-01-01,,100.00,,,,",
]  # fmt: skip
RECENT = "interaction_id,customer_id,occurred_at,channel,direction,outcome\nI1,3,2026-11-20 10:00:00,call,both,reached\n"


def lost_and_churn(tmp_path: Path) -> tuple[list[str], int]:
    """Ids in the ledger of churned customers, and the losses that churn counts."""
    warehouse = Warehouse(tmp_path / "w.duckdb")
    try:
        book = analyst(warehouse)
        ledger = churn_ledger.ledger(book, date(2026, 11, 20))
        return ledger["customer_id"].to_list(), rates.losses(portfolio.history(book)).height
    finally:
        warehouse.close()


def test_unconverted_trials_at_no_charge_are_no_losses_once_declared(run: Run, tmp_path: Path) -> None:
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS.replace("2023-02-01", "2026-08-01"))
    told = run("load", "contracts", "@contracts.csv", "--free-is-trial", "--json", contracts="\n".join([HEADER, *TRIALS]) + "\n")
    assert told["assumption"] == layout.FREE_IS_TRIAL
    run("load", "interactions", "@calls.csv", "--json", calls=RECENT)
    assert lost_and_churn(tmp_path) == ([], 0)
    assert statuses(tmp_path, date(2026, 11, 20)) == {"1": "trial", "2": "trial", "3": "active"}
    assert set(scored(run, tmp_path, "2026-11-20")) == {"3"}


def test_the_upload_asks_whether_free_lines_are_trials_and_keeps_the_answer_in_its_mapping(run: Run, tmp_path: Path) -> None:
    (tmp_path / "contracts.csv").write_text("\n".join([HEADER, *TRIALS]) + "\n", encoding="utf-8")
    draft = proposal.propose(unpack.read(tmp_path / "contracts.csv"), ["1", "2", "3"])
    (question,) = [question for question in draft.questions if question.about == "free"]
    assert question.ask == "2 contract lines priced at 0. Are these trials?" and not question.needed
    assert not [q for q in draft.answered(question).questions if q.about == "free"], "left open, it is not asked again"
    answered = draft.answered(question, "true")
    mapping = layout.mappings.dumps(answered.mapping("m"))
    assert "free_is_trial = true" in mapping
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS)
    run("load", "--mapping", "@m.toml", "@contracts.csv", "--json")
    assert statuses(tmp_path, date(2026, 11, 20)) == {"1": "trial", "2": "trial", "3": "active"}


def test_a_gap_said_to_be_a_pause_is_no_loss(run: Run, tmp_path: Path) -> None:
    lines = ["S4a,1,suite,2024-01-01,,100.00,,2026-04-30,2026-04-30,,2026-05-01,2026-07-31", "S4b,1,suite,2026-08-01,,100.00,,,,,,"]
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS)
    run("load", "contracts", "@contracts.csv", "--json", contracts="\n".join([f"{HEADER},paused_from,paused_until", *lines]) + "\n")
    run("load", "interactions", "@calls.csv", "--json", calls=RECENT)
    assert lost_and_churn(tmp_path) == ([], 0)
    assert [statuses(tmp_path, date(2026, month, 15))["1"] for month in (4, 6, 8)] == ["active", "paused", "active"]
    assert scored(run, tmp_path, "2026-06-15")["1"]["band"] != ""


def test_contradictory_pauses_and_terms_are_refused_with_their_reason(run: Run, tmp_path: Path) -> None:
    header = f"{HEADER},renews_months,paused_from,paused_until"
    bad = ["A,1,suite,2024-01-01,,1.00,,,,,0,,", "B,1,suite,2024-01-01,,1.00,,,,,,2024-05-01,2024-04-01",
           "C,1,suite,2024-01-01,,1.00,,,,,,,2024-04-01", "D,1,suite,2024-01-01,,1.00,,,,,,,"]  # fmt: skip
    run("load", "customers", "@customers.csv", "--json", customers=CUSTOMERS)
    told = run("load", "contracts", "@contracts.csv", "--dry-run", "--json", contracts="\n".join([header, *bad]) + "\n")
    assert [row["reasons"] for row in told["reasons"]] == [
        "renews_months '0' is less than 1", "paused_until is before paused_from", "paused_until needs paused_from",
    ]  # fmt: skip
