"""TABLES: what a company records about its customers. Storage, checks, templates, help texts and forms derive from this declaration."""

from collections.abc import Iterable

import polars as pl

from health.columns import Column, Rule, Table, count, date, flag, instant, money, not_before, not_zero, number, text

REASONS = ("price", "service", "contact", "product", "competitor", "moved", "insolvency", "merged", "we_ended", "unknown")
CHANNELS = ("visit", "call", "video", "email", "chat", "letter", "newsletter", "portal")
CUSTOMER = text("customer_id", "whose record it is", "C1001", required=True, refers="customers")
RECORDED = instant("recorded_at", "when the row was written at the source", "2026-10-01 09:00:00")


def table(
    name: str, grain: str, key: Iterable[str], *columns: Column, rules: tuple[Rule, ...] = (), warnings: tuple[Rule, ...] = (),
    score_use: str = "", entry: str = "",
) -> Table:  # fmt: skip
    """One declaration; every table ends with the column `recorded_at`."""
    return Table(name, grain, tuple(key), (*columns, RECORDED), rules, warnings, score_use, entry)


_ALL = (
    table(
        "customers", "a customer", ["customer_id"],
        text("customer_id", "the customer's id, kept as text", "C1001", required=True),
        text("name", "the name on the account", "Amberley Clinics", required=True),
        date("customer_since", "the day the relation began", "2021-03-01", event=True, opening=True),
        text("tier", "how closely it is looked after", "A", allowed=("A", "B", "C")), text("segment", "kind of customer", "Enterprise"),
        text("region", "where; must match the region of market prices", "north"),
        text("owner", "employee id of the account manager", "E001", mentions="employees"),
        text("parent_id", "customer id of the group it belongs to", mentions="customers"),
        score_use="who the customers are, their tier and how long they have been there",
    ),
    table(
        "contacts", "a person at a customer", ["contact_id"],
        text("contact_id", "the person's id", "P1", required=True), CUSTOMER, text("name", "the person's name", "Ida Berg", required=True),
        text("role", "what the person does", "decision_maker", allowed=("decision_maker", "user", "technical", "billing", "other")),
        text("email", "e-mail address", "ida@amberley.example"), text("phone", "telephone", "+44 20 7946 0000"),
        flag("is_primary", "the first person to call", "true"), date("active_from", "known from", "2024-01-01"),
        date("active_to", "left the customer on"),
        rules=(not_before("active_to", "active_from"),),
        warnings=(Rule("neither email nor phone is given", pl.col("email").is_null() & pl.col("phone").is_null()),),
        score_use="off at first: relationship, whom we know",
        entry="person",
    ),
    table(
        "contracts", "a line of a contract", ["contract_id"],
        text("contract_id", "the line's id", "K1", required=True), CUSTOMER, text("product", "what is bought", "mobile", required=True),
        date("start_on", "first day in force", "2025-01-01", required=True),
        date("end_on", "the end agreed at signing, never changed later; blank = rolling", "2026-12-31"),
        money("unit_price", "price per unit and month", "24.90", required=True, least=0),
        count("quantity", "units; blank = 1", "12", least=0), money("unit_cost", "cost per unit and month", "15.20", least=0),
        money("list_price", "list price per unit and month", "27.00", least=0),
        date("signed_on", "day of signing; blank = start_on", "2024-12-10", event=True, opening=True, blank_is="start_on"),
        date("notice_on", "day notice was given", event=True), date("terminated_on", "early end"),
        count("notice_days", "days of notice; blank = 30", "30", least=0),
        rules=(not_before("end_on", "start_on"), not_before("terminated_on", "start_on")),
        warnings=(
            not_zero("unit_price"),
            Rule("unit_price is more than ten times list_price", (pl.col("unit_price") / 10 > pl.col("list_price")).fill_null(False)),
        ),
        score_use="who is still there, the price paid and the time agreed",
    ),
    table(
        "market_prices", "a product, region, month and source", ["product", "region", "month", "source"],
        text("product", "as in contracts", "mobile", required=True), text("region", "blank = everywhere", "north"),
        date("month", "the month it holds for, any day of it", "2026-09-01", required=True),
        text("source", "who says so", "price survey", required=True),
        money("price", "market price per unit and month", "23.10", required=True, least=0),
        date("observed_on", "known from; blank = last day of the month", "2026-09-30"),
        warnings=(not_zero("price"),),
        score_use="what the market asks for the same product",
    ),
    table(
        "interactions", "a contact with a customer", ["interaction_id"],
        text("interaction_id", "the contact's id", "I1", required=True), CUSTOMER,
        instant("occurred_at", "when it happened", "2026-10-05 14:30:00", required=True, event=True),
        text("channel", "how", "call", required=True, allowed=CHANNELS),
        text("direction", "who began: in = the customer, out = we", "out", required=True, allowed=("in", "out", "both")),
        text("outcome", "was the customer reached", "reached", allowed=("reached", "no_reply", "unknown")),
        flag("automated", "sent by a machine; blank = newsletters only", "false"),
        text("purpose", "what for", "review", allowed=("review", "service", "sales", "handover", "billing", "complaint", "other")),
        text("employee_id", "who of us", "E001", mentions="employees"), text("contact_id", "who of them", "P1", mentions="contacts"),
        count("wait_seconds", "time the customer waited", "40", least=0), text("comment", "a note"),
        score_use="contact frequency: who was spoken to, when, and whether they answered",
        entry="contact",
    ),
    table(
        "complaints", "a complaint", ["complaint_id"],
        text("complaint_id", "the complaint's id", "Q1", required=True), CUSTOMER,
        instant("opened_at", "when it was raised", "2026-09-01 10:00:00", required=True, event=True),
        count("severity", "1 low to 4 critical; blank = 2", "3", least=1, most=4),
        text("theme", "what it is about; blank = unsorted", "outage"),
        instant("first_response_at", "first human answer", "2026-09-01 15:00:00", event=True),
        instant("resolved_at", "solved", "2026-09-03 09:00:00", event=True),
        instant("reopened_at", "raised again after it was solved", event=True), text("product", "which product", "mobile"),
        text("employee_id", "who of us", mentions="employees"), text("comment", "a note"),
        rules=(
            not_before("first_response_at", "opened_at"), not_before("resolved_at", "opened_at"), not_before("reopened_at", "opened_at"),
        ),
        score_use="complaints: how heavy, how often, and how fast they were answered",
        entry="complaint",
    ),
    table(
        "surveys", "an invitation and its answer", ["survey_id"],
        text("survey_id", "the invitation's id", "S1", required=True), CUSTOMER,
        text("kind", "which question", "nps", required=True, allowed=("nps", "csat", "ces")),
        date("asked_on", "invited on", "2026-06-01", event=True), date("answered_on", "answered on", "2026-06-04", event=True),
        number("score", "the answer", "8"), number("scale_min", "lowest answer possible", "0"),
        number("scale_max", "highest answer possible", "10"), text("contact_id", "who answered", mentions="contacts"),
        text("comment", "a note"),
        rules=(
            Rule("neither asked_on nor answered_on is given", pl.col("asked_on").is_null() & pl.col("answered_on").is_null()),
            Rule("a score needs answered_on", pl.col("score").is_not_null() & pl.col("answered_on").is_null()),
            not_before("answered_on", "asked_on"),
            Rule("score lies below scale_min", (pl.col("score") < pl.col("scale_min")).fill_null(False)),
            Rule("score lies above scale_max", (pl.col("score") > pl.col("scale_max")).fill_null(False)),
        ),
        score_use="off at first: satisfaction, what customers say",
        entry="survey",
    ),
    table(
        "invoices", "an invoice", ["invoice_id"],
        text("invoice_id", "the invoice's id", "R1", required=True), CUSTOMER,
        date("issued_on", "date of the invoice", "2026-09-01", required=True, event=True),
        date("due_on", "to be paid by", "2026-10-01", required=True), money("amount", "sum", "298.80", required=True),
        date("paid_on", "paid on; blank = unpaid", "2026-09-28", event=True), flag("disputed", "the customer disputes it", "false"),
        flag("written_off", "given up as lost", "false"),
        rules=(not_before("due_on", "issued_on"), not_before("paid_on", "issued_on")),
        warnings=(not_zero("amount"),),
        score_use="long unpaid invoices, which cap the band; off at first: payment",
    ),
    table(
        "promises", "a promise to a customer", ["promise_id"],
        text("promise_id", "the promise's id", "V1", required=True), CUSTOMER,
        text("kind", "what sort", "delivery", required=True, allowed=("delivery", "handover", "callback", "other")),
        date("promised_on", "promised on", "2026-09-01", required=True, event=True),
        instant("due_at", "promised for", "2026-09-08 17:00:00", required=True),
        instant("delivered_at", "kept on", "2026-09-08 11:00:00", event=True), text("contract_id", "for which line", mentions="contracts"),
        text("comment", "what was promised"),
        score_use="off at first: expectations, promises kept",
        entry="promise",
    ),
    table(
        "diary", "a planned contact", ["diary_id"],
        text("diary_id", "the entry's id", "D1", required=True), CUSTOMER, date("planned_on", "planned for", "2026-11-10", required=True),
        date("created_on", "entered on", "2026-10-10", event=True), text("channel", "how", "call", allowed=CHANNELS),
        text("employee_id", "who of us", mentions="employees"), date("cancelled_on", "called off on", event=True),
        score_use="contact frequency: planned contacts, kept or not",
        entry="diary entry",
    ),
    table(
        "exits", "a customer leaving", ["customer_id", "announced_on"],
        CUSTOMER, date("announced_on", "known from", "2026-08-15", required=True, event=True),
        date("left_on", "last day; blank = the agreed end", "2026-09-30"),
        text("reason", "what they say", "price", required=True, allowed=REASONS), text("comment", "a note"),
        text("competitor", "where they went"), date("interviewed_on", "asked why on", event=True),
        money("written_off", "sum given up", least=0),
        score_use="who has left or is leaving",
        entry="exit",
    ),
    table(
        "referrals", "a referral made by a customer", ["referral_id"],
        text("referral_id", "the referral's id", "F1", required=True), CUSTOMER,
        date("made_on", "made on", "2026-05-01", required=True, event=True),
        text("referred_id", "customer id of whom they sent", mentions="customers"),
        date("won_on", "became a customer on", event=True),
        score_use="off at first: relationship, whom they sent",
        entry="referral",
    ),
    table(
        "opportunities", "a sales opportunity", ["opportunity_id"],
        text("opportunity_id", "the opportunity's id", "O1", required=True), CUSTOMER,
        text("kind", "what sort", "upsell", required=True, allowed=("upsell", "cross_sell", "renewal", "winback")),
        date("opened_on", "opened on", "2026-07-01", required=True, event=True), date("closed_on", "closed on", event=True),
        text("outcome", "how it ended", "open", allowed=("open", "won", "lost")), money("monthly_value", "worth per month", "120.00"),
        entry="opportunity",
    ),
    table(
        "usage", "a customer, month, product and metric", ["customer_id", "month", "product", "metric"],
        CUSTOMER, date("month", "the month, any day of it", "2026-09-01", required=True, event=True),
        text("product", "which product", "mobile", required=True), text("metric", "what is counted", "active_lines", required=True),
        number("used", "used", "10", least=0), number("licensed", "paid for", "12", least=0),
        score_use="off at first: usage, what is used of what is paid",
    ),
    table(
        "employees", "an employee", ["employee_id"],
        text("employee_id", "the employee's id", "E001", required=True), text("name", "the name", "Jo Peeters", required=True),
        text("team", "the team", "north"), text("email", "e-mail address", "jo@example.org"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {t.name: t for t in _ALL}
