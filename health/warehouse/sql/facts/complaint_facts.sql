-- one row per customer in scope and day asked for: complaints as running sums of dated whole-number changes
create or replace temp table complaint_facts as
with raised as (
    select
        customer_id, complaint_id, opened_at, opened_at::date as opened_on, coalesce(severity, 2) as severity, coalesce(theme, 'unsorted') as theme,
        first_response_at, resolved_at, reopened_at,
        opened_at::date - lag(opened_at::date) over (partition by customer_id, coalesce(theme, 'unsorted') order by opened_at, complaint_id) as days_since_same
    from complaints semi join scope using (customer_id)
),
-- what is known of a complaint changes when it is reopened: until then it was solved, from then on as if never solved
versions as (
    select
        *, opened_on as valid_from, resolved_at as solved_at,
        case when resolved_at <= reopened_at then reopened_at::date end as valid_to
    from raised
    union all
    select *, reopened_at::date as valid_from, null::timestamp as solved_at, null::date as valid_to
    from raised
    where resolved_at <= reopened_at
),
clocked as (
    select
        versions.*, limits.weight, (theme <> 'unsorted' and days_since_same <= 180)::int as repeats,
        opened_at + to_hours(limits.response_hours) as response_due_at, opened_at + to_hours(limits.resolution_hours) as resolution_due_at,
        case
            when solved_at is null then first_response_at
            when first_response_at is null or first_response_at > solved_at then solved_at
            else first_response_at
        end as answered_at
    from versions inner join limits using (severity)
),
kept as (
    select
        *, coalesce(answered_at <= response_due_at, false) as response_kept, coalesce(solved_at <= resolution_due_at, false) as resolution_kept,
        least(coalesce(solved_at::date, opened_on + 180), opened_on + 180) as fades_from
    from clocked
),
clocks as (
    select customer_id, valid_from, valid_to, weight, response_kept as is_kept,
        case when response_kept then answered_at::date else response_due_at::date end as day
    from kept
    union all
    select customer_id, valid_from, valid_to, weight, resolution_kept, case when resolution_kept then solved_at::date else resolution_due_at::date end
    from kept
),
fades as (
    select unnest([60, 120, 180, 270, 365, 540, 730]) as after_days, unnest([20, 16, 14, 14, 10, 14, 12]) as lost_pct
),
dated as (
    select customer_id, valid_from, valid_to, opened_on as acts_on, 1 as open, 100 * weight as burden, repeats, 0 as broken, 0 as kept, 0 as late from kept
    union all select customer_id, valid_from, valid_to, opened_on + 365, 0, 0, -repeats, 0, 0, 0 from kept
    union all select customer_id, valid_from, valid_to, solved_at::date, -1, 0, 0, 0, 0, 0 from kept where solved_at is not null
    union all select customer_id, valid_from, valid_to, day, 0, case when is_kept then 0 else 50 * weight end, 0, (not is_kept)::int, is_kept::int, 0 from clocks
    union all select customer_id, valid_from, valid_to, day + 365, 0, 0, 0, -(not is_kept)::int, -(is_kept::int), 0 from clocks
    union all
    select
        customer_id, valid_from, valid_to, fades_from + after_days, 0,
        -(50 * weight * (2 + (not response_kept)::int + (not resolution_kept)::int) * lost_pct // 100), 0, 0, 0, 0
    from kept cross join fades
    union all
    select customer_id, valid_from, valid_to, resolution_due_at::date, 0, 0, 0, 0, 0, 1 from kept where severity = 4 and not resolution_kept
    union all
    select customer_id, valid_from, valid_to, solved_at::date, 0, 0, 0, 0, 0, -1
    from kept where severity = 4 and not resolution_kept and solved_at is not null
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
