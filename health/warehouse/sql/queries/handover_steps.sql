-- one row per handover of the temp table `handed` and step of its checklist done by the end of a day: the earliest row that shows it
with shown as (
    select
        handed.nth, 'introduced' as step, 'interactions' as evidence_table, contacts_made.interaction_id as evidence_id, contacts_made.day as done_on
    from handed
    inner join stg_interactions as contacts_made
        on contacts_made.customer_id = handed.customer_id and contacts_made.day between handed.signed_on and $as_of
    where contacts_made.outreach
    union all
    select handed.nth, 'introduced', 'promises', promises.promise_id, promises.delivered_at::date
    from handed
    inner join promises on promises.customer_id = handed.customer_id and promises.promise_id = handed.promise_id
    where promises.delivered_at::date <= $as_of
    union all
    select handed.nth, 'expectations', 'promises', promises.promise_id, promises.promised_on
    from handed
    inner join promises on promises.customer_id = handed.customer_id and promises.promised_on between handed.signed_on and $as_of
    where promises.kind <> 'handover'
    union all
    select handed.nth, 'first_date', 'diary', diary.diary_id, coalesce(diary.created_on, diary.planned_on)
    from handed
    inner join diary on diary.customer_id = handed.customer_id and diary.planned_on >= handed.signed_on
    where coalesce(diary.created_on <= $as_of, true) and not coalesce(diary.cancelled_on <= $as_of, false)
)
select nth, step, evidence_table, evidence_id, done_on
from shown
qualify row_number() over (partition by nth, step order by done_on, evidence_table, evidence_id) = 1
order by nth, step;
