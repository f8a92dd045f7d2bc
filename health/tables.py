"""TABLES: what a company records about its customers. Storage, checks, templates, help texts and forms derive from this declaration."""

from collections.abc import Iterable

import polars as pl

from health.columns import (
    RECORDED_AT,
    Column,
    Rule,
    Table,
    count,
    date,
    flag,
    instant,
    money,
    not_all_blank,
    not_before,
    not_earlier,
    not_zero,
    number,
    rate,
    text,
)

REASONS = ("price", "service", "contact", "product", "competitor", "moved", "insolvency", "merged", "we_ended", "unknown")
CHANNELS = ("visit", "call", "video", "email", "chat", "letter", "newsletter", "portal")
CUSTOMER = text("customer_id", "customer id", "C1001", required=True, refers="customers")
CURRENCY = text("currency", "currency code of the amounts; blank = your own currency")
RECORDED = instant(RECORDED_AT, "when the row was recorded in the source system", "2026-10-01 09:00:00")


def table(
    name: str, grain: str, key: Iterable[str], *columns: Column, rules: tuple[Rule, ...] = (), warnings: tuple[Rule, ...] = (),
    score_use: str = "", entry: str = "", entry_rules: tuple[Rule, ...] = (),
) -> Table:  # fmt: skip
    """One declaration; every table ends with the column `recorded_at`."""
    return Table(name, grain, tuple(key), (*columns, RECORDED), rules, warnings, score_use, entry, entry_rules)


def _outside_nps_scale() -> pl.Expr:
    """An NPS that is outside 0 to 10 where its row does not say otherwise."""
    below = pl.col("scale_min").is_null() & (pl.col("score") < 0)
    return ((pl.col("kind") == "nps") & (below | (pl.col("scale_max").is_null() & (pl.col("score") > 10)))).fill_null(False)


def _lacks_scale() -> pl.Expr:
    """A score of a kind that has no usual scale, without both ends of one."""
    has_scale = pl.col("scale_min").is_not_null() & pl.col("scale_max").is_not_null()
    return ((pl.col("kind") != "nps") & pl.col("score").is_not_null() & ~has_scale).fill_null(False)


def _broken_nps() -> pl.Expr:
    """An NPS that nobody can have chosen."""
    return ((pl.col("kind") == "nps") & (pl.col("score") != pl.col("score").floor())).fill_null(False)


