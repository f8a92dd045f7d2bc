-- one row per clock and day from $first_day up to the last requested day: the first requested day on which it counts. The clock '' is that of all customers;
-- after the day up to which a table is complete, a customer with rows of it entered by hand has its own ('interactions C0000042'), in which a
-- day counts from the first requested day by which the customer was seen up to it; without such rows the day does not count
create or replace temp table buckets as
with days as (
    select unnest(generate_series($first_day::date, (select max(as_of) from dates), interval 1 day))::date as day
),
seen as (
    unpivot (select * exclude (stale_tables) from grid semi join hand_days using (customer_id))
    on
        interactions_seen_to as interactions, complaints_seen_to as complaints, diary_seen_to as diary, surveys_seen_to as surveys,
        invoices_seen_to as invoices, promises_seen_to as promises, referrals_seen_to as referrals, usage_seen_to as usage
    into name source value seen_to
),
seen_later as (
    select
        seen.source, seen.customer_id, seen.as_of, seen.seen_to,
        lag(seen.seen_to, 1, complete.through) over (partition by seen.source, seen.customer_id order by seen.as_of) as seen_before
    from seen inner join complete using (source)
)
select '' as clock, days.day, dates.as_of
from days asof join dates on days.day <= dates.as_of
union all
select concat_ws(' ', source, customer_id), unnest(generate_series(greatest(seen_before, through) + 1, seen_to, interval 1 day))::date, as_of
from seen_later inner join complete using (source)
where seen_to > through and seen_to > seen_before;
