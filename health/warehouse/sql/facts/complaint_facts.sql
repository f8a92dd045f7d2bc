-- one row per customer in scope and requested day: complaints as running sums of dated integer changes
create or replace temp table complaint_facts as
with deadlines as (
    select customer_id, valid_from, valid_to, weight, answer_kept as is_kept, answer_day as day from complaint_clocks where answer_day is not null
    union all
    select customer_id, valid_from, valid_to, weight, solution_kept, solution_day from complaint_clocks where solution_day is not null
),
dated as (
    select
        customer_id, valid_from, valid_to, opened_on as acts_on, 1 as open, 100 * weight as burden, repeats::int as repeats, 0 as broken, 0 as kept,
        0 as late
    from complaint_clocks
    union all select customer_id, valid_from, valid_to, opened_on + 365, 0, 0, -(repeats::int), 0, 0, 0 from complaint_clocks
    union all select customer_id, valid_from, valid_to, solved_at::date, -1, 0, 0, 0, 0, 0 from complaint_clocks where solved_at is not null
    union all
    select customer_id, valid_from, valid_to, day, 0, case when is_kept then 0 else 50 * weight end, 0, (not is_kept)::int, is_kept::int, 0
    from deadlines
    union all select customer_id, valid_from, valid_to, day + 365, 0, 0, 0, -(not is_kept)::int, -(is_kept::int), 0 from deadlines
    union all
    select
        customer_id, valid_from, valid_to, fades_from + after_days, 0,
        -(50 * weight * (2 + answer_broken::int + solution_broken::int) * lost_pct // 100), 0, 0, 0, 0
    from complaint_clocks cross join complaint_fades
    union all
    select customer_id, valid_from, valid_to, solution_due_at::date, 0, 0, 0, 0, 0, 1
    from complaint_clocks
    where severity = 4 and solution_broken
    union all
    select customer_id, valid_from, valid_to, solved_at::date, 0, 0, 0, 0, 0, -1
    from complaint_clocks
    where severity = 4 and solution_broken and solved_at is not null
),
clamped as (
    select * replace (greatest(acts_on, valid_from) as acts_on)
    from dated
    where valid_to is null or greatest(acts_on, valid_from) < valid_to
),
changes as (
    select customer_id, acts_on, open, burden, repeats, broken, kept, late from clamped
    union all
    select customer_id, valid_to, -open, -burden, -repeats, -broken, -kept, -late from clamped where valid_to is not null
),
by_date as (
    select
        changes.customer_id, buckets.as_of, sum(changes.open) as open, sum(changes.burden) as burden, sum(changes.repeats) as repeats,
        sum(changes.broken) as broken, sum(changes.kept) as kept, sum(changes.late) as late
    from changes
    inner join buckets on buckets.day = greatest(changes.acts_on, $first_day::date)
        and buckets.clock = case when changes.acts_on > $complaints_through then 'complaints ' || changes.customer_id else '' end
    group by changes.customer_id, buckets.as_of
)
select
    grid.customer_id, grid.as_of,
    coalesce(sum(by_date.open) over so_far, 0)::bigint as open,
    coalesce(sum(by_date.burden) over so_far, 0)::bigint as burden,
    coalesce(sum(by_date.repeats) over so_far, 0)::bigint as repeats_365,
    coalesce(sum(by_date.broken) over so_far, 0)::bigint as broken_365,
    coalesce(sum(by_date.kept) over so_far, 0)::bigint as kept_365,
    coalesce(sum(by_date.late) over so_far, 0)::bigint as critical_late
from grid left join by_date using (customer_id, as_of)
window so_far as (partition by grid.customer_id order by grid.as_of rows unbounded preceding);
