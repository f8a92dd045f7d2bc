-- one row per customer in scope and requested day: contacts, response rate, and planned contacts
create or replace temp table contact_facts as
with contacts_made as (
    select customer_id, day, two_way, touch, attempt::int as attempts, answered::int as answered
    from stg_interactions semi join scope using (customer_id)
),
two_way_days as (select distinct customer_id, day from contacts_made where two_way),
due as (
    select
        stg_diary.customer_id, stg_diary.diary_id, stg_diary.counts_from, stg_diary.counts_before,
        max((two_way_days.day is not null)::int) as kept
    from stg_diary semi join scope using (customer_id)
    left join two_way_days
        on two_way_days.customer_id = stg_diary.customer_id and two_way_days.day between stg_diary.kept_from and stg_diary.kept_until
    where not stg_diary.called_off
    group by stg_diary.customer_id, stg_diary.diary_id, stg_diary.counts_from, stg_diary.counts_before
),
changes as (
    select customer_id, 'interactions' as source, day as acts_on, touch, attempts, answered, 0 as due, 0 as kept from contacts_made
    union all select customer_id, 'interactions', day + 180, -touch, -attempts, -answered, 0, 0 from contacts_made
    union all select customer_id, 'diary', counts_from, 0, 0, 0, 1, kept from due where counts_from < counts_before
    union all select customer_id, 'diary', counts_before, 0, 0, 0, -1, -kept from due where counts_from < counts_before
),
by_date as (
    select
        changes.customer_id, buckets.as_of, sum(changes.touch) as touch, sum(changes.attempts) as attempts, sum(changes.answered) as answered,
        sum(changes.due) as due, sum(changes.kept) as kept
    from changes
    inner join complete using (source)
    inner join buckets on buckets.day = greatest(changes.acts_on, $first_day::date)
        and buckets.clock = case when changes.acts_on > complete.through then concat_ws(' ', source, changes.customer_id) else '' end
    group by changes.customer_id, buckets.as_of
),
last_days as (
    select two_way_days.customer_id, buckets.as_of, max(two_way_days.day) as day
    from two_way_days
    inner join buckets on buckets.day = greatest(two_way_days.day, $first_day::date)
        and buckets.clock = case when two_way_days.day > $interactions_through then 'interactions ' || two_way_days.customer_id else '' end
    group by two_way_days.customer_id, buckets.as_of
),
gaps as (
    select customer_id, day, day - lag(day) over (partition by customer_id order by day) as gap_days
    from two_way_days
),
rhythm as (
    select
        customer_id, day,
        quantile_disc(gap_days, 0.5) over last_eight as rhythm_days,
        count(gap_days) over last_eight as gaps
    from gaps
    window last_eight as (partition by customer_id order by day rows between 7 preceding and current row)
),
running as (
    select
        grid.customer_id, grid.as_of,
        coalesce(sum(by_date.touch) over so_far, 0)::bigint as touch_180,
        coalesce(sum(by_date.attempts) over so_far, 0)::bigint as attempts_180,
        coalesce(sum(by_date.answered) over so_far, 0)::bigint as answered_180,
        coalesce(sum(by_date.due) over so_far, 0)::bigint as due_180,
        coalesce(sum(by_date.kept) over so_far, 0)::bigint as kept_diary_180,
        max(last_days.day) over so_far as last_two_way_on
    from grid
    left join by_date using (customer_id, as_of)
    left join last_days using (customer_id, as_of)
    window so_far as (partition by grid.customer_id order by grid.as_of rows unbounded preceding)
)
select
    running.customer_id, running.as_of, running.touch_180, running.attempts_180, running.answered_180, running.due_180, running.kept_diary_180,
    running.last_two_way_on,
    case when rhythm.gaps >= 4 then rhythm.rhythm_days end as rhythm_days,
    coalesce(rhythm.gaps, 0)::bigint as rhythm_gaps
from running
left join rhythm on rhythm.customer_id = running.customer_id and rhythm.day = running.last_two_way_on;
