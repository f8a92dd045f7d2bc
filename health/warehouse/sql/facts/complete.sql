-- one row per source of silence: the day up to which it is complete; a planned contact is judged by the contacts, so the earlier of both counts
create or replace temp table complete as
select unnest(['interactions', 'complaints', 'diary', 'surveys', 'invoices', 'promises', 'referrals', 'usage', 'none']) as source, unnest([
    $interactions_through::date, $complaints_through::date, least($diary_through::date, $interactions_through::date), $surveys_through::date,
    $invoices_through::date, $promises_through::date, $referrals_through::date, $usage_through::date, date '9999-12-30'
]) as through;