_ALL = (
    table(
        "customers", "customer", ["customer_id"],
        text("customer_id", "the customer's id, kept as text", "C1001", required=True),
        text("name", "customer name", "Amberley Clinics", required=True),
        date("customer_since", "first day as a customer", "2021-03-01", event=True, opening=True),
        text("tier", "service tier", "A", allowed=("A", "B", "C")), text("segment", "customer segment", "Enterprise"),
        text("region", "region, as in market prices", "north"),
        text("owner", "employee id of the account manager", "E001", mentions="employees"),
        text("parent_id", "customer id of the parent company", mentions="customers"),
        score_use="who the customers are, their tier, and tenure",
    ),
    table(
        "contacts", "contact person at a customer", ["contact_id"],
        text("contact_id", "the person's id", "P1", required=True), CUSTOMER, text("name", "the person's name", "Ida Berg", required=True),
        text("role", "role", "decision_maker", allowed=("decision_maker", "user", "technical", "billing", "other")),
        text("email", "e-mail address", "ida@amberley.example"), text("phone", "telephone", "+44 20 7946 0000"),
        flag("is_primary", "primary contact", "true"), date("active_from", "known from", "2024-01-01"),
        date("active_to", "left the company on"),
        rules=(not_before("active_to", "active_from"),),
        warnings=(Rule("neither email nor phone is given", pl.col("email").is_null() & pl.col("phone").is_null()),),
        score_use="relationship (off by default): contacts",
        entry="person",
    ),
    table(
        "rates", "currency and day", ["currency", "day"],
        text("currency", "currency code, such as USD", "USD", required=True),
        date("day", "first day of the rate", "2026-09-01", required=True),
        rate("rate", "what one unit of it costs in your own currency", "0.9214", required=True),
        text("source", "source", "central bank"),
        rules=(Rule("rate is 0", (pl.col("rate") == 0).fill_null(False)),),
        score_use="converts amounts in other currencies",
    ),
    table(
        "contracts", "contract line", ["contract_id"],
        text("contract_id", "contract line id", "K1", required=True), CUSTOMER, text("product", "product", "mobile", required=True),
        date("start_on", "start date", "2025-01-01", required=True),
        date("end_on", "end date agreed at signing, never changed later; blank or 9999-12-31 = rolling", "2026-12-31",
             never="no agreed end, so they are loaded as rolling"),
        money("unit_price", "price per unit per month", "24.90", required=True, least=0),
        count("quantity", "units; blank = 1", "12", least=0), money("unit_cost", "cost per unit per month", "15.20", least=0),
        money("list_price", "list price per unit per month", "27.00", least=0),
        date("signed_on", "signing date; blank = start_on", "2024-12-10", event=True, opening=True, blank_is="start_on"),
        date("notice_on", "date notice was given", event=True), date("terminated_on", "early end date"),
        count("notice_days", "notice period in days; blank = 30", "30", least=0),
        count("renews_months", "months by which it renews itself without notice; blank = it ends", "12", least=1, most=1200),
        flag("trial", "a trial, which does not count as a contract; blank = no trial", "false"),
        date("paused_from", "first day of a pause, which is free of charge and no loss"),
        date("paused_until", "last day of the pause; blank = until further notice"),
        CURRENCY, text("price_period", "what the prices are for; blank = month", "month", allowed=("month", "quarter", "year")),
        rules=(
            not_before("end_on", "start_on"), not_before("terminated_on", "start_on"), not_before("paused_from", "start_on"),
            not_before("paused_until", "paused_from"),
            Rule("paused_until needs paused_from", pl.col("paused_until").is_not_null() & pl.col("paused_from").is_null()),
        ),
        warnings=(
            not_zero("unit_price"),
            Rule("renews_months has no effect without end_on", pl.col("renews_months").is_not_null() & pl.col("end_on").is_null()),
            Rule("unit_price is more than ten times list_price", (pl.col("unit_price") / 10 > pl.col("list_price")).fill_null(False)),
        ),
        score_use="who is active, the price paid and the contract term",
    ),
    table(
        "market_prices", "product, region, month and source", ["product", "region", "month", "source"],
        text("product", "product, as in contracts", "mobile", required=True), text("region", "region; blank = all regions", "north"),
        date("month", "month, given as any day in it", "2026-09-01", required=True),
        text("source", "source of the price", "price survey", required=True),
        money("price", "market price per unit per month", "23.10", required=True, least=0),
        date("observed_on", "known from; blank = last day of the month", "2026-09-30"), CURRENCY,
        warnings=(not_zero("price"),),
        score_use="market price of the same product",
    ),
    table(
        "interactions", "contact with a customer (call, visit, e-mail ...)", ["interaction_id"],
        text("interaction_id", "interaction id", "I1", required=True), CUSTOMER,
        instant("occurred_at", "date and time", "2026-10-05 14:30:00", required=True, event=True),
        text("channel", "channel", "call", required=True, allowed=CHANNELS),
        text("direction", "started by: in = the customer, out = us, both", "out", required=True, allowed=("in", "out", "both")),
        text("outcome", "whether the customer was reached", "reached", allowed=("reached", "no_reply", "unknown")),
        flag("automated", "automatic; blank = newsletters only", "false"),
        text("purpose", "purpose", "review", allowed=("review", "service", "sales", "handover", "billing", "complaint", "other")),
        text("employee_id", "our contact", "E001", mentions="employees"), text("contact_id", "their contact", "P1", mentions="contacts"),
        count("wait_seconds", "seconds the customer waited", "40", least=0), text("comment", "note"),
        score_use="contact frequency: who was contacted, when, and whether they answered",
        entry="contact",
    ),
    table(
        "complaints", "complaint", ["complaint_id"],
        text("complaint_id", "the complaint's id", "Q1", required=True), CUSTOMER,
        instant("opened_at", "date and time raised", "2026-09-01 10:00:00", required=True, event=True),
        count("severity", "1 low to 4 critical; blank = 2", "3", least=1, most=4),
        text("theme", "theme; blank = uncategorised", "outage"),
        instant("first_response_at", "first response by a person", "2026-09-01 15:00:00", event=True),
        instant("resolved_at", "resolved", "2026-09-03 09:00:00", event=True),
        instant("reopened_at", "reopened after it was resolved", event=True), text("product", "product", "mobile"),
        text("employee_id", "our contact", mentions="employees"), text("comment", "note"),
        rules=(not_earlier("reopened_at", "opened_at"),),
        warnings=(
            not_earlier("first_response_at", "opened_at", ", so the response time is unknown (merged tickets?)"),
            not_earlier("resolved_at", "opened_at", ", so the time to resolve is unknown (merged tickets?)"),
        ),
        score_use="complaints: severity, frequency and response time",
        entry="complaint",
        entry_rules=(
            not_all_blank("theme", "product", "comment", words="say in one of them what the complaint is about"),
            not_earlier("first_response_at", "opened_at", ": enter when it was answered"),
            not_earlier("resolved_at", "opened_at", ": enter when it was resolved"),
        ),
    ),
    table(
        "surveys", "survey invitation and its answer", ["survey_id"],
        text("survey_id", "survey id", "S1", required=True), CUSTOMER,
        text("kind", "kind of survey", "nps", required=True, allowed=("nps", "csat", "ces")),
        date("asked_on", "invited on", "2026-06-01", event=True), date("answered_on", "answered on", "2026-06-04", event=True),
        number("score", "the answer", "8"), number("scale_min", "lowest possible answer", "0"),
        number("scale_max", "highest possible answer", "10"), text("contact_id", "who answered (contact id)", mentions="contacts"),
        text("comment", "note"),
        rules=(
            Rule("neither asked_on nor answered_on is given", pl.col("asked_on").is_null() & pl.col("answered_on").is_null()),
            Rule("a score needs answered_on", pl.col("score").is_not_null() & pl.col("answered_on").is_null()),
            not_before("answered_on", "asked_on"),
            Rule("score is below scale_min", (pl.col("score") < pl.col("scale_min")).fill_null(False)),
            Rule("score is above scale_max", (pl.col("score") > pl.col("scale_max")).fill_null(False)),
            Rule("scale_min is not below scale_max", (pl.col("scale_min") >= pl.col("scale_max")).fill_null(False)),
            Rule("the score of an NPS without a scale is not from 0 to 10", _outside_nps_scale()),
            Rule("a csat or ces score needs its scale: give scale_min and scale_max, or state the scale when loading", _lacks_scale()),
        ),
        warnings=(Rule("the score of an NPS is not a whole number: is it an average of several answers?", _broken_nps()),),
        score_use="satisfaction (off by default): survey answers",
        entry="survey",
    ),
    table(
        "invoices", "invoice", ["invoice_id"],
        text("invoice_id", "the invoice's id", "R1", required=True), CUSTOMER,
        date("issued_on", "invoice date", "2026-09-01", required=True, event=True),
        date("due_on", "due date; blank = invoice date", "2026-10-01", blank_is="issued_on"),
        money("amount", "amount; negative = a credit note", "298.80", required=True),
        date("paid_on", "paid on; blank = unpaid", "2026-09-28", event=True), flag("disputed", "the customer disputes it", "false"),
        flag("written_off", "written off as lost", "false"),
        text("status", "status; void and draft invoices do not count", "paid", allowed=("open", "paid", "void", "draft", "uncollectible")),
        money("paid_amount", "amount paid so far; blank = all of it once it is paid", "298.80"),
        date("period_from", "first day that the amount is for", "2026-09-01"),
        date("period_to", "last day that the amount is for", "2026-09-30"),
        flag("one_off", "not recurring, so not in the MRR", "false"), CURRENCY,
        rules=(
            not_before("due_on", "issued_on"), not_before("paid_on", "issued_on"), not_before("period_to", "period_from"),
            Rule("only one of period_from and period_to is given", pl.col("period_from").is_null() != pl.col("period_to").is_null()),
        ),
        warnings=(
            not_zero("amount"), Rule("due_on is blank, so it is due on its invoice date", pl.col("due_on").is_null()),
            Rule(
                "it is paid but paid_on is blank, so it counts as unpaid before the day of the file",
                pl.col("paid_on").is_null() & (pl.col("status").eq_missing("paid") | (pl.col("paid_amount") != 0).fill_null(False)),
            ),
        ),
        score_use="long unpaid invoices, which cap the band; payment (off by default)",
    ),
    table(
        "promises", "promise to a customer", ["promise_id"],
        text("promise_id", "the promise's id", "V1", required=True), CUSTOMER,
        text("kind", "kind", "delivery", required=True, allowed=("delivery", "handover", "callback", "other")),
        date("promised_on", "promised on", "2026-09-01", required=True, event=True),
        instant("due_at", "due", "2026-09-08 17:00:00", required=True),
        instant("delivered_at", "kept on", "2026-09-08 11:00:00", event=True), text("contract_id", "contract line", mentions="contracts"),
        text("comment", "what was promised"),
        rules=(not_before("delivered_at", "promised_on"),),
        score_use="promises kept (off by default)",
        entry="promise",
        entry_rules=(not_before("due_at", "promised_on", ": enter a later day in due_at"),),
    ),
    table(
        "diary", "planned contact", ["diary_id"],
        text("diary_id", "diary entry id", "D1", required=True), CUSTOMER, date("planned_on", "planned for", "2026-11-10", required=True),
        date("created_on", "entered on", "2026-10-10", event=True), text("channel", "channel", "call", allowed=CHANNELS),
        text("employee_id", "our contact", mentions="employees"), date("cancelled_on", "cancelled on", event=True),
        score_use="contact frequency: planned contacts, kept or not",
        entry="diary entry",
        entry_rules=(not_before("cancelled_on", "created_on", ": enter the day on which it was cancelled"),),
    ),
    table(
        "exits", "customer who is leaving or has left", ["customer_id", "announced_on"],
        CUSTOMER, date("announced_on", "known from", "2026-08-15", required=True, event=True),
        date("left_on", "last day; blank = end of contract", "2026-09-30"),
        text("reason", "reason stated by the customer", "price", required=True, allowed=REASONS), text("comment", "note"),
        text("competitor", "competitor"), date("interviewed_on", "exit interview on", event=True),
        money("written_off", "amount written off", least=0),
        score_use="who has left or is leaving",
        entry="exit",
    ),
    table(
        "referrals", "referral by a customer", ["referral_id"],
        text("referral_id", "the referral's id", "F1", required=True), CUSTOMER,
        date("made_on", "made on", "2026-05-01", required=True, event=True),
        text("referred_id", "customer id of the referred customer", mentions="customers"),
        date("won_on", "became a customer on", event=True),
        score_use="relationship (off by default): referrals",
        entry="referral",
        entry_rules=(not_before("won_on", "made_on", ": enter a later day in won_on"),),
    ),
    table(
        "opportunities", "sales opportunity", ["opportunity_id"],
        text("opportunity_id", "the opportunity's id", "O1", required=True), CUSTOMER,
        text("kind", "kind", "upsell", required=True, allowed=("upsell", "cross_sell", "renewal", "winback")),
        date("opened_on", "opened on", "2026-07-01", required=True, event=True), date("closed_on", "closed on", event=True),
        text("outcome", "outcome", "open", allowed=("open", "won", "lost")), money("monthly_value", "value per month", "120.00"), CURRENCY,
        rules=(not_before("closed_on", "opened_on"),),
        entry="opportunity",
    ),
    table(
        "usage", "customer, month, product and metric", ["customer_id", "month", "product", "metric"],
        CUSTOMER, date("month", "month, given as any day in it", "2026-09-01", required=True, event=True),
        text("product", "product", "mobile", required=True), text("metric", "metric", "active_lines", required=True),
        number("used", "amount used", "10", least=0), number("licensed", "amount paid for", "12", least=0),
        score_use="usage (off by default): share of what is paid for that is used",
    ),
    table(
        "employees", "employee", ["employee_id"],
        text("employee_id", "the employee's id", "E001", required=True), text("name", "the name", "Jo Peeters", required=True),
        text("team", "the team", "north"), text("email", "e-mail address", "jo@example.org"),
    ),
)  # fmt: skip

TABLES: dict[str, Table] = {t.name: t for t in _ALL}
