"""Words that other systems use for our fields and values, in English, Dutch, German and French.

A field's own name is always included. Keys `table.field` apply to that table only; if a word fits several fields, the values decide.
"""

FIELD_NAMES: dict[str, str] = {
    "customer_id": (
        "customer, customer no, customer nr, customer number, customer code, client, client id, client no, client number, account, "
        "account id, account no, account number, cust id, organisation id, company id, klant, klant id, klantnr, klantnummer, klantcode, "
        "relatie, relatienummer, relatienr, debiteur, debiteurnummer, debiteurnr, kunde, kunden id, kundennr, kundennummer, debitor, "
        "debitorennummer, id client, code client, no client, n client, numero client, numero de client, compte, numero de compte"
    ),
    "customers.customer_id": "record id, relatie id, relatiecode, company no, company number",
    "customers.name": (
        "customer name, client name, account name, company, company name, organisation, organization, klantnaam, bedrijf, bedrijfsnaam, "
        "naam, kundenname, firma, firmenname, unternehmen, societe, entreprise, raison sociale, nom client, nom du client, nom"
    ),
    "customers.customer_since": (
        "since, client since, start of relation, klant sinds, klant vanaf, sinds, kunde seit, seit, client depuis, depuis"
    ),
    "customers.tier": "class, abc, priority class, klasse, niveau, kundenklasse, stufe, categorie abc, rang",
    "customers.segment": (
        "customer type, industry, sector, klantgroep, klanttype, branche, kundengruppe, kundensegment, secteur, groupe client"
    ),
    "region": "area, territory, province, regio, gebied, provincie, gebiet, bundesland, zone, territoire",
    "customers.owner": (
        "company owner, owner name, account manager, account owner, sales rep, relatiebeheerder, accountmanager, kundenbetreuer, "
        "betreuer, charge de compte, gestionnaire, responsable"
    ),
    "customers.parent_id": (
        "parent, parent account, group id, moeder, moederbedrijf, concern, muttergesellschaft, konzern, maison mere, societe mere"
    ),
    "contact_id": (
        "person id, contact no, contact number, contactnr, contactpersoon id, kontakt id, kontaktnr, ansprechpartner id, id contact, "
        "numero contact"
    ),
    "contacts.name": (
        "contact, contact name, person, full name, contactpersoon, naam contactpersoon, naam, kontaktperson, ansprechpartner, nom du "
        "contact, interlocuteur, nom"
    ),
    "contacts.role": "function, job title, position, functie, rol, funktion, rolle, fonction, poste",
    "email": "e-mail, mail, email address, e-mail address, mailadres, e-mailadres, e-mail-adresse, mailadresse, courriel, adresse e-mail",
    "contacts.phone": (
        "telephone, mobile, phone number, tel, telefoon, telefoonnummer, gsm, telefon, telefonnummer, handy, telephone portable"
    ),
    "contacts.is_primary": "primary, main contact, hoofdcontact, primair, hauptansprechpartner, hauptkontakt, contact principal, principal",
    "contacts.active_from": "valid from, actief vanaf, aktiv ab, actif depuis",
    "contacts.active_to": "valid to, actief tot, aktiv bis, actif jusqu au",
    "contract_id": (
        "contract, contract no, contract number, agreement, contractnr, contractnummer, vertrag, vertragsnr, vertragsnummer, contrat, "
        "numero contrat, numero de contrat, no contrat, subscription id, abonnementsnummer"
    ),
    "product": (
        "item, service, article, product name, plan, package, dienst, artikel, abonnement, productnaam, produkt, leistung, tarif, "
        "produit, prestation"
    ),
    "contracts.start_on": (
        "start, start date, begin, valid from, contract start, startdatum, ingangsdatum, begindatum, beginn, vertragsbeginn, gueltig ab, "
        "debut, date de debut, date debut"
    ),
    "contracts.end_on": (
        "end, end date, expires, expiry date, valid to, contract end, einddatum, vervaldatum contract, ende, enddatum, vertragsende, "
        "gueltig bis, fin, date de fin, date fin, echeance contrat"
    ),
    "contracts.unit_price": (
        "price, monthly price, price per month, fee, monthly fee, monthly charges, prijs, stukprijs, maandprijs, prijs per maand, "
        "maandbedrag, preis, stueckpreis, einzelpreis, monatspreis, prix, prix unitaire, prix mensuel, mensualite"
    ),
    "contracts.quantity": "qty, units, seats, number of units, aantal, stuks, menge, anzahl, stueckzahl, quantite, nombre",
    "contracts.unit_cost": "cost, cost price, kostprijs, inkoopprijs, kosten, einkaufspreis, selbstkosten, cout, cout unitaire",
    "contracts.list_price": "list, catalogue price, lijstprijs, catalogusprijs, listenpreis, prix catalogue, prix de liste",
    "contracts.signed_on": (
        "signed, signature date, date signed, getekend op, tekendatum, datum ondertekening, unterschrieben am, abschlussdatum, signe le, "
        "date de signature"
    ),
    "contracts.notice_on": (
        "notice, notice date, cancelled on, opgezegd op, opzegdatum, gekuendigt am, kuendigungsdatum, resilie le, date de preavis"
    ),
    "contracts.terminated_on": "terminated, termination date, beeindigd op, datum beeindiging, beendet am, termine le, date de resiliation",
    "contracts.notice_days": "notice period, opzegtermijn, kuendigungsfrist, preavis, delai de preavis",
    "contracts.renews_months": (
        "renewal term, renewal period, renewal months, auto renewal months, automatic renewal, verlengingstermijn, stilzwijgende "
        "verlenging, verlaengerung, verlaengerungsdauer, automatische verlaengerung, reconduction, tacite reconduction"
    ),
    "contracts.trial": "is trial, free trial, trial period, proef, proefperiode, probe, testphase, probezeitraum, essai, periode d essai",
    "contracts.paused_from": "pause start, paused on, on hold from, gepauzeerd vanaf, pausiert ab, suspendu le, suspendu depuis",
    "contracts.paused_until": "pause end, resumes on, on hold until, gepauzeerd tot, pausiert bis, suspendu jusqu au",
    "month": "period, maand, periode, monat, zeitraum, mois",
    "market_prices.source": "source name, bron, quelle, origine",
    "market_prices.price": "market price, prijs, marktprijs, preis, marktpreis, prix, prix du marche",
    "market_prices.observed_on": (
        "observed, published on, waargenomen op, gepubliceerd op, beobachtet am, veroeffentlicht am, observe le, publie le"
    ),
    "interaction_id": (
        "id, activity id, call id, contact moment id, event id, activiteit id, gesprek id, gespreksnr, contactmoment, contactmomentnr, "
        "aktivitaet id, aktivitaetsnr, gespraech id, gespraechsnr, vorgang, id activite, numero activite, numero contact, id appel, "
        "contact no, contact number, contactnr, kontaktnr, kontakt id"
    ),
    "interactions.occurred_at": (
        "date, datetime, timestamp, time, when, call date, activity date, contact date, datum, tijdstip, datum tijd, contactdatum, "
        "gespreksdatum, datum gesprek, zeitpunkt, datum uhrzeit, kontaktdatum, gespraechsdatum, date et heure, date du contact, date "
        "contact, horodatage"
    ),
    "channel": (
        "type, medium, via, contact type, activity type, kanaal, soort, soort contact, contactsoort, kanal, art, kontaktart, canal, "
        "moyen, mode de contact"
    ),
    "interactions.direction": "in out, inbound outbound, richting, richtung, sens, direction de l appel",
    "interactions.outcome": "result, status, disposition, resultaat, uitkomst, ergebnis, resultat, issue",
    "interactions.automated": "automatic, bot, automatisch, geautomatiseerd, automatisiert, automatique, automatise",
    "interactions.purpose": "reason, topic, goal, doel, onderwerp, zweck, anlass, objet, motif, but",
    "employee_id": (
        "employee, employee no, agent, agent id, user, user id, staff id, handled by, assigned to, assignee, medewerker, medewerkernr, "
        "personeelsnummer, behandelaar, mitarbeiter, mitarbeiternr, personalnummer, bearbeiter, employe, matricule, agent traitant, "
        "collaborateur"
    ),
    "interactions.wait_seconds": "wait, wait time, waiting time, wachttijd, wartezeit, temps d attente, attente",
    "comment": (
        "comments, note, notes, description, remark, remarks, body, text, subject, opmerking, opmerkingen, notitie, omschrijving, "
        "toelichting, bemerkung, kommentar, notiz, beschreibung, betreff, commentaire, remarque"
    ),
    "complaint_id": (
        "id, complaint, complaint no, ticket, ticket id, ticket no, ticket number, case, case id, case number, issue, issue id, klacht, "
        "klachtnr, klachtnummer, ticketnr, ticketnummer, meldingnr, meldingsnummer, beschwerde, beschwerdenr, beschwerdenummer, "
        "reklamation, reklamationsnr, vorgangsnr, reclamation, numero reclamation, numero de reclamation, numero de ticket, plainte"
    ),
    "complaints.opened_at": (
        "opened, opened on, created, created at, created on, date, date created, reported, datum, aangemaakt, aangemaakt op, gemeld op, "
        "meldingsdatum, ingediend op, datum klacht, geoeffnet, geoeffnet am, erstellt, erstellt am, eroeffnet am, eingang, eingegangen "
        "am, gemeldet am, ouvert le, cree le, date creation, date de creation, date d ouverture"
    ),
    "complaints.severity": (
        "priority, urgency, impact, prioriteit, ernst, urgentie, prioritaet, dringlichkeit, schweregrad, priorite, gravite, urgence"
    ),
    "complaints.theme": (
        "category, topic, subject, type, reason, categorie, onderwerp, thema, soort klacht, kategorie, beschwerdeart, sujet, motif"
    ),
    "complaints.first_response_at": (
        "first response, first reply, first answer, responded at, eerste reactie, eerste antwoord, beantwoord op, erste antwort, erste "
        "reaktion, beantwortet am, premiere reponse, repondu le"
    ),
    "complaints.resolved_at": (
        "resolved, resolved on, solved, solved at, closed, closed at, closed on, opgelost, opgelost op, gesloten, gesloten op, "
        "afgehandeld op, geloest, geloest am, geschlossen, geschlossen am, erledigt am, resolu le, cloture le, ferme le, date de "
        "resolution"
    ),
    "complaints.reopened_at": "reopened, reopened on, heropend, heropend op, wiedereroeffnet, wiedereroeffnet am, rouvert le",
    "survey_id": (
        "id, survey, survey no, response id, invitation id, enquete, enquetenr, enquete id, umfrage, umfrage id, umfragenr, sondage, id "
        "sondage, numero enquete"
    ),
    "surveys.kind": "type, question, survey type, metric, soort, enquetesoort, art, umfrageart, type d enquete, type de sondage",
    "surveys.asked_on": (
        "sent, sent on, invited, invited on, verzonden op, uitgenodigd op, gesendet am, eingeladen am, envoye le, invite le"
    ),
    "surveys.answered_on": (
        "answered, responded, response date, date, datum, completed on, beantwoord op, ingevuld op, beantwortet am, ausgefuellt am, "
        "repondu le, date de reponse"
    ),
    "surveys.score": (
        "nps, csat, ces, rating, answer, grade, nps score, cijfer, beoordeling, waardering, bewertung, note, punkte, wert, evaluation"
    ),
    "surveys.scale_min": "lowest, minimum, laagste, niedrigste, minimale",
    "surveys.scale_max": "highest, maximum, out of, hoogste, hoechste, maximale",
    "invoice_id": (
        "id, invoice, invoice no, invoice number, bill, bill no, document no, factuur, factuurnr, factuurnummer, rechnung, rechnungsnr, "
        "rechnungsnummer, belegnummer, facture, numero facture, numero de facture, no facture"
    ),
    "invoices.issued_on": (
        "invoice date, issued, date, date utc, created utc, billed on, document date, factuurdatum, datum, rechnungsdatum, belegdatum, "
        "date de facture, date facture, date d emission, emise le"
    ),
    "invoices.due_on": (
        "due, due date, due date utc, payable by, vervaldatum, vervaldag, te betalen voor, faellig, faellig am, faelligkeit, "
        "faelligkeitsdatum, nettofaelligkeit, echeance, date d echeance"
    ),
    "invoices.amount": (
        "amount due, total, sum, total amount, invoice amount, value, amount in local currency, bedrag, totaal, factuurbedrag, "
        "totaalbedrag, betrag, betrag in hauswaehrung, summe, gesamtbetrag, rechnungsbetrag, montant, total facture, somme"
    ),
    "invoices.paid_on": (
        "paid, payment date, date paid, paid at, paid at utc, betaald op, betaaldatum, betaald, bezahlt, bezahlt am, zahlungsdatum, "
        "ausgleichsdatum, paye le, date de paiement"
    ),
    "invoices.disputed": "dispute, in dispute, betwist, bestritten, strittig, conteste, litige",
    "currency": (
        "currency code, iso currency, transaction currency, invoice currency, curr, valuta, munt, waehrung, hauswaehrung, devise, monnaie"
    ),
    "rates.rate": "exchange rate, fx rate, koers, wisselkoers, kurs, wechselkurs, taux, taux de change",
    "rates.day": "date, valid from, datum, geldig vanaf, gueltig ab, date de validite",
    "contracts.price_period": "billing period, billing interval, price per, prijs per, abrechnungszeitraum, periode de facturation",
    "invoices.status": "invoice status, state, factuurstatus, rechnungsstatus, statut, etat",
    "invoices.paid_amount": (
        "amount paid, paid, payments, amount received, betaald bedrag, reeds betaald, bezahlter betrag, gezahlt, montant "
        "paye, montant regle"
    ),
    "invoices.period_from": (
        "period start, period start utc, service start, service period start, service from, periode van, leistung von, leistungsbeginn, "
        "zeitraum von, periode du, debut de periode"
    ),
    "invoices.period_to": (
        "period end, period end utc, service end, service period end, service to, periode tot, leistung bis, leistungsende, zeitraum bis, "
        "periode au, fin de periode"
    ),
    "invoices.one_off": "one time, non recurring, eenmalig, einmalig, ponctuel",
    "written_off": "write off, bad debt, afgeschreven, oninbaar, abgeschrieben, ausgebucht, passe en perte",
    "promise_id": (
        "id, promise, promise no, commitment id, belofte, afspraak id, afspraaknr, toezegging, zusage, zusage id, versprechen, promesse, "
        "engagement"
    ),
    "promises.kind": "type, soort, art, genre, type de promesse",
    "promises.promised_on": (
        "promised, made on, agreed on, beloofd op, afgesproken op, toegezegd op, zugesagt am, versprochen am, promis le, convenu le"
    ),
    "promises.due_at": "due, due date, deadline, promised for, uiterlijk, vervaldatum, faellig am, frist, termin, echeance, date limite",
    "promises.delivered_at": (
        "delivered, delivered on, kept on, done on, geleverd op, nagekomen op, geliefert am, erfuellt am, livre le, tenu le"
    ),
    "diary_id": (
        "id, appointment id, task id, entry, afspraak, afspraaknr, agenda id, termin id, terminnr, aufgabe, rendez vous, id rendez vous"
    ),
    "diary.planned_on": (
        "planned, planned for, appointment date, due, date, gepland op, datum, afspraakdatum, geplant am, geplant fuer, termin, prevu le, "
        "date prevue, date du rendez vous"
    ),
    "diary.created_on": "created, entered on, aangemaakt op, ingevoerd op, erstellt am, angelegt am, cree le",
    "diary.cancelled_on": "cancelled, called off, geannuleerd op, afgezegd op, abgesagt am, storniert am, annule le",
    "exits.announced_on": (
        "announced, known on, notice date, date, churn date, aangekondigd op, bekend op, opzegdatum, angekuendigt am, kuendigungsdatum, "
        "annonce le, date d annonce"
    ),
    "exits.left_on": (
        "left, last day, exit date, end date, vertrokken op, laatste dag, vertrekdatum, ausgeschieden am, letzter tag, austrittsdatum, "
        "parti le, dernier jour, date de depart"
    ),
    "exits.reason": (
        "churn reason, why, exit reason, reden, vertrekreden, reden vertrek, grund, kuendigungsgrund, raison, motif, motif de depart"
    ),
    "exits.competitor": "lost to, concurrent, wettbewerber, konkurrent, mitbewerber",
    "exits.interviewed_on": "interviewed, interview date, geinterviewd op, exitgesprek, befragt am, interroge le",
    "referral_id": "id, referral, referral no, verwijzing, aanbeveling, empfehlung, empfehlungsnr, recommandation, parrainage",
    "referrals.made_on": "made, date, referred on, datum, verwezen op, aanbevolen op, empfohlen am, recommande le",
    "referrals.referred_id": (
        "referred, new customer, referred customer, nieuwe klant, doorverwezen klant, neukunde, geworbener kunde, nouveau client, filleul"
    ),
    "won_on": "won, gewonnen op, gewonnen am, gagne le",
    "opportunity_id": (
        "id, opportunity, deal, deal id, opportunity no, kans, offerte, offertenr, verkaufschance, angebot, angebotsnr, opportunite, "
        "affaire, devis"
    ),
    "opportunities.kind": "type, soort, art, genre, type d opportunite",
    "opportunities.opened_on": (
        "opened, created, created on, date, geopend op, aangemaakt op, eroeffnet am, erstellt am, ouverte le, cree le"
    ),
    "opportunities.closed_on": "closed, close date, gesloten op, sluitdatum, geschlossen am, abschlussdatum, fermee le, date de cloture",
    "opportunities.outcome": "status, stage, result, fase, resultaat, phase, ergebnis, etape, resultat, statut",
    "opportunities.monthly_value": "value, amount, mrr, waarde, maandwaarde, wert, monatswert, valeur, valeur mensuelle",
    "usage.metric": "measure, counter, what, meetwaarde, kengetal, kennzahl, messgroesse, mesure, indicateur",
    "usage.used": "usage, consumed, actual, gebruik, verbruik, verbruikt, genutzt, nutzung, verbrauch, utilise, consommation",
    "usage.licensed": "licences, licenses, entitled, seats, gelicentieerd, licenties, lizenziert, lizenzen, sous licence",
    "employees.name": "employee name, full name, medewerkernaam, naam medewerker, naam, mitarbeitername, nom de l employe, nom",
    "employees.team": "department, group, afdeling, ploeg, abteilung, gruppe, equipe, service",
    "recorded_at": (
        "recorded, modified, last modified, updated at, last updated, gewijzigd op, laatst gewijzigd, geaendert am, zuletzt geaendert, "
        "modifie le"
    ),
}  # fmt: skip

