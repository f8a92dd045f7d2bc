-- one row per customer in scope and requested day: contact persons, their details, how many were spoken with, and referrals
create or replace temp table depth_facts as
with persons as (
    select
        customer_id, coalesce(active_from, date '1900-01-01') as from_on, active_to as to_on,
        coalesce(is_primary, false) or coalesce(role, '') = 'decision_maker' as wanted,
        (role is not null)::int + (trim(phone) <> '' is true)::int + (trim(email) <> '' is true)::int as filled
    from contacts semi join scope using (customer_id)
    where active_to is null or active_to > coalesce(active_from, date '1900-01-01')
),
two_way_contacts as (select customer_id, contact_id, day from stg_interactions semi join scope using (customer_id) where two_way),
talks as (
    select distinct customer_id, contact_id, day from two_way_contacts where contact_id is not null
    union all
    select distinct customer_id, null, day from two_way_contacts
),
-- a person counts for 365 days from each talk: a stretch starts with the first talk after a gap, and ends 365 days after the last one
stretches as (
    select
        customer_id, contact_id, day,
        coalesce(day - lag(day) over by_person >= 365, true) as begins,
        coalesce(lead(day) over by_person - day >= 365, true) as ends
    from talks
    window by_person as (partition by customer_id, contact_id order by day)
),
changes as (
    select customer_id, 'none' as source, from_on as acts_on, 1 as people, 3 * wanted::int as wanted, filled * wanted::int as filled, 0 as voices, 0 as talked, 0 as referrals
    from persons
    union all select customer_id, 'none', to_on, -1, -3 * wanted::int, -filled * wanted::int, 0, 0, 0 from persons where to_on is not null
    union all
    select customer_id, 'interactions', day, 0, 0, 0, (contact_id is not null)::int, (contact_id is null)::int, 0 from stretches where begins
    union all
    select customer_id, 'interactions', day + 365, 0, 0, 0, -(contact_id is not null)::int, -(contact_id is null)::int, 0 from stretches where ends
    union all select customer_id, 'referrals', made_on, 0, 0, 0, 0, 0, 1 from referrals semi join scope using (customer_id)
    union all select customer_id, 'referrals', made_on + 730, 0, 0, 0, 0, 0, -1 from referrals semi join scope using (customer_id)
),
by_date as (
    select
        changes.customer_id, buckets.as_of, sum(changes.people) as people, sum(changes.wanted) as wanted, sum(changes.filled) as filled,
        sum(changes.voices) as voices, sum(changes.talked) as talked, sum(changes.referrals) as referrals
    from changes
    inner join complete using (source)
    inner join buckets on buckets.day = greatest(changes.acts_on, $first_day::date)
        and buckets.clock = case when changes.acts_on > complete.through then concat_ws(' ', source, changes.customer_id) else '' end
    group by changes.customer_id, buckets.as_of
),
running as (
    select
        grid.customer_id, grid.as_of,
        coalesce(sum(by_date.people) over so_far, 0)::bigint as people,
        coalesce(sum(by_date.wanted) over so_far, 0)::bigint as details_wanted,
        coalesce(sum(by_date.filled) over so_far, 0)::bigint as details_filled,
        coalesce(sum(by_date.voices) over so_far, 0)::bigint as voices,
        coalesce(sum(by_date.talked) over so_far, 0)::bigint as talked,
        coalesce(sum(by_date.referrals) over so_far, 0)::bigint as referrals_730
    from grid left join by_date using (customer_id, as_of)
    window so_far as (partition by grid.customer_id order by grid.as_of rows unbounded preceding)
)
select
    customer_id, as_of, people, details_wanted, details_filled, referrals_730,
    case when talked = 0 or voices > 0 then voices end as voices_365  -- spoken with, but the person is not on file: unknown
from running;
