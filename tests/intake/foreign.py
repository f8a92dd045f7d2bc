"""The demo's extracts as other systems would write them: headings, words, days and amounts in four languages, columns reordered."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl


@dataclass(frozen=True)
class Tongue:
    """How one system writes: headings by table and field, words by field, days by a strftime pattern, the mark before decimals."""

    days: str
    decimal: str
    delimiter: str
    words: dict[str, dict[str, str]]
    headings: dict[str, dict[str, str]]


_FLAGS = ("is_primary", "automated", "disputed", "written_off")


def _flags(yes: str, no: str) -> dict[str, dict[str, str]]:
    return {name: {"true": yes, "false": no} for name in _FLAGS}


DUTCH = Tongue(
    "%d-%m-%Y", ",", ";",
    _flags("ja", "nee")
    | {
        "channel": {"visit": "Bezoek", "call": "Telefoon", "video": "Videogesprek", "email": "E-mail", "letter": "Brief",
                    "newsletter": "Nieuwsbrief"},
        "direction": {"in": "Inkomend", "out": "Uitgaand", "both": "Beide"},
        "interactions.outcome": {"reached": "Bereikt", "no_reply": "Niet bereikt", "unknown": "Onbekend"},
        "severity": {"1": "Laag", "2": "Normaal", "3": "Hoog", "4": "Kritiek"},
    },
    {
        "customers": {
            "customer_id": "Klantnr", "name": "Bedrijfsnaam", "customer_since": "Klant sinds", "tier": "Klasse", "segment": "Branche",
            "region": "Regio",
            "owner": "Accountmanager", "parent_id": "Moederbedrijf",
        },
        "interactions": {
            "interaction_id": "Gespreksnr", "customer_id": "Klantnummer", "occurred_at": "Datum", "channel": "Kanaal",
            "direction": "Richting",
            "outcome": "Resultaat", "automated": "Automatisch", "purpose": "Doel", "employee_id": "Medewerker",
            "contact_id": "Contactpersoon ID",
            "wait_seconds": "Wachttijd", "comment": "Notitie",
        },
        "complaints": {
            "complaint_id": "Klachtnummer", "customer_id": "Klantnr.", "opened_at": "Gemeld op", "severity": "Prioriteit",
            "theme": "Categorie",
            "first_response_at": "Eerste reactie", "resolved_at": "Opgelost op", "product": "Dienst", "employee_id": "Behandelaar",
            "comment": "Omschrijving",
        },
    },
)  # fmt: skip
GERMAN = Tongue(
    "%d.%m.%Y", ",", ";",
    _flags("Ja", "Nein") | {"role": {"decision_maker": "Entscheider", "user": "Anwender", "technical": "Technisch",
        "billing": "Buchhaltung"}},
    {
        "contacts": {
            "contact_id": "Kontakt-ID", "customer_id": "Kunden-Nr.", "name": "Ansprechpartner", "role": "Funktion",
            "email": "E-Mail-Adresse",
            "phone": "Telefon", "is_primary": "Hauptansprechpartner", "active_from": "Aktiv ab", "active_to": "Aktiv bis",
        },
        "contracts": {
            "contract_id": "Vertragsnummer", "customer_id": "Kundennummer", "product": "Produkt", "start_on": "Vertragsbeginn",
            "end_on": "Vertragsende", "unit_price": "Einzelpreis", "quantity": "Menge", "unit_cost": "Einkaufspreis",
            "list_price": "Listenpreis",
            "signed_on": "Unterschrieben am", "notice_on": "Gekündigt am", "terminated_on": "Beendet am",
            "notice_days": "Kündigungsfrist", "renews_months": "Verlängerungsdauer", "trial": "Probezeitraum",
            "paused_from": "Pausiert ab", "paused_until": "Pausiert bis",
        },
        "diary": {
            "diary_id": "Termin-Nr", "customer_id": "Kunde", "planned_on": "Geplant für", "created_on": "Angelegt am", "channel": "Kanal",
            "employee_id": "Mitarbeiter", "cancelled_on": "Abgesagt am",
        },
    },
)  # fmt: skip
FRENCH = Tongue(
    "%d/%m/%Y", ",", ";",
    _flags("oui", "non")
    | {
        "exits.reason": {
            "price": "Prix", "product": "Produit", "competitor": "Concurrence", "moved": "Déménagement", "insolvency": "Faillite",
            "merged": "Fusion",
        },
    },
    {
        "invoices": {
            "invoice_id": "Numéro de facture", "customer_id": "Code client", "issued_on": "Date de facture",
            "due_on": "Échéance",
            "amount": "Montant", "paid_on": "Payé le", "disputed": "Contesté", "written_off": "Passé en perte",
        },
        "exits": {
            "customer_id": "Numéro client", "announced_on": "Annoncé le", "left_on": "Parti le",
            "reason": "Motif de départ",
            "comment": "Commentaire", "competitor": "Concurrent",
        },
    },
)  # fmt: skip
ENGLISH = Tongue(
    "%m/%d/%Y", ".", ",",
    _flags("Yes", "No"),
    {
        "surveys": {
            "survey_id": "Response ID", "customer_id": "Account", "kind": "Survey type", "asked_on": "Sent on",
            "answered_on": "Completed on",
            "score": "Rating", "scale_min": "Lowest", "scale_max": "Highest", "contact_id": "Contact no",
        },
        "promises": {
            "promise_id": "Commitment ID", "customer_id": "Client No.", "kind": "Type", "promised_on": "Promised on",
            "due_at": "Deadline",
            "delivered_at": "Delivered on", "comment": "Description",
        },
        "usage": {
            "customer_id": "AccountNumber", "month": "Period", "product": "Plan", "metric": "Measure", "used": "Consumed",
            "licensed": "Licences",
        },
        "employees": {"employee_id": "Staff ID", "name": "Full name", "team": "Department", "email": "E-mail"},
    },
)  # fmt: skip
TONGUES = {"Dutch": DUTCH, "German": GERMAN, "French": FRENCH, "English": ENGLISH}


def written(tongue: Tongue, table: str, frame: pl.DataFrame, seed: int) -> bytes:
    """The rows of one table as that system exports them, its columns shuffled."""
    headings = {name: heading for name, heading in tongue.headings[table].items() if name in frame.columns}
    order = list(headings)
    random.Random(seed).shuffle(order)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=tongue.delimiter, lineterminator="\n")
    writer.writerow(headings[name] for name in order)
    for row in frame.iter_rows(named=True):
        writer.writerow(_cell(tongue, table, name, row[name]) for name in order)
    return out.getvalue().encode()


def _cell(tongue: Tongue, table: str, name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:{tongue.days} %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:{tongue.days}}"
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", tongue.decimal)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    words = tongue.words.get(f"{table}.{name}") or tongue.words.get(name) or {}
    return words.get(text, text)
