-- one row per customer in scope and requested day: usage and licences of the last three full months, and usage of the three before
create or replace temp table usage_facts as
with by_month as (
    select
        customer_id, date_trunc('month', month)::date as month, sum(used) as used,
        coalesce(sum(used) filter (licensed > 0), 0) as licensed_used, coalesce(sum(licensed) filter (licensed > 0), 0) as licensed
    from usage semi join scope using (customer_id)
    where used is not null
    group by all
),
changes as (
    select customer_id, last_day(month) as acts_on, 1 as months, used, licensed_used, licensed, 0 as months_before, 0 as used_before from by_month
    union all select customer_id, last_day(month + interval 3 months), -1, -used, -licensed_used, -licensed, 1, used from by_month
    union all select customer_id, last_day(month + interval 6 months), 0, 0, 0, 0, -1, -used from by_month
),
by_date as (
    select
        changes.customer_id, buckets.as_of, sum(changes.months) as months, sum(changes.used) as used, sum(changes.licensed_used) as licensed_used,
        sum(changes.licensed) as licensed, sum(changes.months_before) as months_before, sum(changes.used_before) as used_before
    from changes
    inner join buckets on buckets.day = greatest(changes.acts_on, $first_day::date)
        and buckets.clock = case when changes.acts_on > $usage_through then 'usage ' || changes.customer_id else '' end
    group by changes.customer_id, buckets.as_of
)
select
    grid.customer_id, grid.as_of,
    coalesce(sum(by_date.months) over so_far, 0)::bigint as usage_months_3,
    coalesce(sum(by_date.used) over so_far, 0)::decimal(38, 4) as used_3,
    coalesce(sum(by_date.licensed_used) over so_far, 0)::decimal(38, 4) as licensed_used_3,
    coalesce(sum(by_date.licensed) over so_far, 0)::decimal(38, 4) as licensed_3,
    coalesce(sum(by_date.months_before) over so_far, 0)::bigint as usage_months_before,
    coalesce(sum(by_date.used_before) over so_far, 0)::decimal(38, 4) as used_before
from grid left join by_date using (customer_id, as_of)
window so_far as (partition by grid.customer_id order by grid.as_of rows unbounded preceding);