TABLE_NAMES: dict[str, str] = {
    "customers": "customers, clients, accounts, klanten, relaties, debiteuren, kunden, comptes",
    "contacts": "contacts, persons, people, contactpersonen, personen, kontakte, ansprechpartner, interlocuteurs",
    "contracts": "contracts, subscriptions, agreements, contracten, abonnementen, vertraege, contrats, abonnements",
    "rates": "exchange rates, fx rates, wisselkoersen, wechselkurse, taux de change",
    "market_prices": "market prices, benchmark, marktprijzen, marktpreise, prix du marche",
    "interactions": (
        "interactions, activities, calls, contact moments, gesprekken, contactmomenten, activiteiten, aktivitaeten, gespraeche, appels, "
        "activites"
    ),
    "complaints": "complaints, tickets, cases, issues, klachten, meldingen, beschwerden, reklamationen, reclamations, plaintes",
    "surveys": "surveys, responses, nps, csat, enquetes, umfragen, sondages",
    "invoices": "invoices, bills, facturen, rechnungen, factures",
    "promises": "promises, commitments, beloften, toezeggingen, zusagen, promesses, engagements",
    "diary": "diary, appointments, tasks, agenda, afspraken, termine, aufgaben, rendez vous",
    "exits": "exits, churn, leavers, cancellations, vertrek, opzeggingen, kuendigungen, abgaenge, departs, resiliations",
    "referrals": "referrals, verwijzingen, aanbevelingen, empfehlungen, recommandations, parrainages",
    "opportunities": "opportunities, deals, pipeline, kansen, offertes, verkaufschancen, angebote, opportunites, affaires",
    "usage": "usage, consumption, gebruik, verbruik, nutzung, verbrauch, utilisation, consommation",
    "employees": "employees, staff, medewerkers, personeel, mitarbeiter, personal, employes, personnel",
}  # fmt: skip

