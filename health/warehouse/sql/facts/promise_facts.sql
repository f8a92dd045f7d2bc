-- one row per customer in scope and requested day: promises due in 365 days, kept in time, and broken in 90 days
create or replace temp table promise_facts as
with first_lines as (
    select customer_id, known_on as signed_on
    from stg_contracts semi join scope using (customer_id)
    where not is_trial
    qualify row_number() over (partition by customer_id order by known_on, start_on, contract_id) = 1
),
first_calls as (
    select first_lines.customer_id, min(stg_interactions.day) as day
    from first_lines
    inner join stg_interactions on stg_interactions.customer_id = first_lines.customer_id and stg_interactions.day >= first_lines.signed_on
    where stg_interactions.outreach
    group by first_lines.customer_id
),
handovers_on_file as (
    select customer_id, min(promised_on) as day from promises where kind = 'handover' group by customer_id
),
-- new customers have an implied promise of a handover, unless one is on file (from the day it is); the contacts say whether it was kept
made as (
    select
        customer_id, 'promises' as source, promised_on, due_at::date as due_on, case when delivered_at <= due_at then delivered_at::date end as kept_on, null::date as replaced_on
    from promises semi join scope using (customer_id)
    union all
    select
        first_lines.customer_id, 'interactions', first_lines.signed_on, first_lines.signed_on + 1,
        case when first_calls.day <= first_lines.signed_on + 1 then first_calls.day end, handovers_on_file.day
    from first_lines
    cross join first_days
    inner join customers using (customer_id)
    left join first_calls using (customer_id)
    left join handovers_on_file using (customer_id)
    where first_days.first_interaction_on <= first_lines.signed_on
        and (customers.customer_since is null or customers.customer_since >= first_lines.signed_on)
),
outcomes as (
    select
        customer_id, source, (kept_on is not null)::int as kept, (kept_on is null)::int as broken, coalesce(kept_on, due_on) as day,
        greatest(coalesce(kept_on, due_on), promised_on) as from_on, replaced_on
    from made
),
windows as (
    select customer_id, source, from_on, least(day + 365, replaced_on) as to_on, 1 as due, kept, 0 as broken from outcomes
    union all
    select customer_id, source, from_on, least(day + 90, replaced_on), 0, 0, broken from outcomes where broken = 1
),
changes as (
    select customer_id, source, from_on as acts_on, due, kept, broken from windows where from_on < to_on
    union all select customer_id, source, to_on, -due, -kept, -broken from windows where from_on < to_on
),
by_date as (
    select changes.customer_id, buckets.as_of, sum(changes.due) as due, sum(changes.kept) as kept, sum(changes.broken) as broken
    from changes
    inner join complete using (source)
    inner join buckets on buckets.day = greatest(changes.acts_on, $first_day::date)
        and buckets.clock = case when changes.acts_on > complete.through then concat_ws(' ', source, changes.customer_id) else '' end
    group by changes.customer_id, buckets.as_of
)
select
    grid.customer_id, grid.as_of,
    coalesce(sum(by_date.due) over so_far, 0)::bigint as promises_due_365,
    coalesce(sum(by_date.kept) over so_far, 0)::bigint as promises_kept_365,
    coalesce(sum(by_date.broken) over so_far, 0)::bigint as broken_promises_90
from grid left join by_date using (customer_id, as_of)
window so_far as (partition by grid.customer_id order by grid.as_of rows unbounded preceding);
