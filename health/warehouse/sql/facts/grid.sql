-- one row per customer in scope and requested day, with the day up to which the customer was seen in each table: the requested day, or where
-- the table is complete through an earlier day only, that one, or the customer's latest entry by hand if later. A planned contact is seen as
-- far as the contacts that keep it; stale_tables: those that end long before the day
create or replace temp table grid as
with entered as (
    select
        hand_days.customer_id, dates.as_of,
        max(hand_days.day) filter (hand_days.source = 'interactions') as interactions,
        max(hand_days.day) filter (hand_days.source = 'complaints') as complaints,
        max(hand_days.day) filter (hand_days.source = 'diary') as diary,
        max(hand_days.day) filter (hand_days.source = 'surveys') as surveys,
        max(hand_days.day) filter (hand_days.source = 'invoices') as invoices,
        max(hand_days.day) filter (hand_days.source = 'promises') as promises,
        max(hand_days.day) filter (hand_days.source = 'referrals') as referrals,
        max(hand_days.day) filter (hand_days.source = 'usage') as usage
    from hand_days semi join scope using (customer_id)
    inner join dates on hand_days.day <= dates.as_of
    group by hand_days.customer_id, dates.as_of
)
select  -- greatest ignores nulls
    scope.customer_id, dates.as_of, dates.stale_tables,
    least(dates.as_of, greatest($interactions_through::date, entered.interactions)) as interactions_seen_to,
    least(dates.as_of, greatest($complaints_through::date, entered.complaints)) as complaints_seen_to,
    least(interactions_seen_to, greatest($diary_through::date, entered.diary)) as diary_seen_to,
    least(dates.as_of, greatest($surveys_through::date, entered.surveys)) as surveys_seen_to,
    least(dates.as_of, greatest($invoices_through::date, entered.invoices)) as invoices_seen_to,
    least(dates.as_of, greatest($promises_through::date, entered.promises)) as promises_seen_to,
    least(dates.as_of, greatest($referrals_through::date, entered.referrals)) as referrals_seen_to,
    least(dates.as_of, greatest($usage_through::date, entered.usage)) as usage_seen_to
from scope cross join dates
left join entered using (customer_id, as_of);