VALUES: dict[str, dict[str, str]] = {
    "channel": {
        "visit": "site visit, on site, in person, bezoek, klantbezoek, besuch, vor ort, visite, sur place",
        "call": (
            "phone, phone call, telephone, telefoon, telefonisch, gesprek, belletje, anruf, telefon, telefonat, appel, appel telephonique"
        ),
        "video": "video call, videocall, teams, zoom, videogesprek, videoanruf, videokonferenz, visio, visioconference",
        "email": "e-mail, mail, courriel",
        "chat": "live chat, webchat, whatsapp, messenger",
        "letter": "post, brief, schriftlich, courrier, lettre, schriftelijk",
        "newsletter": "mailing, nieuwsbrief, rundschreiben, infolettre, lettre d information",
        "portal": "web, web form, webformulier, web portal, self service, portaal, kundenportal, klantportaal, portail",
    },
    "direction": {
        "in": "inbound, incoming, inkomend, binnenkomend, eingehend, eingang, entrant",
        "out": "outbound, outgoing, uitgaand, ausgehend, ausgang, sortant",
        "both": "two way, beide, allebei, beidseitig, wederzijds, les deux",
    },
    "interactions.outcome": {
        "reached": (
            "answered, spoken, connected, successful, bereikt, gesproken, beantwoord, erreicht, gesprochen, angenommen, joint, atteint, "
            "repondu"
        ),
        "no_reply": (
            "no reply, no answer, unanswered, not reached, missed, voicemail, niet bereikt, geen gehoor, geen antwoord, gemist, nicht "
            "erreicht, keine antwort, verpasst, mailbox, non joint, pas de reponse, sans reponse, manque, absent"
        ),
        "unknown": "onbekend, unbekannt, inconnu",
    },
    "tier": {
        "A": "gold, goud, or, key account",
        "B": "silver, zilver, silber, argent",
        "C": "bronze, brons",
    },
    "role": {
        "decision_maker": (
            "decision maker, director, ceo, owner, beslisser, directeur, eigenaar, entscheider, geschaeftsfuehrer, decideur, dirigeant"
        ),
        "user": "end user, gebruiker, eindgebruiker, benutzer, anwender, utilisateur",
        "technical": "it, technician, technisch, techniker, technique, technicien",
        "billing": "finance, accounting, invoicing, facturatie, boekhouding, buchhaltung, facturation, comptabilite",
        "other": "overig, anders, sonstige, andere, autre",
    },
    "purpose": {
        "review": "evaluation, evaluatie, jahresgespraech, bilan",
        "service": "support, ondersteuning, assistance",
        "sales": "verkoop, vertrieb, verkauf, vente, commercial",
        "handover": "onboarding, overdracht, uebergabe, transfert",
        "billing": "invoicing, facturatie, abrechnung, rechnung, facturation",
        "complaint": "klacht, beschwerde, reklamation, reclamation, plainte",
        "other": "overig, anders, sonstiges, autre",
    },
    "severity": {
        "1": "low, minor, laag, niedrig, gering, faible, basse, bas",
        "2": "normal, medium, moderate, normaal, gemiddeld, middel, mittel, moyen, moyenne, normale",
        "3": "high, major, hoog, hoch, eleve, elevee, haute, haut",
        "4": "critical, urgent, blocker, kritiek, kritisch, dringend, spoed, critique, urgente",
    },
    "reason": {
        "price": "prijs, te duur, preis, zu teuer, prix, too expensive, trop cher",
        "service": "dienstverlening, servicequalitaet",
        "contact": "no contact, geen contact, kontakt",
        "product": "produkt, produit",
        "competitor": "concurrent, wettbewerb, konkurrenz, concurrence",
        "moved": "verhuisd, umgezogen, umzug, demenage, demenagement",
        "insolvency": "bankrupt, bankruptcy, faillissement, failliet, insolvenz, faillite",
        "merged": "merger, overgenomen, fusie, fusion, uebernahme",
        "we_ended": "we ended, ended by us, door ons, durch uns, par nous",
        "unknown": "onbekend, unbekannt, inconnu",
    },
    "surveys.kind": {
        "nps": "net promoter score",
        "csat": "satisfaction, tevredenheid, zufriedenheit",
        "ces": "customer effort score",
    },
    "promises.kind": {
        "delivery": "levering, lieferung, livraison",
        "handover": "overdracht, uebergabe, transfert",
        "callback": "call back, terugbellen, rueckruf, rappel",
        "other": "overig, sonstige, autre",
    },
    "price_period": {
        "month": "monthly, a month, per month, maand, maandelijks, per maand, monat, monatlich, mois, mensuel",
        "quarter": "quarterly, a quarter, kwartaal, per kwartaal, quartal, vierteljaehrlich, trimestre, trimestriel",
        "year": "yearly, annual, annually, a year, per year, jaar, jaarlijks, per jaar, jahr, jaehrlich, an, annuel",
    },
    "invoices.status": {
        "open": (
            "unpaid, outstanding, sent, overdue, past due, authorised, posted, submitted, partially paid, openstaand, verzonden, offen, "
            "ueberfaellig, ouvert, ouverte, impaye, impayee, envoyee"
        ),
        "paid": "settled, betaald, voldaan, bezahlt, ausgeglichen, paye, payee, reglee",
        "void": "voided, cancelled, canceled, deleted, geannuleerd, storniert, annule, annulee",
        "draft": "concept, entwurf, brouillon",
        "uncollectible": "written off, bad debt, afgeschreven, oninbaar, abgeschrieben, uneinbringlich, irrecouvrable",
    },
    "opportunities.kind": {
        "upsell": "up sell, upgrade",
        "cross_sell": "cross sell, crosssell",
        "renewal": "verlenging, verlaengerung, renouvellement",
        "winback": "win back",
    },
    "opportunities.outcome": {
        "open": "in progress, lopend, offen, ouvert, ouverte, en cours",
        "won": "closed won, gewonnen, gagne, gagnee",
        "lost": "closed lost, verloren, perdu, perdue",
    },
    "flag": {
        "true": "yes, y, ja, j, oui, o, wahr, waar, vrai, x, 1, on",
        "false": "no, n, nee, nein, non, falsch, onwaar, faux, 0, off",
    },
}  # fmt: skip
