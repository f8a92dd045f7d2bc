-- one row: the first day on file of each table whose absence leaves something unknown for everybody
select
    (select min(occurred_at)::date from interactions) as first_interaction_on,
    (select min(opened_at)::date from complaints) as first_complaint_on,
    (select min(coalesce(created_on, planned_on)) from diary) as first_diary_on,
    (select min(issued_on) from stg_invoices_counted) as first_invoice_on,
    (select min(coalesce(active_from, date '1900-01-01')) from contacts) as first_person_on,
    (select min(made_on) from referrals) as first_referral_on;
