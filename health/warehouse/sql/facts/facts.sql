-- one row per customer in scope and day asked for: every fact the score reads, as known on that day; null = unknown
-- every table of facts holds the whole grid; left joins say so, and spare the planner the search for an order
select
    status_facts.customer_id, status_facts.as_of, status_facts.status, status_facts.spell_start_on, status_facts.lost_on, status_facts.decided_on,
    status_facts.known_on, status_facts.exit_reason, status_facts.facts_as_of,
    coalesce(cadences.days, $default_cadence_days)::bigint as cadence_days,
    book.first_interaction_on <= status_facts.as_of is true as contact_present,
    contact_facts.last_two_way_on,
    case
        when book.first_interaction_on <= status_facts.as_of
        then status_facts.as_of - coalesce(
            contact_facts.last_two_way_on,
            case when contract_facts.start_on is not null then greatest(contract_facts.start_on, book.first_interaction_on) end
        )
    end::bigint as days_since,
    case
        when book.first_interaction_on <= status_facts.as_of and contract_facts.start_on is not null
        then status_facts.as_of - greatest(contract_facts.start_on, book.first_interaction_on)
    end::bigint as observed_days,
    contact_facts.touch_180, contact_facts.attempts_180, contact_facts.answered_180, contact_facts.due_180, contact_facts.kept_diary_180,
    contact_facts.rhythm_days, contact_facts.rhythm_gaps,
    book.first_complaint_on <= status_facts.as_of is true as complaints_present,
    complaint_facts.open, complaint_facts.burden, complaint_facts.repeats_365, complaint_facts.broken_365, complaint_facts.kept_365,
    complaint_facts.critical_late,
    book.first_diary_on <= status_facts.as_of is true as diary_present, book.first_invoice_on <= status_facts.as_of is true as invoices_present,
    contract_facts.start_on, contract_facts.tenure_days::bigint as tenure_days, contract_facts.has_line, contract_facts.has_agreement,
    contract_facts.agreed_until, contract_facts.days_to_end::bigint as days_to_end,
    contract_facts.billed_cents, contract_facts.margin_cents, contract_facts.benchmarked_cents, contract_facts.market_cents,
    contract_facts.benchmark_age_months, contract_facts.mrr_cents, contract_facts.overdue_60,
    survey_facts.answers_365, survey_facts.answers_sum,
    payment_facts.invoiced, payment_facts.overdue_cents, payment_facts.paid_6, payment_facts.late_days_6,
    usage_facts.usage_months_3, usage_facts.used_3, usage_facts.licensed_used_3, usage_facts.licensed_3,
    usage_facts.usage_months_before, usage_facts.used_before,
    book.first_person_on <= status_facts.as_of is true as contacts_present, book.first_referral_on <= status_facts.as_of is true as referrals_present,
    depth_facts.people, depth_facts.details_wanted, depth_facts.details_filled, depth_facts.voices_365, depth_facts.referrals_730,
    promise_facts.promises_due_365, promise_facts.promises_kept_365, promise_facts.broken_promises_90,
    customers.segment as score_segment
from status_facts
cross join first_days as book
inner join customers using (customer_id)
left join cadences on cadences.tier = customers.tier
-- each of these has every row of the grid; joined in this order, since it takes longer to look for a better one than to join
left join contact_facts using (customer_id, as_of)
left join complaint_facts using (customer_id, as_of)
left join contract_facts using (customer_id, as_of)
left join survey_facts using (customer_id, as_of)
left join payment_facts using (customer_id, as_of)
left join usage_facts using (customer_id, as_of)
left join depth_facts using (customer_id, as_of)
left join promise_facts using (customer_id, as_of)
order by status_facts.as_of, status_facts.customer_id;
