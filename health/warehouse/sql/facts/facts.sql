-- one row per customer in scope and requested day: all columns of all *_facts steps (of the view joined_facts) and the facts that combine
-- several of them, as known on that day; null = unknown
select
    joined_facts.*,
    grid.interactions_seen_to, grid.complaints_seen_to, grid.diary_seen_to, grid.surveys_seen_to, grid.invoices_seen_to, grid.promises_seen_to,
    grid.referrals_seen_to, grid.usage_seen_to, grid.stale_tables,
    coalesce(cadences.days, $default_cadence_days)::bigint as cadence_days,
    book.first_interaction_on <= grid.interactions_seen_to is true as contact_present,
    case
        when contact_present
        then coalesce(
            grid.interactions_seen_to - joined_facts.last_two_way_on,
            case
                when joined_facts.start_on is not null
                then greatest(grid.interactions_seen_to, least(joined_facts.start_on, joined_facts.as_of))
                    - greatest(joined_facts.start_on, book.first_interaction_on)
            end
        )
    end::bigint as days_since,
    case
        when contact_present and joined_facts.start_on is not null
        then greatest(grid.interactions_seen_to, least(joined_facts.start_on, joined_facts.as_of))
            - greatest(joined_facts.start_on, book.first_interaction_on)
    end::bigint as observed_days,
    book.first_complaint_on <= grid.complaints_seen_to is true as complaints_present,
    book.first_diary_on <= grid.diary_seen_to is true as diary_present,
    book.first_invoice_on <= grid.invoices_seen_to is true as invoices_present,
    book.first_person_on <= joined_facts.as_of is true as contacts_present,
    book.first_referral_on <= grid.referrals_seen_to is true as referrals_present,
    customers.segment as score_segment
from joined_facts
inner join grid using (customer_id, as_of)
cross join first_days as book
inner join customers using (customer_id)
left join cadences on cadences.tier = customers.tier
order by joined_facts.as_of, joined_facts.customer_id;
